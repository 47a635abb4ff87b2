"""A judge asked to decide battles, on the page of an arena: what it will take, how far it is, what it said."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, expect

from tests.live import CAREFUL, CARELESS, LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT
from windlass.models.completion import Message

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("datasets")]

JUDGE = {"function": "pairwise", "parameters": {"model": "openai:scripted", "criteria": "Which sum is right?"}}


class Slow:
    """A judge that waits from its fifth call on, until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self._asked = 0

    def wait(self, messages: Sequence[Message]) -> None:
        if messages[0].content.startswith("You judge"):
            self._asked += 1
            if self._asked > 4:
                self.go.wait(30)


@pytest.fixture
def slow(live: LiveServer) -> Iterator[Slow]:
    judge = Slow()
    live.held = judge.wait
    yield judge
    judge.go.set()
    live.held = lambda _messages: None


def runs_of_two(local: Project) -> list[str]:
    """Return finished runs of a careless and a careful release; a browser's loop lets nobody wait for jobs."""
    local.push_sums("judged", items=12)
    runs = []
    for instructions in (CARELESS, CAREFUL):
        release = local.push_release("judged-adder", instructions)["digest"]
        body = {"release": f"judged-adder@{release}", "dataset": "judged", "evaluators": ["exact_match"]}
        runs.append(local.client.post("/runs", body)["id"])
    for run in runs:
        eventually(
            lambda run=run: local.client.get(f"/runs/{run}")["state"] == "finished" or None,  # type: ignore[misc]
            "the run",
        )
    return runs


def test_a_judge_is_asked_from_the_page_of_an_arena(chromium: Browser, live: LiveServer, slow: Slow) -> None:
    local = Project(live, DEFAULT_PROJECT)
    local.client.post("/arenas", {"name": "judged-sums", "runs": runs_of_two(local)})
    with window(chromium, live.url) as seen:
        seen.visit("/arenas/judged-sums", "Nobody has voted yet")
        seen.main.get_by_role("button", name="Ask a judge").click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog.get_by_text("No pairwise judge yet")).to_be_visible()
        seen.page.keyboard.press("Escape")
        local.client.post("/artifacts/evaluator/which-is-right", {"body": JUDGE})
        seen.visit("/arenas/judged-sums", "Nobody has voted yet")
        seen.main.get_by_role("button", name="Ask a judge").click()
        expect(dialog.get_by_text("6 battles in 12 calls, both orders of each.")).to_be_visible()
        expect(dialog.get_by_text("not calibrated")).to_be_visible()
        assert [fault for _ in seen.looks() for fault in seen.seen("judging-dialog")] == []
        # The last look is in Korean.
        dialog.get_by_role("spinbutton").last.fill("90000")
        dialog.get_by_role("button").last.click()
        expect(dialog).to_have_count(0)
        bar = seen.main.get_by_role("progressbar")
        expect(bar).to_be_visible()
        seen.keep("judging-running")
        slow.go.set()
        expect(bar).to_have_count(0)
        said = ("Judge: which-is-right@1", "12 of 12 battles", "6 ties of equal answers")
        found = seen.look_at("judging-done", "/arenas/judged-sums", *said)
        seen.assert_clean()
    assert found == []
    local.close()
