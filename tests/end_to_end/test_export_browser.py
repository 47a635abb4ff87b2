"""The export of a list of traces in a real browser: more traces than the page ever loads."""

import json
import time
from collections.abc import Iterator

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from playwright.sync_api import Browser, Download, Request, expect

from tests.telemetry.sending import request, span
from windlass.server.local import LocalServer
from windlass.settings import load_settings

from .browser import Window, window
from .otlp import HEADERS
from .processes import Server, eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("export")]

SECOND = 1_000_000_000
TRACES = 3000
FAILED = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with thousands of traces, one in a hundred of which failed."""
    settings = load_settings(data=tmp_path_factory.mktemp("export") / "data", mode="dev", port=0)
    with LocalServer(settings) as running:
        started = Server(running.url)
        now = time.time_ns() - 3600 * SECOND
        spans = [
            span(number, 1, name=f"job {number}", start_ns=now + number * 1_000_000, error=number % 100 == 0)
            for number in range(1, TRACES + 1)
        ]
        with httpx2.Client(timeout=60) as client:
            body = request(*spans).SerializeToString()
            assert client.post(f"{started.url}/v1/traces", content=body, headers=HEADERS).status_code == 200
        with started.client() as api:
            eventually(
                lambda: api.post("/sql", {"query": "SELECT count() FROM traces"})["rows"] == [[TRACES]] or None,
                "the traces",
            )
        yield started


def export(seen: Window, *, name: str) -> Download:
    """Choose a format in the menu and take the file."""
    seen.page.get_by_role("button", name="Export").click()
    menu = seen.page.get_by_role("dialog", name="Export")
    menu.get_by_role("radio", name=name).check()
    with seen.page.expect_download() as download:
        menu.get_by_role("link", name="Download").click()
    expect(menu).to_have_count(0)
    return download.value


def names_in(file: Download) -> list[str]:
    """Names of the spans of an OTLP message."""
    sent = ExportTraceServiceRequest.FromString(file.path().read_bytes())
    return [each.name for kept in sent.resource_spans for scope in kept.scope_spans for each in scope.spans]


def test_everything_that_the_filter_lists_is_downloaded_and_none_of_it_by_the_page(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server.url) as seen:
        fetched: list[str] = []

        def note(sent: Request) -> None:
            if "/export" in sent.url and sent.resource_type in {"fetch", "xhr"}:
                fetched.append(sent.url)

        seen.page.on("request", note)
        seen.visit("/traces", "job 3000")
        file = export(seen, name="OTLP, protobuf")
        assert sorted(names_in(file)) == sorted(f"job {number}" for number in range(1, TRACES + 1))
        assert file.suggested_filename == "traces.otlp"

        seen.visit("/traces?status=error", "job 3000")
        file = export(seen, name="JSON lines A line")
        lines = file.path().read_text(encoding="utf-8").splitlines()
        failed = [f"job {number}" for number in range(TRACES, 0, -100)]
        assert [json.loads(line)["name"] for line in lines] == failed
        assert (len(failed), file.suggested_filename) == (FAILED, "traces.jsonl")

        file = export(seen, name="OTLP, JSON lines")
        sent = [json.loads(line) for line in file.path().read_text(encoding="utf-8").splitlines()]
        assert {"resourceSpans"} == {key for each in sent for key in each}

        file = export(seen, name="Parquet")
        data = file.path().read_bytes()
        assert (file.suggested_filename, data[:4], data[-4:]) == ("traces.parquet", b"PAR1", b"PAR1")
        assert fetched == []
        seen.assert_clean()


@pytest.mark.slow
@pytest.mark.looks
def test_the_menu_says_what_each_format_holds_and_the_command_without_a_fault(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server.url) as seen:
        seen.visit("/traces?status=error&where=name%21%3Djob+100", "name!=job 100")
        opening = seen.page.get_by_role("button", name="Export")
        menu = seen.page.get_by_role("dialog")
        opening.click()
        expect(menu.get_by_role("radio")).to_have_count(4)
        seen.page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        opening.click()
        expect(menu.get_by_role("radio")).to_have_count(4)
        seen.page.keyboard.press("ArrowDown")
        found = []
        for _ in seen.looks():
            expect(menu.get_by_text("--format jsonl")).to_be_visible()
            expect(menu.get_by_text("--where 'name!=job 100'")).to_be_visible()
            found += seen.seen("export")
        seen.assert_clean()
    assert found == []
