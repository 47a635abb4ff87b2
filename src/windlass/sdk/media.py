"""`windlass.Media`: pictures and clips that a target makes, and what judges of them find on the server."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from pydantic import TypeAdapter

from windlass.client import Client
from windlass.errors import NotFound
from windlass.evaluation.media.files import Media, gone, not_readable
from windlass.evaluation.media.resources import MediaQuestion
from windlass.sdk.connection import current_client

__all__ = ["RESOURCES", "Media", "ServerResources"]

_QUESTIONS = TypeAdapter(list[MediaQuestion])
_REMEMBERED_BYTES: Final = 64 * 2**20


class ServerResources:
    """The files and kept questions of a project, over HTTP."""

    def __init__(self, client: Callable[[], Client]) -> None:
        """``client`` is asked for when it is needed: a judge may be made before `windlass.init()`."""
        self._client = client
        self._remembered = _Remembered()

    async def read(self, media: Media) -> bytes:
        data = media.data if not media.digest else self._remembered.find(media.digest)
        if data is not None:
            return data
        if not media.digest:
            raise not_readable(media)
        try:
            data = await asyncio.to_thread(self._client().read_file, f"/media/{media.digest}")
        except NotFound as error:
            raise gone(media) from error
        self._remembered.add(media.digest, data)
        return data

    async def keep(self, data: bytes, mime_type: str) -> str:
        kept = await asyncio.to_thread(
            self._client().send_file, "/media", data, mime_type, goes_with_traces="true"
        )
        self._remembered.add(str(kept["digest"]), data)
        return str(kept["uri"])

    async def find_questions(self, key: str) -> Sequence[MediaQuestion] | None:
        try:
            found = await asyncio.to_thread(self._client().get, f"/media/questions/{key}")
        except NotFound:
            return None
        return _QUESTIONS.validate_python(found["questions"])

    async def keep_questions(self, key: str, questions: Sequence[MediaQuestion]) -> Sequence[MediaQuestion]:
        body = {"questions": [each.model_dump() for each in questions]}
        kept = await asyncio.to_thread(self._client().post, f"/media/questions/{key}", body)
        return _QUESTIONS.validate_python(kept["questions"])


class _Remembered:
    """The files that were handled last, within a bound: what was just sent need not be fetched to be judged."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, digest: str) -> bytes | None:
        with self._lock:
            return self._files.get(digest)

    def add(self, digest: str, data: bytes) -> None:
        with self._lock:
            if digest in self._files or len(data) > _REMEMBERED_BYTES:
                return
            self._files[digest] = data
            self._bytes += len(data)
            while self._bytes > _REMEMBERED_BYTES:
                self._bytes -= len(self._files.popitem(last=False)[1])


RESOURCES: Final = ServerResources(current_client)
"""Of the server that `windlass.init()` named."""
