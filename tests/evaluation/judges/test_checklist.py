"""A judge that answers fixed questions."""

import pytest

from windlass.errors import InputError
from windlass.evaluation.judges.checklist import checklist

from .asking import asking, judge_server, judged, sample

QUESTIONS = ("Does it name a city?", "Does it say when?", "Is the price right?")


def findings(*answers: str) -> dict[str, object]:
    return {f"question_{n}": {"reasoning": f"because {n}", "answer": each} for n, each in enumerate(answers, 1)}


def test_the_value_is_the_share_of_yes_among_the_questions_that_apply() -> None:
    with judge_server(lambda _: findings("yes", "no", "not_applicable")) as server:
        found = judged(checklist(asking(server), QUESTIONS).judge(sample("Paris")))
        told = server.calls[0].messages[0].content
    assert (found.value, found.label) == (0.5, "1 of 2")
    assert found.explanation.splitlines()[0] == "✓ Does it name a city? because 1"
    assert '- "question_3": Is the price right?' in told


def test_where_no_question_applies_there_is_no_value() -> None:
    with judge_server(lambda _: findings(*["not_applicable"] * 3)) as server:
        found = judged(checklist(asking(server), QUESTIONS).judge(sample("Paris")))
    assert (found.value, found.label) == (None, "abstain")


def test_a_question_left_out_is_no_verdict() -> None:
    with judge_server(lambda _: findings("yes", "no")) as server:
        found = judged(checklist(asking(server), QUESTIONS).judge(sample("Paris")))
    assert (found.value, found.label) == (None, "unparsable")
    assert "question_3: Field required" in found.explanation


def test_without_questions_each_item_has_its_own() -> None:
    with judge_server(lambda _: findings("yes")) as server:
        made = checklist(asking(server))
        assert made.needs == ("metadata.checklist",)
        found = judged(made.judge(sample("Paris", metadata={"checklist": ["Is it in France?"]})))
        lacking = judged(made.judge(sample("Paris", metadata={"checklist": "yes"})))
        assert "Is it in France?" in server.calls[0].messages[0].content
    assert (found.value, found.label) == (1.0, "1 of 1")
    assert (lacking.value, lacking.label) == (None, "error")
    assert "no list of questions" in lacking.explanation


def test_an_empty_question_is_refused() -> None:
    with judge_server(lambda _: "") as server, pytest.raises(InputError, match="question of a checklist is empty"):
        checklist(asking(server), ["Is it?", " "])
