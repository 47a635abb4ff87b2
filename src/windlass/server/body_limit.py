"""Limits on request bodies, held while they arrive: no request, and no number of them, can fill the memory."""

import asyncio
import contextlib
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from windlass.server.problems import problem_response

_BODIES: Final = 8
_LEAST_ROOM: Final = 256 * 2**20
"""So many bodies of the largest size may be there at once, or more smaller ones, and as many bytes in any case."""
_SILENCE_S: Final = 30.0
"""How long the next piece of a body may take."""


class _Refusal(NamedTuple):
    status: int
    title: str
    detail: str
    headers: dict[str, str]


class BodyLimit:
    """Answers 413 to a body over the limit, from its declared length or as soon as it has arrived.

    A body that stops arriving is answered 408, and one for which there is no room 503.
    """

    def __init__(
        self, app: ASGIApp, limit_bytes: int, *, silence_s: float = _SILENCE_S, least_room: int = _LEAST_ROOM
    ) -> None:
        self._app = app
        self._limit = limit_bytes
        self._room = max(_BODIES * limit_bytes, least_room)
        self._silence_s = silence_s
        self._held = 0
        """Bytes of the bodies of all requests that are not answered yet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(self._too_large, scope, receive, send)
            return
        arrived = 0
        complete = started = False
        refusal: _Refusal | None = None

        async def counted() -> Message:
            nonlocal arrived, complete, refusal
            try:
                # Behind a whole body there is only the client to go away, for which there is time.
                async with asyncio.timeout(None if complete else self._silence_s):
                    message = await receive()
            except TimeoutError:
                refusal = self._too_slow
                raise _RefusedError from None
            size = len(message.get("body", b""))
            complete = not message.get("more_body", False)
            arrived += size
            self._held += size
            if arrived > self._limit:
                refusal = self._too_large
            elif self._held > self._room:
                refusal = self._too_many
            if refusal is not None:
                raise _RefusedError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if refusal is not None and not started:
                # What the app makes of a body that broke off is not the answer.
                return
            started = True
            await send(message)

        try:
            with contextlib.suppress(_RefusedError):
                await self._app(scope, counted, noted)
        finally:
            self._held -= arrived
        if refusal is not None and not started:
            await self._refuse(refusal, scope, receive, send)

    async def _refuse(self, refusal: _Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {"Connection": "close", **refusal.headers}
        response = problem_response(Request(scope), refusal.status, refusal.title, refusal.detail, headers)
        await response(scope, receive, send)

    @property
    def _too_large(self) -> _Refusal:
        return _Refusal(
            413,
            "Too large",
            f"The body is over the limit of {self._limit // 2**20} MiB: send smaller parts, or raise max_body_mb.",
            {},
        )

    @property
    def _too_slow(self) -> _Refusal:
        detail = f"The rest of the body did not arrive within {self._silence_s:g} seconds; send it again."
        return _Refusal(408, "Too slow", detail, {})

    @property
    def _too_many(self) -> _Refusal:
        detail = f"More than {self._room // 2**20} MiB of bodies are here at once; send it again in a second."
        return _Refusal(503, "Unavailable", detail, {"Retry-After": "1"})


class _RefusedError(Exception):
    """Raised inside `receive`, so that whatever reads the body stops."""
