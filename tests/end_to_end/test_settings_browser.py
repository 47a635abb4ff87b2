"""The project's settings in a real browser: masking that is tried and does mask, retention that clears."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.telemetry.sending import Plain, request, span, trace_id

from .browser import Window, window
from .otlp import HEADERS
from .processes import Processes, Server, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("settings")]

SECOND = 1_000_000_000
DAY = 86_400 * SECOND

RULES: dict[str, Any] = {
    "detectors": ["email", "phone"],
    "patterns": [
        {"name": "ticket", "pattern": r"T-(\d{2})\d+", "replacement": r"T-\1…"},
        {"name": "codename", "pattern": "(?i)bluebird|redwood", "replacement": "[codename]"},
    ],
    "attributes": [{"name": "*.password", "places": ["span", "event"]}],
    "drop": ["tool_results"],
}


def send(
    server: Server, number: int, text: str, *, days_ago: int = 0, more: Mapping[str, Plain] | None = None
) -> None:
    """Export a trace of one span that says a text."""
    start = time.time_ns() - days_ago * DAY - number * SECOND
    about: dict[str, Plain] = {"gen_ai.prompt": text, **(more or {})}
    body = request(span(number, 1, name=f"answer {number}", start_ns=start, attributes=about))
    answer = httpx2.post(f"{server.url}/v1/traces", content=body.SerializeToString(), headers=HEADERS)
    assert answer.status_code == 200


def stored(server: Server, number: int) -> str:
    """Return what is kept of a trace, as text."""
    with server.client() as client:

        def is_there() -> bool | None:
            return trace_id(number) in {each["trace_id"] for each in client.get("/traces")["items"]} or None

        eventually(is_there, "the trace")
        return str(client.get(f"/traces/{trace_id(number)}")["spans"])


def set_rules(server: Server, rules: dict[str, Any]) -> int:
    with server.client() as client:
        return int(client.put("/masking", {"rules": rules})["revision"])


def revision_of(server: Server) -> int:
    with server.client() as client:
        return int(client.get("/masking")["revision"])


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


def sample(seen: Window) -> Locator:
    return seen.main.get_by_label("Text of a prompt, an answer, a log…")


def add_pattern(seen: Window, name: str, pattern: str) -> None:
    seen.main.get_by_role("button", name="Add a pattern").click()
    seen.page.keyboard.type(name)
    seen.main.get_by_label("Regular expression").fill(pattern)


def save(seen: Window, *changes: str, reason: str = "") -> None:
    seen.main.get_by_role("button", name="Review and save").click()
    dialog = seen.page.get_by_role("dialog")
    for change in changes:
        expect(dialog.get_by_text(change)).to_be_visible()
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Save the rules").click()


def test_rules_are_tried_before_they_are_saved_and_mask_from_then_on(desk: Window, server: Server) -> None:
    send(server, 1, "write to ada@example.com about T-12345")
    desk.visit("/", "Nothing runs here.")
    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("masking")
    desk.page.keyboard.press("Enter")
    desk.wait_for("Nothing is masked: what arrives is stored as it is.")

    sample(desk).fill("ada@example.com wrote about T-12345")
    desk.wait_for("Nothing would be masked.")
    desk.main.get_by_label("Email addresses").check()
    desk.wait_for("1 thing would be masked", "[email]")
    add_pattern(desk, "ticket", r"T-(\d{2})\d+")
    desk.main.get_by_label("Stored instead").fill(r"T-\1…")
    desk.wait_for("2 things would be masked", "2 changes are not saved")
    expect(desk.main.get_by_role("figure").get_by_role("insertion")).to_have_text(["[email]", "12…"])
    desk.keep("masking-tried")
    assert revision_of(server) == 0

    save(desk, "detector “Email addresses” is new", "pattern ticket is new", reason="ticket 12")
    desk.wait_for("Revision 1, set by local-admin")
    expect(desk.main.get_by_role("button", name="Review and save")).to_have_count(0)
    with server.client() as client:
        assert client.get("/audit")["items"][0]["reason"] == "ticket 12"

    send(server, 2, "write to ada@example.com about T-12345")
    assert "write to [email] about T-12…" in stored(server, 2)
    assert "ada@example.com about T-12345" in stored(server, 1)
    desk.visit("/settings/masking", "the rules have masked 2 things so far")
    expect(
        desk.main.get_by_role("listitem").filter(has_text="Email addresses").get_by_text("1 time")
    ).to_be_visible()


def test_attributes_and_stored_traces_say_where_which_rule_would_mask(desk: Window, server: Server) -> None:
    send(server, 3, "call +82 10-1234-5678", more={"db.password": "hunter2"})
    stored(server, 3)
    set_rules(server, RULES)
    desk.visit("/settings/masking", "Revision 1")
    desk.main.get_by_text("Attributes", exact=True).click()
    field = desk.main.get_by_label("Attributes of a span, as JSON")
    field.fill("{no json")
    desk.wait_for("This is no JSON object")
    field.fill('{"db.password": "hunter2", "note": "about Redwood", "kept": 7}')
    desk.wait_for("2 things would be masked", "attribute *.password", "pattern codename")
    assert "[codename]" in desk.main.get_by_role("figure").inner_text()

    desk.main.get_by_text("A trace", exact=True).click()
    desk.main.get_by_role("button", name="Take the newest").click()
    expect(desk.main.get_by_label("Id of a stored trace")).to_have_value(trace_id(3))
    desk.wait_for("2 things would be masked", "detector “Phone numbers”")
    desk.keep("masking-trace")
    desk.main.get_by_role("link", name="gen_ai.input.messages").click()
    desk.page.wait_for_url(f"**/traces/{trace_id(3)}?span={1:016x}")


def test_a_pattern_that_cannot_be_used_shows_the_servers_sentence_at_its_rule(
    chromium: Browser, server: Server
) -> None:
    with window(chromium, server.url) as seen:
        seen.visit("/settings/masking", "Nothing is masked")
        add_pattern(seen, "broken", "(unclosed")
        rule = seen.main.get_by_role("listitem").filter(has_text="broken")
        expect(rule.get_by_role("alert")).to_contain_text("'(unclosed' cannot be used: missing )")
        expect(seen.main.get_by_role("button", name="Review and save")).to_be_disabled()
        seen.keep("masking-refused")
        assert seen.accessibility_faults() == []
        seen.main.get_by_label("Regular expression").fill("(closed)")
        expect(rule.get_by_role("alert")).to_have_count(0)
        seen.main.get_by_label("Name", exact=True).fill("Not A Name")
        seen.wait_for("A name has lower-case letters, digits, dots, dashes and underscores only.")
        expect(seen.main.get_by_role("button", name="Review and save")).to_be_disabled()
        assert all("422" in problem for problem in seen.problems)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_and_nothing_is_lost(
    chromium: Browser, server: Server
) -> None:
    set_rules(server, RULES)
    with window(chromium, server.url) as seen:
        seen.visit("/settings/masking", "Revision 1")
        seen.main.get_by_label("Card numbers").check()
        seen.main.get_by_role("button", name="Review and save").click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog.get_by_text("detector “Card numbers” is new")).to_be_visible()
        set_rules(server, {**RULES, "detectors": ["email", "phone", "jwt"]})
        dialog.get_by_role("button", name="Save the rules").click()
        expect(dialog.get_by_role("alert")).to_contain_text("The masking rules have revision 2 and not 1 any more")
        seen.keep("masking-conflict")
        dialog.get_by_role("button", name="Cancel").click()
        seen.wait_for("local-admin saved revision 2 while you were editing.")
        expect(seen.main.get_by_label("Card numbers")).to_be_checked()
        expect(seen.main.get_by_role("button", name="Review and save")).to_be_disabled()
        seen.keep("masking-stale")
        assert seen.accessibility_faults() == []
        seen.main.get_by_role("button", name="Put my changes on top").click()
        expect(seen.main.get_by_label("JSON Web Tokens")).to_be_checked()
        save(seen, "detector “Card numbers” is new")
        seen.wait_for("Revision 3")
        assert all("409" in problem for problem in seen.problems)
    with server.client() as client:
        held = client.get("/masking")["rules"]["detectors"]
    assert sorted(held) == ["credit_card", "email", "jwt", "phone"]


def test_changes_are_not_left_behind_by_accident(desk: Window, server: Server) -> None:
    set_rules(server, RULES)
    desk.visit("/settings/masking", "Revision 1")
    desk.main.get_by_role("button", name="Remove pattern ticket").click()
    desk.wait_for("1 change is not saved")
    desk.main.get_by_role("link", name="Retention").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_text("1 change to the masking rules would be lost.")).to_be_visible()
    desk.keep("masking-leave")
    dialog.get_by_role("button", name="Stay here").click()
    desk.wait_for("1 change is not saved")
    assert desk.page.url.endswith("/settings/masking")

    desk.main.get_by_role("link", name="Retention").click()
    dialog.get_by_role("button", name="Leave and discard").click()
    desk.page.wait_for_url("**/settings/retention")
    desk.visit("/settings/masking", "ticket")
    expect(desk.main.get_by_text("is not saved")).to_have_count(0)
    assert revision_of(server) == 1


def test_the_order_of_patterns_is_changed_with_the_keyboard_and_saved(desk: Window, server: Server) -> None:
    set_rules(server, RULES)
    desk.visit("/settings/masking", "Revision 1")
    desk.main.get_by_role("button", name="Move pattern codename up").focus()
    desk.page.keyboard.press("Enter")
    desk.wait_for("2 changes are not saved")
    save(desk, "pattern codename has another place in the order")
    desk.wait_for("Revision 2")
    with server.client() as client:
        patterns = client.get("/masking")["rules"]["patterns"]
    assert [pattern["name"] for pattern in patterns] == ["codename", "ticket"]


def test_a_policy_says_what_it_would_clear_before_it_is_saved_and_clears_it_when_told(
    desk: Window, server: Server
) -> None:
    for number in (1, 2, 3):
        send(server, number, "hello", days_ago=40 if number == 1 else 0)
        stored(server, number)
    desk.visit("/settings/retention", "Everything is kept for ever.", "3 traces are held.")
    expect(desk.main.get_by_role("button", name="Clear now")).to_have_count(0)
    days = desk.main.get_by_label("Days to keep a trace")
    days.fill("30")
    desk.wait_for("1 of the 3 traces held now would be cleared, for good.")
    days.fill("60")
    desk.wait_for("None of the 3 traces held now would be cleared.")
    days.fill("30")
    desk.main.get_by_role("button", name="Review and save").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_text("Traces are kept for 30 days.")).to_be_visible()
    expect(dialog.get_by_text("1 of the 3 traces held now would be cleared, for good.")).to_be_visible()
    desk.keep("retention-save")
    assert desk.accessibility_faults() == []
    dialog.get_by_label("Reason").fill("ticket 9")
    dialog.get_by_role("button", name="Save the policy").click()
    desk.wait_for("Traces are kept for 30 days.", "1 of the 3 traces held now is waiting to be cleared.")

    desk.main.get_by_role("button", name="Clear now").click()
    desk.keep("retention-clear")
    assert desk.accessibility_faults() == []
    dialog.get_by_role("button", name="Clear 1 trace for good").click()
    expect(dialog.get_by_text("Cleared: 1 span, 1 row of the index of traces.")).to_be_visible()
    dialog.get_by_text("Close", exact=True).click()
    desk.wait_for("2 traces are held.", "None of them is waiting to be cleared.")
    expect(desk.main.get_by_role("row").filter(has_text="1 span")).to_contain_text("kept for 30 days")
    desk.keep("retention-cleared")
    with server.client() as client:
        assert sorted(each["trace_id"] for each in client.get("/traces")["items"]) == [trace_id(2), trace_id(3)]
        entries = [(each["action"], each["reason"]) for each in client.get("/audit")["items"]]
    assert entries == [("retention:apply", ""), ("retention:change", "ticket 9")]


def test_a_limit_that_is_none_is_said_at_its_field_and_not_left_behind(desk: Window, server: Server) -> None:
    desk.visit("/settings/retention", "Everything is kept for ever.", "No trace is held yet.")
    desk.main.get_by_label("Traces to keep at most").fill("many")
    desk.wait_for("A whole number of at least 1, or nothing.")
    expect(desk.main.get_by_role("button", name="Review and save")).to_be_disabled()
    assert desk.accessibility_faults() == []
    desk.main.get_by_role("link", name="Masking").click()
    expect(desk.page.get_by_role("dialog").get_by_text("The change of the policy would be lost.")).to_be_visible()
    desk.page.get_by_role("button", name="Stay here").click()
    desk.main.get_by_role("button", name="Discard").click()
    desk.main.get_by_role("link", name="Masking").click()
    desk.page.wait_for_url("**/settings/masking")
    with server.client() as client:
        assert client.get("/retention")["updated"] is None


def test_who_may_not_change_the_settings_reads_them_and_why(chromium: Browser, server: Server) -> None:
    set_rules(server, RULES)
    with server.client() as client:
        key = client.post("/keys", {"name": "a-viewer", "role": "viewer"})["key"]
    with window(chromium, server.url) as seen:
        assert seen.page.request.post(f"{server.url}/api/v1/session", data={"key": key}).ok
        seen.visit("/settings/masking", "Only an admin of the project may change them; your role here is viewer.")
        expect(seen.main.get_by_label("Email addresses")).to_be_disabled()
        expect(seen.main.get_by_role("button", name="Add a pattern")).to_have_count(0)
        expect(seen.main.get_by_role("button", name="Remove pattern ticket")).to_have_count(0)
        sample(seen).fill("ask ada@example.com about Redwood")
        seen.wait_for("2 things would be masked")
        seen.keep("masking-viewer")
        assert seen.accessibility_faults() == []
        seen.visit("/settings/retention", "Only an admin of the project may change it or clear")
        expect(seen.main.get_by_label("Days to keep a trace")).to_be_disabled()
        expect(seen.main.get_by_role("button")).to_have_count(0)
        seen.assert_clean()


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to look at: with rules, a policy, and traces that it would clear."""
    folder = tmp_path_factory.mktemp("settings")
    processes = Processes(folder)
    try:
        started = processes.serve(folder / "data")
        set_rules(started, RULES)
        with started.client() as client:
            client.put("/retention", {"max_age_days": 30, "max_traces": 1_000_000})
        for number in (1, 2):
            send(started, number, "write to ada@example.com", days_ago=40 * (number - 1))
        stored(started, 2)
        yield started
    finally:
        processes.close()


@pytest.mark.slow
@pytest.mark.looks
def test_settings_show_no_fault_in_each_look(chromium: Browser, settled: Server) -> None:
    places = (("masking", ("ada@example.com", "codename")), ("retention", ("30",)))
    with window(chromium, settled.url) as seen:
        found = [
            fault
            for section, texts in places
            for fault in seen.look_at(f"settings-{section}", f"/settings/{section}", *texts)
        ]
        seen.assert_clean()
    assert found == []
