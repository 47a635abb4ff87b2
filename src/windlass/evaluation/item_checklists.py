"""Questions that were written for items, kept for good: two runs of which each asks its own cannot be compared."""

import asyncio

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from windlass.evaluation.judges.generated import Questions
from windlass.evaluation.tables import item_checklists
from windlass.storage.database import Database, now


class ItemChecklists:
    """The questions of one project's items."""

    def __init__(self, database: Database, project: str) -> None:
        self._database = database
        self._project = project

    async def find(self, key: str) -> Questions | None:
        return await asyncio.to_thread(self._find, key)

    async def keep(self, key: str, questions: Questions) -> Questions:
        return await asyncio.to_thread(self._keep, key, questions)

    def _find(self, key: str) -> Questions | None:
        c = item_checklists.c
        query = select(c.questions).where(c.project == self._project, c.key == key)
        with self._database.read() as tx:
            found = tx.execute(query).scalar_one_or_none()
        return None if found is None else tuple(found)

    def _keep(self, key: str, questions: Questions) -> Questions:
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"project": self._project, "key": key, "questions": list(questions), "created": now()}
        with self._database.write() as tx:
            tx.execute(insert(item_checklists).values(row).on_conflict_do_nothing())
        return self._find(key) or questions
