"""Many runs by quality and cost in a real browser."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.live import LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.spans import encode_samples
from windlass.evaluation.store import attributes_of_run, scores_of

from .browser import window

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ITEMS = 120

MODELS = {
    # By name: the share of right answers, US dollars and seconds for an answer.
    "tiny-model": (0.35, 0.0002, 0.3),
    "small-model-with-a-better-prompt": (0.83, 0.0011, 0.8),
    "small-model": (0.7, 0.001, 0.7),
    "wasteful-model": (0.55, 0.008, 2.4),
    "large-model": (0.85, 0.0105, 1.9),
}


@pytest.fixture
def here(live: LiveServer) -> Iterator[Project]:
    """The project that a browser on this machine is in."""
    made = Project(live, DEFAULT_PROJECT)
    yield made
    made.close()


@pytest.fixture
def runs(here: Project) -> dict[str, str]:
    """Finished runs of models that answer more or less of the same items rightly, by the names of the models."""
    here.push_sums("questions", items=ITEMS)
    return {name: run_of(here, name, *facts) for name, facts in MODELS.items()}


def run_of(here: Project, name: str, share: float, cost: float, latency: float) -> str:
    release = here.push_release(name)["digest"]
    metrics = {"correct": True, "cost_usd": False, "latency_s": False}
    body = {"release": f"{name}@{release}", "dataset": "questions", "evaluators": metrics}
    run = str(here.client.post("/runs/external", body)["id"])
    results = [sample(run, place, share, cost, latency) for place in range(ITEMS)]
    told = attributes_of_run(run, release, name)
    here.send_traces(encode_samples([(Item(id=each.item, input="?"), each) for each in results], told))
    scores = [score for each in results for score in scores_of(each, run=run, release=release)]
    here.live.services.writer.write_scores(here.name, scores)
    here.client.post(f"/runs/{run}/finish", {})
    return run


def sample(run: str, place: int, share: float, cost: float, latency: float) -> SampleResult:
    # Harder items for all: what the small one gets right, the large one mostly does, too.
    right = float(place * 37 % ITEMS < share * ITEMS)
    spread = 1 + 0.5 * math.sin(place)
    values = {"correct": right, "cost_usd": cost * spread, "latency_s": latency * spread}
    return SampleResult(
        f"i{place:03}",
        f"{run.removeprefix('run-')}{place:016x}",
        f"{place + 1:016x}",
        10**18,
        2 * 10**18,
        Prediction("x"),
        judgements={name: Judgement(value) for name, value in values.items()},
    )


def test_chosen_runs_are_compared_and_the_cheapest_that_is_good_enough_is_found(
    chromium: Browser, here: Project, runs: dict[str, str]
) -> None:
    with window(chromium, here.live.url) as seen:
        seen.visit("/runs", "large-model")
        for run in runs.values():
            seen.page.get_by_label(f"Choose {run} to compare").check()
        seen.page.get_by_role("button", name="Compare").click()
        seen.wait_for("Compare runs by cost", "Set a margin to find the cheapest run that is good enough.")
        row = seen.main.get_by_role("row", name=re.compile("^wasteful-model"))
        expect(row).to_contain_text("dominated")
        margin = seen.main.get_by_label("Margin")
        margin.fill("none")
        expect(seen.main.get_by_text("A number above 0")).to_be_visible()
        margin.fill("0.08")
        margin.press("Enter")
        seen.wait_for(
            "small-model-with-a-better-prompt@1 is good enough: correct 0.833 against 0.85 of large-model@1"
        )
        assert "margin=0.08" in seen.page.url
        row = seen.main.get_by_role("row", name=re.compile("^small-model-with-a-better-prompt"))
        expect(row).to_contain_text("cheapest good enough")
        expect(seen.main.get_by_role("img", name="correct against cost_usd of each run")).to_be_visible()
        seen.main.get_by_role("combobox", name=re.compile("^Cost")).select_option("latency_s")
        expect(seen.main.get_by_text("for 0.8 s an item instead of 1.9 s")).to_be_visible()
        assert seen.accessibility_faults() == []
        there = seen.page.url.removeprefix(seen.url)
        seen.visit("/runs/frontier", "Pick two or more runs on the same dataset in the list of runs.")
        found = seen.look_at("frontier", there, "cheapest good enough")
        seen.assert_clean()
    assert found == []
