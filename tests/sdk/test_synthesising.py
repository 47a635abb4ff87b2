"""`windlass.synthesise` against the running server, whose model is scripted."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import windlass
from tests import live as live_parts
from tests.evaluation.synthesis.writing import GUIDE, reply
from tests.live import Project
from windlass.errors import InputError, NotFound, ProviderError
from windlass.models.completion import Message


@pytest.fixture(autouse=True)
def _connected(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def said(messages: Sequence[Message]) -> str:
        return json.dumps(reply(json.loads(messages[-1].content)))

    monkeypatch.setattr(live_parts, "answer", said)
    windlass.init(project.live.url, api_key=project.key, service_name="tests")
    yield
    windlass.shutdown()


def test_items_are_made_of_documents_and_what_was_left_out_says_why(project: Project, tmp_path: Path) -> None:
    (tmp_path / "guide.md").write_text(GUIDE.text, encoding="utf-8")
    made = windlass.synthesise("questions", documents=[tmp_path], model="openai:writer", each=2, split="dev")
    assert (made.state, made.dataset, made.version) == ("finished", "questions", "questions@1")
    assert (made.drafts, made.taken, made.already, made.spent_usd) == (2, 2, 0, 0.0)
    kept = list(project.client.pages("/datasets/questions/items"))
    assert {each["metadata"]["page"] for each in kept} == {"guide.md"}
    assert {each["split"] for each in kept} == {"dev"}
    again = windlass.synthesise(
        "questions", documents={"guide.md": GUIDE.text}, model="openai:writer", split="dev"
    )
    assert (again.taken, again.already, again.version) == (0, 2, None)
    other = windlass.synthesise(
        "others", documents={"guide.md": GUIDE.text}, model="openai:writer", held_out=["questions"]
    )
    assert other.taken == 0
    assert {each.check for each in other.left_out} == {"leak"}
    assert all(each.question and each.reason for each in other.left_out)


def test_items_of_a_dataset_are_asked_otherwise(project: Project) -> None:
    asked = [{"id": "a", "input": "When does the lease of an item end?", "reference": "After fifteen minutes."}]
    project.client.post("/datasets/asked", {"items": asked})
    made = windlass.synthesise("asked", items="asked@latest", mutations=["typos"], judge="baseline", seed=3)
    assert (made.taken, made.version) == (1, "asked@2")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Say what the items are made of"),
        ({"documents": {"a": "b"}, "index": "guide"}, "Say one thing that the items are made of"),
        ({"index": "guide", "mutations": ["typos"]}, "`mutations` and `of_split` go with `items`"),
        ({"failures": ["score.f1<0.5"]}, "name it with `index`"),
        ({"documents": "guide.md"}, "put a single path into a list"),
        ({"documents": ["nowhere.md"]}, "There is no file nowhere.md"),
        ({"documents": {"a.md": "Text."}}, "Items are written by a model"),
        ({"items": "asked@1", "mutations": ["upside-down"], "model": "openai:writer"}, "no mutation"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_made(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        windlass.synthesise("questions", **given)


def test_an_index_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="guide"):
        windlass.synthesise("questions", index="guide", model="openai:writer")


def test_one_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> object:
        raise InputError("The blob is gone.")

    monkeypatch.setattr("windlass.agents.syntheses.tasks_of", broken)
    with pytest.raises(ProviderError, match=r"is failed: The blob is gone\."):
        windlass.synthesise("questions", documents={"guide.md": GUIDE.text}, model="openai:writer")
