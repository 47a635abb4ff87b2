"""The questions that prompts were taken apart into, kept so that every candidate answers the same ones."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from windlass.evaluation.media.resources import MediaQuestion
from windlass.evaluation.written_questions import WrittenQuestions
from windlass.storage.database import Database

_QUESTIONS = TypeAdapter(list[MediaQuestion])


class MediaQuestions:
    """The questions of one project about pictures and clips. Calls block."""

    def __init__(self, database: Database, project: str) -> None:
        self._written = WrittenQuestions(database, project)

    def find(self, key: str) -> list[MediaQuestion] | None:
        found = self._written.find(key)
        return None if found is None else _QUESTIONS.validate_python(found)

    def keep(self, key: str, questions: Sequence[MediaQuestion]) -> list[MediaQuestion]:
        """Keep questions unless others are there; return those that are."""
        return _QUESTIONS.validate_python(self._written.keep(key, [each.model_dump() for each in questions]))
