"""Making items: what a model is told and shown, what is taken, and what each item says of itself."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from windlass.evaluation.samples import Item
from windlass.evaluation.synthesis.drafting import Task, prompt_digest, tasks_of
from windlass.evaluation.synthesis.making import Maker, SynthesisReport, make_items
from windlass.evaluation.synthesis.materials import draw, of_chunks, of_failure, of_items, passages_of
from windlass.evaluation.synthesis.personas import Persona
from windlass.evaluation.synthesis.typos import with_typos
from windlass.retrieval.documents import Document
from windlass.retrieval.index import Hit

from .writing import LEASE, asking, item, maker, model_server, passages, reply, shown


def made(
    tasks: Sequence[Task], by: Maker, there: Mapping[str, Item] | None = None
) -> tuple[list[Item], SynthesisReport]:
    async def go_on(_: SynthesisReport) -> bool:
        return True

    return asyncio.run(make_items(tasks, by, there or {}, (), go_on))


def provenance(item: Item) -> dict[str, Any]:
    given = item.metadata["synthesis"]
    assert isinstance(given, dict)
    return given


def test_an_item_of_a_document_says_where_it_comes_from_and_what_the_checks_found() -> None:
    tasks = tasks_of(passages())
    with model_server() as server:
        ask = asking(server)
        items, report = made(tasks, maker(ask, ask, seed=7, split="train"))
    assert (report.tasks, report.done, report.drafts, report.taken) == (2, 2, 2, 2)
    first = items[0]
    assert (first.input, first.reference, first.split) == (
        {"question": "What should I know of leases?"},
        LEASE,
        "train",
    )
    assert (first.metadata["page"], first.metadata["section"]) == ("guide.md", "Leases")
    checks = provenance(first).pop("checks")
    assert provenance(first) == {
        "method": "documents",
        "source": dict(passages()[0].origin),
        "model": "openai:writer",
        "prompt": prompt_digest(tasks[0]),
        "seed": 7,
        "quote": LEASE,
    }
    assert checks == {
        "leak": {"passed": True},
        "answerable": {
            "passed": True,
            "method": "judge",
            "model": "openai:judge",
            "token_f1": 1.0,
            "groundedness": 1.0,
        },
        "duplicate": {"passed": True},
    }


def test_what_was_made_before_is_there_already_and_is_not_checked_again() -> None:
    with model_server() as server:
        ask = asking(server)
        items, _ = made(tasks_of(passages()), maker(ask, ask))
        calls = len(server.calls)
        edited = {each.id: each.model_copy(update={"reference": "By a person."}) for each in items}
        again, report = made(tasks_of(passages()), maker(ask, ask), edited)
        assert len(server.calls) - calls == 2, "the drafts alone"
    assert (again, report.drafts, report.already, report.taken) == ([], 2, 2, 0)


def test_what_fails_a_check_is_counted_with_its_reason_and_nothing_is_silent() -> None:
    def said(fields: Mapping[str, Any]) -> object:
        if "source" in fields:
            return {"answerable": "signed" not in fields["source"], "answer": LEASE}
        return reply(fields) if "signed" in fields["passage"] else {"items": []}

    with model_server(said) as server:
        items, report = made(tasks_of(passages(), each=2), maker(asking(server), asking(server)))
    assert items == []
    # Both drafts of the second passage ask the same, which is one draft.
    assert [(each.check, each.reason) for each in report.rejected] == [
        ("answerable", "its source does not answer it")
    ]
    assert [(each.source["section"], each.reason) for each in report.unwritten] == [
        ("Leases", "the model found nothing to ask")
    ]


def test_what_a_model_does_not_write_in_the_form_is_asked_again_and_then_said() -> None:
    with model_server(lambda _: {"questions": 3}) as server:
        _, report = made(tasks_of(passages()[:1]), maker(asking(server)))
        assert len(server.calls) == 3
    assert report.unwritten[0].reason.startswith("No answer in the form asked for: items: Field required.")


def test_a_failure_is_asked_in_general_words_and_answered_from_the_passages() -> None:
    hit = Hit("guide.md#0", "guide.md", "Leases", LEASE, 1.0, 1, ("Guide", "Leases"))
    failure = of_failure("ab" * 16, "hi im bob, wher is my item gone??", "I do not know.", [hit], "guide@1")
    general = {"question": "Why was an item taken from me?", "answer": LEASE, "quote": LEASE}
    with model_server(lambda _: {"items": [general]}) as server:
        (only,), _ = made(tasks_of([failure]), maker(asking(server)))
        fields = shown(server.calls[0].messages)
    assert list(fields) == ["asked", "answered", "passages"]
    assert (only.input, only.reference) == ({"question": "Why was an item taken from me?"}, LEASE)
    assert provenance(only)["source"]["trace_id"] == "ab" * 16
    assert "bob" not in str(only)


def test_an_item_asked_otherwise_keeps_its_reference_split_and_metadata() -> None:
    original = item(reference=["After fifteen minutes.", "In a quarter of an hour."], split="test",
                    metadata={"page": "guide.md", "trace_id": "ab" * 16, "sampling_probability": 0.5})  # fmt: skip
    draft = {"question": "How long may I keep what I was given?", "answer": "For ever."}
    with model_server(lambda _: {"items": [draft]}) as server:
        tasks = tasks_of(list(of_items([original], "questions@1")), mutations=["paraphrase"])
        (only,), _ = made(tasks, maker(asking(server)), {"a": original})
    assert (only.reference, only.split) == (original.reference, "test")
    assert only.metadata.keys() == {"page", "synthesis"}
    assert provenance(only)["mutation"] == "paraphrase"
    assert (provenance(only)["source"]["dataset"], provenance(only)["source"]["item"]) == ("questions@1", "a")


def test_another_language_has_an_answer_of_its_own() -> None:
    korean = {"question": "항목의 임대는 언제 끝나나요?", "answer": "십오 분 뒤입니다."}
    with model_server(
        lambda fields: (
            {"answerable": True, "answer": "십오 분 뒤입니다."} if "source" in fields else {"items": [korean]}
        )
    ) as server:
        tasks = tasks_of(list(of_items([item()], "q@1")), mutations=["language:Korean"])
        (only,), _ = made(tasks, maker(asking(server), asking(server)))
        assert shown(server.calls[0].messages)["language"] == "Korean"
    assert only.reference == "십오 분 뒤입니다."


def test_personas_take_turns_and_stand_in_the_provenance() -> None:
    personas = [Persona(name="Ada", description="An auditor."), Persona(name="Bo", description="In a hurry.")]
    tasks = tasks_of(passages(), personas=personas)
    with model_server() as server:
        items, _ = made(tasks, maker(asking(server)))
        told = {shown(call.messages)["persona"] for call in server.calls}
    assert told == {"An auditor.", "In a hurry."}
    assert [provenance(each)["persona"] for each in items] == ["Ada", "Bo"]


def test_typing_errors_are_made_by_code_from_a_seed() -> None:
    tasks = tasks_of(list(of_items([item("How many leases may 12 reviewers have?")], "q@1")), mutations=["typos"])
    (only,), _ = made(tasks, maker(None))
    (again,), _ = made(tasks, maker(None))
    (other,), _ = made(tasks, maker(None, seed=1))
    assert (only, provenance(only)["model"], provenance(only)["prompt"]) == (again, "", "")
    assert only.input != {"question": "How many leases may 12 reviewers have?"}
    assert "12" in str(only.input)
    # The seed is the drafter's, and in the provenance the maker's.
    assert provenance(other)["seed"] == 1


@pytest.mark.parametrize("text", ["Where is it?", "ab", "항목은 어디에 있나요?"])
def test_a_text_with_typing_errors_is_another_text(text: str) -> None:
    assert all(with_typos(text, str(seed)) != text for seed in range(20))
    assert with_typos(text, "1") == with_typos(text, "1")


def test_a_text_without_letters_has_no_typing_errors() -> None:
    assert with_typos("2 + 2 = ?", "1") == "2 + 2 = ?"


def test_a_seed_draws_the_same_materials_in_whatever_order_they_come() -> None:
    many = passages_of([Document(name=f"{n}.md", text=f"Page {n} says something.") for n in range(40)])
    materials = list(of_chunks(many))
    drawn = draw(materials, 5, 3)
    assert draw(materials[::-1], 5, 3) == drawn
    assert draw(materials, 5, 4) != drawn


def test_what_is_stopped_midway_is_taken_as_far_as_it_was_checked() -> None:
    async def stop(_: SynthesisReport) -> bool:
        return False

    with model_server() as server:
        tasks = tasks_of(passages() * 20)
        _, report = asyncio.run(make_items(tasks, maker(asking(server)), {}, (), stop))
    assert 0 < report.done < report.tasks == 40
