"""Means over resampled clusters, for the bootstrap: thousands of resamples of thousands of clusters at once."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEIGHED_FROM = 1000
"""From so many clusters on, weights stand for draws."""

MOST_GROUPS = 5000
"""More clusters than that are dealt at random into so many groups."""

_BLOCK = 1_000_000
_BITS = 2**16


Column: TypeAlias = tuple[Floats, Floats]
"""Of each cluster the sum of its values, and how many it has."""


def resampled_means(columns: Sequence[Column], resamples: int, seed: int) -> list[Floats]:
    """Return the sorted means of each column's clusters, resampled alike; all have as many clusters.

    Few clusters are drawn with replacement. Of many, each gets a weight of its own from Poisson's distribution
    with mean 1, which is what its number of draws tends to (Hanley and MacGibbon 2006). Beyond ``MOST_GROUPS``
    clusters, groups of them are weighed: their totals have the variance and the skewness that the clusters' have,
    and 5,000 groups know that spread to 1 %.
    """
    clusters = columns[0][0].size
    if clusters < WEIGHED_FROM:
        return [np.sort(means) for means in _drawn(columns, clusters, resamples, seed)]
    if clusters > MOST_GROUPS:
        groups = np.random.default_rng(seed).permutation(clusters) % MOST_GROUPS
        columns = [(_summed(groups, sums), _summed(groups, n)) for sums, n in columns]
    return [np.sort(means) for means in _weighed(columns, resamples, seed)]


def _summed(groups: NDArray[np.int64], values: Floats) -> Floats:
    return np.bincount(groups, weights=values).astype(np.float64)


def _drawn(columns: Sequence[Column], clusters: int, resamples: int, seed: int) -> list[Floats]:
    generator = np.random.default_rng(seed)
    means = np.empty((len(columns), resamples))
    for block in _blocks(resamples, clusters):
        drawn = generator.integers(0, clusters, (block.stop - block.start, clusters))
        for place, (sums, sizes) in enumerate(columns):
            means[place, block] = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return list(means)


def _weighed(columns: Sequence[Column], resamples: int, seed: int) -> list[Floats]:
    clusters = columns[0][0].size
    centres = [float(sums.sum() / sizes.sum()) for sums, sizes in columns]
    # Single precision does for what lies around a mean; the mean itself keeps all its digits.
    residuals = [
        (sums - sizes * centre).astype(np.float32) for (sums, sizes), centre in zip(columns, centres, strict=True)
    ]
    sizes = [None if (n == 1).all() else n.astype(np.float32) for _, n in columns]
    bits = np.random.SFC64(seed)
    means = np.empty((len(columns), resamples))
    for block in _blocks(resamples, clusters):
        weights = _poisson_weights(bits, block.stop - block.start, clusters)
        count = weights.sum(axis=1)
        for place, centre in enumerate(centres):
            n = sizes[place]
            total = count if n is None else _times(weights, n)
            means[place, block] = centre + _times(weights, residuals[place]) / total
    return list(means)


def _blocks(resamples: int, clusters: int) -> Iterator[slice]:
    """Split the resamples: thousands of them, of thousands of clusters each, would take gigabytes at once."""
    rows = max(1, _BLOCK // clusters)
    return (slice(start, min(start + rows, resamples)) for start in range(0, resamples, rows))


def _times(weights: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    # Not `@`: its threads wait for one another longer than these sums take, where others want the cores as well.
    totals: NDArray[np.float32] = np.einsum("rc,c->r", weights, values)
    return totals


def _poisson_weights(bits: np.random.SFC64, rows: int, columns: int) -> NDArray[np.float32]:
    """Return weights of 0, 1, 2, …: how many of the distribution's steps a random number has reached."""
    count = rows * columns
    raw = np.asarray(bits.random_raw(count // 4 + 1), dtype=np.uint64).view(np.uint16)[:count]
    weights = np.zeros(count, dtype=np.uint8)
    for step in _STEPS:
        weights += raw >= step
    return weights.reshape(rows, columns).astype(np.float32)


def _poisson_steps() -> list[np.uint16]:
    """Return 2^16 · P(weight < k) for k = 1, 2, …, as far as 16 random bits tell them apart."""
    steps, probability, cumulative = [], float(np.exp(-1.0)), 0.0
    for k in range(1, 20):
        cumulative += probability
        probability /= k
        step = round(cumulative * _BITS)
        if step >= _BITS:
            break
        steps.append(np.uint16(step))
    return steps


_STEPS = _poisson_steps()
