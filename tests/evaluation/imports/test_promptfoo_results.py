import json
from pathlib import Path
from typing import Any

import pytest

from windlass.errors import InputError
from windlass.evaluation.imports.imported import ImportedRun, ImportOptions
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.samples import Judgement
from windlass.models.completion import Usage

RESULTS = Path(__file__).parent / "data" / "promptfoo.json"


def read(path: Path = RESULTS, **options: Any) -> list[ImportedRun]:
    return read_runs("promptfoo", path, ImportOptions(**options))


def changed(tmp_path: Path, **changes: Any) -> Path:
    """Return a file of the first result alone, with changes."""
    content = json.loads(RESULTS.read_text(encoding="utf-8"))
    first = content["results"]["results"][0]
    content["results"]["results"] = [{**first, **changes}]
    file = tmp_path / "one.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_each_provider_with_each_prompt_is_a_run_on_the_same_items() -> None:
    runs = read(name="greetings")
    assert sorted(run.release for run in runs) == [
        "greetings-echo-prompt-1",
        "greetings-echo-prompt-2",
        "greetings-own-model-1-prompt-1",
        "greetings-own-model-1-prompt-2",
    ]
    assert {run.dataset for run in runs} == {"promptfoo"}
    assert len({tuple(item.id for item in run.items) for run in runs}) == 1
    assert len({run.digest for run in runs}) == 4
    assert runs[0].items[0].input == {"what": "hello", "who": "Ann"}


def test_a_test_that_was_repeated_is_one_item() -> None:
    for run in read():
        assert (len(run.items), len(run.samples), run.repeats) == (3, 6, 2)
        assert sorted(sample.repeat for sample in run.samples) == [1, 1, 1, 2, 2, 2]


def of_own(runs: list[ImportedRun]) -> ImportedRun:
    return next(run for run in runs if run.release == "promptfoo-own-model-1-prompt-2")


def test_scores_are_the_outcome_the_metrics_and_the_assertions() -> None:
    run = of_own(read())
    hello = run.samples[0].scores
    assert (hello["pass"].value, round(hello["score"].value or 0, 3)) == (0.0, 0.697)
    assert (hello["names"].value, hello["contains"]) == (1.0, Judgement(1.0, explanation="Assertion passed"))
    assert (hello["javascript"].value, hello["javascript"].source) == (0.09, "code")
    bye = next(sample for sample in run.samples if "equals" in sample.scores).scores
    assert (bye["equals"].value, bye["contains"].value, bye["contains-2"].value) == (0.0, 1.0, 1.0)


def test_an_assertion_that_asks_a_model_is_a_judge_s(tmp_path: Path) -> None:
    graded = {
        "pass": True,
        "score": 0.8,
        "reason": "kind",
        "componentResults": [
            {"pass": True, "score": 0.8, "reason": "kind", "assertion": {"type": "llm-rubric", "metric": "tone"}},
            None,
            {"pass": True, "score": 1, "reason": "ok"},
        ],
    }
    (run,) = read(changed(tmp_path, gradingResult=graded, namedScores={}))
    assert run.samples[0].scores["tone"] == Judgement(0.8, explanation="kind", source="judge")
    assert set(run.samples[0].scores) == {"pass", "score", "tone"}


def test_an_answer_that_an_assertion_rejects_is_an_answer_and_an_error_is_a_failed_sample() -> None:
    run = of_own(read())
    rejected = run.samples[0]
    assert rejected.prediction is not None
    assert (rejected.prediction.output, rejected.error) == ("hello Ann", "")
    failed = [sample for sample in run.samples if sample.prediction is None]
    assert {(sample.error, len(sample.scores)) for sample in failed} == {("The service is away.", 0)}


def test_tokens_cost_and_the_prompt_s_messages_are_kept() -> None:
    run = of_own(read())
    sample = run.samples[0]
    assert sample.prediction is not None
    assert (sample.prediction.usage, sample.prediction.cost_usd) == (Usage(5, 2), 0.25)
    assert [message.role for message in sample.messages] == ["system", "user", "assistant"]
    assert (sample.models[2].model, run.provider) == ("model-1", "own")
    assert sample.start_ns is not None
    echoed = next(run for run in read() if run.release == "promptfoo-echo-prompt-1").samples[0].prediction
    assert echoed is not None
    # promptfoo writes 0 of a provider that counts no tokens.
    assert echoed.usage is None


def test_results_of_older_versions_are_the_whole_file(tmp_path: Path) -> None:
    content = json.loads(RESULTS.read_text(encoding="utf-8"))["results"]
    file = tmp_path / "old.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    assert [len(run.samples) for run in read(file)] == [6, 6, 6, 6]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "results of promptfoo are an object with `results`"),
        ({"results": {"results": []}}, "it has none"),
        ({"results": {"results": [{"score": "high"}]}}, "result 1: 'score' is wrong"),
        ({"results": {"results": ["x"]}}, "result 1: 'it' is wrong|result 1"),
        ({"results": {"results": [{"testCase": {"vars": {"a": 1}, "assert": 3}}]}}, "`assert` is a list"),
    ],
    ids=["list", "empty", "score", "text", "assert"],
)
def test_what_is_no_result_is_refused_with_its_place(tmp_path: Path, content: object, sentence: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        read(file)
