"""Amounts: t without their skewness, and where there is too little to know it."""

import math

import numpy as np
import pytest
from scipy import stats

from windlass.evaluation.statistics.paired import mean_estimate, paired_difference
from windlass.evaluation.statistics.skewed_means import SkewedMean, skewness_of


def of(values: np.ndarray) -> SkewedMean:
    error = float(values.std(ddof=1)) / math.sqrt(values.size)
    skewness = skewness_of(values - values.mean())
    return SkewedMean(float(values.mean()), error, skewness, values.size, values.size - 1)


def test_the_skewness_is_scipy_s() -> None:
    values = np.random.default_rng(0).exponential(1, 50)
    assert skewness_of(values - values.mean()) == pytest.approx(stats.skew(values))


def test_it_is_hall_s_transformation_written_out() -> None:
    values = np.random.default_rng(1).exponential(1, 40)
    gamma, t = 2 * stats.skew(values), (values.mean() - 0.8) / values.std(ddof=1)
    transformed = t + gamma * t**2 / 3 + gamma**2 * t**3 / 27 + gamma / (6 * 40)
    assert of(values).p_greater(0.8) == pytest.approx(stats.t.sf(math.sqrt(40) * transformed, 39))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_bound_is_the_test_turned_around(sign: int) -> None:
    mean = of(sign * np.random.default_rng(2).lognormal(0, 1, 60))
    for tail in (0.2, 0.025, 0.001):
        assert mean.p_greater(mean.lower_bound(tail)) == pytest.approx(tail, rel=1e-9)


def test_without_skewness_it_is_student_s() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    low, high = stats.t.interval(0.95, 4, 3.0, stats.sem(values))
    estimate = mean_estimate(values, skewed=True)
    assert (estimate.low, estimate.high) == pytest.approx((low, high))


def test_an_interval_of_amounts_reaches_as_far_as_both_tests_need() -> None:
    values = np.random.default_rng(5).exponential(1, 30)
    corrected, plain, both = of(values), mean_estimate(values), mean_estimate(values, skewed=True)
    assert plain.low is not None
    assert both.high is not None
    # The tail is long upwards: t reaches too far down, and what corrects it further up.
    assert (both.low, both.high) == (plain.low, -corrected.mirrored.lower_bound(0.025))
    assert plain.low < corrected.lower_bound(0.025)


def test_an_amount_is_shown_by_both_tests_and_never_by_too_few_values() -> None:
    generator = np.random.default_rng(3)
    dear, cheap = generator.lognormal(0.5, 0.4, 80), generator.lognormal(0, 0.4, 80)
    pairs = paired_difference(cheap, dear, amount=True, skewed=True)
    plain = paired_difference(cheap, dear, amount=True)
    assert pairs.corrected is not None
    assert pairs.p_greater(0.2) == max(plain.p_greater(0.2) or 0.0, pairs.corrected.p_greater(0.2))
    assert (pairs.method, pairs.fewest(greater=True)) == ("skew-corrected", None)
    few = paired_difference(cheap[:71], dear[:71], amount=True, skewed=True)
    assert (few.fewest(greater=True), few.fewest(greater=False)) == (72, 72)


def test_one_value_that_makes_all_of_the_skewness_takes_more() -> None:
    values = np.zeros(100)
    values[0], values[1] = -5.0, 0.1
    pairs = paired_difference(np.zeros(100), values, amount=True, skewed=True)
    needed = pairs.fewest(greater=True)
    assert needed is not None
    assert needed == math.ceil(4 * stats.skew(values) ** 2)
    # What comes from the other side speaks against nothing.
    assert pairs.fewest(greater=False) is None
