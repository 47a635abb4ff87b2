import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from windlass.errors import InputError
from windlass.evaluation.imports.imported import ImportedRun, ImportOptions
from windlass.evaluation.imports.inspect_files import load_log
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.samples import Judgement
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Usage

LOG = Path(__file__).parent / "data" / "inspect.eval"
CHUNKED = LOG.with_name("inspect.chunked.eval")


def read(path: Path) -> ImportedRun:
    (run,) = read_runs("inspect", path, ImportOptions())
    return run


@pytest.fixture(scope="module")
def run() -> ImportedRun:
    return read(LOG)


def test_a_sample_is_an_item_and_an_epoch_a_repeat(run: ImportedRun) -> None:
    assert (run.release, run.dataset, run.entry) == (
        "sums-mockllm-model",
        "sums",
        "inspect: sums with mockllm/model",
    )
    assert [(each.item, each.repeat) for each in run.samples] == [("7", 1), ("7", 2), ("sum", 1), ("sum", 2)]
    seven, plain = run.items
    assert (plain.input, plain.reference, plain.metadata) == ("What is 2 + 2?", "4", {"page": 1})
    assert seven.reference == ["4", "four"]
    # A long text is kept apart in the log, and put in its place here.
    assert seven.input == {
        "question": "What is 1 + 3? " + "x" * 200,
        "history": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}],
    }


def test_scores_keep_their_names_and_what_was_not_scored_is_missing(run: ImportedRun) -> None:
    assert run.metrics == {"includes": True, "shape.length": True, "shape.polite": True, "model_graded_qa": True}
    scores = run.samples[2].scores
    assert scores["includes"] == Judgement(0.0, "I", "The answer is 5.")
    assert (scores["shape.length"].value, scores["shape.polite"].value) == (16.0, 1.0)
    graded = scores["model_graded_qa"]
    assert (graded.value, graded.label, graded.source) == (None, "unscored", "judge")


def test_the_answer_has_its_calls_tokens_and_time(run: ImportedRun) -> None:
    prediction = run.samples[0].prediction
    assert prediction is not None
    assert prediction.output == "The answer is 4."
    assert prediction.trajectory == (ToolCall("look", {"at": "a"}), ToolCall("look", {"at": "b"}, "failed"))
    assert prediction.latency_s is not None
    # Of the model that was evaluated, not of the one that graded.
    steps = run.samples[0].models.values()
    assert prediction.usage == Usage(
        sum(step.usage.input_tokens for step in steps if step.usage),
        sum(step.usage.output_tokens for step in steps if step.usage),
    )


def test_calls_of_models_and_tools_have_their_own_times(run: ImportedRun) -> None:
    sample = run.samples[0]
    # What the model is told to have said before is no call of it.
    assert [sample.messages[place].role for place in sample.models] == ["assistant"] * 3
    assert min(sample.models) > [message.role for message in sample.messages].index("assistant")
    times = (*sample.models.values(), *sample.tools.values())
    assert sample.start_ns is not None
    assert sample.end_ns is not None
    for step in times:
        assert step.start_ns is not None
        assert step.end_ns is not None
        assert sample.start_ns <= step.start_ns <= step.end_ns <= sample.end_ns
    assert [step.error for step in sample.tools.values() if step.error] == ["There is nothing at b."]


def test_a_log_as_json_is_the_same_run_as_the_packed_one(run: ImportedRun, tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    file.write_text(json.dumps(load_log(LOG)), encoding="utf-8")
    assert read(file) == run


def test_a_failed_sample_has_no_answer_and_the_scores_it_got(tmp_path: Path) -> None:
    log = load_log(LOG)
    log["samples"][0] = {**log["samples"][0], "error": {"message": "out of memory", "traceback": "…"}}
    file = tmp_path / "log.json"
    file.write_text(json.dumps(log), encoding="utf-8")
    failed = next(each for each in read(file).samples if each.error)
    assert (failed.prediction, failed.error) == (None, "out of memory")
    assert "includes" in failed.scores


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("C", 1.0),
        ("I", 0.0),
        ("P", 0.5),
        ("N", 0.0),
        ("Yes", 1.0),
        ("0.25", 0.25),
        (True, 1.0),
        (3, 3.0),
        ("blue", None),
        ("nan", None),
        ([1, 2], None),
    ],
)
def test_values_are_those_that_inspect_s_own_metrics_take(
    tmp_path: Path, value: object, number: float | None
) -> None:
    log = load_log(LOG)
    log["samples"] = [{**log["samples"][0], "scores": {"own": {"value": value}}}]
    file = tmp_path / "log.json"
    file.write_text(json.dumps(log), encoding="utf-8")
    score = read(file).samples[0].scores["own"]
    assert score.value == number
    assert score.label == (value if isinstance(value, str) else "unscored" if number is None else "")


def write_zip(path: Path, **members: Any) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            text = content if isinstance(content, str) else json.dumps(content)
            archive.writestr(name.replace("__", "/") + ".json", text)
    return path


def test_a_log_of_samples_in_chunks_is_the_same_run_as_that_of_whole_ones(run: ImportedRun) -> None:
    chunked = read(CHUNKED)
    for ours, whole in zip(chunked.samples, run.samples, strict=True):
        assert ours == whole
    assert (chunked.items, chunked.metrics, chunked.release) == (run.items, run.metrics, run.release)


def test_samples_of_both_shapes_stand_in_one_log(tmp_path: Path) -> None:
    sample = {"id": "a/1", "epoch": 1, "input": "?", "target": "!", "scores": {"match": {"value": "C"}}}
    shell = {**sample, "id": 2, "input": "attachment://1", "message_refs": [[1, 2], [0, 1], [2, 3]]}
    said = [{"role": "assistant", "content": text} for text in ("two", "one", "three")]
    members = {
        "samples__a__1_epoch_1": sample,
        "samples__2_epoch_1__sample": shell,
        "samples__2_epoch_1__messages__0": said[:2],
        "samples__2_epoch_1__messages__2": said[2:],
        "samples__2_epoch_1__events__stats": {"chunks": []},
        "samples__2_epoch_1__attachments__0": ["none", "What is it?"],
        "samples__2_epoch_1__metadata": {"page": 3},
    }
    run = read(write_zip(tmp_path / "log.eval", header=HEADER, **members))
    assert [item.id for item in run.items] == ["2", "a/1"]
    assert (run.items[0].input, run.items[0].metadata) == ("What is it?", {"page": 3})
    texts = [part.content for message in run.samples[0].messages for part in message.parts]
    assert texts == ["one", "two", "three"]


HEADER = {"status": "success", "eval": {"task": "t", "model": "m"}}


def test_a_log_packed_otherwise_is_read_too(tmp_path: Path) -> None:
    sample = {"id": 1, "epoch": 1, "input": "?", "target": "!", "scores": {"match": {"value": "C"}}}
    run = read(write_zip(tmp_path / "log.eval", header=HEADER, samples__1_epoch_1=sample))
    assert run.samples[0].scores["match"].value == 1.0
    assert (run.samples[0].start_ns, run.provider) == (None, "")


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"start": HEADER}, "header.json: it is not there"),
        ({"header": HEADER}, "samples: the log has no samples"),
        ({"header": {**HEADER, "status": "started"}, "samples__1": {}}, "status: the evaluation is not finished"),
        ({"header": {"status": "success"}}, "a log of Inspect is an object with `eval`"),
        ({"header": HEADER, "samples__1": "{"}, r"samples/1\.json: this is not JSON"),
        ({"header": HEADER, "samples__1": {"id": 1, "epoch": 2}}, r"sample 1 \(1\): 'input' is wrong"),
        ({"header": HEADER, "samples__1_epoch_1__sample": []}, r"1_epoch_1/sample\.json: it is no object"),
        (
            {"header": HEADER, "samples__1_epoch_1__sample": {"id": 1, "message_refs": [[0, 3]]}},
            r"message_refs: \[0, 3\] is no range of its 0 messages",
        ),
    ],
    ids=["journal", "none", "started", "no eval", "json", "input", "shell", "range"],
)
def test_what_is_no_whole_log_is_refused_with_its_place(
    tmp_path: Path, members: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        read(write_zip(tmp_path / "log.eval", **members))


def test_a_file_that_is_cut_off_or_absent_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "log.eval"
    file.write_bytes(LOG.read_bytes()[:9000])
    with pytest.raises(InputError, match="it cannot be unpacked"):
        read(file)
    with pytest.raises(InputError, match="There is no file"):
        read(tmp_path / "none.eval")
