"""The noise floor: how much a release differs from itself, asked the same twice (an A/A comparison).

Of item i there are K_i values, which nothing but chance makes differ; s_i² is their variance. The means of two
runs with K repeats differ by chance with the variance 2·Σ s_i² / (K n²). The floor is what that difference exceeds
in 5 % of cases, by Student's t with Satterthwaite's (1946) degrees of freedom, (Σ s_i²)² / Σ (s_i⁴ / (K_i − 1)):
where a handful of items make all the noise, it is known the worse for it.

The items are taken as given. What other items would have shown is in a gate's interval, which is wider.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.repeats import by_item
from windlass.evaluation.results import values_of
from windlass.evaluation.runs import Run, RunSummary
from windlass.evaluation.samples import SampleResult
from windlass.evaluation.statistics.paired import Floats, normal_quantile, t_quantile
from windlass.evaluation.statistics.rates import clopper_pearson

_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


class NoisyMetric(BaseModel):
    """How far chance alone moves a metric of a release."""

    name: str
    higher_is_better: bool
    n: int
    """Items with two values or more."""
    difference: float | None
    """Of the second run from the first, or of the later repeats from the earlier; null where no item has both."""
    spread: list[float]
    """Of that difference over items: the least, 5, 25, 50, 75 and 95 %, the greatest."""
    flips: float
    """The share of the pairs of an item's values that differ, the mean over items."""
    flips_low: float
    flips_high: float
    """Its 95 % interval over items."""
    deviation: float
    """The standard deviation of a value from one try to the next, √(mean of s_i²)."""
    floor: float
    """The smallest difference between two such runs worth believing: chance alone exceeds it in 5 % of cases."""


class NoiseFloor(BaseModel):
    """What a release differs from itself by."""

    runs: list[RunSummary]
    """The two that are compared, or the one whose repeats are."""
    repeats: int
    """How often each of two runs asks an item, for which the floor is."""
    metrics: list[NoisyMetric]


def noise_floor(
    runs: Sequence[Run], samples: Sequence[Mapping[str, SampleResult]], items: Iterable[str]
) -> NoiseFloor:
    """Measure the noise of two runs of one release on one dataset version, or of one run's repeats.

    Raises InputError where they are not of one release, data and set of evaluators, and for a run without repeats.
    """
    _check(runs)
    grouped = [by_item(of_run.values()) for of_run in samples]
    known, repeats, directions = list(items), min(run.repeats for run in runs), runs[0].higher_is_better
    measured = (
        measure(
            name,
            [[values_of(each.get(item, ()), name) for each in grouped] for item in known],
            repeats,
            higher_is_better=directions.get(name, True),
        )
        for name in runs[0].evaluators
        if all(name in run.evaluators for run in runs)
    )
    return NoiseFloor(
        runs=[RunSummary.model_validate(run.model_dump()) for run in runs],
        repeats=repeats,
        metrics=[each for each in measured if each is not None],
    )


def measure(
    name: str, values: Sequence[Sequence[Sequence[float]]], repeats: int, *, higher_is_better: bool
) -> NoisyMetric | None:
    """Measure a metric by each item's values in each run; None where no item has two."""
    pooled = ([value for of_run in of_item for value in of_run] for of_item in values)
    tries = [each for each in pooled if len(each) > 1]
    if not tries:
        return None
    differences, flips = _differences(values), sum(map(_flips, tries)) / len(tries)
    # A share of pairs varies less than a yes or no: for repeats the interval is rather too wide.
    likely = clopper_pearson(round(flips * len(tries)), len(tries))
    variances = np.array([np.var(each, ddof=1) for each in tries])
    return NoisyMetric(
        name=name,
        higher_is_better=higher_is_better,
        n=len(tries),
        difference=sum(differences) / len(differences) if differences else None,
        spread=list(map(float, np.quantile(differences, _QUANTILES))) if differences else [],
        flips=flips,
        flips_low=likely.low,
        flips_high=likely.high,
        deviation=math.sqrt(float(variances.mean())),
        floor=_floor(tries, variances, repeats),
    )


def _floor(tries: Sequence[Sequence[float]], variances: Floats, repeats: int) -> float:
    total, n = float(variances.sum()), len(tries)
    if total == 0:
        return _floor_unseen(tries, repeats)
    freedom = np.array([len(each) - 1 for each in tries])
    df = total**2 / float((variances**2 / freedom).sum())
    return t_quantile(0.975, df) * math.sqrt(2 * total / repeats) / n


def _floor_unseen(tries: Sequence[Sequence[float]], repeats: int) -> float:
    """Bound the floor where no value ever changed: as if as many had as none of n leaves possible."""
    values = [value for each in tries for value in each]
    share = clopper_pearson(0, len(tries)).high
    return normal_quantile(0.975) * (max(values) - min(values)) * math.sqrt(share / repeats / len(tries))


def _flips(values: Sequence[float]) -> float:
    pairs = list(combinations(values, 2))
    return sum(first != second for first, second in pairs) / len(pairs)


def _differences(values: Sequence[Sequence[Sequence[float]]]) -> list[float]:
    """Return what each item differs by: between the runs' means, or those of its later and earlier repeats."""
    sides = (of_item if len(of_item) > 1 else _halves(of_item[0]) for of_item in values)
    return [sum(last) / len(last) - sum(first) / len(first) for first, last in sides if first and last]


def _halves(values: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    half = len(values) // 2
    return values[:half], values[half : 2 * half]


def _check(runs: Sequence[Run]) -> None:
    first, last = runs[0], runs[-1]
    if len(runs) == 1 and first.repeats < 2:
        raise InputError(
            f"{first.id} asks each item once, which shows no noise: name another run of its release, or evaluate "
            "the release with `--repeats 2`."
        )
    if len(runs) > 1 and first.id == last.id:
        raise InputError(f"{first.id} is named twice; name two runs of one release.")
    if first.release.digest != last.release.digest:
        raise InputError(
            f"{first.id} and {last.id} are of different releases, whose difference is not noise alone; evaluate "
            "one of them again."
        )
    if first.dataset.digest != last.dataset.digest:
        raise InputError(
            f"{first.id} and {last.id} are on different versions of data; noise is of the same items."
        )
    if (first.evaluator_versions, first.judge_prompts) != (last.evaluator_versions, last.judge_prompts):
        raise InputError(
            f"{first.id} and {last.id} were scored by different versions of an evaluator; evaluate again."
        )
