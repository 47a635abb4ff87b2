import itertools
import math

import numpy as np
import pytest

from tests.evaluation.simulations.promises import (
    ALIKE,
    FEW,
    LIKE,
    OF_ONE_MIND,
    SOMEWHAT,
    UNEVEN,
    UNLIKE,
    Lengths,
    traces,
)
from windlass.evaluation.statistics.clustered_rates import ClusteredRate, difference_interval, difference_p
from windlass.evaluation.statistics.rates import clopper_pearson

Clusters = list[tuple[int, int]]
"""Successes and trials of each cluster."""


def rate_of(clusters: Clusters) -> ClusteredRate:
    kept = [(x, n) for x, n in clusters if n]
    return ClusteredRate(
        successes=sum(x for x, _ in kept),
        trials=sum(n for _, n in kept),
        clusters=len(kept),
        squares=sum(x * x for x, _ in kept),
        products=sum(x * n for x, n in kept),
        trial_squares=sum(n * n for _, n in kept),
    )


def test_the_variance_is_that_of_a_ratio_between_clusters() -> None:
    clusters = [(1, 2), (3, 4), (0, 3)]
    p, effective = 4 / 9, 9**2 / (2**2 + 4**2 + 3**2)
    by_hand = sum((x - p * n) ** 2 for x, n in clusters) / 9**2 / (1 - 1 / effective)
    assert rate_of(clusters).variance == pytest.approx(by_hand)


def test_the_variance_has_no_bias_where_trials_are_independent() -> None:
    sizes, p = [1, 2, 5], 0.3
    expected = 0.0
    for outcome in itertools.product(*(range(n + 1) for n in sizes)):
        chance = math.prod(
            math.comb(n, x) * p**x * (1 - p) ** (n - x) for x, n in zip(outcome, sizes, strict=True)
        )
        expected += chance * (rate_of(list(zip(outcome, sizes, strict=True))).variance or 0.0)
    assert expected == pytest.approx(p * (1 - p) / 8)


def test_the_design_effect_leans_to_the_greatest_that_clusters_can_have_as_far_as_few_show_it() -> None:
    # Twenty clusters of five: the greatest is 5, every trial of a cluster ending alike.
    three = rate_of([(1, 5)] * 3 + [(0, 5)] * 17)
    assert three.variance is not None
    assert three.variance < three.rate * (1 - three.rate) / 100
    assert three.design_effect == pytest.approx((3 * 1 + 5) / (3 + 1))
    many = rate_of([(1, 5)] * 300 + [(0, 5)] * 1700)
    assert many.design_effect == pytest.approx((300 * 1 + 5) / 301)
    assert rate_of([(0, 5)] * 20).design_effect == 5
    mirrored = rate_of([(4, 5)] * 3 + [(5, 5)] * 17)
    assert mirrored.design_effect == pytest.approx(three.design_effect)


def test_large_clusters_without_a_success_make_no_rate_surer() -> None:
    # 300 small clusters show three in ten of one mind; three large ones happened to show no success.
    small, large = [(5, 5)] * 30 + [(0, 5)] * 270, [(0, 100)] * 3
    rate = rate_of(small + large)
    greatest = rate.trial_squares / rate.trials
    assert rate.variance is not None
    assert rate.variance * rate.trials / rate.rate / (1 - rate.rate) < 0.4 * greatest
    # No two trials of one cluster differ anywhere: that of the large ones they are alike is believed.
    assert rate.design_effect == pytest.approx(greatest)
    # By hand: of 2·p·(1 − p) pairs that would differ, were trials independent, clusters show so many.
    mixed = rate_of([(1, 2)] * 3 + [(0, 2)] * 5 + [(0, 9)])
    p, n, pairs = 3 / 25, 25, 8 * 2 + 9 * 8
    correlation = 1 - 3 * 2 / (2 * p * (1 - p) * pairs)
    by_pairs = 1 + correlation * pairs / n
    assert mixed.design_effect == pytest.approx((3 * by_pairs + (8 * 4 + 81) / 25) / 4)


def test_single_trials_get_nearly_the_intervals_of_trials_without_clusters() -> None:
    rate = rate_of([(1, 1)] * 300 + [(0, 1)] * 700)
    assert rate.design_effect == pytest.approx(1, abs=2e-3)
    assert rate.interval() == pytest.approx(clopper_pearson(300, 1000), abs=3e-4)


def test_clusters_that_agree_within_make_the_interval_wider() -> None:
    alike = rate_of([(10, 10)] * 20 + [(0, 10)] * 20).interval()
    mixed = rate_of([(5, 10)] * 20 + [(4, 10)] * 10 + [(6, 10)] * 10).interval()
    assert alike.width > 2.5 * mixed.width


def test_the_same_rate_everywhere_claims_no_certainty() -> None:
    assert rate_of([(1, 1)] * 20).interval().low < 0.9
    assert rate_of([(0, 5)] * 20).interval().high > 0.1
    lone = rate_of([(3, 5)]).interval()
    assert (lone.low < 0.15, lone.high > 0.85) == (True, True)


def test_the_p_value_and_the_interval_tell_the_same() -> None:
    base, candidate = rate_of([(1, 2)] * 10 + [(0, 2)] * 20), rate_of([(1, 2)] * 20 + [(2, 2)] * 10)
    p = difference_p(base, candidate)
    assert p < 0.05
    assert difference_interval(base, candidate).low > 0
    edge = difference_interval(base, candidate, 1 - p)
    assert edge.low == pytest.approx(0, abs=1e-6)
    assert difference_p(candidate, base) == pytest.approx(p)
    assert difference_p(base, base) == pytest.approx(1, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("count", [15, 40, 200])
@pytest.mark.parametrize("lengths", [LIKE, UNEVEN, FEW])
@pytest.mark.parametrize(("base", "candidate"), [(0.5, 0.5), (0.3, 0.5), (0.05, 0.1), (0.02, 0.02), (0.9, 0.97)])
@pytest.mark.parametrize("spread", [ALIKE, SOMEWHAT, UNLIKE, OF_ONE_MIND])
def test_intervals_hold_the_truth_and_bounds_err_as_often_as_they_say(
    count: int, lengths: Lengths, base: float, candidate: float, spread: float
) -> None:
    generator = np.random.default_rng([count, round(100 * base), round(100 * spread), len(lengths)])
    rounds, held, of_difference, below, above = 2000, 0, 0, 0, 0
    for _ in range(rounds):
        first, second = (traces(generator, count, rate, spread, lengths) for rate in (base, candidate))
        interval, difference = first.interval(), difference_interval(first, second)
        below += interval.high < base
        above += interval.low > base
        held += interval.low <= base <= interval.high
        of_difference += difference.low <= candidate - base <= difference.high
    # Four standard errors of the simulation, for 180 cases are looked at.
    least = 0.95 - 4 * math.sqrt(0.95 * 0.05 / rounds)
    most = 0.025 + 4 * math.sqrt(0.975 * 0.025 / rounds)
    assert (held / rounds >= least, of_difference / rounds >= least) == (True, True)
    assert (below / rounds <= most, above / rounds <= most) == (True, True)
