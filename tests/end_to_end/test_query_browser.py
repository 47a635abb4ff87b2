"""Read-only SQL in a real browser, over exported spans and scores."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.telemetry.sending import Plain, request, span, trace_id
from windlass.server.local import LocalServer
from windlass.settings import load_settings

from .browser import Window, window
from .otlp import HEADERS
from .processes import Server, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("query")]

SECOND = 1_000_000_000
TRACES = 24
LONG = "the end of a long answer"
NAMES = "SELECT trace_id, name, input_tokens, output FROM spans WHERE parent_span_id = '' ORDER BY start_time"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with traces of a tool that fails each third time, a model whose tokens are known, and scores."""
    settings = load_settings(data=tmp_path_factory.mktemp("query") / "data", mode="dev", port=0)
    with LocalServer(settings) as running:
        started = Server(running.url)
        now = time.time_ns() - 3600 * SECOND
        spans = [each for number in range(1, TRACES + 1) for each in trace(number, now + number * SECOND)]
        with httpx2.Client() as client:
            body = request(*spans).SerializeToString()  # type: ignore[arg-type]
            assert client.post(f"{started.url}/v1/traces", content=body, headers=HEADERS).status_code == 200
            scores = [
                {"trace_id": trace_id(number), "name": "helpful", "value": number / TRACES, "source": "judge"}
                for number in range(1, TRACES + 1)
            ]
            client.post(f"{started.url}/api/v1/scores", json={"items": scores}).raise_for_status()
        with started.client() as api:
            eventually(lambda: len(api.get("/traces")["items"]) == TRACES or None, "the traces")
        yield started


def trace(number: int, start_ns: int) -> list[object]:
    says: dict[str, Plain] = {"gen_ai.conversation.id": "chat-1", "gen_ai.output.messages": "word " * 60 + LONG}
    model: dict[str, Plain] = {
        "gen_ai.request.model": "gpt-5",
        "gen_ai.usage.input_tokens": 100 + number,
        "tier": "pro",
    }
    tool: dict[str, Plain] = {"gen_ai.tool.name": "find_order", "gen_ai.operation.name": "execute_tool"}
    return [
        span(number, 1, name=f"answer {number}", start_ns=start_ns, attributes=says),
        span(number, 2, parent=1, name="chat gpt-5", start_ns=start_ns, attributes=model),
        span(number, 3, parent=1, name="find", start_ns=start_ns, attributes=tool, error=number % 3 == 0),
    ]


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


def path(sql: str) -> str:
    return f"/query?sql={quote(sql)}"


def editor(seen: Window) -> Locator:
    return seen.main.get_by_role("textbox", name="Statement")


def write(seen: Window, sql: str) -> None:
    """Put a statement into the editor as a paste does: what is typed is completed on the way."""
    editor(seen).click()
    seen.page.keyboard.press("Control+a")
    seen.page.keyboard.insert_text(sql)


def statement_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["sql"][0]


@pytest.mark.slow
@pytest.mark.looks
def test_the_query_page_shows_its_parts_and_no_fault_in_each_look(chromium: Browser, server: Server) -> None:
    places = {
        "query": ("/query", "scores"),
        "query-result": (path(NAMES), "answer 1"),
        "query-none": (path("SELECT name FROM traces WHERE name = 'no such name'"), "SELECT"),
        "query-refused": (path("SELECT name,\n  count( FROM traces\nGROUP BY 1"), "Syntax error"),
    }
    found = []
    with window(chromium, server.url) as seen:
        for title, (where, text) in places.items():
            seen.visit(where, text)
            expect(seen.main.locator(".cm-content")).to_be_visible()
            found += [fault for _ in seen.looks() for fault in seen.seen(title)]
        # One statement was refused, as it should be; the browser notes that.
        assert all("422" in problem for problem in seen.problems)
    assert found == []


def test_a_statement_runs_by_the_keyboard_and_its_address_shows_the_same_to_others(
    chromium: Browser, server: Server, desk: Window
) -> None:
    desk.visit("/query", "Ask your own question")
    write(desk, NAMES)
    desk.page.keyboard.press("Control+Enter")
    desk.wait_for(f"{TRACES} rows in", "answer 1")
    assert statement_in(desk.page.url) == NAMES
    # The roots have no tokens of their own: nothing is not 0.
    expect(desk.main.get_by_role("img", name="NULL: there is no value").first).to_have_text("–")
    with window(chromium, server.url) as other:
        other.page.goto(desk.page.url)
        other.wait_for(f"{TRACES} rows in", "answer 1")
        other.assert_clean()

    write(desk, "SELECT max(input_tokens) AS most FROM spans")
    desk.page.keyboard.press("Control+Enter")
    desk.wait_for("1 row in", str(100 + TRACES))
    desk.page.go_back()
    desk.wait_for("answer 1")
    expect(editor(desk)).to_contain_text("SELECT trace_id, name")
    desk.main.get_by_role("link", name=trace_id(1)).click()
    desk.page.wait_for_url(f"**/traces/{trace_id(1)}")
    desk.wait_for("find")


@pytest.mark.slow
def test_each_example_is_a_statement_that_the_server_takes(desk: Window) -> None:
    desk.visit("/query", "Ask your own question")
    examples = desk.main.get_by_role("listitem").get_by_role("button", name="?")
    count = examples.count()
    assert count >= 8
    for number in range(count):
        desk.visit("/query", "Ask your own question")
        examples.nth(number).click()
        expect(desk.main.get_by_text("rows in").or_(desk.main.get_by_text("row in")).first).to_be_visible()
        assert statement_in(desk.page.url).startswith("SELECT")
    # The last ones are kept to be taken again.
    desk.page.get_by_role("button", name="Previous").click()
    expect(desk.page.get_by_role("menuitem").filter(has_text="SELECT")).to_have_count(count)
    desk.keep("query-previous")
    desk.page.get_by_role("menuitem").filter(has_text="SELECT tool").first.click()
    expect(editor(desk)).to_contain_text("WHERE tool")


def test_a_refusal_is_the_servers_sentence_at_the_editor_with_the_place_marked(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server.url) as seen:
        seen.visit(path("SELECT name\nFROM system.tables"), "There is no table 'system.tables' here")
        expect(seen.main.locator(".cm-wrong")).to_have_count(0)
        write(seen, "SELECT name,\n count( FROM traces")
        seen.page.keyboard.press("Control+Enter")
        expect(seen.main.get_by_role("alert")).to_contain_text("Syntax error")
        expect(seen.main.locator(".cm-wrong")).to_have_text("traces")
        editor(seen).press("Backspace")
        expect(seen.main.locator(".cm-wrong")).to_have_count(0)
        seen.page.get_by_role("button", name="Previous").click()
        expect(seen.page.get_by_text("Statements that ran in this browser are kept here")).to_be_visible()
        assert all("422" in problem for problem in seen.problems)


def test_a_result_is_downloaded_whole_and_copied_as_a_command_that_gives_the_same(
    desk: Window, server: Server, tmp_path: Path
) -> None:
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sql = (
        "SELECT name, 'it''s' AS said, input_tokens FROM spans WHERE request_model = 'gpt-5' ORDER BY input_tokens"
    )
    desk.visit(path(sql), f"{TRACES} rows in")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="CSV").click()
    downloaded = download.value.path().read_text(encoding="utf-8")
    rows = list(csv.reader(downloaded.splitlines()))
    assert rows[0] == ["name", "said", "input_tokens"]
    assert rows[1:] == [["chat gpt-5", "it's", str(101 + number)] for number in range(TRACES)]
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Parquet").click()
    assert download.value.suggested_filename == "result.parquet"
    data = download.value.path().read_bytes()
    assert data[:4] == data[-4:] == b"PAR1"

    desk.page.get_by_role("button", name="Copy as").click()
    desk.page.get_by_role("menuitem", name="Copy as a command").click()
    expect(desk.page.get_by_role("button", name="Copied")).to_be_visible()
    command: str = desk.page.evaluate("navigator.clipboard.readText()")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", "-c", f"{command} --format csv"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert ran.stdout == downloaded


def test_a_long_answer_says_that_it_was_cut_and_a_long_statement_that_no_link_holds_it(desk: Window) -> None:
    desk.visit(path("SELECT number FROM numbers(20000)"), "The first 10,000 rows in", "there are more")
    expect(desk.page.get_by_role("button", name="CSV")).to_be_disabled()

    padding = "/* " + "why " * 2500 + "*/"
    write(desk, f"SELECT 42 AS answer {padding}")
    desk.wait_for("The statement is too long for a link")
    desk.page.keyboard.press("Control+Enter")
    desk.wait_for("1 row in", "answer")
    assert urlsplit(desk.page.url).query == ""
    desk.page.reload()
    desk.wait_for("1 row in", "42")
    desk.page.go_back()
    desk.wait_for("The first 10,000 rows in")


def test_columns_are_put_in_by_a_click_and_offered_while_one_types(desk: Window) -> None:
    desk.visit("/query", "Ask your own question")
    editor(desk).click()
    desk.page.keyboard.type("SELECT ")
    reference = desk.page.get_by_role("complementary", name="Tables and columns")
    reference.get_by_role("button", name="Insert span_count").click()
    desk.page.keyboard.type(", dura")
    expect(desk.page.get_by_role("option", name="duration_s")).to_be_visible()
    desk.keep("query-completion")
    desk.page.wait_for_timeout(100)
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.type(" FROM traces LIMIT 3")
    desk.page.keyboard.press("Control+Enter")
    desk.wait_for("3 rows in")
    assert statement_in(desk.page.url) == "SELECT span_count, duration_s FROM traces LIMIT 3"


def test_a_long_text_is_read_whole_beside_the_table_and_escape_closes_it(desk: Window) -> None:
    desk.visit(path(NAMES), f"{TRACES} rows in")
    expect(desk.main.get_by_text(LONG)).to_have_count(0)
    cell = desk.main.get_by_role("button", name="word word").first
    cell.focus()
    desk.page.keyboard.press("Enter")
    panel = desk.page.get_by_role("complementary", name="output, row 1")
    expect(panel.get_by_text(LONG)).to_be_visible()
    desk.keep("query-cell")
    desk.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
