"""Answers of models kept in the database of records, a project's within a bound.

A table and no blobs: an answer is small, is found by what was asked and not by its own digest, and goes when it is
old or when there are too many, for which somebody must know ages and sizes. It is a cache: a project that clears
it pays again, and nothing else.
"""

import asyncio
import logging
import threading
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Unavailable
from windlass.models.tables import model_answers
from windlass.storage.database import Database, now, take_turns

_log = logging.getLogger(__name__)

_ROOM: Final = 0.9
"""Of the bound, what is left when it was passed: not every answer after that is to clear another."""
_PIECE: Final = 200
"""Answers in one statement."""


class AnswersHeld(BaseModel):
    """The kept answers of a project."""

    answers: int
    bytes: int
    max_bytes: int
    max_age_days: int


class AnswerStore:
    """The kept answers of all projects."""

    def __init__(self, database: Database, audit: AuditChain, *, max_bytes: int, max_age_days: int) -> None:
        self._database = database
        self._audit = audit
        self._max_bytes = max_bytes
        self._max_age_days = max_age_days

    def of_run(self, project: str) -> "RunAnswers":
        """Return the answers of a project as one run finds and keeps them."""
        return RunAnswers(self, project)

    def held(self, project: str) -> AnswersHeld:
        """Return how many answers a project holds, and how large they are."""
        with self._database.read() as tx:
            count, size = _size(tx, project)
        return AnswersHeld(answers=count, bytes=size, max_bytes=self._max_bytes, max_age_days=self._max_age_days)

    def clear(self, principal: Principal) -> int:
        """Clear a project's answers; return how many there were."""
        with self._database.write() as tx:
            cleared = tx.execute(
                delete(model_answers).where(model_answers.c.project == principal.project)
            ).rowcount
            if cleared:
                self._audit.append(tx, principal, "cache:clear", "cache", details={"answers": cleared})
        return cleared

    def find(self, project: str, key: str) -> str | None:
        """Return the answer that is kept to what was asked, or None."""
        c = model_answers.c
        query = select(c.answer).where(c.project == project, c.key == key, c.created >= self._oldest())
        with self._database.read() as tx:
            return tx.execute(query).scalar_one_or_none()

    def write(self, project: str, answers: dict[str, str]) -> None:
        """Keep answers; the oldest go where there would be too many."""
        created = now()
        rows = [
            {"project": project, "key": key, "answer": answer, "bytes": len(answer.encode()), "created": created}
            for key, answer in answers.items()
        ]
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        with self._database.write() as tx:
            take_turns(tx, project, "model_answers")
            for start in range(0, len(rows), _PIECE):
                statement = insert(model_answers).values(rows[start : start + _PIECE])
                newest = {name: statement.excluded[name] for name in ("answer", "bytes", "created")}
                tx.execute(statement.on_conflict_do_update(index_elements=["project", "key"], set_=newest))
            self._make_room(tx, project)

    def _make_room(self, tx: Connection, project: str) -> None:
        c = model_answers.c
        tx.execute(delete(model_answers).where(c.project == project, c.created < self._oldest()))
        _, size = _size(tx, project)
        if size <= self._max_bytes:
            return
        too_much = size - int(self._max_bytes * _ROOM)
        before = func.sum(c.bytes).over(order_by=(c.created, c.key)) - c.bytes
        ages = select(c.key, before.label("before")).where(c.project == project).subquery()
        oldest = select(ages.c.key).where(ages.c.before < too_much)
        tx.execute(delete(model_answers).where(c.project == project, c.key.in_(oldest)))

    def _oldest(self) -> datetime:
        return now() - timedelta(days=self._max_age_days)


class RunAnswers:
    """A project's answers while one run finds and keeps them: what is new is written with the run's samples."""

    def __init__(self, store: AnswerStore, project: str) -> None:
        self._store = store
        self._project = project
        self._lock = threading.Lock()
        self._new: dict[str, str] = {}

    async def find(self, key: str) -> str | None:
        with self._lock:
            found = self._new.get(key)
        return found if found is not None else await asyncio.to_thread(self._store.find, self._project, key)

    def keep(self, key: str, answer: str) -> None:
        with self._lock:
            self._new[key] = answer

    def flush(self) -> None:
        """Write what is new; what cannot be written now goes with the next: no run is to fail for it. Blocks."""
        with self._lock:
            new = dict(self._new)
        if not new:
            return
        try:
            self._store.write(self._project, new)
        except Unavailable as error:
            _log.warning("answers of models could not be kept: %s", error.message)
            return
        with self._lock:
            for key in new:
                del self._new[key]


def _size(tx: Connection, project: str) -> tuple[int, int]:
    c = model_answers.c
    query = select(func.count(), func.coalesce(func.sum(c.bytes), 0)).where(c.project == project)
    count, size = tx.execute(query).one()
    return int(count), int(size)
