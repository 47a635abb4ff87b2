"""Questions that models wrote for judges, kept for good: runs that ask other questions cannot be compared."""

from collections.abc import Sequence

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from windlass.evaluation.tables import written_questions
from windlass.storage.database import Database, now


class WrittenQuestions:
    """The questions of one project, by the digest of what they were made of. Calls block."""

    def __init__(self, database: Database, project: str) -> None:
        self._database = database
        self._project = project

    def find(self, key: str) -> list[JsonValue] | None:
        c = written_questions.c
        query = select(c.questions).where(c.project == self._project, c.key == key)
        with self._database.read() as tx:
            found: list[JsonValue] | None = tx.execute(query).scalar_one_or_none()
        return found

    def keep(self, key: str, questions: Sequence[JsonValue]) -> list[JsonValue]:
        """Keep questions unless others are there; return those that are: two samples may ask at once."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"project": self._project, "key": key, "questions": list(questions), "created": now()}
        with self._database.write() as tx:
            tx.execute(insert(written_questions).values(row).on_conflict_do_nothing())
        return self.find(key) or list(questions)
