"""Answers of judges' models, kept on the server for the next evaluation."""

import asyncio
import contextlib
from typing import Final

from windlass.client import Client
from windlass.errors import NotFound, Unavailable

_A_REQUEST: Final = 500


class ServerAnswers:
    """The kept answers of a project, over HTTP; what is new is sent with the samples."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._new: dict[str, str] = {}

    async def find(self, key: str) -> str | None:
        return self._new.get(key) or await asyncio.to_thread(self._find, key)

    def keep(self, key: str, answer: str) -> None:
        self._new[key] = answer

    def flush(self) -> None:
        """Send what is new; what the server cannot take now is dropped: it is asked for again. Blocks."""
        new, self._new = list(self._new.items()), {}
        with contextlib.suppress(Unavailable):
            for start in range(0, len(new), _A_REQUEST):
                self._client.post("/cache/answers", {"answers": dict(new[start : start + _A_REQUEST])})

    def _find(self, key: str) -> str | None:
        try:
            return str(self._client.get(f"/cache/answers/{key}")["answer"])
        except (NotFound, Unavailable):
            return None
