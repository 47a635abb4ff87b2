"""A run that came to its budget, in a real browser: what it spent, and going on with it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.live import LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT

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


def test_a_stopped_run_shows_no_fault_in_each_look(
    chromium: Browser, here: Project, stopped: dict[str, Any]
) -> None:
    with window(chromium, here.live.url) as seen:
        found = seen.look_at("run-stopped", f"/runs/{stopped['id']}", "Stopped at its budget")
        seen.assert_clean()
    assert found == []
