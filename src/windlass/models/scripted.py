"""A model provider for tests: an HTTP server on loopback that speaks the OpenAI chat-completions wire.

It is product code: users test their own applications with it too.
"""

import asyncio
import base64
import json
import math
import socket
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from windlass.models.completion import Message, Picture, Role, ToolRequest

Failure = Literal["500", "503", "529", "429", "401", "malformed", "cut"]
"""What a request can be answered with instead: an error status, a body that is not JSON, or half a body."""

_STATUS_FAILURES = {
    "500": (500, "The scripted server failed.", "server_error"),
    "503": (503, "The scripted server is not available.", "unavailable"),
    "529": (529, "The scripted server is overloaded.", "overloaded_error"),
    "429": (429, "Too many requests for the scripted server.", "rate_limit_exceeded"),
    "401": (401, "The scripted server does not know this key.", "invalid_api_key"),
}


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    messages: tuple[Message, ...]
    model: str
    stream: bool
    body: dict[str, object]
    headers: dict[str, str]


class ScriptedServer:
    """Answers with what a function makes of the messages; counts words as tokens.

    A text is what it says; a message of an assistant may ask for tools (`asking`). Use it as a context manager:
    ``with ScriptedServer(lambda messages: "yes") as server: … server.url``.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Message]], str | Message],
        *,
        latency_s: float = 0.0,
        probability: Callable[[Sequence[Message], str], float] | None = None,
    ) -> None:
        """``probability`` is that of each token of an answer, told to those who ask for `logprobs`."""
        self._answer = answer
        self._probability = probability
        self._latency_s = latency_s
        self._failures: deque[tuple[Failure | None, dict[str, str]]] = deque()
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._serving = serve(
            Starlette(
                routes=[
                    Route("/v1/chat/completions", self._complete, methods=["POST"]),
                    Route("/v1/models", self._models),
                ]
            )
        )
        self.url = ""
        """The base URL to give to clients, ending in /v1."""

    def __enter__(self) -> Self:
        self.url = self._serving.__enter__() + "/v1"
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.__exit__(None, None, None)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All requests so far, failed ones too."""
        with self._lock:
            return tuple(self._calls)

    def fail(self, *failures: Failure | None, retry_after: str = "") -> None:
        """Script the next requests, one entry each; None answers as usual.

        ``retry_after`` is the header of those that are answered with a status: seconds, or an HTTP date.
        """
        headers = {"retry-after": retry_after} if retry_after else {}
        with self._lock:
            self._failures.extend((failure, headers) for failure in failures)

    async def _complete(self, request: Request) -> Response:
        body = await request.json()
        call = Call(
            messages=_messages(body["messages"]),
            model=str(body["model"]),
            stream=bool(body.get("stream")),
            body=body,
            headers=dict(request.headers),
        )
        with self._lock:
            self._calls.append(call)
            failure, headers = self._failures.popleft() if self._failures else (None, {})
        if self._latency_s:
            await asyncio.sleep(self._latency_s)
        if failure in _STATUS_FAILURES:
            status, message, code = _STATUS_FAILURES[failure]
            return JSONResponse({"error": {"message": message, "type": code, "code": code}}, status, headers)
        answer = await asyncio.to_thread(self._answer, call.messages)
        said = Message("assistant", answer) if isinstance(answer, str) else answer
        asked = bool(body.get("logprobs")) and self._probability is not None
        sure = self._probability(call.messages, said.content) if asked and self._probability else None
        return _streamed(call, said, failure, sure) if call.stream else _whole(call, said, failure, sure)

    async def _models(self, request: Request) -> Response:
        del request
        return JSONResponse(
            {"object": "list", "data": [{"id": "scripted", "object": "model", "owned_by": "windlass"}]}
        )


def asking(*calls: tuple[str, Mapping[str, object] | str], text: str = "") -> Message:
    """Return what a model says that asks for tools: the name of each, its arguments as written or an object."""
    requests = tuple(
        ToolRequest(
            f"call-{place}", name, arguments if isinstance(arguments, str) else json.dumps(dict(arguments))
        )
        for place, (name, arguments) in enumerate(calls, 1)
    )
    return Message("assistant", text, requests=requests)


@contextmanager
def serve(app: ASGIApp, *, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Serve an ASGI application on a free loopback port from a thread of its own; yields ``http://127.0.0.1:PORT``."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan=lifespan, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="windlass-scripted", daemon=True
    )
    thread.start()
    try:
        # The socket listens already, so the first client waits in its queue until the server is up.
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()
        listener.close()


class _CutResponse(Response):
    """Promises the whole body, sends half of it and ends the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        event: Event = {"type": "http.response.body", "body": half, "more_body": True}
        await send(event)


def _whole(call: Call, said: Message, failure: Failure | None, sure: float | None) -> Response:
    if failure == "malformed":
        return Response('{"choices": [', media_type="application/json")
    body = {
        **_envelope(call, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _content(said), **_tool_calls(said)},
                "finish_reason": _finish_reason(said),
                "logprobs": _logprobs(_pieces(said.content), sure),
            }
        ],
        "usage": _usage(call, said),
    }
    if failure == "cut":
        return _CutResponse(json.dumps(body), media_type="application/json")
    return JSONResponse(body)


def _tool_calls(said: Message) -> dict[str, object]:
    calls = [
        {"id": each.id, "type": "function", "function": {"name": each.name, "arguments": each.arguments}}
        for each in said.requests
    ]
    return {"tool_calls": calls} if calls else {}


def _content(said: Message) -> str | None:
    """Return the text of an answer; one that only asks for tools has none."""
    return None if said.requests and not said.content else said.content


def _finish_reason(said: Message) -> str:
    return "tool_calls" if said.requests else "stop"


def _streamed(call: Call, said: Message, failure: Failure | None, sure: float | None) -> Response:
    events = list(_events(call, said, sure))
    if failure == "malformed":
        events.insert(1, "data: {broken\n\n")
    if failure == "cut":
        return _CutResponse("".join(events), media_type="text/event-stream")

    async def body() -> AsyncIterator[str]:
        for event in events:
            yield event

    return StreamingResponse(body(), media_type="text/event-stream")


def _events(call: Call, said: Message, sure: float | None) -> Iterator[str]:
    envelope = _envelope(call, "chat.completion.chunk")

    def event(delta: dict[str, object], finish_reason: str | None = None, piece: Sequence[str] = ()) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": _logprobs(piece, sure)}
        return f"data: {json.dumps({**envelope, 'choices': [choice]})}\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(said.content) if _content(said) is not None else ():
        yield event({"content": piece}, piece=(piece,))
    for place, each in enumerate(said.requests):
        named = {"id": each.id, "type": "function", "function": {"name": each.name, "arguments": ""}}
        yield event({"tool_calls": [{"index": place, **named}]})
        middle = len(each.arguments) // 2
        for half in (each.arguments[:middle], each.arguments[middle:]):
            yield event({"tool_calls": [{"index": place, "function": {"arguments": half}}]})
    yield event({}, _finish_reason(said))
    match call.body.get("stream_options"):
        case {"include_usage": True}:
            yield f"data: {json.dumps({**envelope, 'choices': [], 'usage': _usage(call, said)})}\n\n"
    yield "data: [DONE]\n\n"


def _logprobs(pieces: Iterable[str], sure: float | None) -> dict[str, object] | None:
    """Return what a provider says of the tokens of an answer: here each piece is one."""
    if sure is None:
        return None
    known = {"logprob": math.log(sure), "bytes": None, "top_logprobs": list[object]()}
    return {"content": [{"token": piece, **known} for piece in pieces], "refusal": None}


def _pieces(text: str) -> Iterator[str]:
    """Words with the blank before them: joined they are the text again."""
    for position, word in enumerate(text.split(" ")):
        yield word if position == 0 else " " + word


def _envelope(call: Call, kind: str) -> dict[str, object]:
    return {"id": "chatcmpl-scripted", "object": kind, "created": 1_700_000_000, "model": call.model}


def _usage(call: Call, said: Message) -> dict[str, int]:
    prompt = sum(len(message.content.split()) for message in call.messages)
    completion = sum(len(text.split()) for text in (said.content, *(each.arguments for each in said.requests)))
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _messages(bodies: Sequence[dict[str, Any]]) -> tuple[Message, ...]:
    """Return the messages of a request; a tool's with the call that it is the result of."""
    said: list[Message] = []
    asked: dict[str, ToolRequest] = {}
    for body in bodies:
        message = _message(body["role"], body.get("content"))
        requests = tuple(
            ToolRequest(call["id"], call["function"]["name"], call["function"]["arguments"])
            for call in body.get("tool_calls") or ()
        )
        asked.update((each.id, each) for each in requests)
        answers = asked.get(str(body.get("tool_call_id")))
        said.append(replace(message, requests=requests, answers=answers))
    return tuple(said)


def _message(role: Role, content: object) -> Message:
    """Return what was said: a text, or a list of parts of which the pictures are data URLs."""
    match content:
        case str():
            return Message(role, content)
        case list():
            return _message_of_parts(role, content)
        case _:
            return Message(role, "")


def _message_of_parts(role: Role, parts: list[object]) -> Message:
    """Read parts; a text between others and right before a picture is its label."""
    texts: list[str] = []
    pictures: list[Picture] = []
    may_be_label = False
    for part in parts:
        match part:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
                may_be_label = len(texts) > 1
            case {"type": "image_url", "image_url": {"url": str(url)}} if url.startswith("data:"):
                label = texts.pop() if may_be_label else ""
                mime_type, _, data = url.removeprefix("data:").partition(";base64,")
                pictures.append(Picture(base64.b64decode(data), mime_type, label))
                may_be_label = False
    return Message(role, "".join(texts), tuple(pictures))
