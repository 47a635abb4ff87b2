"""How often the tests err: what they allow, in settings where nothing is to be found."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

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
    averaged,
    binomial,
    discordant,
    happened,
    traces,
)
from windlass.evaluation.gates.comparisons import tested_percentile
from windlass.evaluation.noise import measure
from windlass.evaluation.statistics.binary_pairs import BinaryPairs, mcnemar_exact
from windlass.evaluation.statistics.bounded_rates import BoundedRate
from windlass.evaluation.statistics.discoveries import benjamini_hochberg
from windlass.evaluation.statistics.paired import PairedDifference, holm, paired_difference
from windlass.evaluation.statistics.prediction_powered import prediction_powered

MARGIN = 0.02
TAIL = 0.025


def mcnemar(most: int) -> Seen:
    """The greatest chance of p ≤ 0.05 in fair tosses, of any number of discordant pairs up to ``most``."""

    def wrong(n: int) -> float:
        chances = binomial(n, 0.5)
        return float(sum(chances[gains] for gains in range(n + 1) if mcnemar_exact(n - gains, gains) <= 0.05))

    return Seen(max(map(wrong, range(1, most + 1))))


@cache
def score_passes(n: int, margin: float) -> frozenset[tuple[int, int]]:
    return frozenset(
        (gains, losses)
        for gains in range(n + 1)
        for losses in range(n - gains + 1)
        if BinaryPairs(gains, losses, n).p_greater(-margin) <= TAIL
    )


def score_gate(n: int, differing: float) -> Seen:
    """How often a candidate on the margin passes, of yes/no outcomes of which a share may differ."""
    # Of the items that may differ 0.7 were right before and 0.5 are after, each by itself.
    gained, lost = differing * 0.3 * 0.5, differing * 0.7 * 0.5
    passes = score_passes(n, round(lost - gained, 12))
    return Seen(sum(chance for gains, losses, chance in discordant(n, gained, lost) if (gains, losses) in passes))


def gate(n: int, change: Callable[[Generator, int], Floats], size: int = 1) -> Callable[[Generator], bool]:
    """Whether a candidate passes that is as much worse as is just not allowed."""

    def draw(generator: Generator) -> bool:
        clusters = np.arange(n) // size
        differences = change(generator, n) - MARGIN
        if size > 1:
            differences = differences + generator.normal(0, 0.1, n)[clusters]
        codes = clusters.tolist() if size > 1 else None
        return passes(paired_difference(np.zeros(n), differences, codes, bounds=(-1.0, 1.0)), -MARGIN)

    return draw


def passes(found: PairedDifference, bound: float) -> bool:
    """Tell whether a difference is shown to be above a bound; the cheaper of two tests is asked first."""
    if found.fewest(greater=True) or found.guard_p(bound, greater=True) > TAIL:
        return False
    p = found.p_greater(bound)
    return p is not None and p <= TAIL


def bounded_gate(n: int, losses: Callable[[Generator, int], Floats], mean: float) -> Callable[[Generator], bool]:
    """The same of differences whose mean is the bound itself."""
    return lambda generator: passes(paired_difference(np.zeros(n), losses(generator, n), bounds=(-1.0, 1.0)), mean)


def unseen(generator: Generator, n: int) -> Floats:
    """Three items in a hundred lose 0.7; a small sample need not hold one."""
    return np.where(generator.random(n) < 0.03, -0.7, generator.normal(0, 0.05, n))


def whole(generator: Generator, n: int) -> Floats:
    """One in a hundred loses nearly all, and the others gain a little."""
    return np.where(generator.random(n) < 0.01, -0.9, generator.normal(0.005, 0.02, n))


def sometimes(generator: Generator, n: int) -> Floats:
    """Most are equal, and some lose."""
    return np.where(generator.random(n) < 0.15, -generator.beta(1, 2, n), 0.0)


def mixed(generator: Generator, n: int) -> Floats:
    return np.where(generator.random(n) < 0.1, -generator.beta(2, 2, n), generator.normal(0.02, 0.05, n))


def tied(generator: Generator, n: int) -> Floats:
    return generator.choice([-0.5, -0.25, 0.0, 0.25], n, p=[0.05, 0.1, 0.7, 0.15])


def spread(generator: Generator, n: int) -> Floats:
    return generator.uniform(-1, 1, n)


def crowded(generator: Generator, n: int) -> Floats:
    """At either end of the range."""
    return 2 * generator.beta(0.3, 0.3, n) - 1


BATTERY = (
    ("rare losses, often none in the sample", unseen, -0.021),
    ("one in a hundred loses nearly all", whole, -0.009 + 0.99 * 0.005),
    ("equal but for losses", sometimes, -0.05),
    ("a mixture", mixed, -0.032),
    ("ties", tied, -0.0125),
    ("over the whole range", spread, 0.0),
    ("at the ends of the range", crowded, 0.0),
)


def amount_gate(n: int, amounts: Callable[[Generator, int], Floats], mean: float) -> Callable[[Generator], bool]:
    """The same of amounts, which cost more the greater they are; nobody knows their range."""
    return lambda generator: passes(
        paired_difference(amounts(generator, n), np.zeros(n), amount=True, skewed=True), -mean
    )


def percentile_gate(
    n: int, amounts: Callable[[Generator, int], Floats], share: float, bound: float
) -> Callable[[Generator], bool]:
    """Whether a candidate passes whose percentile is the bound itself, which at_most does not allow for sure."""

    def draw(generator: Generator) -> bool:
        rate, null = tested_percentile(amounts(generator, n), bound, share, None, least=False)
        p = rate.p_greater(null)
        return p is not None and p <= TAIL

    return draw


def rarely_dear_at(share: float, dear: float) -> float:
    """Return the amount that this share of ``rarely_dear`` ones does not exceed."""
    return float(brentq(lambda at: (1 - dear) * ndtr(at / 0.1) + dear * ndtr((at - 1) / 0.1) - share, -2.0, 3.0))


def rate_gate(
    count: int, rate: float, spread: float, lengths: Lengths = LIKE, *, fails: bool = False
) -> Callable[[Generator], bool]:
    """Whether a candidate passes whose rate of failures, in traces, is just not allowed (or fails)."""

    def draw(generator: Generator) -> bool:
        drawn = traces(generator, count, rate, spread, lengths)
        failures = BoundedRate(drawn.successes, drawn.trials, drawn)
        if fails:
            return failures.lower_bound(TAIL) > rate
        return failures.mirrored.lower_bound(TAIL) > 1 - rate

    return draw


def log_normal(sigma: float) -> Callable[[Generator, int], Floats]:
    return lambda generator, n: generator.lognormal(0.0, sigma, n)


def rarely_dear(share: float) -> Callable[[Generator, int], Floats]:
    """A few cost ten times the spread of the others more."""
    return lambda generator, n: np.where(generator.random(n) < share, 1.0, 0.0) + generator.normal(0, 0.1, n)


def exponential(generator: Generator, n: int) -> Floats:
    return generator.exponential(1.0, n)


def noise(generator: Generator, n: int) -> Floats:
    return generator.normal(0, 0.1, n)


def rarely_much_worse(generator: Generator, n: int) -> Floats:
    """Nine items in ten are equal, the tenth is much worse; the mean is 0."""
    worse = generator.random(n) < 0.1
    return np.where(worse, -0.5, 0.5 / 9)


def powered_gate(n: int, others: int) -> Callable[[Generator], bool]:
    """The same by the labels of some pairs and a judge's of all, who flatters the candidate."""

    def draw(generator: Generator) -> bool:
        total = n + others
        truth = generator.normal(-MARGIN, 0.1, total)
        judge = truth + 0.05 + generator.normal(0, 0.05, total)
        labels = [*truth[:n].tolist(), *[None] * others]
        found = prediction_powered(labels, judge, is_difference=True)
        p = found.p_beyond(found.estimate + MARGIN)
        return p is not None and p <= TAIL

    return draw


def powered_yes_no_gate(n: int, others: int) -> Callable[[Generator], bool]:
    """The same of yes/no outcomes on which the releases mostly agree."""

    def draw(generator: Generator) -> bool:
        total = n + others
        before = generator.random(total) < 0.7
        after = np.where(generator.random(total) < 0.3, generator.random(total) < 0.6, before)
        flattered = after | (generator.random(total) < 0.2)
        labels = [*(after.astype(float) - before)[:n].tolist(), *[None] * others]
        found = prediction_powered(labels, flattered.astype(float) - before, is_difference=True, value_range=1.0)
        p = found.p_beyond(found.estimate + 0.03)
        return p is not None and p <= TAIL

    return draw


def floor(n: int, flipping: float | None) -> Callable[[Generator], bool]:
    """Whether two runs differ by more than the floor of two others; some items flip, or all scores move."""

    def draw(generator: Generator) -> bool:
        if flipping is None:
            runs = generator.normal(0.5, 0.2, (4, n))
        else:
            chances = np.where(generator.random(n) < flipping, 0.5, np.round(generator.random(n)))
            runs = (generator.random((4, n)) < chances).astype(float)
        values = [[[one], [other]] for one, other in zip(runs[0].tolist(), runs[1].tolist(), strict=True)]
        found = measure("score", values, 1, higher_is_better=True)
        assert found is not None
        return bool(abs((runs[3] - runs[2]).mean()) > found.floor)

    return draw


def guardrails(count: int, n: int) -> Callable[[Generator], bool]:
    """Whether any of several guardrails passes, that all lie on their margins and rise and fall together."""

    def draw(generator: Generator) -> bool:
        shared = generator.normal(0, 0.1, n)
        values = [shared + generator.normal(-MARGIN, 0.1, n) for _ in range(count)]
        found = (paired_difference(np.zeros(n), each).p_greater(-MARGIN) for each in values)
        return any(rejects for rejects, _ in holm([1.0 if p is None else p for p in found], TAIL))

    return draw


def slices(count: int, real: int, n: int) -> Callable[[Generator], float]:
    """The share of what is called a discovery that is none."""

    def draw(generator: Generator) -> float:
        found = [
            paired_difference(np.zeros(n), generator.normal(0.06 if number < real else 0, 0.1, n)).p_two_sided()
            for number in range(count)
        ]
        adjusted = benjamini_hochberg([1.0 if p is None else p for p in found])
        discoveries = [number for number, p in enumerate(adjusted) if p <= 0.05]
        return sum(number >= real for number in discoveries) / max(1, len(discoveries))

    return draw


def _of(
    statistic: str,
    setting: str,
    rounds: int,
    draw: Callable[[Generator], bool],
    known: float | None = None,
    said: float = TAIL,
) -> Promise:
    seed = sum(map(ord, statistic + setting))
    return Promise(statistic, setting, said, lambda: happened(rounds, seed, draw), known)


ERRORS = [
    Promise("McNemar's exact test", "up to 60 pairs that differ, two-sided, the worst", 0.05, lambda: mcnemar(60)),
    *(
        Promise(
            "gate, yes/no",
            f"{n} pairs, {100 * share:g} % of which may differ",
            TAIL,
            lambda n=n, share=share: score_gate(n, share),  # type: ignore[misc]
        )
        for n in (10, 25, 60, 120)
        for share in (0.05, 0.25, 0.5)
    ),
    _of("gate, scores", "15 items", 3000, gate(15, noise)),
    _of("gate, scores", "60 items", 10_000, gate(60, noise)),
    _of("gate, scores", "60 items in 12 clusters", 8000, gate(60, noise, 5)),
    _of("gate, scores", "200 items in 40 clusters", 10_000, gate(200, noise, 5)),
    _of("gate, scores", "15 items, one in ten much worse", 3000, gate(15, rarely_much_worse)),
    _of("gate, scores", "60 items, one in ten much worse", 10_000, gate(60, rarely_much_worse)),
    _of("gate, scores", "200 items, one in ten much worse", 10_000, gate(200, rarely_much_worse)),
    *(
        _of("gate, scores", f"{n:,} items, {name}", 1000 if n == 1000 else 3000, bounded_gate(n, losses, mean))
        for name, losses, mean in BATTERY
        for n in (15, 60, 200, 1000)
    ),
    *(
        _of(
            "gate, clustered rate",
            f"{count} traces, at most {rate:g}, {TOGETHER[spread]}",
            20_000,
            rate_gate(count, rate, spread),
        )
        for count, rate, spread in (
            (20, 0.1, UNLIKE),
            (40, 0.05, UNLIKE),
            (40, 0.3, SOMEWHAT),
            (100, 0.02, UNLIKE),
            (100, 0.05, UNLIKE),
            (100, 0.1, ALIKE),
            (200, 0.02, UNLIKE),
            (200, 0.95, UNLIKE),
        )
    ),
    *(
        _of(
            "gate, clustered rate",
            f"{count} traces, {LONGER[lengths]}, at most {rate:g}, {TOGETHER[spread]}{', fails' if fails else ''}",
            20_000,
            rate_gate(count, rate, spread, lengths, fails=fails),
        )
        for count, rate, spread, lengths, fails in (
            (30, 0.1, UNLIKE, UNEVEN, False),
            (100, 0.1, UNLIKE, UNEVEN, False),
            (100, 0.1, OF_ONE_MIND, UNEVEN, False),
            (300, 0.02, UNLIKE, UNEVEN, False),
            (300, 0.1, OF_ONE_MIND, UNEVEN, False),
            (300, 0.5, SOMEWHAT, UNEVEN, False),
            (300, 0.9, OF_ONE_MIND, UNEVEN, True),
            (100, 0.1, OF_ONE_MIND, FEW, False),
            (300, 0.1, OF_ONE_MIND, FEW, False),
            (300, 0.9, OF_ONE_MIND, FEW, True),
            (300, 0.1, SOMEWHAT, LONG, False),
        )
    ),
    *(
        _of("gate, amounts", f"{n:,} exponential", 5000, amount_gate(n, exponential, 1.0))
        for n in (30, 72, 200, 1000)
    ),
    *(
        _of(
            "gate, amounts",
            f"{n:,} log-normal, σ {sigma:g}",
            5000,
            amount_gate(n, log_normal(sigma), math.exp(sigma**2 / 2)),
        )
        for sigma in (0.5, 1.0, 2.0)
        for n in (30, 72, 200, 1000)
    ),
    *(
        _of("gate, amounts", f"{n:,}, one in twenty much dearer", 5000, amount_gate(n, rarely_dear(0.05), 0.05))
        for n in (30, 72, 100, 200, 1000)
    ),
    _of("gate, amounts", "72, one in fifty much dearer", 5000, amount_gate(72, rarely_dear(0.02), 0.02), 0.09),
    _of("gate, amounts", "100, one in fifty much dearer", 5000, amount_gate(100, rarely_dear(0.02), 0.02), 0.07),
    _of("gate, amounts", "200, one in fifty much dearer", 5000, amount_gate(200, rarely_dear(0.02), 0.02)),
    *(
        _of(
            "gate, percentile",
            f"{n:,} amounts, p{100 * share:g}, one in fifty much dearer",
            100_000,
            percentile_gate(n, rarely_dear(0.02), share, rarely_dear_at(share, 0.02)),
        )
        for share in (0.5, 0.95)
        for n in (72, 100, 200, 1000)
    ),
    _of(
        "gate, percentile",
        "200 amounts, p95, log-normal, σ 2",
        100_000,
        percentile_gate(200, log_normal(2.0), 0.95, math.exp(2 * float(ndtri(0.95)))),
    ),
    _of("gate, PPI++", "30 labels of 330 items", 20_000, powered_gate(30, 300)),
    _of("gate, PPI++", "100 labels of 600 items", 20_000, powered_gate(100, 500)),
    _of("gate, PPI++", "yes/no, 20 labels of 320 items", 20_000, powered_yes_no_gate(20, 300)),
    _of("gate, PPI++", "yes/no, 50 labels of 550 items", 20_000, powered_yes_no_gate(50, 500)),
    _of("gate, PPI++", "yes/no, 150 labels of 650 items", 20_000, powered_yes_no_gate(150, 500)),
    _of("noise floor", "60 items, one in twenty uncertain", 4000, floor(60, 0.05), said=0.05),
    _of("noise floor", "40 items, four in ten uncertain", 4000, floor(40, 0.4), said=0.05),
    _of("noise floor", "25 scores", 4000, floor(25, None), said=0.05),
    _of("Holm's guardrails", "4 on their margins, 60 items", 20_000, guardrails(4, 60)),
    Promise(
        "Benjamini–Hochberg",
        "15 of 20 slices without a difference, 40 items each",
        0.05 * 15 / 20,
        lambda: averaged(3000, 7, slices(20, 5, 40)),
    ),
]
