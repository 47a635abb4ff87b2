"""Sessions, users, conditions and the comparison of traces in a real browser, over exported conversations."""

import json
import time
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.telemetry.sending import Plain, request, span, trace_id
from windlass.server.local import LocalServer
from windlass.settings import load_settings

from .browser import Window, window
from .otlp import HEADERS
from .processes import Server, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sessions")]

SECOND = 1_000_000_000
SESSION = "chat/7 a"
TURNS = (
    ("Where is my order?", "It is **on its way**.", ""),
    ("When does it come?", "On Thursday.", "look_up_order"),
    ("Are you sure?", "", ""),
)
LONG = "the end of a long answer"


def text(role: str, said: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": said}]}])


def turn(number: int, start_ns: int, asked: str, answered: str, tool: str) -> list[object]:
    """Return a trace: an agent that calls a model, and a tool if it is named; without an answer it failed."""
    common: dict[str, Plain] = {"gen_ai.conversation.id": SESSION, "user.id": "ada"}
    messages = [{"role": "user", "parts": [{"type": "text", "content": asked}]}]
    if tool:
        call = {"type": "tool_call", "id": "call-1", "name": tool, "arguments": {"order": 4471}}
        told = {"type": "tool_call_response", "id": "call-1", "response": {"state": "shipped"}}
        messages += [{"role": "assistant", "parts": [call]}, {"role": "tool", "parts": [told]}]
    said: dict[str, Plain] = {"gen_ai.output.messages": text("assistant", answered)} if answered else {}
    chat: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5" if tool else "gpt-5-mini",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.input.messages": json.dumps(messages),
        "tier": "free" if number == 1 else "pro",
    }
    agent: dict[str, Plain] = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.input.messages": text("user", asked),
    }
    spans: list[object] = [
        span(
            number,
            1,
            name="invoke_agent shop",
            start_ns=start_ns,
            duration_ns=number * SECOND,
            error=not answered,
            attributes={**common, **agent, **said},
        ),
        span(
            number,
            2,
            parent=1,
            name="chat gpt",
            start_ns=start_ns + 1_000_000,
            duration_ns=SECOND // 2,
            error=not answered,
            attributes={**common, **chat, **said},
        ),
    ]
    if tool:
        used: dict[str, Plain] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
        spans.append(span(number, 3, parent=1, name=f"execute_tool {tool}", start_ns=start_ns, attributes=used))
    return spans


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a conversation of three turns, and one of another user whose answer is long."""
    settings = load_settings(data=tmp_path_factory.mktemp("sessions") / "data", mode="dev", port=0)
    with LocalServer(settings) as running:
        started = Server(running.url)
        now = time.time_ns() - 3600 * SECOND
        spans = [
            each
            for number, (asked, answered, tool) in enumerate(TURNS, 1)
            for each in turn(number, now + number * 60 * SECOND, asked, answered, tool)
        ]
        about: dict[str, Plain] = {
            "session.id": "chat-8",
            "user.id": "민수",
            "gen_ai.input.messages": text("user", "Tell me everything"),
            "gen_ai.output.messages": text("assistant", "word " * 400 + LONG),
        }
        spans.append(span(9, 1, name="answer", start_ns=now, attributes=about))
        with httpx2.Client() as client:
            body = request(*spans).SerializeToString()  # type: ignore[arg-type]
            assert client.post(f"{started.url}/v1/traces", content=body, headers=HEADERS).status_code == 200
            score = {"trace_id": trace_id(2), "name": "helpful", "value": 0.25, "source": "judge"}
            client.post(f"{started.url}/api/v1/scores", json={"items": [score]}).raise_for_status()
        with started.client() as api:
            eventually(lambda: len(api.get("/traces")["items"]) == 4 or None, "the traces")
        yield started


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


PLACES = (
    ("sessions", "/sessions", ("chat/7 a", "Where is my order?")),
    ("session", "/sessions/chat%2F7%20a", ("On Thursday.", "Are you sure?")),
    ("users", "/users", ("ada", "민수")),
    ("user", "/users/ada", ("chat/7 a",)),
    ("user-traces", "/users/ada?tab=traces", ("When does it come?",)),
    ("spans", "/spans?where=tool%3Dlook_up_order", ("execute_tool look_up_order",)),
    ("traces-where", "/traces?where=user%3Dada&where=duration_s%3E1.5", ("When does it come?",)),
    ("against", f"/traces/{trace_id(2)}?against={trace_id(1)}", ("execute_tool look_up_order",)),
)


@pytest.mark.slow
@pytest.mark.looks
def test_pages_of_sessions_and_users_show_their_data_and_no_fault_in_each_look(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server.url) as seen:
        found = [fault for title, path, texts in PLACES for fault in seen.look_at(title, path, *texts)]
        seen.assert_clean()
    assert found == []


def test_a_session_reads_turn_by_turn_and_a_turn_opens_its_trace(desk: Window) -> None:
    desk.visit("/sessions", "chat/7 a")
    desk.main.get_by_role("link").filter(has_text="chat/7 a").click()
    desk.wait_for("Where is my order?", "on its way", "When does it come?", "Are you sure?", "helpful")
    turns = desk.main.get_by_role("article").all_inner_texts()
    assert [next(asked for asked, _, _ in TURNS if asked in said) for said in turns] == [each[0] for each in TURNS]
    desk.main.get_by_role("button", name="Open the trace of turn 2").click()
    panel = desk.page.get_by_role("complementary")
    expect(panel.get_by_text("execute_tool look_up_order").first).to_be_visible()
    panel.get_by_text("chat gpt").first.click()
    expect(panel.get_by_text("shipped")).to_be_visible()
    desk.keep("session-panel")
    panel.get_by_role("link", name="ada").click()
    desk.page.wait_for_url("**/users/ada")
    desk.wait_for("chat/7 a")


def test_an_answer_is_read_whole_where_the_list_shows_its_first_words(desk: Window) -> None:
    desk.visit("/sessions/chat-8", LONG)
    desk.visit("/traces", "Tell me everything")
    expect(desk.main.get_by_text(LONG)).to_have_count(0)


def test_conditions_are_typed_suggested_added_and_removed_by_the_keyboard(desk: Window) -> None:
    desk.visit("/traces", "Tell me everything")
    field = desk.page.get_by_role("combobox", name="Filter the traces")
    field.click()
    desk.page.keyboard.type("attributes.tier=free")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**where=attributes.tier%3Dfree**")
    expect(desk.main.get_by_text("When does it come?")).to_have_count(0)
    desk.wait_for("Where is my order?")
    desk.page.keyboard.press("Backspace")
    desk.wait_for("When does it come?")

    desk.page.keyboard.type("conv")
    expect(desk.page.get_by_role("option", name="conversation")).to_be_visible()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")
    expect(field).to_have_value("conversation=")
    desk.page.keyboard.press("ArrowDown")
    desk.keep("traces-suggestions")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**where=conversation%3Dchat%2F7**")
    expect(desk.main.get_by_text("Tell me everything")).to_have_count(0)


def test_spans_and_sessions_are_filtered_and_a_span_opens_in_its_trace(desk: Window) -> None:
    desk.visit("/spans", "execute_tool look_up_order", "chat gpt")
    desk.keep("spans-list")
    desk.page.get_by_role("combobox", name="Filter the spans").click()
    desk.page.keyboard.type("operation=execute_tool")
    desk.page.keyboard.press("Enter")
    expect(desk.main.get_by_text("chat gpt")).to_have_count(0)
    desk.main.get_by_role("button", name="execute_tool look_up_order").click()
    desk.page.wait_for_url("**span=0000000000000003")
    panel = desk.page.get_by_role("complementary")
    expect(panel.get_by_text("invoke_agent shop").first).to_be_visible()
    expect(panel.get_by_role("button", name="Copy as curl")).to_be_visible()
    desk.keep("spans-panel")
    desk.visit("/sessions?where=tool%3Dlook_up_order", "chat/7 a")
    expect(desk.main.get_by_text("chat-8")).to_have_count(0)


def test_a_wrong_condition_stays_in_the_field_with_the_servers_sentence(chromium: Browser, server: Server) -> None:
    with window(chromium, server.url) as seen:
        seen.visit("/traces", "Tell me everything")
        field = seen.page.get_by_role("combobox", name="Filter the traces")
        field.click()
        seen.page.keyboard.type("requst_model=gpt-5")
        seen.page.keyboard.press("Enter")
        expect(seen.page.get_by_role("alert")).to_contain_text("There is no field 'requst_model'")
        expect(field).to_have_value("requst_model=gpt-5")
        seen.keep("traces-wrong-condition")
        assert "where" not in seen.page.url
        assert all("422" in problem for problem in seen.problems)


def test_a_value_of_a_span_narrows_the_list_to_what_has_the_same(desk: Window) -> None:
    desk.visit(f"/traces/{trace_id(1)}?span={2:016x}", "chat gpt", "1 attribute")
    desk.main.get_by_role("button", name="attribute").click()
    desk.main.get_by_role("link", name="Only with attributes.tier=free").click()
    desk.page.wait_for_url("**/traces?where=attributes.tier%3Dfree")
    desk.wait_for("Where is my order?")
    expect(desk.main.get_by_text("When does it come?")).to_have_count(0)


def test_two_traces_lie_over_each_other_with_what_changed_and_what_came(desk: Window) -> None:
    desk.visit(f"/traces/{trace_id(2)}", "chat gpt")
    desk.main.get_by_role("button", name="Compare with").click()
    desk.page.get_by_role("menuitem").filter(has_text="Where is my order?").click()
    desk.page.wait_for_url(f"**against={trace_id(1)}")
    desk.wait_for("2 changed, 1 added, 0 removed")
    desk.main.get_by_text("chat gpt").first.click()
    expect(desk.main.get_by_text("gpt-5-mini").first).to_be_visible()
    expect(desk.main.get_by_text("On Thursday.").first).to_be_visible()
    desk.keep("against-span")
    desk.main.get_by_role("link", name="End the comparison").click()
    desk.wait_for("execute_tool look_up_order")


def test_a_view_is_saved_found_again_and_deleted(desk: Window) -> None:
    desk.visit("/traces?where=user%3Dada", "Where is my order?")
    desk.page.get_by_role("button", name="Views").click()
    desk.page.get_by_role("textbox", name="Name of this view").fill("what Ada asked")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("button", name="what Ada asked")).to_be_visible()

    desk.visit("/traces", "Tell me everything")
    desk.page.get_by_role("button", name="Views").click()
    desk.keep("views")
    desk.page.get_by_role("link", name="what Ada asked").click()
    desk.page.wait_for_url("**/traces?where=user%3Dada")
    expect(desk.main.get_by_text("Tell me everything")).to_have_count(0)
    desk.page.get_by_role("button", name="what Ada asked").click()
    desk.page.get_by_role("button", name="Delete the view what Ada asked").click()
    expect(desk.page.get_by_role("button", name="Views", exact=True)).to_be_visible()
