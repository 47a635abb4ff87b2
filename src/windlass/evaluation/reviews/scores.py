"""References of review queues as scores of the traces that were reviewed.

The database decides; the scores follow, and an item says until then that they are due. What is written has the id
of its item and question, so that writing it again changes nothing.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from windlass.errors import WindlassError
from windlass.evaluation.reviews.items import source_of
from windlass.evaluation.reviews.questions import Answer, PreferenceQuestion, Question, TextQuestion
from windlass.evaluation.reviews.queues import Queue, queue_of
from windlass.evaluation.reviews.tables import review_items
from windlass.evaluation.store import REVIEW
from windlass.storage.database import Database, now, take_turns
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.scores import Score, insert_scores

log = logging.getLogger(__name__)

_A_ROUND: Final = 200
_PREFERENCES: Final = {"a": 0.0, "tie": 0.5, "b": 1.0}


def write_scores(database: Database, warehouse: Warehouse, project: str, name: str) -> None:
    """Bring the scores of a queue's items in line with their references, where that is due."""
    while _write_some(database, warehouse, project, name):
        pass


def write_all_scores(database: Database, warehouse: Warehouse) -> None:
    """Write the scores that are due in any queue of any project: what a restarted server owes."""
    query = select(review_items.c.project, review_items.c.queue).where(review_items.c.scores_due.is_(True))
    with database.read() as tx:
        due = tx.execute(query.distinct()).all()
    for project, name in due:
        try_write_scores(database, warehouse, project, name)


def try_write_scores(database: Database, warehouse: Warehouse, project: str, name: str) -> None:
    """Write the scores that are due if that can be done now: no label fails for a slow warehouse."""
    try:
        write_scores(database, warehouse, project, name)
    except WindlassError as error:
        log.warning("scores of the review queue %s are written later: %s", name, error.message)


def _write_some(database: Database, warehouse: Warehouse, project: str, name: str) -> bool:
    """Return whether more may be due. Two who write take turns, so that the newer reference is written last."""
    with database.write() as tx:
        take_turns(tx, project, "review", name)
        rows = tx.execute(
            select(review_items)
            .where(review_items.c.scores_due.is_(True))
            .where(review_items.c.project == project, review_items.c.queue == name)
            .limit(_A_ROUND)
        ).all()
        queue = queue_of(tx, project, name)
        stale: list[Score] = []
        wanted: list[Score] = []
        for row in rows:
            before, after = _stored(queue, row), _wanted(queue, row)
            stale += [score for place, score in before.items() if place not in after]
            wanted += after.values()
        insert_scores(warehouse, project, stale, deleted=True)
        insert_scores(warehouse, project, wanted)
        for row in rows:
            _note(tx, row)
    return len(rows) == _A_ROUND


def _stored(queue: Queue, row: Row[Any]) -> dict[tuple[str, str], Score]:
    if row.scored is None:
        return {}
    return _scores(queue, row, row.scored["answers"], row.scored["author"], now())


def _wanted(queue: Queue, row: Row[Any]) -> dict[tuple[str, str], Score]:
    return {} if row.reference is None else _scores(queue, row, row.reference, row.decided_by, row.decided)


def _note(tx: Connection, row: Row[Any]) -> None:
    scored = None if row.reference is None else {"author": row.decided_by, "answers": row.reference}
    tx.execute(update(review_items).where(review_items.c.id == row.id).values(scored=scored, scores_due=False))


def _scores(
    queue: Queue, row: Row[Any], answers: Mapping[str, Answer], author: str, time: datetime
) -> dict[tuple[str, str], Score]:
    """Return a score for each answer, by what tells it from others: its name and who says it."""
    source, asked = source_of(row), {question.name: question for question in queue.questions}
    # What is said of a pair is said of the newer of the two.
    output = source.outputs[-1]
    return {
        (name, author): Score(
            id=f"review.{row.id}.{name}",
            trace_id=output.trace_id,
            name=name,
            value=_value_of(answer, asked[name]),
            label=_label_of(answer, asked[name]),
            explanation=str(answer) if isinstance(asked[name], TextQuestion) else "",
            source="human",
            run=output.run,
            item=source.item,
            release=output.release,
            evaluator=f"{REVIEW}{row.queue}",
            author=author,
            sender=author,
            time=time,
        )
        for name, answer in answers.items()
    }


def _value_of(answer: Answer, question: Question) -> float | None:
    if isinstance(question, PreferenceQuestion):
        return _PREFERENCES[str(answer)]
    return None if isinstance(answer, str) else float(answer)


def _label_of(answer: Answer, question: Question) -> str:
    """Return the word for an answer; numbers have none, and a free text is an explanation."""
    if isinstance(answer, bool):
        return str(answer).lower()
    return answer if isinstance(answer, str) and not isinstance(question, TextQuestion) else ""
