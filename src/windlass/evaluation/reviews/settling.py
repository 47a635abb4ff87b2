"""What follows from the labels of an item: it waits for more, for a decision, or has its reference."""

from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from windlass.evaluation.reviews.items import ItemState, find_item, source_of
from windlass.evaluation.reviews.questions import Answers, agreed_answers
from windlass.evaluation.reviews.queues import Queue
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.storage.database import now

SEPARATOR: Final = ", "
"""Between the names of those who agree."""


def settle(tx: Connection, project: str, queue: Queue, item: str) -> None:
    """Bring the state of an item in line with its labels; what somebody decided stands."""
    row = find_item(tx, project, queue.name, item)
    if row.adjudicated:
        return
    labels = tx.execute(
        select(review_labels.c.reviewer, review_labels.c.answers)
        .where(review_labels.c.item == item, review_labels.c.state == "labelled")
        .order_by(review_labels.c.reviewer)
    ).all()
    if len(labels) < queue.labels_per_item:
        _set(tx, row, "open")
        return
    agreed = agreed_answers(queue.questions, [label.answers for label in labels])
    if agreed is None:
        _set(tx, row, "disputed")
    else:
        _set(tx, row, "settled", agreed, SEPARATOR.join(label.reviewer for label in labels))


def settle_all(tx: Connection, project: str, queue: Queue) -> None:
    """Do so for every item: the queue asks for more or fewer labels than before."""
    query = select(review_items.c.id).where(review_items.c.project == project, review_items.c.queue == queue.name)
    for (item,) in tx.execute(query).all():
        settle(tx, project, queue, item)


def decide(tx: Connection, row: Row[Any], answers: Answers, by: str, comment: str) -> None:
    """Write what somebody decided."""
    _set(tx, row, "settled", answers, by, adjudicated=True, comment=comment)


def _set(
    tx: Connection,
    row: Row[Any],
    state: ItemState,
    reference: Answers | None = None,
    by: str | None = None,
    *,
    adjudicated: bool = False,
    comment: str = "",
) -> None:
    values: dict[str, object] = {
        "state": state,
        "reference": reference,
        "decided_by": by,
        "adjudicated": adjudicated,
        "comment": comment,
    }
    if all(getattr(row, name) == value for name, value in values.items()):
        return
    due = bool(source_of(row).outputs) and (reference is not None or row.scored is not None)
    decided = now() if reference is not None else None
    tx.execute(
        update(review_items).where(review_items.c.id == row.id).values(**values, decided=decided, scores_due=due)
    )
