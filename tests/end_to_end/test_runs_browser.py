"""Runs in a real browser: one that came to its budget, and a replay of an agent by URL."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.evaluation.targets.agents import asked, completion
from tests.live import LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT
from windlass.agents.url_targets import UrlTargets
from windlass.evaluation.targets.addresses import Addresses

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.browser]

ITEMS = 24


@pytest.fixture
def here(live: LiveServer) -> Iterator[Project]:
    """The project that a browser on this machine is in."""
    made = Project(live, DEFAULT_PROJECT)
    yield made
    made.close()


@pytest.fixture
def stopped(here: Project) -> dict[str, Any]:
    """A run of a priced model that came to its budget in its middle."""
    here.push_release()
    model = {"model": "openai:scripted", "parameters": {"max_tokens": 4}}
    here.client.post("/artifacts/model/brief", {"body": model})
    here.client.post(
        "/artifacts/release/brief", {"body": {"prompts": {"answer": "prompt/adder"}, "model": "model/brief"}}
    )
    here.push_sums(items=ITEMS)
    here.client.put("/prices", {"items": [{"model": "scripted", "input": 10_000, "output": 10_000}]})
    body = {"release": "brief", "dataset": "sums", "evaluators": ["exact_match"], "concurrency": 2}
    run = here.client.post("/runs", {**body, "max_cost_usd": 1.0, "max_tokens": 50_000})
    found: dict[str, Any] = eventually(lambda: in_state(here, run["id"], "stopped"), "the run to stop")
    return found


def in_state(here: Project, run_id: str, state: str) -> dict[str, Any] | None:
    run: dict[str, Any] = here.client.get(f"/runs/{run_id}")
    return run if run["state"] == state else None


def test_a_run_that_stopped_at_its_budget_says_what_it_spent_and_is_gone_on_with(
    chromium: Browser, here: Project, stopped: dict[str, Any]
) -> None:
    with window(chromium, here.live.url) as seen:
        seen.visit(f"/runs/{stopped['id']}", "Stopped at its budget", "It stopped at its budget of $1")
        expect(seen.main.get_by_text(re.compile(r"^spent"))).to_have_text(re.compile(r"\$0\.\d+ / \$1\.00"))
        expect(seen.main.get_by_text(re.compile(r"^tokens"))).to_have_text(re.compile(r"\d+ / 50,000"))
        expect(seen.main.get_by_role("img", name=re.compile(r"^exact_match over \d+ items"))).to_be_visible()
        seen.main.get_by_text("Slices", exact=True).click()
        seen.wait_for("No metadata field puts these items into groups")
        seen.page.get_by_role("button", name="Resume").click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog.get_by_label("Ceiling of the run in US dollars")).to_have_value("1")
        seen.keep("run-resume")
        assert seen.accessibility_faults() == []
        dialog.get_by_label("Ceiling of the run in US dollars").fill("")
        dialog.get_by_role("button", name="Resume").click()
        seen.wait_for("Finished")
        expect(seen.main.get_by_text(re.compile(r"^model calls"))).to_have_text(f"model calls{ITEMS}")
        seen.assert_clean()
    assert here.client.get(f"/runs/{stopped['id']}")["finished_items"] == ITEMS


@pytest.mark.slow
@pytest.mark.looks
def test_a_stopped_run_shows_no_fault_in_each_look(
    chromium: Browser, here: Project, stopped: dict[str, Any]
) -> None:
    with window(chromium, here.live.url) as seen:
        found = seen.look_at("run-stopped", f"/runs/{stopped['id']}", "Stopped at its budget")
        seen.assert_clean()
    assert found == []


def test_a_replay_says_who_was_asked_and_where_it_left_the_record(
    chromium: Browser, here: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = {"tool_name": "find", "tool_input": {"order": 1}, "tool_output": "sent"}
    recording = {"trace_id": "a" * 32, "inputs": ["Where?"], "calls": [find]}
    item = {"id": "i0", "input": "Where?", "reference": "sent", "metadata": {"recording": recording}}
    here.client.post("/datasets/recordings", {"items": [item]})
    orders = iter([1, 2])
    with asked(lambda _: completion(None, ("find", {"order": next(orders)}))) as agent:
        targets = UrlTargets(here.live.services.registry, Addresses(agent.url))
        monkeypatch.setattr(here.live.services.runs.opening, "targets", targets)
        target = {"protocol": "openai", "url": agent.url, "model": "shop-next"}
        body = {"dataset": "recordings", "evaluators": ["exact_match"], "target": target, "replay": {}}
        run = here.client.post("/runs", body)
        eventually(lambda: in_state(here, run["id"], "finished"), "the replay to finish")
    with window(chromium, here.live.url) as seen:
        seen.visit(
            f"/runs/{run['id']}", f"openai shop-next {agent.url}", "ends with the record", "left its record 1"
        )
        seen.page.get_by_role("button", name="i0", exact=True).click()
        panel = seen.page.get_by_role("complementary", name=re.compile("i0"))
        expect(panel.get_by_text("Left the record at call 2")).to_be_visible()
        expect(
            panel.get_by_text("The sample ended there: it gave no answer that could be scored.")
        ).to_be_visible()
        calls = panel.get_by_role("list", name="Tool calls").get_by_role("listitem")
        expect(calls).to_have_text([re.compile(r"find\(order: 1\)recorded"), re.compile("find.*not answered")])
        assert seen.accessibility_faults() == []
        seen.assert_clean()
