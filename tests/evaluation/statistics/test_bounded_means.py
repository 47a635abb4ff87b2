"""Gaffke's bound, held against exact arithmetic and against what it comes to where that is known."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from windlass.evaluation.statistics.bounded_means import BoundedMean
from windlass.evaluation.statistics.paired import paired_difference
from windlass.evaluation.statistics.power import deciding_items

Floats = np.ndarray


def bounded(values: Floats, low: float = -1.0, high: float = 1.0) -> BoundedMean:
    return BoundedMean(values, np.ones_like(values), low, high)


def in_fractions(coefficients: Floats) -> float:
    """P(Σ c·E ≤ 0) of distinct coefficients and exponentials E, by partial fractions without rounding."""
    exact = [Fraction(float(each)) for each in coefficients]
    return float(
        sum(
            math.prod((one / (one - other) for other in exact if other != one), start=Fraction(1))
            for one in exact
            if one < 0
        )
    )


@pytest.mark.parametrize(("hits", "n"), [(1, 1), (3, 10), (58, 60), (60, 60), (1, 1000), (4990, 5000)])
def test_of_yes_and_no_it_is_clopper_and_pearson_s_bound(hits: int, n: int) -> None:
    rate = bounded(np.array([1.0] * hits + [0.0] * (n - hits)), 0.0, 1.0)
    oracle = stats.binomtest(hits, n).proportion_ci(0.95, "exact")
    assert rate.lower_bound(0.025) == pytest.approx(oracle.low, rel=1e-9)
    assert -rate.mirrored.lower_bound(0.025) == pytest.approx(oracle.high, rel=1e-9)
    null = 0.9 * hits / n
    assert rate.p_greater(null) == pytest.approx(stats.binomtest(hits, n, null, "greater").pvalue, rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 7, 40, 120])
def test_its_p_value_is_that_of_exact_arithmetic(n: int) -> None:
    generator = np.random.default_rng(n)
    for values in (
        generator.normal(0.1, 0.2, n),
        generator.uniform(-1, 1, n),
        np.where(generator.random(n) < 0.1, -0.9, 0.05) + generator.normal(0, 0.01, n),
    ):
        mean = bounded(values.clip(-0.999, 0.999))
        for null in (mean.mean - 0.2, mean.mean - 0.02, mean.mean, mean.mean + 0.1):
            exact = in_fractions(np.append(mean.sums - null, -1 - null))
            assert mean.p_greater(null) == pytest.approx(exact, rel=1e-9, abs=1e-15)


def test_the_interval_is_the_test_turned_around() -> None:
    generator = np.random.default_rng(1)
    for n in (6, 30, 400):
        for tail in (0.1, 0.025, 1e-4):
            mean = bounded(generator.normal(0.05, 0.2, n).clip(-1, 1))
            low = mean.lower_bound(tail)
            assert mean.p_greater(low) <= tail * (1 + 1e-9) < mean.p_greater(low + 1e-9)


def test_items_without_a_loss_are_bounded_by_what_none_of_them_showed() -> None:
    equal = bounded(np.zeros(60))
    assert equal.lower_bound(0.025) == pytest.approx(-(1 - 0.025 ** (1 / 60)), rel=1e-9)
    assert bounded(np.full(15, 0.01)).p_greater(-0.02) == pytest.approx((1 - 0.03 / 1.01) ** 15, rel=1e-9)


def test_many_values_count_in_parts_and_lose_nothing_that_anybody_reads() -> None:
    values = np.random.default_rng(2).beta(5, 1.5, 4000)
    sizes = np.ones_like(values)
    # Sizes that differ, if by nothing, are not put together.
    single = BoundedMean(values, np.append(sizes[1:], 1 + 1e-12), 0.0, 1.0)
    many = BoundedMean(values, sizes, 0.0, 1.0)
    assert many.lower_bound(0.025) == pytest.approx(single.lower_bound(0.025), abs=2e-6)
    # It comes to the normal bound.
    deviation = values.std(ddof=1) / math.sqrt(4000)
    assert many.lower_bound(0.025) == pytest.approx(values.mean() - 1.96 * deviation, abs=0.1 * deviation)


def test_copies_are_as_many_more_of_the_same() -> None:
    values = np.random.default_rng(3).normal(0, 0.1, 30)
    assert bounded(values).times(4).p_greater(-0.05) == pytest.approx(bounded(np.tile(values, 4)).p_greater(-0.05))


def test_a_cluster_is_one_value_of_the_size_of_the_largest() -> None:
    values = np.random.default_rng(4).normal(0.02, 0.1, 40)
    clusters = np.repeat(np.arange(20), 2)
    pairs = paired_difference(np.zeros(40), values, clusters, bounds=(-1.0, 1.0))
    means = bounded(values.reshape(20, 2).mean(axis=1))
    assert pairs.bounded is not None
    assert pairs.bounded.p_greater(-0.1) == pytest.approx(means.p_greater(-0.1), rel=1e-9)


def test_beyond_the_range_there_is_nothing() -> None:
    mean = bounded(np.array([0.1, 0.2, -0.3]))
    assert (mean.p_greater(-1.5), mean.p_greater(1.5)) == (0.0, 1.0)
    assert bounded(np.array([-1.0, -1.0])).lower_bound(0.025) == -1.0


def test_the_wider_of_both_tests_counts() -> None:
    generator = np.random.default_rng(5)
    for n in (12, 60):
        values = generator.normal(0.0, 0.3, n).clip(-1, 1)
        alone = paired_difference(np.zeros(n), values)
        both = paired_difference(np.zeros(n), values, bounds=(-1.0, 1.0))
        assert both.bounded is not None
        interval, usual = both.interval(), alone.interval()
        assert interval is not None
        assert usual is not None
        assert interval.low == pytest.approx(min(usual.low, both.bounded.lower_bound(0.025)), rel=1e-9)
        assert both.p_greater(-0.1) == max(alone.p_greater(-0.1) or 0.0, both.bounded.p_greater(-0.1))
        assert both.method == "bounded"


def test_the_number_that_would_decide_counts_what_no_item_showed() -> None:
    generator = np.random.default_rng(6)
    spread = generator.normal(0, 1, 15)
    few = paired_difference(np.zeros(15), (spread - spread.mean()) * 0.001, bounds=(-1.0, 1.0))
    # 0.98^n ≤ 0.025 from 183 items on; the little that they vary by adds one or two.
    needed = deciding_items(few, -0.02)
    assert needed is not None
    assert 183 <= needed <= 186


def test_no_distribution_of_three_values_breaks_the_promise() -> None:
    """Exactly, over all samples of ten: from the lowest value, a middle one and a highest one."""
    n, tail = 10, 0.05
    counts = [(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)]
    ways = [math.factorial(n) / math.prod(map(math.factorial, each)) for each in counts]
    for middle in (0.3, 0.7, 0.95):
        values = np.array([0.0, middle, 1.0])
        bounds = [
            bounded(np.repeat(values, each), 0.0, 1.0).lower_bound(tail) if any(each[1:]) else 0.0
            for each in counts
        ]
        for lowest in (0.02, 0.1, 0.3, 0.6):
            for highest in (0.05, 0.2, 0.35):
                chances = np.array([lowest, 1 - lowest - highest, highest])
                mean = float(chances @ values)
                wrong = sum(
                    way * math.prod(chances**each)
                    for each, way, bound in zip(counts, ways, bounds, strict=True)
                    if bound > mean
                )
                assert wrong <= tail, (middle, chances)
