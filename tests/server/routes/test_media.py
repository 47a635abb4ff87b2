"""Files of messages over HTTP: who may read them, and that none of them can do anything."""

import base64
import json

import httpx2
import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from tests.telemetry.test_intake import png, wav


def send(project: Project, data: bytes, mime_type: str) -> str:
    """Export a message with a file, and return the digest that its stored message refers to."""
    part = {"type": "blob", "mime_type": mime_type, "content": base64.b64encode(data).decode()}
    messages = json.dumps([{"role": "user", "parts": [part]}])
    project.live.services.writer.write_spans(
        project.name, request(span(attributes={"gen_ai.input.messages": messages}))
    )
    (stored,) = project.client.get(f"/traces/{trace_id(1)}")["spans"]
    content: str = json.loads(stored["input"])[0]["parts"][0]["content"]
    assert content.startswith("windlass-media://")
    return content.removeprefix("windlass-media://").partition("?")[0]


def fetched(project: Project, digest: str, key: str | None = None) -> httpx2.Response:
    with project.http(key) as http:
        return http.get(f"/api/v1/media/{digest}")


@pytest.mark.parametrize(("data", "mime_type"), [(png(), "image/png"), (wav(), "audio/wav")])
def test_a_file_is_answered_as_it_was_sent(project: Project, data: bytes, mime_type: str) -> None:
    answer = fetched(project, send(project, data, mime_type))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, data, mime_type)
    assert answer.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize("mime_type", ["image/svg+xml", "text/html", "application/xhtml+xml", "TEXT/HTML; x=y"])
def test_a_file_that_could_run_is_a_download_in_a_sandbox(project: Project, mime_type: str) -> None:
    page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>" * 2
    answer = fetched(project, send(project, page, mime_type))
    assert answer.content == page
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_type_that_is_none_is_that_of_unknown_bytes(project: Project) -> None:
    answer = fetched(project, send(project, b"x" * 200, "image/png\r\nset-cookie: a=b"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "set-cookie" not in answer.headers


def test_a_project_reads_only_files_that_its_own_spans_refer_to(project: Project) -> None:
    other = Project(project.live, f"{project.name}-other")
    digest = send(project, png() + project.name.encode(), "image/png")
    assert fetched(other, digest).status_code == 404
    assert send(other, png() + project.name.encode(), "image/png") == digest
    assert fetched(other, digest).status_code == 200
    other.close()


def test_who_sees_no_traces_sees_no_files(project: Project) -> None:
    digest = send(project, png(), "image/png")
    assert fetched(project, digest, project.key_of("application")).status_code == 403
    assert fetched(project, digest, project.key_of("viewer")).status_code == 200


def test_a_digest_of_nothing_is_not_found(project: Project) -> None:
    assert fetched(project, "sha256:" + "0" * 64).status_code == 404
    assert fetched(project, "../../records").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        ("bytes=2-4", 206, b"cde", "bytes 2-4/26"),
        ("bytes=20-", 206, b"uvwxyz", "bytes 20-25/26"),
        ("bytes=-3", 206, b"xyz", "bytes 23-25/26"),
        ("bytes=0-999", 206, b"abcdefghijklmnopqrstuvwxyz", "bytes 0-25/26"),
        ("bytes=26-", 416, b"", "bytes */26"),
        ("lines=1-2", 200, b"abcdefghijklmnopqrstuvwxyz", None),
    ],
)
def test_a_player_is_given_the_part_that_it_asks_for(
    project: Project, asked: str, status: int, part: bytes, said: str | None
) -> None:
    kept = project.client.send_file("/media", b"abcdefghijklmnopqrstuvwxyz", "video/mp4")
    with project.http() as http:
        answer = http.get(f"/api/v1/media/{kept['digest']}", headers={"range": asked})
    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, part, said)
    assert answer.headers["accept-ranges"] == "bytes"


def test_only_who_may_write_puts_and_deletes_files(project: Project) -> None:
    with project.http(project.key_of("viewer")) as http:
        assert http.post("/api/v1/media", content=b"x").status_code == 403
        assert http.delete(f"/api/v1/media/sha256:{'0' * 64}").status_code == 403
