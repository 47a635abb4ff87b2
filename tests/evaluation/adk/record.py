# /// script
# dependencies = ["google-adk", "rouge-score"]
# ///
"""Record trajectories.json and rouge.json: what Google's Agent Development Kit says of generated cases.

uv run tests/evaluation/adk/record.py
"""

import json
import random
from importlib.metadata import version
from pathlib import Path

from google.adk.evaluation.eval_case import IntermediateData, Invocation
from google.adk.evaluation.eval_metrics import EvalMetric, ToolTrajectoryCriterion
from google.adk.evaluation.trajectory_evaluator import TrajectoryEvaluator
from google.genai.types import Content, FunctionCall, Part
from rouge_score.rouge_scorer import RougeScorer

HERE = Path(__file__).parent
CASES = 240
VALUES = [1, 1.0, 2, True, "1", "a", None, [1, 2], {"deep": [True]}, {"deep": [1]}, [], {}]
MATCHES = ToolTrajectoryCriterion.MatchType


def main() -> None:
    dice = random.Random(5)
    cases = [case(dice) for _ in range(CASES)]
    write("trajectories.json", {"google-adk": version("google-adk"), "cases": [judged(*each) for each in cases]})
    texts = [(sentence(dice), sentence(dice)) for _ in range(CASES)]
    write("rouge.json", {"rouge-score": version("rouge-score"), "cases": [overlap(*each) for each in texts]})


def case(dice: random.Random) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return a trajectory and its reference: alike more often than not, so that each outcome occurs."""
    reference = [call(dice) for _ in range(dice.randint(0, 4))]
    predicted = list(reference)
    for _ in range(dice.randint(0, 3)):
        kind = dice.randrange(4)
        if kind == 0 and predicted:
            predicted.pop(dice.randrange(len(predicted)))
        elif kind == 1:
            predicted.insert(dice.randint(0, len(predicted)), call(dice))
        elif kind == 2:
            dice.shuffle(predicted)
        elif predicted:
            predicted.append(dice.choice(predicted))
    return predicted, reference


def call(dice: random.Random) -> dict[str, object]:
    names = dice.sample(["x", "y", "z"], dice.randint(0, 2))
    return {"name": dice.choice(["find", "book"]), "args": {name: dice.choice(VALUES) for name in names}}


def judged(predicted: list[dict[str, object]], reference: list[dict[str, object]]) -> dict[str, object]:
    scores = {
        f"{match.name.lower()}{'_without_args' if ignore_args else ''}": score(
            predicted, reference, ToolTrajectoryCriterion(threshold=1, match_type=match, ignore_args=ignore_args)
        )
        for match in MATCHES
        for ignore_args in (False, True)
    }
    return {"predicted": predicted, "reference": reference, "scores": scores}


def score(
    predicted: list[dict[str, object]], reference: list[dict[str, object]], criterion: ToolTrajectoryCriterion
) -> float | None:
    metric = EvalMetric(metric_name="tool_trajectory_avg_score", threshold=1, criterion=criterion)
    evaluator = TrajectoryEvaluator(eval_metric=metric)
    return evaluator.evaluate_invocations([invocation(predicted)], [invocation(reference)]).overall_score


def invocation(calls: list[dict[str, object]]) -> Invocation:
    uses = [FunctionCall(name=str(each["name"]), args=each["args"]) for each in calls]
    return Invocation(
        user_content=Content(parts=[Part(text="?")]), intermediate_data=IntermediateData(tool_uses=uses)
    )


def sentence(dice: random.Random) -> str:
    return " ".join(
        dice.choice(["gate", "index", "run", "trace", "passed", "7"]) for _ in range(dice.randint(0, 12))
    )


def overlap(answer: str, reference: str) -> dict[str, object]:
    scores = RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, answer)
    return {
        "answer": answer,
        "reference": reference,
        "scores": {name: score.fmeasure for name, score in scores.items()},
    }


def write(name: str, content: object) -> None:
    (HERE / name).write_text(
        json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
