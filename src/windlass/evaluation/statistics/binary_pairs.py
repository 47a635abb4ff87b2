"""Paired yes/no outcomes: the exact test of no difference, and the score test of any difference.

Where few pairs differ, as between two releases that mostly agree, the t interval claims far too much (with 15
items it lets a candidate on the margin pass 11 % of the time instead of 2.5 %); the score test keeps its promise.
"""

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Final, NamedTuple

from windlass.errors import InputError

_NORMAL = NormalDist()
_MOST_EXACT: Final = 5_000
"""Discordant pairs that are counted in whole numbers; of more, ten digits do, and take no minutes."""


class BinaryPairs(NamedTuple):
    """Counts of n pairs: ``gains`` are 0 → 1, ``losses`` 1 → 0; the difference is (gains − losses) / n."""

    gains: int
    losses: int
    n: int

    @property
    def mirrored(self) -> "BinaryPairs":
        return BinaryPairs(self.losses, self.gains, self.n)

    def p_greater(self, null: float) -> float:
        """Return the one-sided p value of "the difference is at most ``null``".

        Tango's score test (1998); from no difference upwards McNemar's exact test must agree as well.
        """
        if null >= 1:
            return 1.0
        score = 1 - _NORMAL.cdf(self._score(null)) if null > -1 else 0.0
        return score if null < 0 else max(score, mcnemar_exact(self.losses, self.gains, one_sided=True))

    def lower_bound(self, tail: float) -> float:
        """Return the least difference that ``p_greater`` does not reject at this level."""
        low, high = -1.0, 1.0
        # Halving an interval of width 2 until it is below any difference that a double tells from another.
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.p_greater(middle) <= tail else (low, middle)
        # McNemar's step at no difference is met from below.
        return 0.0 if abs(low) < 1e-15 else low

    def _score(self, null: float) -> float:
        """Return Tango's z: the observed difference against its variance under ``null``."""
        gains, losses, n = self
        a = 2 * n
        b = -gains - losses + (2 * n - gains + losses) * null
        c = -losses * null * (1 - null)
        lost = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
        variance = n * (2 * lost + null * (1 - null))
        distance = gains - losses - n * null
        if variance <= 0:
            return math.inf if distance > 0 else -math.inf if distance < 0 else 0.0
        return distance / math.sqrt(variance)


def mcnemar_exact(only_first: int, only_second: int, *, one_sided: bool = False) -> float:
    """Return McNemar's exact p value from the two counts of discordant pairs.

    One-sided, a small p says that the second side has more than half of the discordant pairs.
    """
    if only_first < 0 or only_second < 0:
        raise InputError("Counts of discordant pairs cannot be negative.")
    n = only_first + only_second
    fewer = only_first if one_sided else min(only_first, only_second)
    tail = _binomial_tail(fewer, n)
    return tail if one_sided else min(1.0, 2 * tail)


@lru_cache(maxsize=64)
def _binomial_tail(fewer: int, n: int) -> float:
    """Return P(X ≤ fewer) of n fair coins; a bound that is searched for asks for the same one again and again."""
    if n > _MOST_EXACT:
        # 0.4 s to import, which only runs of very many items wait for.
        from scipy.special import bdtr

        return float(bdtr(fewer, n, 0.5))
    # Exact integers until the division: binomial coefficients overflow a float early.
    total = term = 1
    for count in range(fewer):
        term = term * (n - count) // (count + 1)
        total += term
    tail: float = total / 2**n
    return tail
