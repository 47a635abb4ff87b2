from collections.abc import Iterator

import httpx2
import pytest

from tests.live import LiveServer, Project, http_client

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
