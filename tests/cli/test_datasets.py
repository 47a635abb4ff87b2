"""Datasets in other formats, pushed, pulled and checked by the command line."""

import json
from pathlib import Path
from typing import get_args

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import request, span
from windlass.cli.dataset_options import FormatOption
from windlass.errors import InputError
from windlass.evaluation.formats.registry import FORMATS

ADK = Path(__file__).parents[1] / "evaluation" / "formats" / "data" / "adk.evalset.json"
HUB = ADK.parent / "hugging_face.hub"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "My questions.csv"
    file.write_text("question,answer,split\n질문?,답,test\nWhy?,Because.,train\n", encoding="utf-8")
    return file


def test_a_dataset_is_pushed_from_any_format_which_is_said(
    windlass: Windlass, project: Project, table: Path
) -> None:
    columns = ("--column", "input=question", "--column", "reference=answer")
    done = windlass("push", "dataset/questions", table, *columns)
    assert (done.code, rows(done)[0][-2:]) == (0, ["csv", "new"])
    items = list(project.client.pages("/datasets/questions/items"))
    assert [(item["input"], item["reference"], item["split"]) for item in items] == [
        ("질문?", "답", "test"),
        ("Why?", "Because.", "train"),
    ]
    assert rows(windlass("push", "dataset/questions", table, *columns))[0][-1] == "unchanged"
    assert rows(windlass("push", "dataset/dice", ADK))[0][-2:] == ["adk", "new"]
    assert rows(windlass("push", "dataset/hub", HUB, "--column", "input=question"))[0][-2:] == [
        "hugging-face",
        "new",
    ]


def test_a_file_of_another_format_named_by_itself_is_a_dataset(windlass: Windlass, tmp_path: Path) -> None:
    (tmp_path / "sums.csv").write_text("input,reference\n1+1,2\n")
    assert rows(windlass("push", tmp_path / "sums.csv"))[0][0] == "dataset/sums"
    assert "nothing to push there" in windlass("push", tmp_path).err


@pytest.mark.parametrize(
    "name", ["out.csv", "out.json", "out.jsonl", "out.parquet", "out.yaml", "out.evalset.json"]
)
def test_what_is_pulled_in_a_format_is_pushed_as_the_same_version(
    windlass: Windlass, tmp_path: Path, name: str
) -> None:
    assert windlass("push", "dataset/dice", ADK).code == 0
    pulled = windlass("pull", "dataset/dice@1", "-o", tmp_path / name)
    assert (pulled.code, pulled.out) == (0, f"{tmp_path / name}\n")
    assert rows(windlass("push", "dataset/dice", tmp_path / name))[0][-1] == "unchanged"


def test_a_format_may_be_said_when_pulling(
    windlass: Windlass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windlass("push", "dataset/dice", ADK)
    monkeypatch.chdir(tmp_path)
    assert windlass("pull", "dataset/dice", "--format", "vertex").out == "dice.json\n"
    cases = json.loads((tmp_path / "dice.json").read_text(encoding="utf-8"))["eval_cases"]
    assert [case["eval_case_id"] for case in cases] == ["one_turn", "two_turns", "events"]
    assert rows(windlass("push", "dataset/dice", "dice.json"))[0][-2:] == ["vertex", "unchanged"]
    assert windlass("pull", "dataset/dice", "--format", "csv", "-o", "-").out.startswith(
        "id,input:json,reference,"
    )
    assert "is a folder" in windlass("pull", "dataset/dice", "--format", "hugging-face", "-o", "-").err
    assert windlass("pull", "dataset/dice", "--format", "hugging-face").out == "dice\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dice", "dice.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("push", "dataset/x"), "Name the one file or folder of the dataset"),
        (("push", "dataset/x", "none.csv"), "There is no file none.csv."),
        (("push", "none.csv"), "There is no file none.csv."),
        (("push", "dataset/X Y", ADK), "'X Y' is no name for a dataset"),
        (
            ("push", "dataset/x", ADK, "--format", "excel"),
            "There is no format 'excel'; there are jsonl, json, csv",
        ),
        (("push", "dataset/x", ADK, "--column", "input=a"), "is read as adk, which has no columns to choose"),
        (("push", "dataset/x", ADK, "--column", "input"), "`--column input` is not FIELD=COLUMN"),
        (("push", ADK, "--format", "adk"), "`--format` and `--column` are of one dataset"),
        (("pull", "prompt/x", "--format", "csv"), "`--format` is of datasets"),
        (("pull", "dataset/none", "--format", "hugging-face", "-o", "x"), "There is no dataset 'none'"),
        (("datasets", "check", "none.csv"), "There is no file none.csv."),
    ],
)
def test_what_cannot_be_is_one_sentence(windlass: Windlass, arguments: tuple[object, ...], message: str) -> None:
    done = windlass(*arguments)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert message in done.err


def test_check_says_what_is_in_a_dataset(windlass_alone: Windlass, table: Path) -> None:
    done = windlass_alone("datasets", "check", table, "--column", "input=question")
    assert (done.code, done.out.splitlines()) == (
        0,
        [
            f"{table} is read as csv (comma-separated values with a header): 2 items.",
            "split  items",
            "test       1",
            "train      1",
            "No two items ask the same or nearly the same (a similarity of 0.8 or more).",
        ],
    )


def test_check_fails_when_splits_share_items(windlass_alone: Windlass, tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    lines = (
        {
            "id": "a",
            "input": "How long do I have to send it back to you?",
            "reference": "30 days",
            "split": "train",
        },
        {
            "id": "b",
            "input": "how long do i have to send it back to you",
            "reference": "14 days",
            "split": "train",
        },
        {"id": "c", "input": "How long do I have to send it back to you all?", "split": "test"},
    )
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = windlass_alone("datasets", "check", file)
    assert done.code == 1
    assert ["a", "train", "c", "test", "0.90", "across", "splits"] in [
        line.split() for line in done.out.splitlines()
    ]
    assert "1 item asking the same as one before, and 1 pair asking nearly the same" in done.out
    assert "1 item asking the same as one before with another reference: one is wrong." in done.out
    assert "Leakage: 1 pair in different splits." in done.out
    file.write_text("\n".join(json.dumps({**line, "split": ""}) for line in lines), encoding="utf-8")
    assert windlass_alone("datasets", "check", file).code == 0


def test_the_option_names_every_format_and_no_other() -> None:
    option = get_args(FormatOption)[1]
    named = option.help.removeprefix("Of a dataset: ").partition(" [")[0].replace(" or ", ", ")
    assert named.split(", ") == list(FORMATS)


def test_traces_are_drawn_into_a_dataset_and_the_line_says_how(windlass: Windlass, project: Project) -> None:
    texts = {"input.value": "Where?", "output.value": "Here."}
    spans = [span(number, number, name=f"n{number % 2}", attributes=texts) for number in range(1, 7)]
    project.send_traces(request(*spans).SerializeToString())
    first = windlass("datasets", "from-traces", "seen", "--filter", "name=n1", "--sample", "1", "--seed", 3)
    assert first.out.splitlines() == [
        "3 traces are meant, and 3 drawn (sample 1, seed 3): 3 added, 0 there already.",
        "dataset/seen@1, new.",
    ]
    again = windlass("datasets", "from-traces", "seen", "--filter", "name=n1")
    assert again.out.splitlines()[-1] == "dataset/seen@1, unchanged."
    wrong = windlass("datasets", "from-traces", "seen", "--seed", 4)
    assert (wrong.code, "with the seed 3 before" in wrong.err) == (2, True)
    nothing = windlass("datasets", "from-traces", "other", "--status", "error")
    assert nothing.out.splitlines()[-1] == "There is no dataset/other yet: nothing was drawn."


def test_two_versions_are_compared_item_by_item(windlass: Windlass, project: Project) -> None:
    base = project.push_sums("sums", items=3)["digest"]
    right = {"id": "i001", "input": {"question": "What is 1 + 4?"}, "reference": "five"}
    new = {"id": "new", "input": "?"}
    project.client.post("/datasets/sums/edits", {"base": base, "put": [right, new], "remove": ["i000"]})
    done = windlass("datasets", "diff", "sums", "1")
    assert (done.code, done.out.splitlines()) == (
        1,
        [
            "~ i001",
            '    reference: "5" → "five"',
            "+ new",
            "- i000",
            "@1 → @2: 1 added, 1 changed, 1 removed, 1 the same.",
        ],
    )
    assert windlass("datasets", "diff", "sums", "2", "2").code == 0


def test_a_version_on_the_server_is_checked_like_a_file(windlass: Windlass, project: Project) -> None:
    asked = [
        {"id": "a", "input": "How do I return it?", "reference": "By post.", "split": "train"},
        {"id": "b", "input": "how do I return it", "reference": "In a shop.", "split": "test"},
        {"id": "c", "input": "When is the shop open on a Sunday?", "split": "test"},
    ]
    project.client.post("/datasets/asked", {"items": asked})
    done = windlass("datasets", "check", "asked")
    assert done.code == 1
    assert done.out.splitlines()[0] == "dataset/asked@1: 3 items."
    assert ["a", "train", "b", "test", "1.00", "across", "splits"] in rows(done)
    assert "1 item asking the same as one before, and 0 pairs asking nearly the same" in done.out
    assert "1 item asking the same as one before with another reference: one is wrong." in done.out
    assert "Leakage: 1 pair in different splits." in done.out

    project.client.post("/datasets/asked", {"items": asked[1:]})
    done = windlass("datasets", "check", "dataset/asked@latest")
    assert (done.code, done.out.splitlines()[-1]) == (
        0,
        "No two items ask the same or nearly the same (a similarity of 0.8 or more).",
    )
    assert "at 0.1" in windlass("datasets", "check", "asked", "--similar", "0.1").err
    assert windlass("datasets", "check", "nowhere").err.startswith("Error: There is no dataset 'nowhere'")
    for missing in ("nowhere.csv", "data/nowhere"):
        assert windlass("datasets", "check", missing).err == f"Error: There is no file {missing}.\n"


def test_too_many_items_to_wait_for_are_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("windlass.evaluation.duplicate_reports.MOST_ITEMS", 2)
    project.push_sums(items=3)
    with pytest.raises(InputError, match="3 items are too many to compare while you wait"):
        project.client.get("/datasets/sums/duplicates")
