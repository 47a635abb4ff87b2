"""Review queues as records: a name, guidelines, questions, and how many people answer them for each item."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, Table, func, select

from windlass.errors import NotFound
from windlass.evaluation.reviews.questions import PreferenceQuestion, Question
from windlass.evaluation.reviews.tables import review_items, review_labels, review_queues
from windlass.storage.database import Database


def _told_apart(questions: list[Question]) -> list[Question]:
    if len({question.name for question in questions}) < len(questions):
        raise ValueError("two questions have the same name; give each its own")
    return questions


Questions = Annotated[list[Question], Field(min_length=1, max_length=20), AfterValidator(_told_apart)]


class QueueContent(BaseModel):
    """What somebody decides about a queue."""

    model_config = ConfigDict(extra="forbid")

    guidelines: Annotated[str, Field(max_length=100_000)] = ""
    """Markdown, shown beside every item."""
    questions: Questions
    labels_per_item: Annotated[int, Field(ge=1, le=20)] = 2
    """How many people answer the questions for each item."""
    blind: bool = True
    """Whether the labels of others are kept from who has not given their own."""

    @property
    def pairwise(self) -> bool:
        """Whether its items are pairs of outputs."""
        return any(isinstance(question, PreferenceQuestion) for question in self.questions)


class Queue(QueueContent):
    name: str
    revision: int
    """Grows with each change; labels say under which they were given."""
    created: datetime
    created_by: str
    updated: datetime
    updated_by: str


class Progress(BaseModel):
    """How far a queue is."""

    items: int
    settled: int
    """Items with a reference: all labels said the same, or somebody decided."""
    disputed: int
    """Items whose labels differ, and that wait for a decision."""
    labels: int
    skips: int


class QueueSummary(Queue):
    progress: Progress


def get_queue(database: Database, project: str, name: str) -> QueueSummary:
    """Return a queue and how far it is. Raises NotFound."""
    with database.read() as tx:
        return _summary(tx, project, queue_of(tx, project, name))


def list_queues(database: Database, project: str) -> list[QueueSummary]:
    """Return the queues of a project, newest first."""
    query = (
        select(review_queues)
        .where(review_queues.c.project == project)
        .order_by(review_queues.c.created.desc(), review_queues.c.name)
    )
    with database.read() as tx:
        return [_summary(tx, project, _queue(row)) for row in tx.execute(query).all()]


def queue_of(tx: Connection, project: str, name: str) -> Queue:
    """Return a queue. Raises NotFound."""
    found = find_queue(tx, project, name)
    if found is None:
        raise NotFound(f"There is no review queue {name!r} in this project; see `windlass reviews list`.")
    return found


def progress_of(tx: Connection, project: str, name: str) -> Progress:
    items = _counts(tx, review_items, project, name)
    labels = _counts(tx, review_labels, project, name)
    return Progress(
        items=sum(items.values()),
        settled=items.get("settled", 0),
        disputed=items.get("disputed", 0),
        labels=labels.get("labelled", 0),
        skips=labels.get("skipped", 0),
    )


def _counts(tx: Connection, table: Table, project: str, name: str) -> dict[str, int]:
    query = (
        select(table.c.state, func.count())
        .where(table.c.project == project, table.c.queue == name)
        .group_by(table.c.state)
    )
    return {str(state): int(count) for state, count in tx.execute(query).all()}


def _summary(tx: Connection, project: str, queue: Queue) -> QueueSummary:
    return QueueSummary(**queue.model_dump(), progress=progress_of(tx, project, queue.name))


def find_queue(tx: Connection, project: str, name: str) -> Queue | None:
    query = select(review_queues).where(review_queues.c.project == project, review_queues.c.name == name)
    row = tx.execute(query).one_or_none()
    return None if row is None else _queue(row)


def _queue(row: Row[tuple[object, ...]]) -> Queue:
    fields = {name: row._mapping[name] for name in Queue.model_fields}
    return Queue.model_validate({**fields, "questions": json.loads(row.questions)})
