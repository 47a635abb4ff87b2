"""The files and kept questions of one project, on its server."""

import asyncio
from collections.abc import Sequence

from windlass.errors import NotFound
from windlass.evaluation.media.files import Media, gone, not_readable
from windlass.evaluation.media.questions import MediaQuestions
from windlass.evaluation.media.resources import MediaQuestion
from windlass.models.completion import Picture
from windlass.telemetry.media import MediaStore


class ProjectResources:
    """Reads and keeps in the stores of the server, whose calls block."""

    def __init__(self, project: str, media: MediaStore, questions: MediaQuestions) -> None:
        self._project = project
        self._media = media
        self._questions = questions

    async def read(self, media: Media) -> bytes:
        data = media.data
        if data is not None:
            return data
        if not media.digest:
            raise not_readable(media)
        try:
            file = await asyncio.to_thread(self._media.get, self._project, media.digest)
        except NotFound as error:
            raise gone(media) from error
        return file.data

    async def keep(self, data: bytes, mime_type: str) -> str:
        return await asyncio.to_thread(self._media.keep, self._project, data, mime_type)

    def keep_picture(self, picture: Picture) -> str:
        """Keep what a judge was shown, and return the reference to it. Blocks."""
        return self._media.keep(self._project, picture.data, picture.mime_type)

    async def find_questions(self, key: str) -> Sequence[MediaQuestion] | None:
        return await asyncio.to_thread(self._questions.find, key)

    async def keep_questions(self, key: str, questions: Sequence[MediaQuestion]) -> Sequence[MediaQuestion]:
        return await asyncio.to_thread(self._questions.keep, key, questions)
