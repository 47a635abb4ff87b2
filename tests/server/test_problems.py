"""Errors over HTTP: RFC 9457, one sentence, and nothing of the inside."""

import copy
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.live import LiveServer, Project, http_client
from windlass.errors import Unavailable


@pytest.fixture
def http(project: Project) -> Iterator[httpx2.Client]:
    with project.http() as client:
        yield client


def problem_of(answer: httpx2.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, object] = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == answer.status_code
    assert problem["instance"] == answer.request.url.path
    assert str(problem["type"]).startswith("urn:windlass:problem:")
    return problem


@pytest.mark.parametrize(
    ("method", "path", "body", "detail"),
    [
        ("GET", "/api/v1/traces?limit=0", None, "query.limit: Input should be greater than or equal to 1."),
        ("GET", "/api/v1/artifacts/poem/x", None, "path.kind: Input should be 'prompt', 'dataset'"),
        ("POST", "/api/v1/runs", {"release": "a"}, "body.dataset: Field required."),
        ("POST", "/api/v1/keys", {"name": "a", "role": "king"}, "body.role: Input should be 'viewer'"),
        ("POST", "/api/v1/scores", {"items": []}, "body.items: List should have at least 1 item"),
        ("GET", "/api/v1/traces?cursor=nonsense", None, "The cursor 'nonsense' is damaged"),
        ("GET", "/api/v1/audit?cursor=nonsense", None, "'nonsense' is no cursor of this list"),
        ("GET", "/api/v1/audit?cursor=9" + "9" * 30, None, "is no cursor of this list"),
        ("GET", "/api/v1/runs?cursor=nonsense", None, "'nonsense' is no cursor of this list"),
        ("GET", "/api/v1/verdicts?cursor=nonsense", None, "'nonsense' is no cursor of this list"),
        ("GET", "/api/v1/traces/nonsense", None, "'nonsense' is not a trace id"),
        ("POST", "/api/v1/artifacts/prompt/Not%20a%20name", {"body": {}}, "is no name for a prompt"),
        ("POST", "/api/v1/artifacts/prompt/empty", {"body": {}}, "This is no prompt: messages: Field required."),
        ("POST", "/api/v1/artifacts/evaluator/e", {"body": {"function": "x", "parameters": {"n": 2**60}}}, "±(2"),
    ],
)  # fmt: skip
def test_invalid_input_is_a_422_that_names_the_place(
    http: httpx2.Client, method: str, path: str, body: object, detail: str
) -> None:
    answer = http.request(method, path, json=body)
    problem = problem_of(answer)
    assert (answer.status_code, problem["title"]) == (422, "Invalid input")
    assert detail in str(problem["detail"])


@pytest.mark.parametrize(
    "body",
    ["{", "[1", '"', "nonsense", '{"body": {"function": "x", "parameters": {"n": NaN}}}', '{"body": "\\ud800"}'],
)
def test_a_body_that_is_not_json_is_422(http: httpx2.Client, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = http.post("/api/v1/artifacts/evaluator/e", content=body, headers=headers)
    assert (answer.status_code, problem_of(answer)["title"]) == (422, "Invalid input")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/artifacts/evaluator/e", {"body": {"function": "\ud800"}}),
        ("/api/v1/artifacts/evaluator/e", {"body": {"function": "x"}, "message": "\ud800"}),
        ("/api/v1/artifacts/evaluator/e", {"body": {"function": "x\u0000"}, "message": "\u0000"}),
        ("/api/v1/datasets/d", {"items": [{"input": "\ud800"}]}),
        ("/api/v1/datasets/d", {"items": [{"input": "x", "metadata": {"n": 2**70}}]}),
        ("/api/v1/keys", {"name": "\ud800", "role": "viewer"}),
        ("/api/v1/session", {"key": "\ud800"}),
        ("/api/v1/indexes/i", {"documents": [{"name": "a", "text": "\ud800"}]}),
        ("/api/v1/scores", {"items": [{"trace_id": "a" * 32, "name": "\ud800", "value": 1, "source": "human"}]}),
        ("/api/v1/environments/production/promote", {"release": "\ud800"}),
        ("/api/v1/environments/production/rollback", {"name": "\ud800"}),
        ("/v1/chat/completions", {"model": "\ud800", "messages": [{"role": "user", "content": "\ud800"}]}),
        ("/api/v1/gates", {"candidate": "\ud800", "baseline": "run-\ud800"}),
    ],
)  # fmt: skip
def test_text_that_nobody_can_store_is_the_callers_error(http: httpx2.Client, path: str, body: object) -> None:
    answer = http.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/runs/x/nothing", "/v1/nothing", "/health/nothing", "/api/v2/traces"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404_whatever_the_method(http: httpx2.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 404
    assert (
        problem_of(answer)["detail"]
        == f"There is nothing at {path}; the API is described at /api/v1/openapi.json."
    )


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/api/v1/overview"), ("DELETE", "/health/live"), ("POST", "/traces")]
)
def test_a_known_path_with_another_method_is_405(http: httpx2.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    problem_of(answer)


@pytest.mark.parametrize(
    "path",
    ["/api/v1/traces/" + "a" * 32, "/api/v1/runs/run-x", "/api/v1/verdicts/verdict-x",
     "/api/v1/artifacts/prompt/none",
     "/api/v1/artifacts/prompt/none/versions/1", "/api/v1/datasets/none/items", "/api/v1/indexes/none/search?q=x"],
)  # fmt: skip
def test_what_is_not_there_is_404_in_one_sentence(http: httpx2.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert str(problem_of(answer)["detail"]).startswith("There is no ")


def test_an_unexpected_error_says_nothing_of_the_inside(live: LiveServer, project: Project) -> None:
    class Broken:
        def make(self, project: str) -> None:
            raise RuntimeError(f"the secret of {project}")

    services = copy.copy(live.services)
    services.overviews = Broken()  # type: ignore[assignment]
    with live.beside(services) as url, http_client(url, x_api_key=project.key) as http:
        answer = http.get("/api/v1/overview")
    assert answer.status_code == 500
    assert problem_of(answer)["title"] == "Internal error"
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_time_without_a_zone_never_fails(http: httpx2.Client) -> None:
    assert http.get("/api/v1/traces?from=2026-01-01T00:00:00&to=2026-01-02").status_code == 200
    key = {"name": "a", "role": "viewer", "expires": "2126-01-01T00:00:00"}
    assert problem_of(http.post("/api/v1/keys", json=key))["detail"] == (
        "body.expires: Input should have timezone info."
    )
    score = {"trace_id": "a" * 32, "name": "x", "value": 1, "source": "human", "time": "2026-01-01T00:00:00"}
    assert http.post("/api/v1/scores", json={"items": [score]}).status_code == 200


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_the_server(
    live: LiveServer, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    where = urlsplit(live.url)
    head = (
        f"POST /v1/traces HTTP/1.1\r\nhost: {where.netloc}\r\nx-api-key: {project.key}\r\n"
        "content-type: application/x-protobuf\r\ncontent-length: 1000\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0)) as connection:
        connection.sendall(head.encode() + b"x" * 10)
    # A request that is answered comes after the one that was cut off has been given up.
    for _ in range(3):
        assert project.client.get("/traces")["items"] == []

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_an_engine_that_fails_is_told_to_whoever_runs_the_server(
    live: LiveServer, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    class Away:
        def get(self, _project: str) -> None:
            raise Unavailable("The warehouse does not answer.")

    services = copy.copy(live.services)
    services.retentions = Away()  # type: ignore[assignment]
    with live.beside(services) as url, http_client(url, x_api_key=project.key) as http:
        assert http.get("/api/v1/retention").status_code == 503
    assert [entry.getMessage() for entry in caplog.records if entry.name == "windlass.server.problems"] == [
        "/api/v1/retention: The warehouse does not answer."
    ]
