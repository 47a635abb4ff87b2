"""Items of a review queue: what is reviewed, and who said what of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel
from sqlalchemy import Connection, Row, select

from windlass.errors import NotFound
from windlass.evaluation.reviews.questions import Answers
from windlass.evaluation.reviews.queues import Queue
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.storage.database import Database

ItemState = Literal["open", "disputed", "settled"]
"""Waiting for labels; for somebody to decide between labels that differ; for nothing: there is a reference."""
LabelState = Literal["leased", "labelled", "skipped"]


class OutputSource(BaseModel):
    """Where an output is: the trace of a sample or of a request."""

    side: Literal["", "a", "b"] = ""
    """Of a pair: a is the baseline run's."""
    trace_id: str
    span_id: str = ""
    """Of the root span, where it is known."""
    run: str = ""
    release: str = ""


class Source(BaseModel):
    """What an item is: a sample of a run (or of two), a trace, or an item of a dataset version."""

    kind: Literal["run", "trace", "dataset"]
    dataset: str = ""
    dataset_digest: str = ""
    item: str = ""
    """The id of the dataset's item."""
    outputs: list[OutputSource] = []


class Label(BaseModel):
    """What one reviewer answered."""

    reviewer: str
    answers: Answers
    comment: str
    revision: int
    """Of the queue, whose guidelines were followed."""
    updated: datetime


class OwnLabel(BaseModel):
    """How the caller stands to an item. A label that was taken back leaves its answers as a draft."""

    state: LabelState
    answers: Answers | None
    comment: str


class ReviewItem(BaseModel):
    id: str
    queue: str
    position: int
    state: ItemState
    source: Source
    labels_given: int
    labels: list[Label] | None
    """Null while they are kept from the caller: see the queue's ``blind``."""
    mine: OwnLabel | None
    reference: Answers | None
    """What all labels say, or what was decided; null before, and while labels are kept from the caller."""
    adjudicated: bool
    """Whether somebody decided."""
    decided_by: str | None
    decided: datetime | None
    comment: str
    """Of who decided."""


class ItemPage(NamedTuple):
    items: list[ReviewItem]
    next: str | None


def find_item(tx: Connection, project: str, queue: str, item: str) -> Row[Any]:
    """Return the row of an item. Raises NotFound."""
    query = select(review_items).where(
        review_items.c.id == item, review_items.c.project == project, review_items.c.queue == queue
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no item {item!r} in the review queue {queue!r}.")
    return row


def source_of(row: Row[Any]) -> Source:
    return Source.model_validate(row.source)


def read_item(tx: Connection, queue: Queue, row: Row[Any], viewer: str) -> ReviewItem:
    """Return an item as a principal may see it."""
    query = select(review_labels).where(review_labels.c.item == row.id)
    labels = tx.execute(query.order_by(review_labels.c.reviewer)).all()
    return _item(queue, row, labels, viewer)


def list_items(
    database: Database,
    project: str,
    queue: Queue,
    viewer: str,
    *,
    state: ItemState | None = None,
    limit: int = 50,
    after: int | None = None,
) -> ItemPage:
    """Return items in their order; ``after`` is the position of the last one of the page before."""
    query = select(review_items).where(review_items.c.project == project, review_items.c.queue == queue.name)
    if state is not None:
        query = query.where(review_items.c.state == state)
    if after is not None:
        query = query.where(review_items.c.position > after)
    with database.read() as tx:
        rows = tx.execute(query.order_by(review_items.c.position).limit(limit + 1)).all()
        page = [read_item(tx, queue, row, viewer) for row in rows[:limit]]
    return ItemPage(page, str(page[-1].position) if len(rows) > limit else None)


def _item(queue: Queue, row: Row[Any], labels: Sequence[Row[Any]], viewer: str) -> ReviewItem:
    mine = next((label for label in labels if label.reviewer == viewer), None)
    given = [label for label in labels if label.state == "labelled"]
    open_to_viewer = _may_see(queue, row.state, mine)
    return ReviewItem(
        id=row.id,
        queue=queue.name,
        position=row.position,
        state=row.state,
        source=source_of(row),
        labels_given=len(given),
        labels=[Label.model_validate(label._mapping, extra="ignore") for label in given]
        if open_to_viewer
        else None,
        mine=OwnLabel(state=mine.state, answers=mine.answers, comment=mine.comment) if mine else None,
        reference=row.reference if open_to_viewer else None,
        adjudicated=row.adjudicated,
        decided_by=row.decided_by if open_to_viewer else None,
        decided=row.decided,
        comment=row.comment if open_to_viewer else "",
    )


def _may_see(queue: Queue, state: ItemState, mine: Row[Any] | None) -> bool:
    """Tell whether the labels of others are open to somebody: in a blind queue not before their own.

    Once an item needs no more labels, those may look who are not about to label it.
    """
    if not queue.blind or (mine is not None and mine.state == "labelled"):
        return True
    return state != "open" and (mine is None or mine.state != "leased")
