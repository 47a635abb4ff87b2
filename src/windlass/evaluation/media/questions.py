"""The questions that prompts were taken apart into, kept so that every candidate answers the same ones."""

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from windlass.evaluation.media.resources import MediaQuestion
from windlass.evaluation.media.tables import media_questions
from windlass.storage.database import Database, now

_QUESTIONS = TypeAdapter(list[MediaQuestion])


class QuestionStore:
    """The questions of all projects, by the digest of what they were made of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, project: str, key: str) -> list[MediaQuestion] | None:
        c = media_questions.c
        query = select(c.questions).where(c.project == project, c.key == key)
        with self._database.read() as tx:
            kept = tx.execute(query).scalar_one_or_none()
        return None if kept is None else _QUESTIONS.validate_python(kept)

    def keep(self, project: str, key: str, questions: Sequence[MediaQuestion]) -> list[MediaQuestion]:
        """Keep questions unless others are there; return those that are: two samples may ask at once."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {
            "project": project,
            "key": key,
            "questions": [each.model_dump() for each in questions],
            "created": now(),
        }
        with self._database.write() as tx:
            tx.execute(insert(media_questions).values(row).on_conflict_do_nothing())
        kept = self.find(project, key)
        assert kept is not None
        return kept
