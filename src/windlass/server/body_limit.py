"""A limit on request bodies, held while they arrive: no request can fill the memory."""

import contextlib

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from windlass.server.problems import problem_response


class BodyLimit:
    """Answers 413 to a body over the limit, from its declared length or as soon as it has arrived."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return
        arrived = 0
        started = False

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self._limit:
                raise _BodyTooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if arrived > self._limit and not started:
                # What the app makes of a body that broke off is not the answer.
                return
            started = True
            await send(message)

        with contextlib.suppress(_BodyTooLargeError):
            await self._app(scope, counted, noted)
        if arrived > self._limit and not started:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = problem_response(
            Request(scope),
            413,
            "Too large",
            f"The body is over the limit of {self._limit // 2**20} MiB: send smaller parts, or raise max_body_mb.",
            {"Connection": "close"},
        )
        await response(scope, receive, send)


class _BodyTooLargeError(Exception):
    """Raised inside `receive`, so that whatever reads the body stops."""
