"""Judges that are biased on purpose are found to be so."""

import itertools
from collections.abc import Callable

import pytest

from tests.live import Project
from tests.server.calibrations.calibrating import (
    BETTER,
    RUBRIC,
    Judge,
    better,
    calibrated,
    is_right,
    push_judge,
    push_labelled,
    push_pairs,
    result_of,
    score,
)


def test_a_judge_that_prefers_the_first_is_found_out(project: Project, judged_by: Callable[[Judge], None]) -> None:
    judged_by(lambda _shown: better("first"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    made = calibrated(
        project, "better", dataset="pairs", labels=["won"], thresholds={"maximum": {"position": 0.1}}
    )
    result = result_of(made)
    position = result["position"]
    assert (position["first_preference"]["value"], position["order_consistency"]["value"]) == (0.5, 0.0)
    # What only the order decided is a tie, and agrees with nobody.
    assert result["agreement"]["measures"]["accuracy"]["value"] == 0
    assert made["outcome"] == "fail"
    assert "the preference for a position is 0.500" in result["sentence"]


def test_a_judge_that_prefers_the_longer_is_found_out_and_so_is_one_that_an_empty_answer_pleases(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: better("first" if len(shown["first"]) > len(shown["second"]) else "second"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    result = result_of(calibrated(project, "better", dataset="pairs", labels=["won"], nulls=10))
    assert result["verbosity"]["excess"]["value"] == pytest.approx(0.5)
    assert result["verbosity"]["excess"]["low"] > 0.3
    assert (result["position"]["first_preference"]["value"], result["position"]["order_consistency"]["value"]) == (
        0,
        1,
    )
    assert (result["null_answer"]["pairs"], result["null_answer"]["wins"]) == (10, 10)


def test_a_judge_that_goes_by_the_answers_is_swayed_by_nothing(
    project: Project, judged_by: Callable[[Judge], None]
) -> None:
    judged_by(lambda shown: better("first" if is_right(shown, "first") else "second"))
    push_judge(project, BETTER, "better")
    push_pairs(project)
    thresholds = {"minimum": {"kappa": 0.6}, "maximum": {"verbosity": 0.2, "null_answer": 0.2}}
    made = calibrated(project, "better", dataset="pairs", labels=["won"], thresholds=thresholds)
    result = result_of(made)
    assert (made["outcome"], result["agreement"]["values"]) == ("pass", [-1.0, 1.0])
    assert (result["verbosity"]["excess"]["value"], result["null_answer"]["wins"]) == (0, 0)


def test_a_judge_that_flips_is_found_out(project: Project, judged_by: Callable[[Judge], None]) -> None:
    times = itertools.count()
    judged_by(lambda _shown: score(next(times) % 2))
    push_judge(project, RUBRIC)
    push_labelled(project, 40)
    made = calibrated(project, repeats=3, thresholds={"maximum": {"flip_rate": 0.1}})
    flips = result_of(made)["consistency"]
    assert (flips["repeats"], flips["flip_rate"]["n"], made["outcome"]) == (3, 40, "fail")
    assert flips["flip_rate"]["low"] > 0.1
