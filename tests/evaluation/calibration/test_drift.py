"""Drift of a judge: how much a change must show when it is looked at again and again."""

import numpy as np
import pytest

from windlass.evaluation.calibration.drift import LEVEL, level_of, measure_drift
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict

ITEMS = 60
WATCHES = 12
SERIES = 60


def judged(values: np.ndarray) -> list[JudgedItem]:
    return [
        JudgedItem(
            item=f"i{number}", labels={}, reference=float(number % 2), verdicts=[JudgeVerdict(value=float(value))]
        )
        for number, value in enumerate(values)
    ]


def test_the_levels_of_all_watches_together_are_five_percent() -> None:
    assert sum(level_of(watch) for watch in range(1, 10_000)) == pytest.approx(LEVEL, rel=1e-3)


def test_a_noisy_judge_that_does_not_change_is_seldom_called_drifted_however_often_it_is_watched() -> None:
    random = np.random.default_rng(5)
    alarms = plain = 0
    for _ in range(SERIES):
        chance = np.where(np.arange(ITEMS) % 2 == 1, 0.8, 0.3)
        root = judged(random.random(ITEMS) < chance)
        found = [
            measure_drift("c", root, judged(random.random(ITEMS) < chance), same_judge=True, watch=watch)
            for watch in range(1, WATCHES + 1)
        ]
        alarms += any(each.drifted for each in found)
        plain += any(min(each.p_shift, each.p_agreement) <= LEVEL / 2 for each in found)
    # At 5 % each time, one series in four would have alarmed; at the levels that add up to it, fewer than 5 % do.
    assert alarms / SERIES < 0.05 < 0.15 < plain / SERIES


def test_a_judge_that_turned_stricter_is_found_after_many_watches_too() -> None:
    root = judged(np.arange(ITEMS) % 2)
    stricter = judged((np.arange(ITEMS) % 2) * (np.arange(ITEMS) >= 40))
    assert measure_drift("c", root, stricter, same_judge=True, watch=52).drifted
    assert not measure_drift("c", root, root, same_judge=True, watch=1).drifted
