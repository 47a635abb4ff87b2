"""Anchors that the server judges again by itself, over real HTTP; the clock is the test's."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.conftest import Windlass, windlass, windlass_alone
from tests.live import Project
from tests.server.calibrations.calibrating import (
    RUBRIC,
    Judge,
    calibrated,
    ended,
    is_right,
    push_judge,
    push_labelled,
    result_of,
    score,
    standing,
)
from windlass.client import Client
from windlass.errors import Denied, InputError
from windlass.evaluation.calibration.schedules import schedules
from windlass.storage.database import now

__all__ = ["windlass", "windlass_alone"]

WEEK = {"every_hours": 168, "max_tokens": 90_000}


def schedule(project: Project, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = project.client.put("/evaluators/right-sum/anchor-schedule", {**WEEK, **body})
    return made


def listed(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = project.client.get("/evaluators/right-sum/calibrations")
    return found


def look(project: Project, *, days: float = 0) -> list[dict[str, Any]]:
    """Have the server look after so many days; return what of this project it began, ended."""
    before = {each["id"] for each in listed(project)["items"]}
    project.live.services.anchor_rounds.look(threading.Event(), time=now() + timedelta(days=days))
    return [ended(project, each) for each in listed(project)["items"] if each["id"] not in before]


def test_a_schedule_is_off_until_it_is_set_with_a_budget(
    project: Project, judged_by: Callable[[Judge], None], windlass: Windlass
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    with pytest.raises(InputError, match="no calibration whose items could be judged again"):
        schedule(project)
    calibrated(project)
    assert (listed(project)["schedule"], look(project, days=900)) == (None, [])
    with pytest.raises(InputError, match="max_cost_usd or max_tokens"):
        project.client.put("/evaluators/right-sum/anchor-schedule", {"every_hours": 24})
    with pytest.raises(InputError, match="There is no price of"):
        schedule(project, max_cost_usd=1)
    with Client(project.live.url, project.key_of("viewer")) as viewer, pytest.raises(Denied):
        viewer.put("/evaluators/right-sum/anchor-schedule", WEEK)
    said = windlass("judges", "watch", "right-sum", "--every", "2w", "--max-tokens", 90_000)
    assert said.out.startswith(
        "Anchors are judged again by right-sum@latest every 14 d, for at most 90,000 tokens"
    )
    assert "every 14 d" in windlass("judges", "show", "right-sum").out
    assert "such as 12h, 7d or 2w" in windlass("judges", "watch", "right-sum", "--every", "soon").err
    windlass("judges", "watch", "right-sum", "--off")
    assert listed(project)["schedule"] is None
    actions = [entry["action"] for entry in project.client.get("/audit")["items"]]
    assert actions[:2] == ["anchors:unschedule", "anchors:schedule"]


def test_anchors_are_judged_when_they_are_due_and_when_the_judge_changed_and_not_while_it_drifted(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    root = calibrated(project)
    schedule(project)
    assert look(project, days=6.9) == []
    (due,) = look(project, days=7.1)
    assert (due["anchor"], due["by"], due["outcome"]) == (root["id"], "windlass", "pass")
    assert due["request"]["max_tokens"] == 90_000
    assert (result_of(due)["drift"]["watch"], listed(project)["schedule"]["calibration"]) == (1, due["id"])
    entries = project.client.get("/audit")["items"][:2]
    assert [(each["action"], each["principal"]) for each in entries] == [
        ("calibration:record", "windlass"),
        ("anchors:judge", "windlass"),
    ]
    assert entries[1]["details"]["why"] == "its time has come"

    # Another version stands where the schedule looks: it is judged by at once, and compared, which is no drift.
    push_judge(project, {**RUBRIC, "parameters": {**RUBRIC["parameters"], "criteria": "Other words."}})  # type: ignore[dict-item]
    (changed,) = look(project)
    assert (changed["content"]["judge"]["number"], result_of(changed)["drift"]["same_judge"]) == (2, False)
    assert project.client.get("/audit")["items"][1]["details"]["why"] == "the judge changed"
    assert look(project) == []

    # A new calibration is the anchor from then on; the provider changes its model, and the next time finds it.
    again = calibrated(project)
    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    (drifted,) = look(project, days=8)
    assert (drifted["anchor"], result_of(drifted)["drift"]["drifted"]) == (again["id"], True)
    assert standing(project) == "drifted"
    asked = len(project.live.provider.calls)
    assert look(project, days=30) == []
    assert len(project.live.provider.calls) == asked
    assert calibrated(project, thresholds={"minimum": {"kappa": 0.1}})["outcome"] == "pass"
    assert len(look(project, days=30)) == 1


def test_what_keeps_a_time_from_beginning_is_said_and_one_that_comes_to_its_budget_fails(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project, 12)
    calibrated(project)
    schedule(project, max_tokens=1_500)
    (short,) = look(project, days=8)
    assert (short["state"], "It stopped at its budget of 1500 tokens" in short["error"]) == ("failed", True)
    # The labelled answers are replaced by others: nothing is left to judge again.
    rows = [{"id": "x", "input": "?", "metadata": {"note": "no label here"}}]
    project.client.post("/datasets/labelled", {"items": rows})
    assert look(project, days=16) == []
    assert "has no labelled item with an answer to judge" in listed(project)["schedule"]["error"]
    assert [each.project for each in schedules(project.live.services.database)].count(project.name) == 1
