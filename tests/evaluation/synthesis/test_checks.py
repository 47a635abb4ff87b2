"""The checks of synthetic items."""

import asyncio

import pytest

from windlass.evaluation.synthesis.candidates import Candidate
from windlass.evaluation.synthesis.checks import Finding, check_answerable, check_apart, check_leak

from .writing import LEASE, Reply, asking, drafted, item, model_server, mutated

QUESTION = "When may another reviewer get what I was given?"


def judged(candidate: Candidate, said: Reply) -> Finding:
    with model_server(said) as server:
        return asyncio.run(check_answerable(candidate, asking(server), "openai:judge"))


def apart(*candidates: Candidate, there: tuple[object, ...] = (), held_out: tuple[object, ...] = ()) -> list[str]:
    """Return what was found of each, "" for one that is taken."""
    found = check_apart(candidates, there, held_out)  # type: ignore[arg-type]
    return [f"{failed.check}: {failed.reason}" if failed else "" for _, failed, _ in found]


def test_an_answer_from_the_source_alone_that_agrees_is_answerable() -> None:
    found = judged(drafted(QUESTION), lambda _: {"answerable": True, "answer": "It ends after fifteen minutes."})
    assert (found.passed, found.noted()["method"], found.noted()["model"]) == (True, "judge", "openai:judge")
    assert found.noted()["groundedness"] == 1


def test_a_source_that_answers_otherwise_or_not_at_all_is_not_taken() -> None:
    other = judged(drafted(QUESTION), lambda _: {"answerable": True, "answer": "Whenever an editor says so."})
    silent = judged(drafted(QUESTION), lambda _: {"answerable": False, "answer": ""})
    broken = judged(drafted(QUESTION), lambda _: "no JSON")
    assert not other.passed
    assert other.reason.startswith("its source answers otherwise: Whenever an editor says so.")
    assert (silent.passed, silent.reason) == (False, "its source does not answer it")
    assert not broken.passed
    assert broken.reason.startswith("the judge gave no answer (No answer in the form asked for")


def test_the_judge_sees_the_source_and_not_the_reference() -> None:
    with model_server(lambda _: {"answerable": False, "answer": ""}) as server:
        asyncio.run(check_answerable(drafted(QUESTION, answer="In a quarter of an hour."), asking(server), "j"))
        told = server.calls[0].messages
    assert "quarter" not in told[0].content + told[1].content
    assert LEASE in told[1].content


def test_a_quote_that_the_source_does_not_have_is_found_without_a_model() -> None:
    found = asyncio.run(check_answerable(drafted(QUESTION, quote="A lease ends after an hour."), None, "baseline"))
    assert (found.passed, found.reason) == (False, "it quotes words that its source does not have")


@pytest.mark.parametrize(("answer", "passed"), [("After fifteen minutes.", True), ("After ninety hours.", False)])
def test_the_baseline_compares_words_and_says_so(answer: str, passed: bool) -> None:
    found = asyncio.run(check_answerable(drafted(QUESTION, answer=answer), None, "baseline"))
    assert (found.passed, found.noted()["method"]) == (passed, "baseline: word containment")


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        ("Is it after fifteen minutes that it ends?", "After fifteen minutes.", "the question holds its answer"),
        (
            "Who may get an item after fifteen minutes, another reviewer?",
            "Another reviewer may get an item after fifteen minutes.",
            "the question has 100% of the words of its answer",
        ),
        ("?!", "Yes.", "the question has no word"),
        ("When?", " … ", "the answer has no word"),
    ],
)
def test_a_question_that_says_its_answer_leaks(question: str, answer: str, reason: str) -> None:
    found = check_leak(drafted(question, answer=answer))
    assert (found.passed, found.reason) == (False, reason)
    assert check_leak(drafted(QUESTION, answer="After fifteen minutes.")).passed


def test_a_draft_is_held_against_the_dataset_and_the_drafts_before_it() -> None:
    first, again = drafted(QUESTION), drafted(QUESTION + " ")
    known = item("Which of the keys of a project is it that signs the audit chain of a database?", id="k")
    third = drafted("Which of the keys of a project is it that signs the audit chain of databases?")
    assert apart(first, third, there=(known,)) == ["", "duplicate: it asks what 'k' asks (0.84)"]
    assert apart(first, drafted(QUESTION.upper())) == [
        "",
        f"duplicate: it asks what {first.item.id!r} asks (1.00)",
    ]
    assert again.item.id == first.item.id


def test_what_is_near_another_split_or_is_held_out_leaks() -> None:
    tested = item(QUESTION, id="t", split="test")
    assert apart(drafted(QUESTION, split="train"), there=(tested,)) == [
        "leak: it asks nearly what 't', of another split asks (1.00)"
    ]
    assert apart(drafted(QUESTION), held_out=(tested,)) == [
        "leak: it asks nearly what an item that is held out asks (1.00)"
    ]
    assert apart(drafted(QUESTION, split="test"), there=(tested,)) == ["duplicate: it asks what 't' asks (1.00)"]


def test_typing_errors_may_be_near_their_own_item_and_no_other() -> None:
    asked = "When does a lease of an item end for the reviewer who was given it, and who may get that item then?"
    near = "When does a lease of an itme end for the reviewer who was given it, and who may get that item then?"
    own, other = item(asked), item(asked, id="b")
    mistyped, paraphrased = mutated(near, own, "typos"), mutated(near, own, "paraphrase")
    assert apart(mistyped, there=(own,)) == [""]
    assert apart(mistyped, there=(other,)) == ["duplicate: it asks what 'b' asks (0.85)"]
    assert apart(paraphrased, there=(own,)) == ["duplicate: it asks what 'a' asks (0.85)"]
