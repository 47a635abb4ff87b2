"""Labelled items: what people said of an answer, and what the judge is shown of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import BaseModel

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict
from windlass.evaluation.calibration.labels import column_of, worth_of
from windlass.evaluation.calibration.measuring import Scale
from windlass.evaluation.calibration.requests import CalibrationRequest
from windlass.evaluation.recorded import RecordedFailure, read_output
from windlass.evaluation.reviews.questions import Level
from windlass.evaluation.samples import Item, Judgement, Sample

SIDES: Final = ("a", "b")


class DataName(BaseModel):
    """What a judge was measured on."""

    kind: str
    """queue, dataset or run."""
    name: str
    number: int | None = None
    labels: list[str]
    """The question, the columns or the score that hold the labels."""
    digest: str
    """Of every label by item: the result stands on exactly these."""

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class LabelledItem:
    judged: JudgedItem
    sample: Sample | None
    """What the judge is shown; None where only its recorded verdict is known."""


@dataclass(frozen=True)
class LabelledData:
    items: Sequence[LabelledItem]
    name: DataName
    scale: Scale
    without_answer: int
    """Labelled items whose answer is not there (any more): they are left out."""


def with_labels_of(data: LabelledData, former: Sequence[JudgedItem]) -> LabelledData:
    """Return the items of a former calibration as they are now, with the labels that they had then."""
    there = {item.judged.item: item for item in data.items}
    items = [
        replace(
            there[old.item],
            judged=there[old.item].judged.model_copy(update={"labels": old.labels, "reference": old.reference}),
        )
        for old in former
        if old.item in there
    ]
    return replace(data, items=items, name=data.name.model_copy(update={"digest": labels_digest(items)}))


def verdict_of(judgement: Judgement) -> JudgeVerdict:
    """Return what is kept of a judgement."""
    evidence = judgement.evidence
    orders = evidence.get("orders") if isinstance(evidence, dict) else None
    return JudgeVerdict.model_validate(
        {
            "value": judgement.value,
            "missing_why": "" if judgement.value is not None else judgement.label or "undefined",
            "orders": orders if isinstance(orders, list) else None,
        }
    )


def said_of(
    item: Item, columns: Iterable[str], values: Mapping[str, float], *, compares: bool
) -> dict[str, float]:
    given = {column: worth_of(column_of(item, column), values, compares=compares) for column in columns}
    return {column: value for column, value in given.items() if value is not None}


def recorded_sample(item: Item, column: str, against: str | None) -> Sample | None:
    """Return an item with its recorded answer; of a pair, as exported, b is judged and a is the other one."""
    recorded = column_of(item, column)
    if recorded is None:
        return None
    metadata = dict(item.metadata)
    if against is not None and isinstance(recorded, Mapping) and set(recorded) == set(SIDES):
        metadata[against], recorded = recorded["a"], recorded["b"]
    if against is not None and not metadata.get(against):
        return None
    try:
        prediction = read_output(recorded)
    except RecordedFailure:
        return None
    except InputError as error:
        raise InputError(f"The output of the item {item.id!r} in {column!r}: {error.message}") from error
    return Sample.of(item.model_copy(update={"metadata": metadata}), prediction)


def labelled_item(
    name: str,
    labels: Mapping[str, float],
    reference: float | None,
    sample: Sample,
    cluster: str | None,
    against: str | None,
) -> LabelledItem:
    belongs = sample.metadata.get(cluster) if cluster is not None else None
    if cluster is not None and belongs is None:
        raise InputError(
            f"The items belong together by {cluster!r}, but the item {sample.item!r} has no such metadata: "
            "add it, or leave the cluster out."
        )
    other = None if against is None else sample.metadata.get(against)
    judged = JudgedItem(
        item=name,
        labels=dict(labels),
        reference=reference,
        cluster=None if belongs is None else str(belongs),
        length=len(sample.output),
        other_length=None if other is None else len(str(other)),
    )
    return LabelledItem(judged, sample)


def lengths_of(item: Item, answers: Sequence[str] | None) -> dict[str, int]:
    if answers is None:
        return {}
    first, second = (column_of(item, column) for column in answers)
    if first is None or second is None:
        raise InputError(f"The item {item.id!r} does not have both answers, {answers[0]} and {answers[1]}.")
    return {"length": len(str(first)), "other_length": len(str(second))}


def scale_of(request: CalibrationRequest, against: str | None, level: Level = "nominal") -> Scale:
    values = [-1.0, 1.0] if against is not None else list(request.values.values())
    return Scale(
        level=request.level or level,
        yes_from=request.yes_from,
        low=min(values, default=None),
        high=max(values, default=None),
    )


def labels_digest(items: Sequence[LabelledItem]) -> str:
    return digest(
        [
            {"item": each.judged.item, "labels": each.judged.labels, "reference": each.judged.reference}
            for each in items
        ]
    )
