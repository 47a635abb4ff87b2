from typing import Any

import pytest
from pydantic import ValidationError

from windlass.errors import InputError
from windlass.evaluation.reviews.questions import Answer, Question, agreed_answers, check_answers
from windlass.evaluation.reviews.queues import QueueContent

CHOICE = {"name": "tone", "type": "choice", "choices": ["kind", "cold"]}
SCALE = {"name": "depth", "type": "scale", "low": 1, "high": 5}
YES_NO = {"name": "right", "type": "boolean"}
BETTER = {"name": "better", "type": "preference"}
WRITTEN = {"name": "correction", "type": "text"}
REMARK = {"name": "remark", "type": "text", "required": False}


def asked(*questions: dict[str, Any]) -> list[Question]:
    return QueueContent.model_validate({"questions": questions}).questions


@pytest.mark.parametrize(
    ("question", "fitting"),
    [
        (CHOICE, ["kind", "cold"]),
        (SCALE, [1, 2, 3, 4, 5]),
        (YES_NO, [False, True]),
        (BETTER, ["a", "tie", "b"]),
        (WRITTEN, ["It is Paris."]),
    ],
)
def test_a_question_takes_its_own_answers_and_no_others(question: dict[str, Any], fitting: list[Answer]) -> None:
    questions = asked(question)
    name = question["name"]
    for answer in fitting:
        assert check_answers(questions, {name: answer}) == {name: answer}
    others: list[Answer] = ["kindly", 0, 6, True, 1, "A", "1"]
    known = {(type(answer), answer) for answer in fitting}
    for answer in others:
        if (type(answer), answer) not in known and not (question is WRITTEN and isinstance(answer, str)):
            with pytest.raises(InputError, match=f"The answer to '{name}' is"):
                check_answers(questions, {name: answer})


def test_what_is_required_is_answered_and_blank_is_no_answer() -> None:
    questions = asked(YES_NO, REMARK)
    assert check_answers(questions, {"remark": " ", "right": True}) == {"right": True}
    with pytest.raises(InputError, match="'right' needs an answer: true or false"):
        check_answers(questions, {"remark": "Hm."})
    with pytest.raises(InputError, match="does not ask 'left'; it asks right, remark"):
        check_answers(questions, {"right": True, "left": True})


@pytest.mark.parametrize(
    ("problem", "questions"),
    [
        ("two questions have the same name", [YES_NO, {**YES_NO, "type": "text"}]),
        ("two choices are the same", [{**CHOICE, "choices": ["kind", "kind"]}]),
        ("a scale goes up", [{**SCALE, "low": 5}]),
        ("at least 1", []),
        ("does not match any of the expected tags", [{"name": "x", "type": "slider"}]),
    ],
)
def test_questions_nobody_could_answer_are_refused(problem: str, questions: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError, match=problem):
        asked(*questions)


def test_labels_agree_when_every_question_has_one_answer() -> None:
    questions = asked(YES_NO, {**SCALE, "required": False})
    assert agreed_answers(questions, [{"right": True, "depth": 2}, {"right": True}]) == {"right": True, "depth": 2}
    assert agreed_answers(questions, [{"right": True}, {"right": False}]) is None
    assert agreed_answers(questions, [{"right": True, "depth": 2}, {"right": True, "depth": 3}]) is None


def test_remarks_may_differ_but_what_was_asked_for_in_words_may_not() -> None:
    assert agreed_answers(
        asked(YES_NO, REMARK), [{"right": True, "remark": "a"}, {"right": True, "remark": "b"}]
    ) == {"right": True}
    assert agreed_answers(asked(WRITTEN), [{"correction": "a"}, {"correction": "b"}]) is None
