import math
import random

import pytest

from windlass.evaluation.statistics.clustered_rates import ClusteredRate, difference_interval, difference_p
from windlass.evaluation.statistics.rates import wilson

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
    p = 4 / 9
    by_hand = 3 / 2 * sum((x - p * n) ** 2 for x, n in clusters) / 9**2
    assert rate_of(clusters).variance == pytest.approx(by_hand)


def test_single_trials_get_nearly_the_interval_of_wilson() -> None:
    found, plain = rate_of([(1, 1)] * 300 + [(0, 1)] * 700).interval(), wilson(300, 1000)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=2e-4)


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


def draw(generator: random.Random, traces: int, rate: float, spread: float) -> ClusteredRate:
    """Draw traces that leave a step one to six times, each with a rate of its own around the given one."""
    clusters = []
    for _ in range(traces):
        own = generator.betavariate(rate * spread, (1 - rate) * spread) if 0 < rate < 1 else rate
        trials = generator.randint(1, 6)
        clusters.append((sum(generator.random() < own for _ in range(trials)), trials))
    return rate_of(clusters)


@pytest.mark.slow
@pytest.mark.parametrize("traces", [15, 40, 200])
@pytest.mark.parametrize(("base", "candidate"), [(0.5, 0.5), (0.3, 0.5), (0.05, 0.1), (0.02, 0.02), (0.9, 0.97)])
@pytest.mark.parametrize("spread", [1.0, 8.0, 1000.0])
def test_the_interval_holds_the_true_difference_as_often_as_it_says(
    traces: int, base: float, candidate: float, spread: float
) -> None:
    generator = random.Random(f"{traces} {base} {candidate} {spread}")
    rounds = 1500
    held = 0
    for _ in range(rounds):
        interval = difference_interval(
            draw(generator, traces, base, spread), draw(generator, traces, candidate, spread)
        )
        held += interval.low <= candidate - base <= interval.high
    rare_and_unlike = spread == 1.0 and base < 0.3
    said = 0.92 if rare_and_unlike else 0.95
    # Four standard errors of the simulation, for 45 cases are looked at.
    assert held / rounds > said - 4 * math.sqrt(0.95 * 0.05 / rounds)
