"""Where the human labels of a metric are, and what each is worth as a number."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from windlass.errors import InputError
from windlass.evaluation.samples import Item

Labels = Mapping[str, float]
"""By item, of those that people labelled."""


class HumanLabels(BaseModel):
    """Where people said of the same outputs what a judge's metric says: in a review queue, or in the dataset."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    queue: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """A review queue that holds samples of the run; its settled items count."""
    question: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """What the queue asks; left out: the question that is called as the metric is."""
    field: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """A field of the items' metadata, `labels.right` for one within another: of recorded outputs."""
    baseline_field: str | None = Field(default=None, exclude_if=lambda value: value is None)
    """In a gate the field that is about the baseline's outputs."""
    values: dict[str, float] = Field(default={}, exclude_if=lambda value: not value)
    """What each answer is worth, in units of the metric; left out: yes 1, no 0, and a number itself."""

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if (self.queue is None) == (self.field is None):
            raise ValueError("human names a queue with a question, or a field of the dataset")
        if self.field is None and self.baseline_field is not None:
            raise ValueError("human has a baseline_field only beside a field")
        return self

    def of_baseline(self) -> "HumanLabels":
        """Return where the labels of the baseline's outputs are. Raises InputError for a field without it."""
        if self.field is None:
            return self
        if self.baseline_field is None:
            raise InputError(
                f"The labels in {self.field!r} are about one side's outputs: name the field of the other "
                "(`baseline_field`), or a review queue that holds samples of both runs."
            )
        return self.model_copy(update={"field": self.baseline_field})

    def words(self, metric: str) -> str:
        """Say in a few words where the labels are."""
        return self.field if self.field is not None else f"{self.queue}/{self.question or metric}"


class PairLabels(NamedTuple):
    """What people said of both sides of a comparison."""

    baseline: Labels
    candidate: Labels


def parse_labels(
    *, queue: str | None, question: str | None, field: str | None, values: Iterable[str]
) -> HumanLabels | None:
    """Read where labels are, as a query or a command names it; None where it names nothing. Raises InputError."""
    worths = dict(map(_parse_value, values))
    if queue is None and field is None:
        if question is not None or worths:
            raise InputError("Say where the labels are: in a review queue, or in a field of the dataset.")
        return None
    if queue is not None and field is not None:
        raise InputError("Labels are in a review queue or in a field of the dataset; name one of the two.")
    return HumanLabels(queue=queue, question=question, field=field, values=worths)


def _parse_value(text: str) -> tuple[str, float]:
    answer, equals, number = text.rpartition("=")
    try:
        worth_of = float(number) if equals and answer else float("nan")
    except ValueError:
        worth_of = float("nan")
    if worth_of != worth_of:
        raise InputError(f"{text!r} does not say what an answer is worth, as yes=1 does.")
    return answer, worth_of


def labels_of_items(field: str, values: Mapping[str, float], items: Iterable[Item]) -> Labels:
    """Return the labels in a field of the items' metadata. Raises InputError for one without a value."""
    found = ((item.id, _field(item.metadata, field)) for item in items)
    return {item: worth(value, values, field) for item, value in found if value is not None}


def _field(metadata: Mapping[str, Any], path: str) -> object:
    """Return what stands in a field; one of the whole name comes before one within another."""
    if path in metadata:
        return metadata[path]
    first, dot, rest = path.partition(".")
    within = metadata.get(first)
    return _field(within, rest) if dot and isinstance(within, Mapping) else None


def worth(answer: object, values: Mapping[str, float], place: str) -> float:
    """Return what a label is worth as a number. Raises InputError for one without a value."""
    said = str(answer).lower() if isinstance(answer, bool) else str(answer)
    if values:
        if said not in values:
            raise InputError(f"The label {said!r} in {place!r} has no value; add it to `values`.")
        return float(values[said])
    if isinstance(answer, bool | int | float):
        return float(answer)
    raise InputError(f"The label {said!r} in {place!r} is no number; say what it is worth (`values`).")
