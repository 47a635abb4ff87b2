"""Adjudication: somebody sees all labels of an item that differ, and decides."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest
from windlass.errors import Conflict
from windlass.evaluation.reviews import settling
from windlass.evaluation.reviews.items import ReviewItem, find_item, read_item
from windlass.evaluation.reviews.questions import Answer, check_answers
from windlass.evaluation.reviews.queues import queue_of
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.storage.database import Database, take_turns

_LONGEST_COMMENT: Final = 20_000


def next_dispute(
    database: Database, principal: Principal, name: str, *, after: int | None = None
) -> ReviewItem | None:
    """Return the first item whose labels differ, or the first one after a position; None when there is none."""
    with database.write() as tx:
        queue = queue_of(tx, principal.project, name)
        query = select(review_items).where(
            review_items.c.project == principal.project,
            review_items.c.queue == name,
            review_items.c.state == "disputed",
        )
        if after is not None:
            query = query.where(review_items.c.position > after)
        row = tx.execute(query.order_by(review_items.c.position).limit(1)).one_or_none()
        if row is None:
            return None
        _give_up_lease(tx, row, principal)
        return read_item(tx, queue, row, principal.id)


def decide_item(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    name: str,
    item: str,
    answers: Mapping[str, Answer],
    *,
    comment: str = "",
) -> ReviewItem:
    """Decide an item whose labels differ, or decide it anew.

    Raises InputError for answers that do not fit, and Conflict for an item that waits for labels or that all agree
    on.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        row = find_item(tx, principal.project, name, item)
        fitting = check_answers(queue.questions, answers)
        if row.state == "open":
            given = _labels_of(tx, item)
            raise Conflict(
                f"This item has {given} of {queue.labels_per_item} labels; decide when it has them all."
            )
        if row.state == "settled" and not row.adjudicated:
            raise Conflict("All labels of this item say the same; there is nothing to decide.")
        _give_up_lease(tx, row, principal)
        settling.decide(tx, row, fitting, principal.id, comment[:_LONGEST_COMMENT])
        audit.append(
            tx,
            principal,
            "review:decide",
            f"review/{name}",
            before=digest(row.reference) if row.reference else None,
            after=digest(fitting),
            reason=comment,
            details={"item": item},
        )
        return read_item(tx, queue, find_item(tx, principal.project, name, item), principal.id)


def _give_up_lease(tx: Connection, row: Row[Any], principal: Principal) -> None:
    """Who looks at the labels of others to decide does not label the item any more."""
    tx.execute(
        delete(review_labels).where(
            review_labels.c.item == row.id,
            review_labels.c.reviewer == principal.id,
            review_labels.c.state == "leased",
        )
    )


def _labels_of(tx: Connection, item: str) -> int:
    query = select(func.count()).where(review_labels.c.item == item, review_labels.c.state == "labelled")
    return int(tx.execute(query).scalar_one())
