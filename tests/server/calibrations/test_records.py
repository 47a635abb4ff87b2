"""Calibrations over real HTTP: what is recorded, what it costs, what a watch and a gate make of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import live as live_parts
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
    watched,
)
from windlass.canonical import digest
from windlass.client import Client
from windlass.errors import Denied, InputError, NotFound


def test_a_calibration_is_recorded_with_its_evidence_and_its_audit_entry(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))) if shown["output"] != "right 20" else "no verdict at all")
    push_judge(project, RUBRIC)
    push_labelled(project, people=3)
    assert standing(project) == "none"
    made = calibrated(project, labels=["p0", "metadata.p1", "p2"])
    result = result_of(made)
    assert (made["outcome"], made["by"], standing(project)) == ("pass", "key:a-admin", "calibrated")
    assert result["sentence"].startswith("Pass: kappa is 1.000")
    assert (result["items"], result["coverage"]["n"], result["missing_why"]) == (40, 40, {"unparsable": 1})
    assert result["coverage"]["value"] == pytest.approx(39 / 40)
    assert result["agreement"]["confusion"] == [[20, 0], [0, 19]]
    assert result["people"]["raters"] == ["metadata.p1", "p0", "p2"]
    # The judge is never wrong, and one of three people is.
    assert result["people"]["gap"]["kappa"]["value"] > 0
    assert digest(made["content"]) == made["digest"]
    version = project.client.get("/evaluators/right-sum")
    assert made["content"]["judge"] == {
        "evaluator": "right-sum",
        "number": 1,
        "version": version["version"]["digest"],
        "prompt": version["prompt"],
        "models": ["openai:scripted"],
    }
    assert (made["content"]["data"]["name"], made["content"]["data"]["number"]) == ("labelled", 1)
    entry = project.client.get("/audit")["items"][0]
    assert (entry["action"], entry["resource"]) == ("calibration:record", "evaluator/right-sum")
    assert (entry["reason"], entry["details"]["evidence"]) == (result["sentence"], made["digest"])


def test_what_was_answered_before_is_not_paid_for_again(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project, 20)
    before = len(project.live.provider.calls)
    first, second = calibrated(project), calibrated(project)
    assert len(project.live.provider.calls) == before + 20
    assert first["digest"] == second["digest"]


def test_a_few_labels_are_not_enough_and_how_many_would_be_is_said(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown) != shown["output"].endswith(" 4"))))
    push_judge(project, RUBRIC)
    push_labelled(project, 12)
    made = calibrated(project)
    kappa, _ = result_of(made)["checks"]
    assert (made["outcome"], kappa["measure"], kappa["needed_n"] > 12) == ("not_enough_data", "kappa", True)
    assert f"About {kappa['needed_n']} items would decide" in result_of(made)["sentence"]
    assert standing(project) == "not_enough_data"


def test_a_judge_far_below_people_fails_by_its_ceiling(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown) != (int(shown["output"].split()[1]) % 3 == 0))))
    push_judge(project, RUBRIC)
    push_labelled(project, 90, people=3)
    thresholds = {"minimum": {}, "ceiling": {"kappa": 0.1}}
    made = calibrated(project, labels=["p0", "p1", "p2"], thresholds=thresholds)
    assert (made["outcome"], standing(project)) == ("fail", "failed")
    assert "asked is no more than 0.100 below" in result_of(made)["sentence"]


def test_a_watch_finds_nothing_while_nothing_changed_and_ends_the_calibration_when_the_judge_drifted(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    with pytest.raises(InputError, match="no calibration whose items could be judged again"):
        project.client.post("/evaluators/right-sum/watch", {})
    root = calibrated(project)
    before = len(project.live.provider.calls)
    steady = watched(project)
    assert len(project.live.provider.calls) == before + 40, "answers that were kept would hide a drift"
    drift = result_of(steady)["drift"]
    assert (steady["anchor"], steady["outcome"], drift["same_judge"], drift["drifted"]) == (
        root["id"],
        "pass",
        True,
        False,
    )
    assert (drift["items"], drift["raised"], drift["lowered"], drift["p_shift"]) == (40, 0, 0, 1)
    assert standing(project) == "calibrated"

    # The provider changes its model: every second right answer is no longer found right.
    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    drifted = watched(project, anchor=root["id"])
    drift = result_of(drifted)["drift"]
    assert (drift["lowered"], drift["lost"], drift["gained"], drift["drifted"]) == (10, 10, 0, True)
    assert drift["p_agreement"] == pytest.approx(2 / 2**10)
    assert (drifted["outcome"], standing(project)) == ("fail", "drifted")
    assert result_of(drifted)["sentence"].startswith("Fail: the judge drifted. Of 40 anchors 0 have a higher")
    assert [(drift["watch"], drift["level"]) for drift in (result_of(steady)["drift"], drift)] == [
        (1, pytest.approx(0.05 / 2)),
        (2, pytest.approx(0.05 / 6)),
    ]

    # A time at which nothing shows takes no drift back: only people can.
    judged_by(lambda shown: score(int(is_right(shown))))
    assert (watched(project)["outcome"], standing(project)) == ("pass", "drifted")

    # Measured anew, what it does now is known again.
    assert calibrated(project, repeats=1)["anchor"] is None
    assert standing(project) == "calibrated"
    listed = project.client.get("/evaluators/right-sum/calibrations")["items"]
    assert [each["anchor"] for each in listed] == [None, *[root["id"]] * 3, None]


def test_another_version_is_another_judge_and_its_difference_is_no_drift(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project)
    calibrated(project, thresholds={"minimum": {"kappa": 0.2}})
    push_judge(project, {**RUBRIC, "parameters": {**RUBRIC["parameters"], "criteria": "Other words."}})  # type: ignore[dict-item]
    assert (standing(project), standing(project, ref="1")) == ("none", "calibrated")
    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    made = watched(project)
    drift = result_of(made)["drift"]
    assert (drift["drifted"], drift["same_judge"], made["outcome"]) == (True, False, "pass")
    assert (standing(project), standing(project, ref="1")) == ("calibrated", "calibrated")


def test_a_gate_warns_of_a_judge_nobody_measured_and_refuses_it_where_calibration_is_required(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(
        lambda shown: (
            score(int(is_right(shown))) if shown["output"][0] in "rw" else live_parts.grade(json.dumps(shown))
        )
    )
    push_judge(project, RUBRIC)
    project.push_sums()
    careless = project.push_release(instructions=live_parts.CARELESS)
    careful = project.push_release(instructions=live_parts.CAREFUL)
    runs = [project.evaluate(f"adder@{each['number']}", evaluators=["right-sum"]) for each in (careless, careful)]

    def gate(**rule: object) -> dict[str, Any]:
        primary = {"metric": "right-sum", "kind": "superiority"}
        body = {"candidate": runs[1]["id"], "baseline": runs[0]["id"], "rule": {"primary": primary, **rule}}
        verdict: dict[str, Any] = project.client.post("/gates", body)
        return verdict

    warned, required, ignored = gate(), gate(calibrated_judges="require"), gate(calibrated_judges="ignore")
    command = "`windlass judges calibrate right-sum --queue QUEUE`"
    assert (warned["outcome"], required["outcome"], ignored["outcome"]) == ("pass", "not_enough_data", "pass")
    assert warned["sentence"].endswith(
        f"The judge of right-sum has not been calibrated: measure it against people with {command}."
    )
    assert required["sentence"].startswith(
        "Not enough data: the gate asks for calibrated judges. The judge of right-sum"
    )
    assert command in required["sentence"]
    assert "calibrated" in warned["checks"][0]["warning"]
    assert "calibrated" not in ignored["sentence"]
    assert "calibrated_judges" not in warned["rule"]
    assert "judges" not in ignored
    assert warned["judges"] == [
        {
            "metric": "right-sum",
            "version": runs[1]["settings"]["evaluator_versions"]["right-sum"],
            "standing": "none",
        }
    ]

    push_labelled(project)
    made = calibrated(project)
    passed = gate(calibrated_judges="require")
    assert (passed["outcome"], passed["checks"][0]["warning"]) == ("pass", None)
    assert passed["judges"][0]["calibration"] == made["id"]
    assert passed["judges"][0]["digest"] == made["digest"]
    assert gate()["sentence"] == ignored["sentence"]

    judged_by(lambda shown: score(int(is_right(shown) and int(shown["output"].split()[1]) % 4 != 0)))
    drifted = watched(project)
    told, refused = gate(), gate(calibrated_judges="require")
    assert (told["outcome"], refused["outcome"]) == ("pass", "not_enough_data")
    assert told["sentence"].endswith(
        f"The judge of right-sum no longer judges its anchors as it did ({drifted['id']}), so it drifted: measure "
        f"it against people with {command}."
    )
    assert (told["judges"][0]["standing"], told["judges"][0]["calibration"]) == ("drifted", drifted["id"])


def test_what_cannot_be_compared_is_refused_before_anything_is_paid_for(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    push_judge(project, RUBRIC)
    push_labelled(project, 4)
    words = {"id": "a", "input": "?", "metadata": {"output": "x", "p0": "fine"}}
    project.client.post("/datasets/words", {"items": [words]})
    before = len(project.live.provider.calls)
    with pytest.raises(InputError, match="The label 'fine' is no number: say what each is worth"):
        calibrated(project, dataset="words")
    with pytest.raises(InputError, match="no labelled item with an answer to judge; 4 have labels and no answer"):
        calibrated(project, output="metadata.nothing")
    with pytest.raises(InputError, match="belong together by 'page', but the item 'i0' has no such metadata"):
        calibrated(project, cluster="page")
    with pytest.raises(InputError, match="built in and asks no model"):
        calibrated(project, "exact_match")
    with pytest.raises(NotFound):
        calibrated(project, "nobody")
    assert project.client.get("/evaluators/right-sum/calibrations")["items"] == []
    assert len(project.live.provider.calls) == before
    judged_by(lambda _shown: score(1))
    assert calibrated(project, dataset="words", values={"fine": 1})["state"] == "finished"


def test_a_budget_that_is_spent_leaves_no_calibration_and_what_was_answered_is_kept(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: score(int(is_right(shown))))
    push_judge(project, RUBRIC)
    push_labelled(project, 24)
    before = len(project.live.provider.calls)
    made = calibrated(project, max_tokens=3_000, model_concurrency=1)
    paid = len(project.live.provider.calls) - before
    assert (made["state"], made["outcome"], made["content"], standing(project)) == ("failed", None, None, "none")
    assert made["error"].endswith("Start it again with a higher ceiling: what was answered is not paid for twice.")
    assert 0 < paid < 24
    assert result_of(calibrated(project))["items"] == 24
    assert len(project.live.provider.calls) - before == 24


def test_who_may_not_start_runs_may_not_spend_by_calibrating(project: Project) -> None:
    push_judge(project, RUBRIC)
    push_labelled(project, 2)
    asked = {"labels": {"kind": "dataset", "dataset": "labelled", "labels": ["p0"]}}
    with Client(project.live.url, project.key_of("viewer")) as viewer:
        assert viewer.get("/evaluators/right-sum/calibrations")["standing"]["state"] == "none"
        with pytest.raises(Denied):
            viewer.post("/evaluators/right-sum/calibrations", asked)
        with pytest.raises(Denied):
            viewer.post("/evaluators/right-sum/watch", {})


def test_one_that_was_stopped_in_its_middle_is_made_after_a_restart_and_pays_for_no_call_twice(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    live = project.live
    stopping, before = live.services.jobs.stopping, len(live.provider.calls)

    def slowly(shown: dict[str, Any]) -> object:
        if len(live.provider.calls) - before > 8:
            stopping.wait(30)
        return score(int(is_right(shown)))

    judged_by(slowly)
    push_judge(project, RUBRIC)
    push_labelled(project, 40)
    live.asked.clear()
    asked = {"kind": "dataset", "dataset": "labelled", "labels": ["p0"], "model_concurrency": 1}
    started = project.client.post("/evaluators/right-sum/calibrations", {"labels": asked})
    assert live.asked.wait(30)
    live.restart_alone()
    live.services._await_recovery()
    again = Project(live, project.name)
    made = ended(again, started)
    assert (made["outcome"], result_of(made)["items"]) == ("pass", 40)
    shown = [call.messages[-1].content for call in live.provider.calls[before:]]
    assert sorted(shown) == sorted(set(shown))
    again.close()
