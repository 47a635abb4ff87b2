import asyncio
from collections.abc import Iterator

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tests.live import LiveServer, Project, http_client
from windlass.server.body_limit import BodyLimit

MIB = 2**20


@pytest.fixture
def http(live: LiveServer, project: Project) -> Iterator[httpx2.Client]:
    headers = {"authorization": f"Bearer {project.key}", "content_type": "application/json"}
    with http_client(live.with_settings(max_body_mb=1), **headers) as client:
        yield client


def prompt_of(size: int) -> bytes:
    """Return the push of a prompt that has this many bytes."""
    head, tail = b'{"body": {"messages": [{"role": "user", "template": "', b'"}]}}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def in_chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 64 * 1024):
        yield body[start : start + 64 * 1024]


@pytest.mark.parametrize("path", ["/api/v1/artifacts/prompt/big", "/v1/traces", "/v1/chat/completions"])
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_a_body_over_the_limit_is_413(http: httpx2.Client, path: str, declared: bool) -> None:
    body = prompt_of(MIB + 1)
    answer = http.post(path, content=body if declared else in_chunks(body))
    assert answer.status_code == 413
    sentence = "The body is over the limit of 1 MiB: send smaller parts, or raise max_body_mb."
    error = answer.json()
    assert sentence == (error["error"]["message"] if "error" in error else error["detail"])
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
def test_a_body_at_the_limit_is_taken(http: httpx2.Client, declared: bool) -> None:
    body = prompt_of(MIB)
    answer = http.post("/api/v1/artifacts/prompt/big", content=body if declared else in_chunks(body))
    assert answer.status_code == 201


def test_after_a_refusal_the_server_serves_on(http: httpx2.Client) -> None:
    http.post("/v1/traces", content=in_chunks(prompt_of(2 * MIB)))
    assert http.get("/api/v1/overview").status_code == 200
    assert http.get("/api/v1/artifacts").json() == {"items": []}


async def answered(limit: BodyLimit, *pieces: bytes, whole: bool) -> Message:
    """Send a body in pieces, after which nothing comes; return how its answer begins."""
    arriving = iter(pieces)

    async def receive() -> Message:
        piece = next(arriving, None)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": not whole}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await limit({"type": "http", "method": "POST", "path": "/v1/traces", "headers": []}, receive, send)
    return sent[0]


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    await Request(scope, receive).body()
    await Response()(scope, receive, send)


def test_a_body_that_stops_arriving_is_408() -> None:
    limit = BodyLimit(read_all, MIB, silence_s=0.05)
    assert asyncio.run(answered(limit, b"x", whole=False))["status"] == 408
    assert asyncio.run(answered(limit, b"x", whole=True))["status"] == 200


def test_bodies_for_which_there_is_no_room_are_503_until_others_are_gone() -> None:
    limit = BodyLimit(read_all, MIB, silence_s=0.2, least_room=0)

    async def many() -> list[Message]:
        half_sent = [answered(limit, b"x" * MIB, whole=False) for _ in range(8)]
        return list(await asyncio.gather(*half_sent, answered(limit, b"x", whole=True)))

    *slow, refused = asyncio.run(many())
    assert ([one["status"] for one in slow], refused["status"]) == ([408] * 8, 503)
    assert (b"retry-after", b"1") in refused["headers"]
    assert asyncio.run(answered(limit, b"x", whole=True))["status"] == 200
