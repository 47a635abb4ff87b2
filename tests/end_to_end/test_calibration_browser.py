"""A judge measured against people, on its page: agreement, what sways it, and whether it drifted."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests import live as live_parts
from tests.live import LiveServer, Project
from windlass.models.completion import Message

from .browser import window
from .processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("datasets")]

RUBRIC = {
    "function": "rubric",
    "parameters": {
        "model": "openai:scripted",
        "criteria": "Does it help?",
        "scores": {"1": "no", "2": "so", "3": "yes"},
    },
}


def judge(messages: Sequence[Message]) -> str:
    """Say what people said of three answers in four."""
    grade, number = map(int, json.loads(messages[-1].content)["output"].split())
    return json.dumps({"reasoning": "so", "score": str(grade if number % 4 else 2)})


def stricter(messages: Sequence[Message]) -> str:
    grade, number = map(int, json.loads(messages[-1].content)["output"].split())
    return json.dumps({"reasoning": "so", "score": str(grade if number % 2 else 1)})


def test_the_page_of_a_judge_shows_how_it_stands_against_people_and_that_it_drifted(
    chromium: Browser, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_parts, "answer", judge)
    local = Project(live, "default")
    local.client.post("/artifacts/evaluator/helps", {"body": RUBRIC})
    rows = [
        {"id": f"i{number}", "input": "?", "metadata": {"output": f"{grade} {number}", "ada": grade, "bob": grade}}
        for number in range(60)
        for grade in [1 + number * 7 % 3]
    ]
    rows[5]["metadata"]["bob"] = 1 + (rows[5]["metadata"]["bob"] % 3)  # type: ignore[index]
    local.client.post("/datasets/graded", {"items": rows})

    def end(started: dict[str, Any]) -> None:
        path = f"/evaluators/helps/calibrations/{started['id']}"
        eventually(lambda: local.client.get(path)["state"] == "finished" or None, "the calibration")

    with window(chromium, live.url) as seen:
        seen.visit("/evaluators/helps", "Calibration")
        seen.page.get_by_role("link", name="Calibration").click()
        seen.wait_for("Nobody has measured this judge against people yet")
        expect(seen.main.get_by_text("windlass judges calibrate helps --queue QUEUE")).to_be_visible()
        labels = {"kind": "dataset", "dataset": "graded", "labels": ["ada", "bob"], "repeats": 2}
        end(local.client.post("/evaluators/helps/calibrations", {"labels": labels}))
        monkeypatch.setattr(live_parts, "answer", stricter)
        end(local.client.post("/evaluators/helps/watch", {}))
        seen.visit("/evaluators/helps/calibration", "Anchors over time", "drifted")
        seen.main.get_by_role("button", name="Turn on").click()
        dialog = seen.page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
        dialog.get_by_label("At most, tokens each time").fill("50000")
        seen.keep("calibration-schedule")
        assert seen.accessibility_faults() == []
        dialog.get_by_role("button", name="Save").click()
        seen.wait_for("every 7 days, at most 50,000 tokens each time", "The judge drifted: the schedule waits")
        expect(seen.main.get_by_text("Fail: the judge drifted.")).to_be_visible()
        expect(seen.main.get_by_text("60 labelled items · on 1 people are split")).to_be_visible()
        assert seen.seen("calibration") == []
        seen.main.get_by_role("table").last.get_by_role("link").last.click()
        expect(seen.main.get_by_text("Pass: kappa is")).to_be_visible()
        for _ in seen.looks():
            assert seen.seen("calibration-passed") == []
        seen.assert_clean()
    local.close()
