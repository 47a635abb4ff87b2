"""A checklist that is written for each item before any answer is seen, and then stays."""

import asyncio
import json
from collections.abc import Sequence

import pytest

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import Facilities, make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.item_checklists import ItemChecklists
from windlass.evaluation.judges.generated import KeptQuestions, MemoryQuestions
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer
from windlass.storage.database import Database

from .asking import asking, judge_all, judge_server, judged, sample

BODY = EvaluatorBody(
    function="generated_checklist",
    parameters={"model": "openai:judge", "about": "What a right answer says.", "count": 2},
)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The statement of PostgreSQL is the same."""
    return sqlite_url


def answering(messages: Sequence[Message]) -> object:
    """Write another question each time it is asked for some, and say yes to whatever is asked."""
    if "You write the questions" in messages[0].content:
        answering.written += 1  # type: ignore[attr-defined]
        return {"questions": [f"Is it version {answering.written}?", " ", "Is it in France?", "And more?"]}  # type: ignore[attr-defined]
    found = {"reasoning": "so", "answer": "yes"}
    asked = messages[0].content.count('- "question_')
    return {f"question_{number}": found for number in range(1, asked + 1)}


@pytest.fixture(autouse=True)
def nothing_written() -> None:
    answering.written = 0  # type: ignore[attr-defined]


def made(server: ScriptedServer, kept: KeptQuestions, body: EvaluatorBody = BODY) -> Evaluator:
    return make_evaluator("own", body, lambda *_: asking(server), Facilities(kept=kept))


def written(server: ScriptedServer) -> list[str]:
    return [call.messages[1].content for call in server.calls if "You write" in call.messages[0].content]


def test_the_questions_are_written_from_the_item_and_no_answer_is_shown() -> None:
    with judge_server(answering) as server:
        found = judged(made(server, MemoryQuestions()).judge(sample("Paris, I think")))
        (shown,) = written(server)
    assert json.loads(shown) == {"input": "Where is the Eiffel Tower?", "reference": "Paris"}
    assert (found.value, found.label) == (1.0, "2 of 2")
    assert found.explanation.splitlines() == ["✓ Is it version 1? so", "✓ Is it in France? so"]


def test_two_runs_ask_an_item_the_same_though_the_model_would_write_others(database: Database) -> None:
    with judge_server(answering) as server:
        first = judged(made(server, ItemChecklists(database, "p")).judge(sample("Paris")))
        second = judged(made(server, ItemChecklists(database, "p")).judge(sample("Rome")))
        assert len(written(server)) == 1
        other = judged(made(server, ItemChecklists(database, "q")).judge(sample("Paris")))
    assert "Is it version 1?" in first.explanation
    assert second.explanation == first.explanation
    assert "Is it version 2?" in other.explanation, "another project shares nothing"


def test_who_was_first_is_kept(database: Database) -> None:
    kept = ItemChecklists(database, "p")
    assert asyncio.run(kept.keep("k", ("first",))) == ("first",)
    assert asyncio.run(kept.keep("k", ("second",))) == ("first",)
    assert asyncio.run(kept.find("k")) == ("first",)
    assert asyncio.run(kept.find("l")) is None


def test_another_item_model_or_instruction_has_questions_of_its_own() -> None:
    kept = MemoryQuestions()
    with judge_server(answering) as server:
        judged(made(server, kept).judge(sample("Paris")))
        judged(made(server, kept).judge(sample("Paris", reference="In Paris")))
        for changed in ({"model": "openai:other"}, {"about": "How it says it."}):
            body = EvaluatorBody(function=BODY.function, parameters={**BODY.parameters, **changed})
            judged(made(server, kept, body).judge(sample("Paris")))
        assert len(written(server)) == 4


def test_the_repeats_of_an_item_pay_for_its_questions_once() -> None:
    with judge_server(answering) as server:
        found = judge_all(made(server, MemoryQuestions()), [sample(f"Paris {number}") for number in range(6)])
        assert len(written(server)) == 1
    assert {each.explanation for each in found} == {found[0].explanation}


def test_what_a_person_wrote_into_the_item_wins() -> None:
    with judge_server(answering) as server:
        own = sample("Paris", metadata={"checklist": ["Is it the capital?"]})
        found = judged(made(server, MemoryQuestions()).judge(own))
        assert written(server) == []
    assert found.explanation == "✓ Is it the capital? so"


def test_questions_that_were_not_written_leave_no_value_and_nothing_kept() -> None:
    kept = MemoryQuestions()
    with judge_server(lambda _: {"questions": ["  "]}) as server:
        none = judged(made(server, kept).judge(sample("Paris")))
    with judge_server(lambda _: "no") as server:
        broken = judged(made(server, kept).judge(sample("Paris")))
    assert (none.value, none.label) == (broken.value, broken.label) == (None, "unparsable")
    assert none.explanation == "The questions were not written: the model gave none."
    with judge_server(answering) as server:
        assert judged(made(server, kept).judge(sample("Paris"))).value == 1


def test_without_a_place_to_keep_them_it_is_refused_in_one_sentence() -> None:
    with judge_server(answering) as server:
        with pytest.raises(
            InputError, match=r"evaluator/own keeps the questions that it writes, which only a server"
        ):
            make_evaluator("own", BODY, lambda *_: asking(server))
        empty = EvaluatorBody(function=BODY.function, parameters={"model": "openai:judge", "about": " "})
        with pytest.raises(InputError, match="needs `about`"):
            made(server, MemoryQuestions(), empty)
