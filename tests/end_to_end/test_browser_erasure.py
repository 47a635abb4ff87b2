"""The page of erasure in a real browser, over exported calls of models; and both pages in every look and role."""

import re
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.telemetry.sending import trace_id
from windlass.client import Client
from windlass.errors import Unavailable
from windlass.telemetry.lifecycle.erasure_records import Erasure, Owed
from windlass.telemetry.lifecycle.erasures import Erasures
from windlass.telemetry.lifecycle.notes import Note

from .browser import LOOKS, Window, window
from .money import CALLS, HOUSE, LONG, expect_refused, row, section, send_calls
from .processes import Processes, Server, eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("erasure")]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to look at: with prices of its own and a past erasure."""
    folder = tmp_path_factory.mktemp("money")
    processes = Processes(folder)
    try:
        started = processes.serve(folder / "data")
        send_calls(started)
        price: dict[str, object] = {"model": "gpt-4o-*", "provider": "openai", "input": 0.125, "output": 0.6}
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
        dated = {**price, "model": LONG, "provider": "", "valid_from": later, "cache_read": 0.01}
        subject = {"kind": "trace", "id": trace_id(2)}
        with started.client() as api:
            api.put("/prices", {"items": [price, dated]})
            api.post("/erasures", {"subject": subject, "reason": "ticket 480 " * 12, "wait_s": 60})
        yield started
    finally:
        processes.close()


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    send_calls(server)
    with server.client() as client:
        yield client


@pytest.fixture
def desk(chromium: Browser, server: Server, api: Client) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


def test_a_user_is_counted_then_erased_and_the_receipt_stands_in_the_audit_chain(
    desk: Window, api: Client
) -> None:
    desk.visit("/users/ada", "ada")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.page.wait_for_url("**/settings/erasure?user=ada")
    desk.wait_for("3 traces of it are held.")
    expect(row(desk.main, "Spans").first).to_contain_text("3")
    submit = desk.main.get_by_role("button", name="Erase 3 traces for ever")
    expect(submit).to_be_disabled()
    desk.keep("erasure-counted")
    assert len(api.get("/traces")["items"]) == len(CALLS)

    typed = desk.main.get_by_role("textbox", name="Type the id to confirm")
    reason = desk.main.get_by_role("textbox", name="Reason")
    typed.fill("bob")
    reason.fill("asked for by ada")
    expect(submit).to_be_disabled()
    typed.fill("ada")
    submit.click()
    expect(
        desk.main.get_by_text("The reason names the subject; the audit chain keeps it for ever")
    ).to_be_visible()
    desk.keep("erasure-reason")
    expect_refused(desk, 422)
    assert len(api.get("/traces")["items"]) == len(CALLS)

    reason.fill("ticket 481")
    submit.click()
    receipt = desk.main.get_by_role("region", name="Receipt")
    expect(receipt.get_by_role("heading", name="Erased. Nothing is left of it.")).to_be_focused()
    expect(row(receipt, "Spans").first).to_contain_text("3")
    desk.page.wait_for_url("**/settings/erasure")
    assert [item["user"] for item in api.get("/traces")["items"]] == ["bob"] * (len(CALLS) - 3)
    (entry,) = api.get("/audit", action="erasure:create")["items"]
    assert entry["reason"] == "ticket 481"
    expect(row(section(desk, "Past erasures"), "ticket 481")).to_be_visible()
    with desk.page.expect_download() as download:
        receipt.get_by_role("button", name="Save the receipt").click()
    saved = download.value.path().read_text(encoding="utf-8")
    assert entry["hash"] in saved
    assert '"ada"' not in saved
    desk.keep("erasure-receipt")
    receipt.get_by_role("link", name=f"Entry {entry['seq']} of the audit chain").click()
    desk.page.wait_for_url(f"**/audit?entry={entry['seq']}")
    expect(desk.page.get_by_role("complementary")).to_contain_text(entry["resource"])


class Held:
    """Erasures that are held up when all is counted, and then fail if they shall; their askers do not wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on = threading.Event()
        self.failing = False
        self._keep, self._wait = Erasures._keep, Erasures.wait
        monkeypatch.setattr(Erasures, "_keep", lambda *arguments: self.keep(*arguments))
        monkeypatch.setattr(Erasures, "wait", lambda *arguments: self.wait(*arguments))

    def keep(self, erasures: Erasures, *of: Any) -> tuple[Note, Owed]:
        kept = self._keep(erasures, *of)
        assert self.go_on.wait(60)
        if self.failing:
            raise Unavailable("Spans of it keep coming in: stop what sends them, then erase again.")
        return kept

    def wait(self, erasures: Erasures, project: str, erasure: str, _seconds: float) -> Erasure:
        return self._wait(erasures, project, erasure, 0)


def ask_for(desk: Window, kind: str, name: str) -> None:
    """Erase something in the two steps of the page."""
    desk.visit(f"/settings/erasure?{kind}={name}", "of it are held.")
    desk.main.get_by_role("textbox", name="Type the id to confirm").fill(name)
    desk.main.get_by_role("textbox", name="Reason").fill("ticket 481")
    desk.main.get_by_role("button", name="for ever").click()


@pytest.mark.slow
def test_what_takes_long_is_seen_under_way_until_its_receipt_stands_there(
    desk: Window, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    ask_for(desk, "user", "ada")
    going = desk.main.get_by_role("region", name="Erasing a user")
    expect(going.get_by_role("heading", name="Erasing a user")).to_be_focused()
    expect(going.get_by_text("you may leave this page")).to_be_visible()
    expect(row(going, "Spans").first).to_contain_text("3")
    assert desk.page.url.endswith("/settings/erasure")
    desk.page.reload()
    expect(row(going, "Spans").first).to_contain_text("3")
    expect(desk.main.get_by_text("ada", exact=True)).to_have_count(0)
    faults = [fault for _ in desk.looks() for fault in desk.seen("erasure-going")]
    desk._become(LOOKS[0])

    held.go_on.set()
    receipt = desk.main.get_by_role("region", name="Receipt")
    expect(row(receipt, "Spans").first).to_contain_text("3")
    expect(going).to_have_count(0)
    (entry,) = api.get("/audit", action="erasure:create")["items"]
    expect(receipt.get_by_role("link", name=f"Entry {entry['seq']} of the audit chain")).to_be_visible()
    expect(row(section(desk, "Past erasures"), "ticket 481")).to_be_visible()

    held.failing = True
    body = {"subject": {"kind": "session", "id": "chat of bob"}, "reason": "ticket 482"}
    failing = api.post("/erasures", body)["id"]
    eventually(lambda: api.get(f"/erasures/{failing}")["state"] == "failed" or None, "the failure")
    desk.visit("/settings/erasure", "Erasing a session failed")
    failed = desk.main.get_by_role("region", name="Erasing a session failed")
    expect(failed).to_contain_text("stop what sends them, then erase again. What it had erased until then is")
    expect(failed.get_by_text("chat of bob")).to_have_count(0)
    faults += [fault for _ in desk.looks() for fault in desk.seen("erasure-failed")]
    desk._become(LOOKS[0])
    held.failing = False
    ask_for(desk, "session", "chat of bob")
    expect(receipt).to_be_visible()
    expect(failed).to_have_count(0)
    assert faults == []


def test_a_link_to_an_old_entry_of_the_audit_chain_opens_it_though_the_list_does_not_reach_it(
    desk: Window, api: Client
) -> None:
    subject = {"kind": "trace", "id": trace_id(1)}
    erased = api.post("/erasures", {"subject": subject, "reason": "ticket 480", "wait_s": 60})
    for number in range(120):
        api.put("/views/traces/view", {"query": f"q={number}"})
    (entry,) = api.get("/audit", action="erasure:create")["items"]
    assert entry["seq"] not in {each["seq"] for each in api.get("/audit", limit=100)["items"]}
    desk.visit("/settings/erasure", "ticket 480")
    desk.main.get_by_role("link", name=f"Open entry {entry['seq']} of the audit chain").click()
    desk.page.wait_for_url(f"**/audit?entry={entry['seq']}")
    expect(desk.page.get_by_role("complementary")).to_contain_text(f"erasure/{erased['id']}")


def test_a_session_and_a_trace_lead_to_their_erasure_and_a_wrong_id_is_told_at_its_field(desk: Window) -> None:
    desk.visit("/sessions/chat%20of%20bob", "chat of bob")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.wait_for("4 traces of it are held.")
    expect(desk.main.get_by_role("textbox", name="Session id")).to_have_value("chat of bob")
    desk.visit(f"/traces/{trace_id(1)}", "chat gpt-4o-mini")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.wait_for("1 trace of it is held.")
    desk.main.get_by_role("textbox", name="Trace id").fill("abc")
    desk.page.keyboard.press("Enter")
    expect(desk.main.get_by_text("'abc' is not a trace id; one has 32 hexadecimal digits")).to_be_visible()
    desk.keep("erasure-wrong")
    expect_refused(desk, 422)
    desk.main.get_by_role("combobox", name="Erase").select_option("user")
    desk.main.get_by_role("textbox", name="User id").fill("nobody")
    desk.page.keyboard.press("Enter")
    desk.wait_for("Nothing is held of it")
    desk.keep("erasure-nothing")


def test_who_may_only_look_is_told_so_and_offered_nothing(desk: Window, api: Client) -> None:
    key = api.post("/keys", {"name": "eve", "role": "viewer"})["key"]
    desk.page.request.post(f"{desk.url}/api/v1/session", data={"key": key})
    desk.visit("/settings/prices", "Your role may look at prices", HOUSE)
    expect(desk.main.get_by_role("button", name=re.compile("price", re.IGNORECASE))).to_have_count(0)
    desk.keep("prices-viewer")
    desk.visit("/settings/erasure?user=ada", "Erasing takes the role admin; yours is viewer.")
    expect(desk.main.get_by_role("textbox")).to_have_count(0)
    desk.keep("erasure-viewer")
    desk.visit("/users/ada", "ada")
    expect(desk.main.get_by_role("link", name="Erase…")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.looks
def test_prices_and_erasure_show_no_fault_in_each_look(chromium: Browser, settled: Server) -> None:
    places = (
        ("prices", "/settings/prices", HOUSE),
        ("erasure", "/settings/erasure", "ticket 480"),
        ("erasure-of-user", "/settings/erasure?user=bob", "ticket 480"),
    )
    with window(chromium, settled.url) as seen:
        found = [fault for place in places for fault in seen.look_at(*place)]
        seen.visit("/settings/prices")
        seen.main.get_by_role("button", name=re.compile(f"^Give {HOUSE}|^{HOUSE}에")).click()
        expect(seen.page.get_by_role("dialog")).to_be_visible()
        found += [fault for _ in seen.looks() for fault in seen.seen("prices-dialog")]
        seen.assert_clean()
    assert found == []
