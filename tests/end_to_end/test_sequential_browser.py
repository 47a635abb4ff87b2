"""Gates that looked while samples came in, in a real browser: what was known after each item."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.live import CAREFUL, CARELESS, LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT

from .browser import Window, window
from .processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ITEMS = 150
EVALUATORS = ["exact_match", "token_f1"]
RULE = {
    "primary": {"metric": "exact_match", "kind": "superiority"},
    "guardrails": [{"metric": "token_f1", "kind": "non_inferiority", "margin": 0.05}],
}


@pytest.fixture
def here(live: LiveServer) -> Iterator[Project]:
    """The project that a browser on this machine is in."""
    made = Project(live, DEFAULT_PROJECT)
    yield made
    made.close()


@pytest.fixture
def runs(here: Project) -> dict[str, str]:
    """Runs of recorded answers, one release right on most items and the other on half of them."""
    rows = [
        {
            "id": f"i{n:03}",
            "input": f"{n}?",
            "reference": "a b",
            "metadata": {"worse": "a b" if n % 2 else "a", "better": "b" if n % 7 == 0 else "a b"},
        }
        for n in range(ITEMS)
    ]
    here.client.post("/datasets/answers", {"items": rows})
    here.push_release("recorder")
    started = {
        side: here.client.post(
            "/runs", {"release": "recorder", "dataset": "answers", "evaluators": EVALUATORS, "outputs": side}
        )["id"]
        for side in ("worse", "better")
    }
    for run in started.values():
        eventually(lambda run=run: ended(here, f"/runs/{run}"), "a run to finish")  # type: ignore[misc]
    return started


def ended(here: Project, path: str) -> dict[str, Any] | None:
    found: dict[str, Any] = here.client.get(path)
    return found if found["state"] in {"finished", "decided", "stopped"} else None


def verdict_of(here: Project, runs: dict[str, str], mode: str) -> dict[str, Any]:
    body = {"candidate": runs["better"], "baseline": runs["worse"], "rule": {**RULE, "sequential": {"mode": mode}}}
    verdict: dict[str, Any] = here.client.post("/gates", body)
    return verdict


def test_a_verdict_draws_what_was_known_after_each_item(
    chromium: Browser, here: Project, runs: dict[str, str]
) -> None:
    verdict = verdict_of(here, runs, "anytime")
    report = verdict["sequential"]
    assert 0 < report["n"] < ITEMS
    with window(chromium, here.live.url) as seen:
        _visit(seen, verdict, f"Decided after {report['n']} of {ITEMS} items; {report['saved']} were not needed.")
        chart = seen.main.get_by_role("img", name="exact_match: what is known after each item")
        expect(chart.locator("canvas")).to_be_visible()
        expect(seen.main.get_by_text(re.compile("Evidence that it is met .* shown at 40"))).to_have_count(2)
        found = [fault for _ in seen.looks() for fault in seen.seen("verdict-sequential")]
        seen.assert_clean()
    grouped = verdict_of(here, runs, "group")
    with window(chromium, here.live.url) as seen:
        _visit(seen, grouped, "By planned looks with boundaries")
        expect(seen.main.get_by_role("cell", name="2.031")).to_be_visible()
        seen.assert_clean()
    assert found == []


def _visit(seen: Window, verdict: dict[str, Any], *texts: str) -> None:
    seen.visit(f"/verdicts/{verdict['id']}", *texts)


def test_the_page_of_a_run_shows_the_gate_that_it_is_evaluated_for_and_has_it_go_on(
    chromium: Browser, here: Project
) -> None:
    here.push_sums("few-sums", items=4)
    releases = [here.push_release("looker", each)["digest"] for each in (CARELESS, CAREFUL)]
    body = {"candidate": f"looker@{releases[1]}", "baseline": f"looker@{releases[0]}", "dataset": "few-sums"}
    gate = here.client.post("/gates/live", {**body, "evaluators": ["exact_match"], "max_tokens": 1000})
    eventually(lambda: ended(here, f"/gates/live/{gate['id']}"), "the gate to stop")
    with window(chromium, here.live.url) as seen:
        seen.visit(f"/runs/{gate['candidate']}", "Gate until decided", "It is undecided")
        seen.keep("run-gate-stopped")
        seen.main.get_by_role("button", name="Resume").click()
        dialog = seen.page.get_by_role("dialog", name="Resume the gate")
        dialog.get_by_label("tokens").fill("100000")
        seen.keep("run-gate-resume")
        dialog.get_by_role("button", name="Resume").click()
        seen.wait_for("Gate until decided", "4 of 4 items were looked at")
        seen.keep("run-gate")
        assert seen.accessibility_faults() == []
        seen.page.get_by_role("link", name="verdict", exact=True).click()
        seen.wait_for("Looking while it runs")
        seen.assert_clean()
