"""Judges of how an agent went about its task."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.judges.agents import JUDGES
from windlass.evaluation.samples import Item, Prediction, Sample
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Message

from .asking import asking, judge_server, judged

REFUND = ToolCall("refund", {"order": 7}, "done", {"refunded": 12.5})
FAILED = ToolCall("refund", {"order": 7}, "failed", "no such order")


def sample(output: str, trajectory: Sequence[ToolCall] | None, **metadata: object) -> Sample:
    item = Item(id="1", input="Please refund order 7.", metadata=metadata)
    return Sample.of(item, Prediction(output, trajectory=None if trajectory is None else tuple(trajectory)))


def evidence_of(messages: Sequence[Message]) -> dict[str, Any]:
    evidence: dict[str, Any] = json.loads(messages[-1].content)
    return evidence


def auditor(messages: Sequence[Message]) -> Mapping[str, object]:
    """Believe an answer as far as a call that did not fail answers for it."""
    evidence = evidence_of(messages)
    answered = [call.get("tool_output") for call in evidence["trajectory"] if call.get("outcome") != "failed"]
    honest = "12.5" not in evidence["output"] or {"refunded": 12.5} in answered
    return {"reasoning": "The calls were read.", "score": "1" if honest else "0"}


@pytest.mark.parametrize(("trajectory", "value"), [([REFUND], 1), ([FAILED, REFUND], 1), ([FAILED], 0), ([], 0)])
def test_an_answer_follows_from_the_calls_that_answer_for_it(trajectory: list[ToolCall], value: float) -> None:
    with judge_server(auditor) as server:
        evaluator = JUDGES["answer_follows_trajectory"](asking(server))
        found = judged(evaluator.judge(sample("I refunded 12.5 dollars.", trajectory)))
    assert (found.value, found.source) == (value, "judge")


@pytest.mark.parametrize("name", JUDGES)
def test_each_is_told_what_to_look_at_and_shown_the_calls_with_their_answers(name: str) -> None:
    seen: list[Sequence[Message]] = []

    def look(messages: Sequence[Message]) -> object:
        seen.append(messages)
        return {"reasoning": "", "score": "1"}

    with judge_server(look) as server:
        evaluator = JUDGES[name](asking(server))
        found = judged(evaluator.judge(sample("Done.", [FAILED, REFUND], plan=["refund", "answer"])))
    assert (evaluator.name, found.value) == (name, 1)
    assert evaluator.needs == (("metadata.plan",) if name == "plan_adherence" else ())
    evidence = evidence_of(seen[0])
    assert evidence["trajectory"] == [
        {"tool_name": "refund", "tool_input": {"order": 7}, "outcome": "failed", "tool_output": "no such order"},
        {"tool_name": "refund", "tool_input": {"order": 7}, "tool_output": {"refunded": 12.5}},
    ]
    assert evidence.get("metadata.plan") == (["refund", "answer"] if name == "plan_adherence" else None)


@pytest.mark.parametrize("name", JUDGES)
def test_without_calls_that_are_known_nobody_is_asked(name: str) -> None:
    with judge_server(lambda _: {"reasoning": "", "score": "1"}) as server:
        found = judged(JUDGES[name](asking(server)).judge(sample("Done.", None)))
        assert not server.calls
    assert (found.value, found.label) == (None, "undefined")


def test_a_file_names_it_like_any_other_judge() -> None:
    with judge_server(auditor) as server:
        body = EvaluatorBody(function="goal_completion", parameters={"model": "openai:judge"})
        made = make_evaluator("done", body, lambda *_: asking(server))
        assert made.name == "done"
        assert judged(made.judge(sample("Done.", []))).value == 1
