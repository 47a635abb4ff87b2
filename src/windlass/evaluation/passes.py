"""Passing all of k tries, or any: pass^k and pass@k of items that were repeated.

Of an item with c passes in n repeats, C(c,k)/C(n,k) is the share of the choices of k repeats that pass all, and
1 − C(n−c,k)/C(n,k) the share of those with a pass among them: unbiased for the chances of k new tries (Yao et al.
2024, tau-bench; Chen et al. 2021, HumanEval). Both are means over items, which are the clusters.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.pass_rates import PassRate, PassRates, check_tries, pass_at_k, pass_hat_k
from windlass.evaluation.statistics.paired import Floats, Interval, paired_difference
from windlass.evaluation.statistics.rates import clopper_pearson

Counts = NDArray[np.int64]

_MOST: Final = 10
"""Every k up to it is told, and the number of repeats itself."""

_SEED: Final = 20_080_911


class Tries(NamedTuple):
    """Of each item, how many of its repeats passed, and how many have a value."""

    passes: Counts
    tries: Counts

    @classmethod
    def of(cls, values: Sequence[Sequence[float]]) -> "Tries | None":
        """Count the values of each item's repeats; None where one is neither 0 nor 1."""
        if any(value not in (0, 1) for repeats in values for value in repeats):
            return None
        passes = np.fromiter((round(sum(repeats)) for repeats in values), np.int64, len(values))
        return cls(passes, np.fromiter(map(len, values), np.int64, len(values)))

    @property
    def most(self) -> int:
        return int(self.tries.max(initial=0))

    def only(self, items: NDArray[np.bool_]) -> "Tries":
        return Tries(self.passes[items], self.tries[items])


def pass_rates(values: Sequence[Sequence[float]], k: int) -> PassRates:
    """Return both for the values of each item's repeats, every one 0 or 1.

    Raises InputError where no item has k values, and for other values.
    """
    return rates_of(Tries.of(values), k)


def rates_of(tries: Tries | None, k: int) -> PassRates:
    """Return the same of items that are counted already; None for a metric with other values than 0 and 1."""
    if tries is None:
        raise InputError("pass^k and pass@k are of a metric that is 0 or 1 on every sample; this one has others.")
    enough = tries.only(tries.tries >= k)
    if not enough.tries.size:
        check_tries(0, tries.most, k)
    return PassRates(
        k=k,
        pass_hat=_rate(_of_each(enough, lambda passes, repeats: pass_hat_k(passes, repeats, k))),
        pass_at=_rate(_of_each(enough, lambda passes, repeats: pass_at_k(passes, repeats, k))),
        n=int(enough.tries.size),
    )


def all_pass_rates(values: Sequence[Sequence[float]], repeats: int) -> list[PassRates]:
    """Return both for every k that is told of a run; none for a metric with other values than 0 and 1."""
    tries = Tries.of(values)
    return [] if tries is None else all_rates_of(tries, repeats)


def all_rates_of(tries: Tries, repeats: int) -> list[PassRates]:
    """Return the same of items that are counted already."""
    told = dict.fromkeys((*range(1, min(repeats, _MOST) + 1), repeats))
    return [rates_of(tries, k) for k in told if k <= tries.most]


def _of_each(tries: Tries, rate: Callable[[int, int], float]) -> Floats:
    """Return what a formula says of each item; the counts of most are those of others, too."""
    both = tries.passes * (tries.most + 1) + tries.tries
    different, places = np.unique(both, return_inverse=True)
    rates = [rate(*divmod(each, tries.most + 1)) for each in different.tolist()]
    return np.array(rates, dtype=np.float64)[places]


def _rate(values: Floats) -> PassRate:
    interval = _interval(values)
    mean = sum(values.tolist()) / values.size
    return PassRate(mean=mean, low=interval.low if interval else None, high=interval.high if interval else None)


def _interval(values: Floats) -> Interval | None:
    """Return the interval of a rate where every item says 0 or 1, else that of a mean between 0 and 1."""
    if values.size < 2:
        return None
    if ((values == 0) | (values == 1)).all():
        return clopper_pearson(round(float(values.sum())), values.size)
    interval = paired_difference(np.zeros(values.size), values, bounds=(0.0, 1.0), seed=_SEED).interval()
    return Interval(max(0.0, interval.low), min(1.0, interval.high)) if interval else None
