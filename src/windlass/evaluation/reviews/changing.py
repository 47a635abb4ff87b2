"""Making, changing and removing review queues."""

from sqlalchemy import Connection, delete, insert, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.references import check_name
from windlass.canonical import canonical_json, digest
from windlass.errors import Conflict
from windlass.evaluation.reviews.queues import Queue, QueueContent, find_queue, progress_of, queue_of
from windlass.evaluation.reviews.settling import settle_all
from windlass.evaluation.reviews.tables import review_items, review_labels, review_queues
from windlass.storage.database import Database, now, take_turns


def save_queue(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    name: str,
    content: QueueContent,
    *,
    expected: int | None = None,
) -> Queue:
    """Make a queue, or change one; ``expected`` is the revision that was read, 0 for a new one, None for any.

    Raises Conflict for another revision, and for other questions than those that labels answer already.
    """
    check_name(name, "a review queue")
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        before = find_queue(tx, principal.project, name)
        _refuse_other_revision(name, before, expected)
        if before is not None and _content_of(before) == content:
            return before
        if before is not None:
            _refuse_other_questions(tx, principal.project, before, content)
        _write(tx, principal, name, content, before)
        after = queue_of(tx, principal.project, name)
        if before is not None and before.labels_per_item != content.labels_per_item:
            settle_all(tx, principal.project, after)
        audit.append(
            tx,
            principal,
            "review:save",
            f"review/{name}",
            before=_digest(_content_of(before)) if before else None,
            after=_digest(content),
        )
        return after


def delete_queue(database: Database, audit: AuditChain, principal: Principal, name: str) -> None:
    """Remove a queue with its items and labels; scores and datasets made of it stay. Raises NotFound."""
    with database.write() as tx:
        take_turns(tx, principal.project, "review", name)
        queue = queue_of(tx, principal.project, name)
        labels = progress_of(tx, principal.project, name).labels
        for table in (review_labels, review_items):
            tx.execute(delete(table).where(table.c.project == principal.project, table.c.queue == name))
        tx.execute(
            delete(review_queues).where(review_queues.c.project == principal.project, review_queues.c.name == name)
        )
        before = _digest(_content_of(queue))
        audit.append(tx, principal, "review:delete", f"review/{name}", before=before, details={"labels": labels})


def _content_of(queue: Queue) -> QueueContent:
    return QueueContent(**{name: getattr(queue, name) for name in QueueContent.model_fields})


def _refuse_other_revision(name: str, before: Queue | None, expected: int | None) -> None:
    revision = before.revision if before else 0
    if expected is None or expected == revision:
        return
    if expected == 0:
        raise Conflict(f"There is a review queue {name!r} already; choose another name, or update that one.")
    raise Conflict(
        f"The review queue {name!r} is at revision {revision}, not {expected}: somebody changed it meanwhile; "
        "load it again, then make the change."
    )


def _refuse_other_questions(tx: Connection, project: str, before: Queue, content: QueueContent) -> None:
    if before.questions == content.questions:
        return
    labels = progress_of(tx, project, before.name).labels
    if labels:
        raise Conflict(
            f"The questions of {before.name!r} are answered by {labels} labels already and cannot be changed; "
            "make another queue for other questions."
        )


def _write(tx: Connection, principal: Principal, name: str, content: QueueContent, before: Queue | None) -> None:
    time = now()
    values = {
        "guidelines": content.guidelines,
        "questions": canonical_json([each.model_dump(mode="json") for each in content.questions]).decode(),
        "labels_per_item": content.labels_per_item,
        "blind": content.blind,
        "revision": before.revision + 1 if before else 1,
        "updated": time,
        "updated_by": principal.id,
    }
    here = {"project": principal.project, "name": name}
    if before is None:
        tx.execute(insert(review_queues).values(**here, **values, created=time, created_by=principal.id))
    else:
        tx.execute(update(review_queues).filter_by(**here).values(**values))


def _digest(content: QueueContent) -> str:
    return digest(content.model_dump(mode="json"))
