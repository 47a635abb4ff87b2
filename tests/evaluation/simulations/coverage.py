"""How often the 95 % intervals hold the truth."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from tests.evaluation.simulations.promises import (
    ALIKE,
    FEW,
    LIKE,
    LONG,
    LONGER,
    OF_ONE_MIND,
    SOMEWHAT,
    TOGETHER,
    UNEVEN,
    UNLIKE,
    Floats,
    Generator,
    Lengths,
    Promise,
    Seen,
    binomial,
    covered,
    discordant,
    happened,
    traces,
)
from windlass.evaluation.passes import pass_rates
from windlass.evaluation.statistics.binary_pairs import BinaryPairs
from windlass.evaluation.statistics.bootstrap import bootstrap_interval
from windlass.evaluation.statistics.clustered_rates import difference_interval
from windlass.evaluation.statistics.paired import Interval, mean_estimate, paired_difference
from windlass.evaluation.statistics.power import deciding_items
from windlass.evaluation.statistics.prediction_powered import prediction_powered
from windlass.evaluation.statistics.rates import clopper_pearson

Draw = Callable[[Generator], tuple[Interval | None, float]]
RATES = tuple(np.linspace(0.01, 0.99, 99))


def rates(interval: Callable[[int, int], Interval], n: int) -> list[float]:
    """Return the coverage at each of the rates, over all outcomes."""
    bounds = [interval(successes, n) for successes in range(n + 1)]
    return [
        float(sum(p for p, (low, high) in zip(binomial(n, rate), bounds, strict=True) if low <= rate <= high))
        for rate in RATES
    ]


def usual_rate(interval: Callable[[int, int], Interval], n: int) -> Seen:
    return Seen(float(np.mean(rates(interval, n))))


def worst_rate(interval: Callable[[int, int], Interval], n: int) -> Seen:
    return Seen(min(rates(interval, n)))


def mean_of(values: Callable[[Generator, int], Floats], truth: float, n: int, *, amount: bool = False) -> Draw:
    def draw(generator: Generator) -> tuple[Interval | None, float]:
        found = mean_estimate(values(generator, n), skewed=amount)
        assert found.low is not None
        assert found.high is not None
        return Interval(found.low, found.high), truth

    return draw


def normal(generator: Generator, n: int) -> Floats:
    return generator.normal(0.5, 0.2, n)


def skewed(generator: Generator, n: int) -> Floats:
    return generator.exponential(1.0, n)


def scores(generator: Generator, n: int) -> Floats:
    return generator.beta(5, 1.5, n)


def paired(clusters: int, size: int) -> Draw:
    """Differences that clusters share a part of, in clusters of one size or of sizes up to twice as large."""

    def draw(generator: Generator) -> tuple[Interval | None, float]:
        sizes = np.full(clusters, 1) if size == 1 else generator.integers(1, 2 * size, clusters)
        codes = np.repeat(np.arange(clusters), sizes)
        differences = 0.07 + generator.normal(0, 0.2, clusters)[codes] + generator.normal(0, 0.3, codes.size)
        return paired_difference(np.zeros(codes.size), differences, codes.tolist()).interval(), 0.07

    return draw


@cache
def score_bounds(n: int) -> dict[tuple[int, int], Interval]:
    lower = {
        (gains, losses): BinaryPairs(gains, losses, n).lower_bound(0.025)
        for gains in range(n + 1)
        for losses in range(n - gains + 1)
    }
    return {pair: Interval(low, -lower[pair[::-1]]) for pair, low in lower.items()}


def score(n: int, gained: float, lost: float) -> Seen:
    """The coverage of Tango's interval, bounded by McNemar's test, over all outcomes."""
    bounds, truth = score_bounds(n), gained - lost
    return Seen(
        sum(
            chance
            for gains, losses, chance in discordant(n, gained, lost)
            if bounds[gains, losses].low <= truth + 1e-12 and truth - 1e-12 <= bounds[gains, losses].high
        )
    )


def bootstrapped(values: Callable[[Generator, int], Floats], truth: float, n: int) -> Draw:
    def draw(generator: Generator) -> tuple[Interval | None, float]:
        pairs = paired_difference(np.zeros(n), values(generator, n), seed=int(generator.integers(2**31)))
        return bootstrap_interval(pairs), truth

    return draw


def clustered_rate(count: int, rate: float, spread: float, lengths: Lengths = LIKE) -> Draw:
    return lambda generator: (traces(generator, count, rate, spread, lengths).interval(), rate)


def rate_difference(count: int, base: float, candidate: float, spread: float, lengths: Lengths = LIKE) -> Draw:
    def draw(generator: Generator) -> tuple[Interval | None, float]:
        before, after = (traces(generator, count, rate, spread, lengths) for rate in (base, candidate))
        return difference_interval(before, after), candidate - base

    return draw


def powered(n: int, others: int, *, noise: float, share: float | None = None, size: int = 1) -> Draw:
    """Labels of people beside a judge that is biased by 0.15, or of yes/no that is wrong on three in twenty.

    In clusters, a number of whole ones is labelled.
    """

    def draw(generator: Generator) -> tuple[Interval | None, float]:
        total = n + others
        if share is None:
            codes = np.arange(total) // size
            truth = (
                0.6 + generator.normal(0, 0.2, total) + (generator.normal(0, 0.2, total)[codes] if size > 1 else 0)
            )
            judge, mean = truth + 0.15 + generator.normal(0, noise, total), 0.6
        else:
            codes = np.arange(total)
            truth = (generator.random(total) < share).astype(float)
            wrong = generator.random(total) < noise
            judge, mean = np.where(wrong, 1 - truth, truth), share
        labels = [*truth[:n].tolist(), *[None] * others]
        return prediction_powered(labels, judge, codes.tolist() if size > 1 else None).interval(), mean

    return draw


def powered_difference(n: int, others: int) -> Draw:
    """Differences of yes/no outcomes on which the releases mostly agree; the judge flatters the candidate."""

    def draw(generator: Generator) -> tuple[Interval | None, float]:
        total = n + others
        before = generator.random(total) < 0.7
        after = np.where(generator.random(total) < 0.3, generator.random(total) < 0.6, before)
        flattered = after | (generator.random(total) < 0.2)
        said = after.astype(float) - before
        labels = [*said[:n].tolist(), *[None] * others]
        judge = flattered.astype(float) - before
        found = prediction_powered(labels, judge, is_difference=True, value_range=1.0)
        return found.interval(), 0.3 * (0.6 - 0.7)

    return draw


def passing(items: int, a: float = 1.0, b: float = 1.0) -> Draw:
    """Four tries of each item, the chances of which have a beta distribution; k is 2."""
    truth = a * (a + 1) / (a + b) / (a + b + 1)

    def draw(generator: Generator) -> tuple[Interval | None, float]:
        chances = generator.beta(a, b, (items, 1))
        rate = pass_rates((generator.random((items, 4)) < chances).astype(float).tolist(), 2).pass_hat
        assert rate.low is not None
        assert rate.high is not None
        return Interval(rate.low, rate.high), truth

    return draw


def decided(n: int) -> Seen:
    """How often so many items decide as are said to after a first look at n."""
    generator = np.random.default_rng(n)
    first = generator.normal(0, 1, n)
    spread = (first - first.mean()) / first.std(ddof=1) * 0.2 + 0.01
    needed = deciding_items(paired_difference(np.zeros(n), spread), -0.03)
    assert needed is not None

    def draw(generator: Generator) -> bool:
        found = paired_difference(np.zeros(needed), generator.normal(0.01, 0.2, needed)).interval()
        return found is not None and found.low > -0.03

    return happened(10_000, n, draw)


def decided_in_a_range(n: int, spread: float) -> Seen:
    """The same of scores, whose differences lie between −1 and 1."""
    generator = np.random.default_rng(n)
    first = generator.normal(0, 1, n)
    seen = (first - first.mean()) / first.std(ddof=1) * spread + 0.01
    needed = deciding_items(paired_difference(np.zeros(n), seen, bounds=(-1.0, 1.0)), -0.03)
    assert needed is not None

    def draw(generator: Generator) -> bool:
        drawn = paired_difference(np.zeros(needed), generator.normal(0.01, spread, needed), bounds=(-1.0, 1.0))
        p = drawn.p_greater(-0.03)
        return p is not None and p <= 0.025

    return happened(5000, n, draw)


def _of(statistic: str, setting: str, rounds: int, draw: Draw, known: float | None = None) -> Promise:
    seed = sum(map(ord, statistic + setting))
    return Promise(statistic, setting, 0.95, lambda: covered(rounds, seed, draw), known)


def _exact(statistic: str, setting: str, simulate: Callable[[], Seen], known: float | None = None) -> Promise:
    return Promise(statistic, setting, 0.95, simulate, known)


COVERAGE = [
    *(
        _exact("rate", f"{n:,} items, mean over rates from 0.01 to 0.99", partial(usual_rate, clopper_pearson, n))
        for n in (20, 100, 1000)
    ),
    *(
        _exact("rate", f"{n:,} items, the worst of these rates", partial(worst_rate, clopper_pearson, n))
        for n in (20, 100, 1000)
    ),
    _of("t of a mean", "10 normal scores", 20_000, mean_of(normal, 0.5, 10)),
    _of("t of a mean", "60 scores crowded towards 1", 20_000, mean_of(scores, 5 / 6.5, 60)),
    _of("Hall's of a mean", "10 normal amounts", 20_000, mean_of(normal, 0.5, 10, amount=True)),
    _of("Hall's of a mean", "20 skewed amounts (exponential)", 20_000, mean_of(skewed, 1.0, 20, amount=True)),
    _of("Hall's of a mean", "200 skewed amounts (exponential)", 20_000, mean_of(skewed, 1.0, 200, amount=True)),
    _of("clustered paired t", "30 clusters of 1 to 9 items", 20_000, paired(30, 5)),
    _of("clustered paired t", "60 single items", 20_000, paired(60, 1)),
    _of("clustered paired t", "100 clusters of 1 to 9 items", 20_000, paired(100, 5)),
    _of("sign flips", "8 single items", 12_000, paired(8, 1)),
    _of("sign flips", "12 clusters of 1 to 9 items", 8000, paired(12, 5)),
    _of("sign flips", "25 clusters of 1 to 5 items", 4000, paired(25, 3)),
    _exact("Tango's score", "20 pairs, 25 % gained and 10 % lost", lambda: score(20, 0.25, 0.10)),
    _exact("Tango's score", "60 pairs, 2 % gained and 5 % lost", lambda: score(60, 0.02, 0.05)),
    _exact("Tango's score", "60 pairs, 10 % gained and as many lost", lambda: score(60, 0.10, 0.10)),
    _exact("Tango's score", "60 pairs, 30 % gained and 10 % lost", lambda: score(60, 0.30, 0.10)),
    _of("BCa bootstrap", "60 normal differences", 5000, bootstrapped(normal, 0.5, 60)),
    _of("BCa bootstrap", "60 skewed differences (exponential)", 5000, bootstrapped(skewed, 1.0, 60), 0.94),
    _of("BCa bootstrap", "20 normal differences", 5000, bootstrapped(normal, 0.5, 20)),
    _of("pass^k", "50 items of 4 tries, k = 2", 2000, passing(50)),
    _of("pass^k", "50 items of 4 tries that mostly fail, k = 2", 2000, passing(50, 0.3, 2)),
    _of("pass^k", "30 items of 4 tries that mostly pass, k = 2", 2000, passing(30, 3, 0.3)),
    *(
        _of(
            "clustered rate",
            f"{count} traces, rate {rate:g}, {TOGETHER[spread]}",
            20_000,
            clustered_rate(count, rate, spread),
        )
        for count, rate, spread in (
            (15, 0.05, ALIKE),
            (20, 0.1, UNLIKE),
            (40, 0.3, UNLIKE),
            (40, 0.5, ALIKE),
            (100, 0.02, UNLIKE),
            (100, 0.1, SOMEWHAT),
            (200, 0.05, UNLIKE),
            (200, 0.97, SOMEWHAT),
        )
    ),
    *(
        _of(
            "clustered rate",
            f"{count} traces, {LONGER[lengths]}, rate {rate:g}, {TOGETHER[spread]}",
            20_000,
            clustered_rate(count, rate, spread, lengths),
        )
        for count, rate, spread, lengths in (
            (30, 0.1, UNLIKE, UNEVEN),
            (100, 0.1, UNLIKE, UNEVEN),
            (300, 0.1, OF_ONE_MIND, UNEVEN),
            (300, 0.1, OF_ONE_MIND, FEW),
            (300, 0.1, SOMEWHAT, LONG),
        )
    ),
    *(
        _of(
            "difference of rates",
            f"{count} traces a side, {base:g} and {candidate:g}, {TOGETHER[spread]}",
            20_000,
            rate_difference(count, base, candidate, spread),
        )
        for count, base, candidate, spread in (
            (20, 0.1, 0.1, UNLIKE),
            (40, 0.3, 0.5, SOMEWHAT),
            (40, 0.05, 0.1, UNLIKE),
            (100, 0.02, 0.02, UNLIKE),
            (200, 0.9, 0.97, ALIKE),
            (200, 0.02, 0.02, UNLIKE),
        )
    ),
    *(
        _of(
            "difference of rates",
            f"{count} traces a side, {LONGER[lengths]}, {base:g} and {candidate:g}, {TOGETHER[spread]}",
            20_000,
            rate_difference(count, base, candidate, spread, lengths),
        )
        for count, base, candidate, spread, lengths in (
            (100, 0.05, 0.1, UNLIKE, UNEVEN),
            (300, 0.5, 0.9, OF_ONE_MIND, UNEVEN),
            (300, 0.02, 0.1, OF_ONE_MIND, FEW),
        )
    ),
    _of("PPI++", "20 labels of 220 items, a biased judge", 20_000, powered(20, 200, noise=0.1)),
    _of("PPI++", "50 labels of 550 items, a biased judge", 20_000, powered(50, 500, noise=0.1)),
    _of("PPI++", "50 labels of 550 items, a judge of no use", 20_000, powered(50, 500, noise=2.0)),
    _of("PPI++", "50 labels of 550 items, yes on half", 20_000, powered(50, 500, noise=0.15, share=0.5)),
    _of("PPI++", "50 labels of 550 items, yes on 95 %", 20_000, powered(50, 500, noise=0.15, share=0.95)),
    _of("PPI++", "100 labels in 20 of 100 clusters", 12_000, powered(100, 400, noise=0.1, size=5)),
    _of("PPI++", "paired yes/no, 50 labels of 550 items", 20_000, powered_difference(50, 500)),
    _of("PPI++", "paired yes/no, 150 labels of 650 items", 20_000, powered_difference(150, 500)),
]

POWER = [
    Promise("items that would decide", "after a first look at 60 items", 0.80, lambda: decided(60)),
    Promise("items that would decide", "after a first look at 200 items", 0.80, lambda: decided(200)),
    Promise(
        "items that would decide",
        "scores, after a first look at 60 items",
        0.80,
        lambda: decided_in_a_range(60, 0.2),
    ),
    Promise(
        "items that would decide",
        "scores, after a first look at 50 items",
        0.80,
        lambda: decided_in_a_range(50, 0.1),
    ),
]
