"""Evidence against a mean, by betting on bounded values as they come: valid at any time, however often one looks.

Against "the mean is at most m" one bets, before each value v, a fixed share f of what can be lost on v > m; what
1 becomes is W_n(m) = Π (1 + f · (v_i − m) / (m − a)) for values of at least a. Were the mean at most m, nobody
could expect to win, and W would ever reach 1/α with a probability of at most α (Ville 1939; Waudby-Smith and
Ramdas 2023, "Estimating means of bounded random variables by betting"). The means that are not refused so are a
confidence sequence.

Nobody knows the best share beforehand. So the stake is divided evenly over several shares, each half of the one
before, down to the best for the longest game that there can be; the whole wins nearly as much as its best part.
The shares do not depend on m, nor on what came before. Three things follow: W falls in m, so that the sequence
is an interval and says exactly what the test says; it does not depend on the order of the values seen; and the
evidence for "above" and "below" is never there at once, for Π(1 + f·x) ≥ 1 needs Σx > 0.

Clusters: one bet is on one cluster, on its sum S against m times its n items, divided by N, the items of the
largest cluster that there is: (S − m·n)/N keeps the bounds of a single value, and is 0 on average where m is the
mean.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST_SHARE = 0.9
"""A bet is never lost whole: one value at its bound would end the game."""

_HALVINGS = 32
"""Of the interval in which a bound is looked for: what is left is below a billionth of it."""

_USUAL_GOAL = 2 * math.log(40)
"""Of the longest game: twice log 1/α, of which the best share is the root of goal / n."""


@dataclass(frozen=True)
class Bets:
    """Values in the order in which they came, one of each cluster, and the bets that are made on them."""

    sums: Floats
    """Of each cluster the sum of its values."""
    sizes: Floats
    """Of each cluster how many values it has."""
    low: float
    high: float
    """The bounds of a single value."""
    largest: int
    """Values of the largest cluster that there may be."""
    planned: int
    """Clusters of the longest game."""

    @property
    def mirrored(self) -> "Bets":
        """Return the same with the sign of every value turned: what is above becomes below."""
        return Bets(0.0 - self.sums, self.sizes, -self.high, -self.low, self.largest, self.planned)

    @cached_property
    def shares(self) -> Floats:
        smallest = math.sqrt(_USUAL_GOAL / max(self.planned, 1))
        count = 1 + max(0, math.ceil(math.log2(LARGEST_SHARE / smallest)))
        return np.asarray(LARGEST_SHARE / 2.0 ** np.arange(count))

    def log_wealth(self, mean: float) -> Floats:
        """Return, after each cluster, the logarithm of what was won against "the mean is at most this"."""
        outcomes = self._outcomes(mean, self.sums, self.sizes)
        return _mixed(np.cumsum(np.log1p(np.outer(self.shares, outcomes)), axis=1))

    def lower_bound(self, clusters: int, level: float) -> float:
        """Return the largest mean that the first clusters refuse from below at this level."""
        goal = -math.log(level)
        sums, sizes, counts = self._distinct(clusters)
        seen = float(sizes @ counts)
        if not seen:
            return self.low
        refused, stands = self.low, float(sums @ counts) / seen
        for _ in range(_HALVINGS):
            middle = (refused + stands) / 2
            if middle <= self.low:
                break
            wins = np.log1p(np.outer(self.shares, self._outcomes(middle, sums, sizes))) @ counts
            refused, stands = (middle, stands) if _mixed(wins[:, None])[0] >= goal else (refused, middle)
        return refused

    def _distinct(self, clusters: int) -> tuple[Floats, Floats, Floats]:
        """Return the different values of the first clusters, and how often each is there: often they are few."""
        found, counts = np.unique(self.sums[:clusters] + 1j * self.sizes[:clusters], return_counts=True)
        return found.real, found.imag, counts.astype(np.float64)

    def _outcomes(self, mean: float, sums: Floats, sizes: Floats) -> Floats:
        """Return what each cluster is away from the mean, in what a bet on it can lose."""
        outcomes: Floats = (sums - mean * sizes) / (self.largest * (mean - self.low))
        # Rounding must not make of a whole loss more than one.
        return np.maximum(outcomes, -1.0)


def _mixed(logs: Floats) -> Floats:
    """Return the logarithm of the mean of what the shares won."""
    best = logs.max(axis=0)
    mixed: Floats = best + np.log(np.exp(logs - best).mean(axis=0))
    return mixed
