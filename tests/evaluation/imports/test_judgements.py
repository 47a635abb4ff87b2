import json
from pathlib import Path

import pytest

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.imports.imported import ImportedRun, ImportOptions
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.results import MetricSummary, summarise
from windlass.evaluation.samples import Judgement, SampleResult

VERDICTS = {"A": 1.0, "B": 0.0, "tie": 0.5}


def read(path: Path, options: ImportOptions) -> ImportedRun:
    (run,) = read_runs("judgements", path, options)
    return run


def summary_of(run: ImportedRun) -> MetricSummary:
    results = {
        sample.item: SampleResult(sample.item, "t", "s", 0, 1, sample.prediction, judgements=sample.scores)
        for sample in run.samples
    }
    return summarise(results, run.items, ["verdict"])["verdict"]


def test_a_verdict_that_did_not_parse_is_missing_and_not_0(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text("question,winner,why\none,A,better\ntwo,?,\nthree,,\nfour,tie,same\n", encoding="utf-8")
    run = read(
        file,
        ImportOptions(columns={"input": "question", "verdict": "winner", "explanation": "why"}, verdicts=VERDICTS),
    )
    assert [item.input for item in run.items] == ["one", "two", "three", "four"]
    assert [sample.scores["verdict"] for sample in run.samples] == [
        Judgement(1.0, "A", "better", "judge"),
        Judgement(None, "unparsable", "? is none of A, B, tie.", "judge"),
        Judgement(None, "unparsable", "Nothing is none of A, B, tie.", "judge"),
        Judgement(0.5, "tie", "same", "judge"),
    ]
    summary = summary_of(run)
    assert (summary.mean, summary.n, summary.missing_why) == (0.75, 2, {"unparsable": 2})


def test_columns_that_are_named_for_their_fields_need_no_naming(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.json"
    file.write_text(
        json.dumps([{"id": "a", "input": "?", "reference": "!", "v": "A", "by": "me"}]), encoding="utf-8"
    )
    (item,) = read(file, ImportOptions(columns={"verdict": "v"}, verdicts=VERDICTS)).items
    assert (item.id, item.input, item.reference, item.metadata) == ("a", "?", "!", {"v": "A", "by": "me"})


def test_items_of_another_file_are_joined_by_id_and_several_verdicts_are_repeats(tmp_path: Path) -> None:
    items, verdicts = tmp_path / "pairs.json", tmp_path / "judge.jsonl"
    items.write_text(json.dumps([{"n": 1, "q": "one"}, {"n": 2, "q": "two"}]), encoding="utf-8")
    lines = [{"n": 2, "v": "A"}, {"n": 2, "v": "B"}]
    verdicts.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    options = ImportOptions(items=items, columns={"id": "n", "input": "q", "verdict": "v"}, verdicts=VERDICTS)
    run = read(verdicts, options)
    assert (run.dataset, run.release, run.repeats) == ("pairs", "judge", 2)
    assert [item.id for item in run.items] == ["1", "2"]
    assert [(each.item, each.repeat, each.scores["verdict"].value) for each in run.samples] == [
        ("2", 1, 1.0),
        ("2", 2, 0.0),
    ]
    assert summary_of(run).missing_why == {"absent": 1}


@pytest.mark.parametrize(
    ("rows", "changes", "sentence"),
    [
        ([{"n": 1, "v": "A"}], {"verdicts": {}}, "Say which column is the verdict"),
        ([{"n": 1, "v": "A"}], {"columns": {"id": "n", "input": "q"}}, "Say which column is the verdict"),
        ([{"n": 9, "v": "A"}], {}, "the verdict on '9': .*pairs.json has no item of this id"),
        ([{"n": None, "v": "A"}], {}, "it has no id, by which .*pairs.json knows its item"),
        ([{"n": 1, "w": "A"}], {}, "there is no column 'v'"),
        (["A"], {}, "item 1: a verdict is an object with columns"),
    ],
    ids=["verdicts", "column", "unknown", "no id", "no column", "no object"],
)
def test_what_cannot_be_joined_is_refused_with_its_place(
    tmp_path: Path, rows: list[object], changes: dict[str, dict[str, str]], sentence: str
) -> None:
    items, verdicts = tmp_path / "pairs.json", tmp_path / "judge.json"
    items.write_text(json.dumps([{"n": 1, "q": "one"}]), encoding="utf-8")
    verdicts.write_text(json.dumps(rows), encoding="utf-8")
    given = {"columns": {"id": "n", "input": "q", "verdict": "v"}, "verdicts": VERDICTS, **changes}
    with pytest.raises(InputError, match=sentence):
        read(verdicts, ImportOptions(items=items, **given))  # type: ignore[arg-type]


def test_of_gpt_3_5_s_999_verdicts_on_pandalm_25_are_missing() -> None:
    folder = real_data("pandalm")
    items = {f"input.{name}": name for name in ("instruction", "input", "response1", "response2")}
    columns = {"id": "idx", **items, "verdict": "gpt_result", "explanation": "gpt_reason"}
    run = read(
        folder / "gpt-3.5-turbo-testset-v1.json",
        ImportOptions(
            items=folder / "testset-v1.json", columns=columns, verdicts={"1": 1.0, "2": 0.0, "Tie": 0.5}
        ),
    )
    summary = summary_of(run)
    assert (len(run.items), summary.n, summary.missing_why) == (999, 974, {"unparsable": 25})
    assert summary.mean == pytest.approx((460 + 0.5 * 38) / 974)
    assert run.items[0].metadata["annotator1"] == 2
