"""What reviewers are asked, and whether an answer fits the question."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from windlass.errors import InputError

Answer = StrictBool | StrictInt | str
Answers = dict[str, Answer]
Level = Literal["nominal", "ordinal", "interval"]
"""What a difference between two answers means, and so how agreement on them is measured."""

SIDES: Final = ("a", "tie", "b")

_LONGEST_TEXT: Final = 20_000
_MOST_STEPS: Final = 100


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    """What the score is called that the decided answer becomes."""
    text: Annotated[str, Field(max_length=500)] = ""
    """What is asked; the name, if left out."""
    required: bool = True

    @property
    def values(self) -> Sequence[Answer]:
        """Return all answers there are, in their order; none for free text."""
        return ()

    @property
    def level(self) -> Level:
        return "nominal"

    def fits(self, answer: Answer) -> bool:
        # 1 == True in Python, but not to whoever asks for yes or no.
        return any(type(answer) is type(value) and answer == value for value in self.values)

    @property
    def wanted(self) -> str:
        return f"one of {', '.join(map(str, self.values))}"


class ChoiceQuestion(_Question):
    """One of several categories."""

    type: Literal["choice"]
    choices: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=2, max_length=50)
    ]

    @model_validator(mode="after")
    def _told_apart(self) -> "ChoiceQuestion":
        if len(set(self.choices)) < len(self.choices):
            raise ValueError("two choices are the same; give each its own words")
        return self

    @property
    def values(self) -> Sequence[Answer]:
        return self.choices


class ScaleQuestion(_Question):
    """A whole number on a scale."""

    type: Literal["scale"]
    low: int = 1
    high: int = 5
    low_text: Annotated[str, Field(max_length=200)] = ""
    """What the lowest number means."""
    high_text: Annotated[str, Field(max_length=200)] = ""
    spacing: Literal["ordinal", "interval"] = "ordinal"
    """Whether only the order of the numbers says something, or their distance does, too."""

    @model_validator(mode="after")
    def _goes_up(self) -> "ScaleQuestion":
        if not self.low < self.high <= self.low + _MOST_STEPS:
            raise ValueError(f"a scale goes up, by at most {_MOST_STEPS} steps")
        return self

    @property
    def values(self) -> Sequence[Answer]:
        return range(self.low, self.high + 1)

    @property
    def level(self) -> Level:
        return self.spacing

    @property
    def wanted(self) -> str:
        return f"a whole number from {self.low} to {self.high}"


class BooleanQuestion(_Question):
    """Yes or no."""

    type: Literal["boolean"]

    @property
    def values(self) -> Sequence[Answer]:
        return (False, True)

    @property
    def wanted(self) -> str:
        return "true or false"


class PreferenceQuestion(_Question):
    """Which of two outputs is better: a, b, or neither."""

    type: Literal["preference"]

    @property
    def values(self) -> Sequence[Answer]:
        return SIDES


class TextQuestion(_Question):
    """Free text: where it is required it must be the same or be decided, else it is a remark."""

    type: Literal["text"]

    def fits(self, answer: Answer) -> bool:
        return isinstance(answer, str) and len(answer) <= _LONGEST_TEXT

    @property
    def wanted(self) -> str:
        return f"a text of at most {_LONGEST_TEXT} characters"


Question = Annotated[
    ChoiceQuestion | ScaleQuestion | BooleanQuestion | PreferenceQuestion | TextQuestion,
    Field(discriminator="type"),
]


def check_answers(questions: Sequence[Question], answers: Mapping[str, Answer]) -> Answers:
    """Return the answers without blank ones, in the order of the questions. Raises InputError."""
    given = {name: answer for name, answer in answers.items() if not _is_blank(answer)}
    unknown = given.keys() - {question.name for question in questions}
    if unknown:
        asked = ", ".join(question.name for question in questions)
        raise InputError(f"The queue does not ask {min(unknown)!r}; it asks {asked}.")
    for question in questions:
        answer = given.get(question.name)
        if answer is None:
            if question.required:
                raise InputError(f"The question {question.name!r} needs an answer: {question.wanted}.")
        elif not question.fits(answer):
            raise InputError(f"The answer to {question.name!r} is {question.wanted}, not {answer!r}.")
    return {question.name: given[question.name] for question in questions if question.name in given}


def agreed_answers(questions: Sequence[Question], labels: Sequence[Mapping[str, Answer]]) -> Answers | None:
    """Return what all labels of an item say, or None where two of them differ.

    An optional question counts for those who answered it. Remarks (optional texts) never differ: they are kept
    with the labels, and only one that stands alone is part of what was agreed.
    """
    agreed: Answers = {}
    for question in questions:
        given = [label[question.name] for label in labels if question.name in label]
        if not given:
            continue
        same = all(type(answer) is type(given[0]) and answer == given[0] for answer in given)
        if same:
            agreed[question.name] = given[0]
        elif question.required or not isinstance(question, TextQuestion):
            return None
    return agreed


def _is_blank(answer: Answer) -> bool:
    return isinstance(answer, str) and not answer.strip()
