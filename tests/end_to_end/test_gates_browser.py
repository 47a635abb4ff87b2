"""A verdict in a real browser: its slices, the power of more items, the worst items and who promoted on it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.live import LiveServer, Project
from tests.server.routes.test_verdicts import sums_by_parity
from windlass.access.principals import DEFAULT_PROJECT

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.browser]

NAME = "parity"
"""Of dataset and release: other tests have theirs in the same project."""

SPEAK = """language => {
  localStorage.setItem("windlass.language", language);
  dispatchEvent(new StorageEvent("storage", { key: "windlass.language" }));
}"""
"""Choose a language as another tab would."""


@pytest.fixture
def here(live: LiveServer) -> Iterator[Project]:
    """The project that a browser on this machine is in."""
    made = Project(live, DEFAULT_PROJECT)
    yield made
    made.close()


def evaluated(project: Project, release: str) -> dict[str, Any]:
    body = {"release": release, "dataset": NAME, "evaluators": ["exact_match"]}
    started = project.client.post("/runs", body)

    def finished() -> dict[str, Any] | None:
        run: dict[str, Any] = project.client.get(f"/runs/{started['id']}")
        return run if run["state"] == "finished" else None

    return eventually(finished, "the run to finish")


@pytest.fixture
def verdict(here: Project) -> dict[str, Any]:
    """A candidate that lost all odd sums and was promoted all the same, by a rule that asks for little."""
    careless, careful = (
        evaluated(here, f"{NAME}@{digest}") for digest in sums_by_parity(here, dataset=NAME, release=NAME)
    )
    rule = {
        "primary": {"metric": "exact_match", "kind": "non_inferiority", "margin": 0.9},
        "guardrails": [{"metric": "exact_match", "kind": "at_least", "bound": 0.2}],
    }
    request = {"candidate": careless["id"], "baseline": careful["id"], "rule": rule}
    given: dict[str, Any] = here.client.post("/gates", request)
    assert given["outcome"] == "pass"
    promote = {
        "release": f"{NAME}@{given['candidate']['digest']}",
        "verdict_id": given["id"],
        "reason": "cheaper by far",
    }
    here.client.post("/environments/staging/promote", promote)
    return given


@pytest.mark.looks
def test_a_verdict_shows_what_it_rests_on_and_leads_to_what_was_lost(
    chromium: Browser, here: Project, verdict: dict[str, Any]
) -> None:
    with window(chromium, here.live.url) as seen:
        texts = ("cheaper by far", "i01", "odd")
        seen.visit(f"/verdicts/{verdict['id']}", *texts)
        odd = seen.main.get_by_role("row").filter(has_text="parity odd")
        expect(odd).to_have_text(re.compile(r"1\.000.*0\.000.*−1\.000.*16.*worse"))
        expect(seen.main.get_by_text("items decide this with 80 % probability; there are 32")).to_be_visible()
        expect(seen.main.get_by_text("at least 0.200")).to_be_visible()
        expect(seen.main.get_by_role("listitem").filter(has_text="cheaper by far")).to_contain_text("runs there")
        signed = seen.page.get_by_role("link", name="Signed file")
        expect(signed).to_have_attribute("href", f"/api/v1/verdicts/{verdict['id']}/attestation")
        expect(seen.main.get_by_text(verdict["signed_by"][0])).to_be_visible()
        # In another language the server says it again.
        expect(seen.main.get_by_text("Pass: exact_match")).to_be_visible()
        seen.page.evaluate(SPEAK, "ko")
        expect(seen.main.get_by_text("통과: exact_match")).to_be_visible()
        report = seen.page.get_by_role("link", name="보고서")
        expect(report).to_have_attribute("href", re.compile(r"/report\.html\?lang=ko$"))
        seen.page.evaluate(SPEAK, "en")
        expect(seen.main.get_by_text("Pass: exact_match")).to_be_visible()
        seen.main.get_by_role("link", name="i01", exact=True).click()
        seen.page.wait_for_url(re.compile(r"/runs/compare\?.*item=i01"))
        expect(seen.main.get_by_role("row").filter(has_text="parity odd")).to_be_visible()
        faults = seen.look_at("verdict-slices", f"/verdicts/{verdict['id']}", *texts)
        seen.assert_clean()
    assert faults == []
