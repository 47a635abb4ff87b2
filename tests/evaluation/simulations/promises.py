"""What our statistics promise, and a simulation of each that counts how often it is kept.

Seeds are fixed: the same code gives the same figures. ``scripts/write_statistics.py`` writes them into the
reference, ``test_promises.py`` holds them against what is promised.
"""

import math
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.statistics.clustered_rates import ClusteredRate
from windlass.evaluation.statistics.paired import Interval

Floats = NDArray[np.float64]
Generator = np.random.Generator

ALLOWED = 3.0
"""Standard errors of a simulation by which a kept promise may seem broken; some seventy promises are looked at."""

_T = TypeVar("_T")


class Seen(NamedTuple):
    """How often a promise was kept (or an error made)."""

    share: float
    rounds: int | None = None
    """Simulations; None for a share that is summed over all outcomes there are."""

    @property
    def error(self) -> float:
        """The standard error of the simulation."""
        return 0.0 if self.rounds is None else math.sqrt(self.share * (1 - self.share) / self.rounds)


class Promise(NamedTuple):
    """A statistic in a setting, what it says of itself there, and what is seen."""

    statistic: str
    setting: str
    said: float
    simulate: Callable[[], Seen]
    known: float | None = None
    """Where it does not keep its promise, and the reference says so: what it does keep."""

    @property
    def name(self) -> str:
        return f"{self.statistic}: {self.setting}"

    @property
    def bound(self) -> float:
        return self.said if self.known is None else self.known


def covered(rounds: int, seed: int, draw: Callable[[Generator], tuple[Interval | None, float]]) -> Seen:
    """Count how often an interval holds the truth; no interval is one that holds everything."""
    generator = np.random.default_rng(seed)
    held = 0
    for _ in range(rounds):
        interval, truth = draw(generator)
        held += interval is None or interval.low <= truth <= interval.high
    return Seen(held / rounds, rounds)


def happened(rounds: int, seed: int, draw: Callable[[Generator], bool]) -> Seen:
    """Count how often something happens."""
    generator = np.random.default_rng(seed)
    return Seen(sum(draw(generator) for _ in range(rounds)) / rounds, rounds)


def averaged(rounds: int, seed: int, draw: Callable[[Generator], float]) -> Seen:
    """Return the mean of a share."""
    generator = np.random.default_rng(seed)
    return Seen(sum(draw(generator) for _ in range(rounds)) / rounds, rounds)


def binomial(n: int, rate: float) -> Floats:
    """Return the probabilities of 0 to n successes."""
    logs = np.array([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in range(n + 1)])
    counts = np.arange(n + 1)
    return np.asarray(np.exp(logs + counts * math.log(rate) + (n - counts) * math.log1p(-rate)), dtype=np.float64)


def discordant(n: int, gained: float, lost: float) -> Iterable[tuple[int, int, float]]:
    """Yield the gains and losses that n pairs can show, with their probability."""
    same = 1 - gained - lost
    for gains in range(n + 1):
        for losses in range(n - gains + 1):
            log = (
                math.lgamma(n + 1)
                - math.lgamma(gains + 1)
                - math.lgamma(losses + 1)
                - math.lgamma(n - gains - losses + 1)
                + gains * math.log(gained)
                + losses * math.log(lost)
                + (n - gains - losses) * math.log(same)
            )
            yield gains, losses, math.exp(log)


ALIKE, SOMEWHAT, UNLIKE, OF_ONE_MIND = 1000.0, 8.0, 1.0, 1 / 9
"""How near the rates of traces lie to each other: correlations of 0.001, 0.11, 0.5 and 0.9 within a trace."""

TOGETHER = {
    ALIKE: "alike",
    SOMEWHAT: "somewhat unlike",
    UNLIKE: "unlike each other",
    OF_ONE_MIND: "nearly all or nothing",
}

Lengths = Literal["like", "uneven", "few", "long"]
LIKE: Lengths = "like"
UNEVEN: Lengths = "uneven"
FEW: Lengths = "few"
LONG: Lengths = "long"

LONGER = {
    UNEVEN: "of very unlike lengths",
    FEW: "the longest as 1, 1/2, 1/3, …",
    LONG: "of very unlike lengths, the long ones all or nothing",
}


def traces(generator: Generator, count: int, rate: float, spread: float, lengths: Lengths = LIKE) -> ClusteredRate:
    """Draw traces that each have a rate of their own around the given one.

    They leave a step one to six times, or log-normally often (σ 1), or the k-th longest 100/k times; of those
    whose long ones are of one mind the longer than ten have a correlation of 0.9.
    """
    if lengths == LIKE:
        trials = generator.integers(1, 7, count)
    elif lengths == FEW:
        trials = np.ceil(100 / np.arange(1, count + 1)).astype(int)
    else:
        trials = np.ceil(generator.lognormal(1, 1, count)).astype(int)
    spreads = np.where((trials > 10) & (lengths == LONG), OF_ONE_MIND, spread)
    own = generator.beta(rate * spreads, (1 - rate) * spreads)
    successes = generator.binomial(trials, own)
    return ClusteredRate(
        successes=int(successes.sum()),
        trials=int(trials.sum()),
        clusters=count,
        squares=int((successes**2).sum()),
        products=int((successes * trials).sum()),
        trial_squares=int((trials**2).sum()),
    )
