from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from windlass.errors import InputError
from windlass.evaluation.noise import NoiseFloor, noise_floor
from windlass.evaluation.runs import Run, VersionName
from windlass.evaluation.samples import Judgement, Prediction, SampleResult, sample_key
from windlass.evaluation.statistics.rates import clopper_pearson

Values = Sequence[Sequence[float | None]]
"""Of each item the values of its repeats."""


def run(name: str = "run-a", *, repeats: int = 1, **changed: Any) -> Run:
    known: dict[str, Any] = {
        "id": name,
        "project": "guide",
        "release": VersionName(name="bot", number=1, digest="sha256:bot"),
        "dataset": VersionName(name="questions", number=1, digest="sha256:questions"),
        "evaluators": ["good"],
        "state": "finished",
        "error": None,
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "started": None,
        "finished": None,
        "by": "ed",
        "items": 1,
        "repeats": repeats,
        "finished_items": 1,
        "failed_items": 0,
        "calls": None,
        "metrics": {},
        "concurrency": 1,
        "settings": {"higher_is_better": {"good": False}},
    }
    return Run.model_validate({**known, **changed})


def samples(values: Values) -> dict[str, SampleResult]:
    return {
        sample_key(f"i{number}", repeat): SampleResult(
            f"i{number}",
            "t",
            "s",
            0,
            1,
            Prediction(output="x"),
            judgements={"good": Judgement(value)},
            repeat=repeat,
        )
        for number, of_item in enumerate(values)
        for repeat, value in enumerate(of_item, 1)
    }


def between(first: Values, second: Values, repeats: int = 1) -> NoiseFloor:
    runs = (run("run-a", repeats=repeats), run("run-b", repeats=repeats))
    return noise_floor(runs, (samples(first), samples(second)), [f"i{number}" for number in range(len(first))])


def test_two_runs_of_a_release_show_what_flips_and_by_how_much() -> None:
    (metric,) = between([[1.0]] * 6 + [[0.0]] * 4, [[1.0]] * 5 + [[0.0]] + [[0.0]] * 3 + [[1.0]]).metrics
    assert (metric.name, metric.higher_is_better, metric.n) == ("good", False, 10)
    assert metric.flips == pytest.approx(0.2)
    assert (metric.flips_low, metric.flips_high) == clopper_pearson(2, 10)
    assert metric.difference == 0.0
    assert metric.spread == pytest.approx([-1.0, -0.55, 0.0, 0.0, 0.0, 0.55, 1.0])
    # Each item that flips has the variance 1/2, and there are two of them, so two degrees of freedom.
    assert metric.deviation == pytest.approx(np.sqrt(2 * 0.5 / 10))
    assert metric.floor == pytest.approx(4.302653 * np.sqrt(2 * (0.5 + 0.5)) / 10)


def test_the_repeats_of_one_run_show_the_same() -> None:
    found = noise_floor([run(repeats=4)], [samples([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0]])], ["i0", "i1", "i2"])
    (metric,) = found.metrics
    assert (found.repeats, metric.n) == (4, 3)
    # Four of the six pairs of the first item differ.
    assert metric.flips == pytest.approx(4 / 6 / 3)
    assert metric.difference == pytest.approx(-1 / 3)
    assert metric.spread[0] == -1.0


def test_repeats_lower_the_floor() -> None:
    generator = np.random.default_rng(2)
    values = generator.normal(0, 1, (2, 80, 4)).tolist()
    once = between([each[:1] for each in values[0]], [each[:1] for each in values[1]])
    often = between(values[0], values[1], repeats=4)
    assert often.metrics[0].floor == pytest.approx(once.metrics[0].floor / 2, rel=0.2)


def test_items_without_a_value_twice_are_left_out_and_counted() -> None:
    (metric,) = between([[0.4], [None], [0.2], [0.1]], [[0.6], [0.3], [0.2], [0.5]]).metrics
    assert metric.n == 3
    assert metric.difference == pytest.approx((0.2 + 0.0 + 0.4) / 3)
    assert between([[None]], [[0.3]]).metrics == []


def test_no_flip_among_a_few_items_is_no_certainty() -> None:
    values = [[1.0]] * 10 + [[0.0]] * 10
    (metric,) = between(values, values).metrics
    assert metric.flips == 0.0
    assert metric.floor == pytest.approx(1.959964 * np.sqrt(clopper_pearson(0, 20).high / 20), abs=1e-6)
    (constant,) = between([[1.0]] * 5, [[1.0]] * 5).metrics
    assert constant.floor == 0.0


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ((run(),), "asks each item once, which shows no noise"),
        ((run(), run()), "is named twice"),
        ((run(), run("run-b", release={"name": "bot", "number": 2, "digest": "other"})), "of different releases"),
        (
            (run(), run("run-b", dataset={"name": "q", "number": 2, "digest": "other"})),
            "different versions of data",
        ),
        ((run(), run("run-b", settings={"judge_prompts": {"good": "other"}})), "versions of an evaluator"),
    ],
    ids=["once", "same", "releases", "data", "judges"],
)
def test_what_differs_otherwise_is_no_noise(runs: Sequence[Run], message: str) -> None:
    with pytest.raises(InputError, match=message):
        noise_floor(runs, [{} for _ in runs], [])
