"""Keys, cookies, and who may come without either."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.live import LiveServer, Project, http_client
from windlass.server.caller import is_loopback

PROMPT = {"body": {"messages": [{"role": "user", "template": "Hi."}]}}


@pytest.fixture
def http(live: LiveServer) -> Iterator[httpx2.Client]:
    """A client without a key."""
    with http_client(live.url) as client:
        yield client


@pytest.fixture
def guarded(live: LiveServer) -> Iterator[httpx2.Client]:
    """A client without a key, of the same engines served in the mode that asks for keys."""
    with http_client(live.with_settings(mode="server")) as client:
        yield client


def status_of(client: httpx2.Client, **headers: str) -> int:
    answer = client.get(
        "/api/v1/overview", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    assert answer.status_code < 500, answer.text
    return answer.status_code


def test_no_key_is_a_401_problem_that_says_what_to_send(guarded: httpx2.Client) -> None:
    answer = guarded.get("/api/v1/overview")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:windlass:problem:not-signed-in",
        "title": "Not signed in",
        "status": 401,
        "detail": "Send an API key as `Authorization: Bearer wl_…`; make one with `windlass keys create`.",
        "instance": "/api/v1/overview",
    }


def test_a_key_is_taken_from_either_header(guarded: httpx2.Client, project: Project) -> None:
    assert status_of(guarded, authorization=f"Bearer {project.key}") == 200
    assert status_of(guarded, authorization=f"bearer  {project.key}") == 200
    assert status_of(guarded, x_api_key=project.key) == 200


def test_what_is_no_key_of_windlass_counts_as_none_where_none_is_needed(
    http: httpx2.Client, guarded: httpx2.Client
) -> None:
    # OpenAI's clients refuse to send no key at all.
    assert status_of(http, authorization="Bearer sk-none") == 200
    assert status_of(guarded, authorization="Bearer sk-none") == 401
    assert status_of(http, authorization="Bearer sk-none", host="evil.example") == 401


@pytest.mark.parametrize("change", ["cut", "other secret", "nonsense"])
def test_a_wrong_key_is_401_even_where_no_key_is_needed(
    http: httpx2.Client, project: Project, change: str
) -> None:
    key = {
        "cut": project.key[:-1],
        "other secret": project.key[:-1] + ("A" if project.key[-1] != "A" else "B"),
        "nonsense": "wl_nonsense",
    }[change]
    assert status_of(http, x_api_key=key) == 401


def test_a_key_that_was_revoked_or_has_expired_is_401(http: httpx2.Client, project: Project) -> None:
    made = project.client.post("/keys", {"name": "short", "role": "viewer", "expires": "2020-01-01T00:00:00Z"})
    answer = http.get("/api/v1/overview", headers={"x-api-key": made["key"]})
    assert (answer.status_code, "has expired" in answer.json()["detail"]) == (401, True)
    made = project.client.post("/keys", {"name": "gone", "role": "viewer"})
    assert status_of(http, x_api_key=made["key"]) == 200
    project.client.delete(f"/keys/{made['id']}")
    answer = http.get("/api/v1/overview", headers={"x-api-key": made["key"]})
    assert (answer.status_code, "was revoked" in answer.json()["detail"]) == (401, True)


def test_a_browser_signs_in_with_a_cookie_and_out_again(guarded: httpx2.Client, project: Project) -> None:
    signed_in = guarded.post("/api/v1/session", json={"key": f" {project.key}\n"})
    assert signed_in.json() == {
        "principal": {"id": "key:a-admin", "kind": "key", "role": "admin", "project": project.name},
        "mode": "server",
        "version": signed_in.json()["version"],
    }
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert project.key not in cookie
    assert guarded.get("/api/v1/session").json() == signed_in.json()
    assert guarded.post("/api/v1/artifacts/prompt/from-a-browser", json=PROMPT).status_code == 201
    token = guarded.cookies["windlass_session"]
    assert guarded.delete("/api/v1/session").status_code == 204
    assert status_of(guarded) == 401
    assert status_of(guarded, cookie=f"windlass_session={token}") == 401


def test_signing_in_with_a_wrong_key_sets_no_cookie(guarded: httpx2.Client) -> None:
    answer = guarded.post("/api/v1/session", json={"key": "wl_wrong"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_a_revoked_key_ends_its_cookies(guarded: httpx2.Client, project: Project) -> None:
    made = project.client.post("/keys", {"name": "browser", "role": "viewer"})
    guarded.post("/api/v1/session", json={"key": made["key"]}).raise_for_status()
    assert status_of(guarded) == 200
    project.client.delete(f"/keys/{made['id']}")
    assert status_of(guarded) == 401


def test_in_the_mode_dev_this_machine_needs_no_key(http: httpx2.Client, live: LiveServer) -> None:
    session = http.get("/api/v1/session").json()
    assert session["mode"] == "dev"
    assert session["principal"] == {"id": "local-admin", "kind": "user", "role": "admin", "project": "default"}
    port = live.url.rpartition(":")[2]
    assert status_of(http, host=f"localhost:{port}") == 200
    assert status_of(http, host=f"[::1]:{port}") == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "192.0.2.1"]
)
def test_a_name_that_was_rebound_to_loopback_needs_a_key(http: httpx2.Client, host: str) -> None:
    assert status_of(http, host=host) == 401


CROSS_SITE = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://["},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://127.0.0.1:1"},
]


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_a_change_that_another_site_asks_for_is_refused(
    http: httpx2.Client, project: Project, headers: dict[str, str]
) -> None:
    url = f"/api/v1/artifacts/prompt/{project.name}"
    answer = http.post(url, json=PROMPT, headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "This change was asked for by a page of another site; it was refused.",
    )
    assert http.get(url).status_code == 404
    # A key says who asks: it is not something that a browser adds by itself.
    assert http.post(url, json=PROMPT, headers={**headers, "x-api-key": project.key}).status_code == 201


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_a_cookie_does_not_help_another_site(
    guarded: httpx2.Client, project: Project, headers: dict[str, str]
) -> None:
    guarded.post("/api/v1/session", json={"key": project.key}).raise_for_status()
    assert guarded.post("/api/v1/artifacts/prompt/x", json=PROMPT, headers=headers).status_code == 403
    assert guarded.get("/api/v1/artifacts", headers=headers).status_code == 200


def test_the_own_page_may_change_things_behind_a_proxy_that_ends_tls_too(
    guarded: httpx2.Client, project: Project
) -> None:
    guarded.post("/api/v1/session", json={"key": project.key}).raise_for_status()
    for number, scheme in enumerate(("http", "https")):
        headers = {
            "host": "windlass.example",
            "origin": f"{scheme}://windlass.example",
            "sec-fetch-site": "same-origin",
        }
        token = guarded.cookies["windlass_session"]
        answer = guarded.post(
            f"/api/v1/artifacts/prompt/own-{number}",
            json=PROMPT,
            headers={**headers, "cookie": f"windlass_session={token}"},
        )
        assert answer.status_code == 201


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.0.1", False),
        ("localhost.example", False),
        ("", False),
        ("::", False),
    ],
)
def test_loopback_is_this_machine_and_nothing_else(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
