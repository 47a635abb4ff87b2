"""The questions that a checklist's model wrote for items, as a judge finds and keeps them."""

import asyncio

from windlass.evaluation.judges.generated import Questions
from windlass.evaluation.written_questions import WrittenQuestions
from windlass.storage.database import Database


class ItemChecklists:
    """The questions of one project's items."""

    def __init__(self, database: Database, project: str) -> None:
        self._written = WrittenQuestions(database, project)

    async def find(self, key: str) -> Questions | None:
        found = await asyncio.to_thread(self._written.find, key)
        return None if found is None else tuple(map(str, found))

    async def keep(self, key: str, questions: Questions) -> Questions:
        return tuple(map(str, await asyncio.to_thread(self._written.keep, key, questions)))
