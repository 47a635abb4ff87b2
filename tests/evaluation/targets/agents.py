"""Scripted agents of each protocol, served over real sockets."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from windlass.models.scripted import serve

Answer = Callable[[Any], Response | dict[str, Any]]


class Asked:
    """A server that answers every POST with what a function makes of its JSON, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.url = ""

    async def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"detail": "Not Found"}, 404)
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.paths.append(request.url.path)
        answer = self._answer(body)
        return answer if isinstance(answer, Response) else JSONResponse(answer)


@contextmanager
def asked(answer: Answer) -> Iterator[Asked]:
    server = Asked(answer)
    routes = [Route("/{path:path}", server.handle, methods=["GET", "POST"])]
    with serve(Starlette(routes=routes)) as url:
        server.url = url
        yield server


def completion(text: str | None, *calls: tuple[str, dict[str, Any]], usage: bool = True) -> dict[str, Any]:
    """Return a chat completion that says a text, or asks for tools."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = [
            {"id": f"c{place}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
            for place, (name, arguments) in enumerate(calls)
        ]
    told = {"usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}} if usage else {}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], **told}
