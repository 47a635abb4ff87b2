"""The built UI, on folders of the test's own and in the app as it is."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from tests.live import LiveServer, http_client
from windlass.models.scripted import serve
from windlass.server.problems import add_problem_handlers
from windlass.server.ui import serve_ui


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("the page", encoding="utf-8")
    (folder / "favicon.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "assets" / "app.js").write_text("run()", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def url(static: Path) -> Iterator[str]:
    app = FastAPI(openapi_url=None)
    add_problem_handlers(app)

    @app.get("/api/v1/known")
    def known() -> str:
        return "known"

    serve_ui(app, static)
    with serve(app) as served:
        yield served


@pytest.fixture
def http(url: str) -> Iterator[httpx2.Client]:
    with http_client(url) as client:
        yield client


def send_raw(url: str, target: str) -> bytes:
    """Send a request line that no client would write, and return the whole answer."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


@pytest.mark.parametrize(
    "path", ["/", "/traces", "/runs/compare?baseline=a", "/releases/guide/x.y", "/" + "a" * 300]
)
def test_every_address_of_the_ui_gives_its_page(http: httpx2.Client, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (200, "the page", "no-cache")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_its_files_are_served_as_they_are(http: httpx2.Client) -> None:
    icon = http.get("/favicon.svg")
    assert (icon.text, icon.headers["content-type"]) == ("<svg/>", "image/svg+xml")
    assert icon.headers["x-content-type-options"] == "nosniff"
    asset = http.get("/assets/app.js")
    assert (asset.text, asset.headers["cache-control"]) == ("run()", "public, max-age=31536000, immutable")
    assert http.head("/favicon.svg").status_code == 200


def test_an_asset_that_is_gone_is_404_and_not_the_page(http: httpx2.Client) -> None:
    assert http.get("/assets/old.js").status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/link.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/%00",
        "/assets/%00",
        "/assets/" + "a" * 300,
    ],
)
def test_no_path_leads_out_of_the_folder(url: str, target: str) -> None:
    answer = send_raw(url, target)
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 404"))
    assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1].replace(b"/secret.txt", b"")
    assert b"root:" not in answer


def test_an_unknown_path_of_the_api_is_not_the_page(http: httpx2.Client) -> None:
    assert http.get("/api/v1/known").json() == "known"
    for method in ("GET", "POST"):
        assert http.request(method, "/api/v1/unknown").status_code == 404
    assert http.post("/api/v1/known").status_code == 405
    assert http.post("/traces").status_code == 405


def test_without_a_build_the_page_says_how_to_make_one(http: httpx2.Client, static: Path) -> None:
    (static / "index.html").unlink()
    answer = http.get("/traces")
    assert answer.status_code == 503
    assert "make ui" in answer.text


def test_the_server_has_the_ui_and_no_path_leads_out_of_its_folder(live: LiveServer) -> None:
    assert send_raw(live.url, "/traces").startswith((b"HTTP/1.1 200", b"HTTP/1.1 503"))
    assert b"create_app" not in send_raw(live.url, "/../app.py")
