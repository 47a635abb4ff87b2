"""Measures of labelled items with intervals: whole clusters are resampled, for their items belong together."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.reviews.agreement import Coefficient, coefficient_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED: Final = 20_080_911
RESAMPLES: Final = 1000
CONFIDENCE: Final = 0.95
_BLOCK: Final = 4_000_000
"""Numbers of a block of resamples."""


class Counted(NamedTuple):
    """How often each combination of codes came, by cluster; clusters that look alike are kept once."""

    tables: Floats
    """A stack of tables for each kind of cluster: (kinds, comparisons, rows, columns)."""
    counts: Ints
    n: int
    """Items."""

    @property
    def clusters(self) -> int:
        return int(self.counts.sum())

    @property
    def observed(self) -> Floats:
        """The tables of all items together, one for each comparison."""
        total: Floats = np.tensordot(self.counts.astype(np.float64), self.tables, axes=1)
        return total


class Cell(NamedTuple):
    """What one item adds to one of the tables that are counted side by side."""

    comparison: int
    row: int
    column: int


def count(
    cells: Sequence[Sequence[Cell]], clusters: Sequence[Hashable] | None, shape: tuple[int, int, int]
) -> Counted:
    """Count the cells of each item into tables of a shape: comparisons, rows, columns."""
    numbers: dict[Hashable, int] = {}
    for item in range(len(cells)):
        numbers.setdefault(item if clusters is None else clusters[item], len(numbers))
    names = range(len(cells)) if clusters is None else clusters
    tables = np.zeros((len(numbers), *shape))
    for name, added in zip(names, cells, strict=True):
        for cell in added:
            tables[(numbers[name], *cell)] += 1.0
    kinds, counts = np.unique(tables.reshape(len(numbers), -1), axis=0, return_counts=True)
    return Counted(kinds.reshape(-1, *shape), counts.astype(np.int64), sum(map(bool, cells)))


def resampled(
    counted: Counted, measure: Callable[[Floats], Floats], *, seed: int = SEED, resamples: int = RESAMPLES
) -> Floats:
    """Return a measure of the tables of each resample of the clusters; it takes and gives one row for each."""
    generator = np.random.default_rng(seed)
    shares = counted.counts / counted.clusters
    rows = max(1, _BLOCK // max(1, counted.tables[0].size))
    found = []
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        weights = generator.multinomial(counted.clusters, shares, size=size).astype(np.float64)
        found.append(measure(np.tensordot(weights, counted.tables, axes=1)))
    return np.concatenate(found)


def estimate(
    counted: Counted, measure: Callable[[Floats], Floats], *, n: int, confidence: float = CONFIDENCE
) -> Coefficient:
    """Return a measure with its percentile interval.

    Where all resamples agree there is none: that everybody said the same on twelve items is no certainty.
    """
    value = float(measure(counted.observed[None])[0])
    return coefficient_of(value, resampled(counted, measure), n, confidence)


def all_estimates(
    counted: Counted,
    measures: Mapping[str, Callable[[Floats], Floats]],
    *,
    n: int,
    confidence: float = CONFIDENCE,
) -> dict[str, Coefficient]:
    """Return several measures by name, of the same resamples."""
    return {name: estimate(counted, measure, n=n, confidence=confidence) for name, measure in measures.items()}
