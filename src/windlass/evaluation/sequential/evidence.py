"""What is known, after each cluster, of one requirement: whether it is met, or is not, at any level."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.sequential.asymptotic import Drift
from windlass.evaluation.sequential.betting import Bets
from windlass.evaluation.sequential.boundaries import nominal_levels
from windlass.evaluation.sequential.rule import Boundary, SequentialMethod
from windlass.evaluation.statistics.paired import Interval, Method, PairedDifference

Floats = NDArray[np.float64]
Side = Literal["above", "below"]
"""Of the bound: where the mean is shown to be."""

_SIDES: Final[tuple[Side, Side]] = ("above", "below")


class Evidence(Protocol):
    """Of one mean and one bound."""

    @property
    def method(self) -> Method | SequentialMethod | None: ...

    def crossing(self, side: Side, level: float) -> int | None:
        """Return after how many clusters it is first shown at this one-sided level."""
        ...

    def p_value(self, side: Side, clusters: int) -> float:
        """Return the least level at which it was shown by then."""
        ...

    def interval(self, clusters: int, level: float) -> Interval | None:
        """Return what was not refused until then; each end at this level. None where everything stands."""
        ...


@dataclass(frozen=True)
class AnytimeEvidence:
    """By betting, or asymptotic; looked at after some of the clusters."""

    process: Bets | Drift
    bound: float
    looks: NDArray[np.int64]
    """After how many clusters is looked."""
    _known: dict[tuple[Side, int, float], float] = field(default_factory=dict, compare=False)

    @property
    def method(self) -> SequentialMethod:
        return "betting" if isinstance(self.process, Bets) else "asymptotic"

    def crossing(self, side: Side, level: float) -> int | None:
        shown = self._wealth(side) >= -np.log(level)
        return int(self.looks[shown.argmax()]) if shown.any() else None

    def p_value(self, side: Side, clusters: int) -> float:
        until = self._wealth(side)[: self._looked(clusters)]
        # What was won once is won: the most there was until then counts.
        return float(np.exp(-max(0.0, float(until.max())))) if until.size else 1.0

    def interval(self, clusters: int, level: float) -> Interval | None:
        """The lower end is the highest of what was refused at the looks until then, which are taken in part.

        Among them is the one at which the evidence against the bound was greatest, so that the interval tells
        what the test tells.
        """
        low, high = (self._refused(side, clusters, level) for side in _SIDES)
        return Interval(low, 0.0 - high) if np.isfinite([low, high]).all() else None

    def _refused(self, side: Side, clusters: int, level: float) -> float:
        """Return the largest mean that is refused from one side; below, with the sign of all values turned."""
        return max((self._bound(side, each, level) for each in self._telling(side, clusters)), default=-np.inf)

    def _bound(self, side: Side, clusters: int, level: float) -> float:
        key = (side, clusters, level)
        if key not in self._known:
            process = self.process if side == "above" else self.process.mirrored
            self._known[key] = process.lower_bound(clusters, level)
        return self._known[key]

    def _telling(self, side: Side, clusters: int) -> set[int]:
        looked = self._looked(clusters)
        if not looked:
            return set()
        return {int(self.looks[looked - 1]), int(self.looks[self._wealth(side)[:looked].argmax()])}

    def _looked(self, clusters: int) -> int:
        return int(np.searchsorted(self.looks, clusters, side="right"))

    def _wealth(self, side: Side) -> Floats:
        return self._above if side == "above" else self._below

    @cached_property
    def _above(self) -> Floats:
        return self.process.log_wealth(self.bound)[self.looks - 1]

    @cached_property
    def _below(self) -> Floats:
        return self.process.mirrored.log_wealth(0.0 - self.bound)[self.looks - 1]


class Look(NamedTuple):
    """A planned look of a group."""

    clusters: int
    pairs: PairedDifference | None


@dataclass(frozen=True)
class GroupEvidence:
    """By the ordinary paired test at planned looks, each at the level that is spent there."""

    looks: list[Look]
    """Those that were reached."""
    fractions: tuple[float, ...]
    """Of all looks that are planned."""
    bound: float
    boundary: Boundary
    _known: dict[float, list[float]] = field(default_factory=dict, compare=False)

    @property
    def method(self) -> Method | None:
        pairs = self.looks[-1].pairs if self.looks else None
        return pairs.method if pairs else None

    def crossing(self, side: Side, level: float) -> int | None:
        for look, nominal in zip(self.looks, self.levels(level), strict=False):
            if self._p(look, side) <= nominal:
                return look.clusters
        return None

    def p_value(self, side: Side, clusters: int) -> float:
        """The nominal one of the last look: what is compared with the level that is spent there."""
        there = [look for look in self.looks if look.clusters <= clusters]
        return self._p(there[-1], side) if there else 1.0

    def interval(self, clusters: int, level: float) -> Interval | None:
        """Repeated confidence intervals (Jennison and Turnbull 1989): what all of them leave."""
        drawn = [
            interval
            for look, nominal in zip(self.looks, self.levels(level), strict=False)
            if look.clusters <= clusters
            and look.pairs is not None
            and nominal > 0
            and (interval := look.pairs.interval(1 - 2 * nominal)) is not None
        ]
        if not drawn:
            return None
        return Interval(max(each.low for each in drawn), min(each.high for each in drawn))

    def levels(self, level: float) -> list[float]:
        """Return the nominal level of each planned look."""
        if level not in self._known:
            self._known[level] = nominal_levels(self.boundary, level, self.fractions)
        return self._known[level]

    def _p(self, look: Look, side: Side) -> float:
        if look.pairs is None:
            return 1.0
        p = look.pairs.p_greater(self.bound) if side == "above" else look.pairs.p_less(self.bound)
        return 1.0 if p is None else p
