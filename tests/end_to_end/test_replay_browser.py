"""A trace replayed from its page: drawn as a recording, asked again, and where it left the record is shown."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.agents.shop import clerk, push_shop
from tests.agents.test_url_targets import allow
from tests.evaluation.targets.agents import asked, completion
from tests.live import LiveServer, Project
from tests.sdk.test_replaying import record
from tests.telemetry.sending import trace_id
from windlass.models.scripted import asking

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("datasets")]


@pytest.fixture
def local(live: LiveServer) -> Iterator[Project]:
    opened = Project(live, "default")
    yield opened
    opened.close()


def ended(local: Project, dataset: str) -> dict[str, Any] | None:
    (run,) = local.client.pages("/runs", dataset=dataset)
    return run if run["state"] == "finished" else None


def test_a_trace_is_replayed_from_its_page_and_the_run_shows_where_it_left_the_record(
    chromium: Browser, live: LiveServer, local: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(local)
    calls: Any = iter([("find", {"order": 2}), ("find", {"order": 12})])

    def shop(_body: Any) -> dict[str, Any]:
        return completion(None, next(calls))

    with asked(shop) as agent, window(chromium, live.url) as seen:
        allow(live, monkeypatch, agent.url)
        seen.visit(f"/traces/{trace_id(2)}", "Replay")
        seen.page.get_by_role("button", name="Replay").click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog.get_by_role("combobox", name="Dataset")).to_have_value(f"replay-{trace_id(2)[:8]}")
        dialog.get_by_role("combobox", name="Dataset").fill("one-order")
        dialog.get_by_role("combobox", name="Who is asked again").select_option("An agent by URL")
        dialog.get_by_role("textbox", name="Agent").fill(f"{agent.url}/v1")
        dialog.get_by_role("textbox", name="Its model or name").fill("shop-next")
        policy = dialog.get_by_role("combobox", name="Where it leaves the record")
        policy.select_option("Call tools that are safe")
        expect(dialog.get_by_text("The server calls no tools")).to_be_visible()
        expect(dialog.get_by_role("button", name="Replay", exact=True)).to_have_count(0)
        policy.select_option("The sample ends")
        assert seen.seen("replaying-form") == []
        dialog.get_by_role("button", name="Replay", exact=True).click()
        seen.page.wait_for_url("**/runs/run-*")
        seen.main.get_by_role("button", name=trace_id(2)).click()
        panel = seen.page.get_by_role("complementary")
        expect(panel.get_by_text("Left the record at call 2")).to_be_visible()
        seen.keep("replaying-run")
        seen.assert_clean()
    # What the page shows of a sample, it shows before the run has ended.
    run = eventually(lambda: ended(local, "one-order"), "the run")
    assert run["metrics"]["replay_match"]["mean"] == 0.0


@pytest.mark.slow
def test_a_release_is_replayed_from_a_trace_and_its_page_shows_its_tools(
    chromium: Browser, live: LiveServer, local: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(local)
    monkeypatch.setattr(live.provider, "_answer", clerk)
    # Nothing answers there: the record does.
    release = push_shop(local, "http://127.0.0.1:9/mcp", "replayed-shop")
    chosen = f"replayed-shop@{release['number']}"
    with window(chromium, live.url) as seen:
        for dataset, divergence in (("followed", None), ("left", "Left the record at call 1")):
            seen.visit(f"/traces/{trace_id(2)}", "Replay")
            seen.page.get_by_role("button", name="Replay").click()
            dialog = seen.page.get_by_role("dialog")
            dialog.get_by_role("combobox", name="Dataset").fill(dataset)
            dialog.get_by_role("combobox", name="Release", exact=True).select_option(chosen)
            expect(dialog.get_by_text(f"windlass replay {chosen}")).to_be_visible()
            policy = dialog.get_by_role("combobox", name="Where it leaves the record")
            policy.select_option("Call tools that are safe")
            expect(dialog.get_by_role("button", name="Replay", exact=True)).to_be_disabled()
            policy.select_option("The sample ends")
            assert seen.seen("replaying-release") == []
            dialog.get_by_role("button", name="Replay", exact=True).click()
            seen.page.wait_for_url("**/runs/run-*")
            seen.main.get_by_role("button", name=trace_id(2)).click()
            panel = seen.page.get_by_role("complementary")
            expect(panel.get_by_text(divergence or "Every tool call is in the record.")).to_be_visible()
            monkeypatch.setattr(live.provider, "_answer", lambda _messages: asking(("find", {"order": 1})))
        seen.visit(f"/releases/replayed-shop/{release['number']}", "tool/refund")
        expect(seen.main.get_by_text("write: it changes something")).to_be_visible()
        expect(seen.main.get_by_text("mcp http://127.0.0.1:9/mcp").first).to_be_visible()
        assert seen.seen("release-tools") == []
        seen.keep("release-tools")
        seen.assert_clean()
