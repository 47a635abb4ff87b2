"""Labelling: who gets which item next, what they say of it, and how they take it back.

An item is kept for who got it until the lease ends, so that the last label it needs is not given twice. A label
that comes after the end is kept as well, as one more than was asked for: nobody's work is thrown away.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict
from windlass.evaluation.reviews.items import LabelState, ReviewItem, find_item, read_item
from windlass.evaluation.reviews.questions import Answer, Answers, check_answers
from windlass.evaluation.reviews.queues import Queue, queue_of
from windlass.evaluation.reviews.settling import settle
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.storage.database import Database, now, take_turns

LEASE: Final = timedelta(minutes=15)

_LONGEST_COMMENT: Final = 20_000


def next_item(
    database: Database, principal: Principal, name: str, *, time: datetime | None = None
) -> ReviewItem | None:
    """Give the principal the next item that needs a label from them, and keep it for them for a while.

    What they were given and have not labelled yet comes again first. None when nothing needs them now.
    """
    time = time or now()
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        row = _choose(tx, principal, queue, time)
        if row is None:
            return None
        mine = _own(tx, row.id, principal.id)
        _keep(tx, principal, queue, row.id, "leased", answers=mine and mine.answers, time=time)
        return read_item(tx, queue, row, principal.id)


def label_item(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    name: str,
    item: str,
    answers: Mapping[str, Answer],
    *,
    comment: str = "",
    time: datetime | None = None,
) -> ReviewItem:
    """Give the principal's label, in the place of the one that they gave before.

    Raises InputError for answers that do not fit, and Conflict where the item has its labels, or was decided.
    """
    time = time or now()
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        fitting = check_answers(queue.questions, answers)
        row, mine = find_item(tx, principal.project, name, item), _own(tx, item, principal.id)
        _refuse_late(tx, queue, row, mine, time)
        _keep(
            tx, principal, queue, item, "labelled", answers=fitting, comment=comment[:_LONGEST_COMMENT], time=time
        )
        settle(tx, principal.project, queue, item)
        # Without the answers, which others may not see yet.
        audit.append(tx, principal, "review:label", f"review/{name}", details={"item": item})
        return read_item(tx, queue, find_item(tx, principal.project, name, item), principal.id)


def skip_item(database: Database, principal: Principal, name: str, item: str) -> None:
    """Leave an item to others. Raises Conflict for one that the principal labelled."""
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        find_item(tx, principal.project, name, item)
        mine = _own(tx, item, principal.id)
        if mine is not None and mine.state == "labelled":
            raise Conflict("You labelled this item; take the label back before you skip it.")
        _keep(tx, principal, queue, item, "skipped", time=now())


def undo(database: Database, audit: AuditChain, principal: Principal, name: str) -> ReviewItem | None:
    """Take back the principal's latest label or skip and give them that item again, the answers as a draft.

    None when there is nothing to take back. Items that were decided since are left as they are.
    """
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        mine = _latest(tx, principal, queue)
        if mine is None:
            return None
        _keep(tx, principal, queue, mine.item, "leased", answers=mine.answers, comment=mine.comment, time=now())
        settle(tx, principal.project, queue, mine.item)
        if mine.state == "labelled":
            audit.append(tx, principal, "review:undo", f"review/{name}", details={"item": mine.item})
        return read_item(tx, queue, find_item(tx, principal.project, name, mine.item), principal.id)


def _choose(tx: Connection, principal: Principal, queue: Queue, time: datetime) -> Row[Any] | None:
    taken = _taken(time, review_labels.c.reviewer != principal.id).subquery()
    mine = (
        select(review_labels.c.item, review_labels.c.state, review_labels.c.updated)
        .where(review_labels.c.project == principal.project, review_labels.c.queue == queue.name)
        .where(review_labels.c.reviewer == principal.id)
        .subquery()
    )
    held = case((mine.c.state == "leased", 0), else_=1)
    query = (
        select(review_items)
        .outerjoin(taken, taken.c.item == review_items.c.id)
        .outerjoin(mine, mine.c.item == review_items.c.id)
        .where(review_items.c.project == principal.project, review_items.c.queue == queue.name)
        .where(review_items.c.state == "open")
        .where(func.coalesce(taken.c.labels, 0) < queue.labels_per_item)
        .where(or_(mine.c.state.is_(None), mine.c.state == "leased"))
        .order_by(held, case((held == 0, mine.c.updated)).desc(), review_items.c.position)
        .limit(1)
    )
    return tx.execute(query).one_or_none()


def _taken(time: datetime, *conditions: ColumnElement[bool]) -> Any:
    """Select how many labels of each item are given or about to be."""
    counts = or_(
        review_labels.c.state == "labelled",
        and_(review_labels.c.state == "leased", review_labels.c.expires > time),
    )
    return (
        select(review_labels.c.item, func.count().label("labels"))
        .where(counts, *conditions)
        .group_by(review_labels.c.item)
    )


def _refuse_late(tx: Connection, queue: Queue, row: Row[Any], mine: Row[Any] | None, time: datetime) -> None:
    """Refuse a second thought after somebody decided, and a label of who was not given an item that needs none."""
    if row.adjudicated and mine is not None and mine.state == "labelled":
        raise Conflict(f"{row.decided_by} decided this item; your label stands as it was when they did.")
    if mine is not None and mine.state != "skipped":
        return
    taken = tx.execute(_taken(time, review_labels.c.item == row.id)).one_or_none()
    if row.state != "open" or (taken is not None and taken.labels >= queue.labels_per_item):
        raise Conflict("This item has its labels, or others are about to give them; ask for the next one.")


def _latest(tx: Connection, principal: Principal, queue: Queue) -> Row[Any] | None:
    is_open = review_items.c.state == "open"
    query = (
        select(review_labels)
        .join(review_items, review_items.c.id == review_labels.c.item)
        .where(review_labels.c.project == principal.project, review_labels.c.queue == queue.name)
        .where(review_labels.c.reviewer == principal.id)
        # Who skipped an item may look at its labels once it has them all, and then has no say in it any more.
        .where(or_(review_labels.c.state == "labelled", and_(review_labels.c.state == "skipped", is_open)))
        .where(review_items.c.adjudicated.is_(False))
        .order_by(review_labels.c.updated.desc(), review_labels.c.item)
        .limit(1)
    )
    return tx.execute(query).one_or_none()


def _own(tx: Connection, item: str, reviewer: str) -> Row[Any] | None:
    query = select(review_labels).where(review_labels.c.item == item, review_labels.c.reviewer == reviewer)
    return tx.execute(query).one_or_none()


def _keep(
    tx: Connection,
    principal: Principal,
    queue: Queue,
    item: str,
    state: LabelState,
    *,
    time: datetime,
    answers: Answers | None = None,
    comment: str = "",
) -> None:
    values = {
        "state": state,
        "answers": answers,
        "comment": comment,
        "revision": queue.revision,
        "expires": time + LEASE if state == "leased" else None,
        "updated": time,
    }
    if _own(tx, item, principal.id) is None:
        place = {"project": principal.project, "queue": queue.name, "item": item, "reviewer": principal.id}
        tx.execute(review_labels.insert().values(**place, **values))
    else:
        here = and_(review_labels.c.item == item, review_labels.c.reviewer == principal.id)
        tx.execute(review_labels.update().where(here).values(**values))
