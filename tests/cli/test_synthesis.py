"""Synthetic items and generated checklists by the command line."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import live as live_parts
from tests.cli.conftest import Windlass, rows
from tests.evaluation.synthesis.writing import AUDIT, LEASE, reply
from tests.live import Project
from windlass.models.completion import Message

MODEL = ("--model", "openai:writer")


@pytest.fixture(autouse=True)
def writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the scripted model write items and questions, answer from sources, and say yes."""
    monkeypatch.setattr(live_parts, "answer", said)


def said(messages: Sequence[Message]) -> str:
    fields = json.loads(messages[-1].content)
    if messages[0].content.startswith("You write the questions"):
        return json.dumps({"questions": [f"Does it say {fields['reference']}?"]})
    return json.dumps(reply(fields))


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    folder = tmp_path / "guide"
    folder.mkdir()
    (folder / "leases.md").write_text(f"# Guide\n\n## Leases\n\n{LEASE}\n")
    (folder / "audit.txt").write_text(AUDIT)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_items_are_made_of_a_folder_and_approved_by_a_person(
    windlass: Windlass, project: Project, guide: Path, tmp_path: Path
) -> None:
    personas = tmp_path / "personas.csv"
    personas.write_text("name,description\nAda,An auditor.\n")
    done = windlass("datasets", "synthesise", "made", "--document", guide, *MODEL, "--personas", personas)
    first, calls, version = done.out.splitlines()
    assert done.code == 0
    assert first.partition(": ")[2] == "finished; 2 drafts, 2 taken, 0 there already, 0 rejected."
    assert calls.startswith("4 model calls; ")
    assert version == "dataset/made@1."
    listed = rows(windlass("datasets", "syntheses", "made"))
    assert [row[1:] for row in listed] == [["made", "finished", "2", "2", "0", "key:a-admin"]]
    late = windlass("datasets", "syntheses", "--cancel", listed[0][0])
    assert (late.code, late.err) == (2, f"Error: {listed[0][0]} is finished and cannot be cancelled any more.\n")
    assert windlass("datasets", "approval", "made").out == (
        "dataset/made: 2 synthetic items (2 unseen); a gate takes them as they are.\n"
    )
    added, status = windlass("datasets", "approval", "made", "--require").out.splitlines()
    assert added == "2 added to the review queue approve-made."
    assert status.endswith(
        "(2 waiting); a gate leaves out those that nobody approved in the review queue approve-made."
    )
    assert windlass("datasets", "approval", "made", "--waive").out.endswith("; a gate takes them as they are.\n")


def test_what_is_not_taken_is_listed_and_a_budget_that_ends_it_is_code_2(
    windlass: Windlass, project: Project, guide: Path
) -> None:
    refused = windlass("datasets", "synthesise", "made", "--document", guide / "audit.txt", *MODEL, "--each", "3")
    assert "1 drafts, 1 taken" in refused.out, "the same question three times is one draft"
    again = windlass("datasets", "synthesise", "made", "--document", guide, *MODEL, "--seed", "1")
    assert "1 taken, 0 there already, 1 rejected" in again.out
    assert "duplicate" in again.out
    assert "it asks what" in again.out
    stopped = windlass("datasets", "synthesise", "other", "--document", guide, *MODEL, "--max-tokens", "10")
    assert stopped.code == 2
    assert "is stopped: It stopped at its budget of 10 tokens" in stopped.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say what the items are made of: one of --document, --index, --failures and --items."),
        (("--index", "a", "--items", "b"), "Say what the items are made of"),
        (("--failures",), "What would have been right is looked for in an index: name it with --index."),
        (("--items", "b"), "Say how the items are asked otherwise: --mutation paraphrase, for example."),
        (("--index", "a", "--filter", "score.f1<1"), "What says which traces are meant goes with --failures"),
        (("--index", "a", "--mutation", "typos"), "--mutation and --of-split go with --items"),
        (("--document", "empty"), "There are no *.md or *.txt in"),
        (("--document", "empty/none.md"), "There is no file"),
        (("--index", "none", "--personas", "wrong.csv"), "wrong.csv: a persona has no 'age'"),
        (("--index", "none", "--model", "openai:writer"), "There is no index"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(
    windlass: Windlass,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong.csv").write_text("name,age\nAda,4\n")
    done = windlass("datasets", "synthesise", "made", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {sentence}")


def test_questions_are_written_before_any_answer_and_into_the_items(windlass: Windlass, project: Project) -> None:
    body = {"function": "generated_checklist", "parameters": {"model": "openai:writer", "about": "The sum."}}
    project.client.post("/artifacts/evaluator/own", {"body": body})
    project.push_sums(items=2)
    shown = windlass("evaluators", "questions", "own", "--dataset", "sums").out
    assert shown == "i000:\n  - Does it say 4?\ni001:\n  - Does it say 5?\n"
    asked = len(project.live.provider.calls)
    written = windlass("evaluators", "questions", "own", "--dataset", "sums", "--write").out
    assert written.endswith("dataset/sums@2: 2 items have their questions.\n")
    assert len(project.live.provider.calls) == asked, "they are kept"
    item = project.client.get("/datasets/sums/items/i001")
    assert item["metadata"] == {"checklist": ["Does it say 5?"]}
    again = windlass("evaluators", "questions", "own", "--dataset", "sums", "--write").out
    assert again.endswith("dataset/sums has them already.\n")
