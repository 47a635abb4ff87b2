"""Buckets of histograms: whether they can be meant, what an exponential one means, and quantiles out of them."""

import math
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint

MOST_BUCKETS: Final = 4096

_LARGEST: Final = sys.float_info.max


class Buckets(NamedTuple):
    """Counts of numbers: up to the first bound, from each bound up to the next, and above the last."""

    bounds: list[float]
    counts: list[int]
    """One more than bounds, or none."""


@dataclass(frozen=True)
class Part:
    """Some numbers that lie somewhere between two bounds; a negative count takes them away."""

    low: float
    high: float
    count: float


def problem_of_buckets(bounds: Sequence[float], counts: Sequence[int]) -> str | None:
    """Return why buckets cannot be meant."""
    if len(counts) > MOST_BUCKETS:
        return f"more than {MOST_BUCKETS} buckets"
    # A histogram without buckets has neither.
    if len(counts) != len(bounds) + 1 and (counts or bounds):
        return "another number of buckets than its bounds make"
    if not all(map(math.isfinite, bounds)) or any(low >= high for low, high in pairwise(bounds)):
        return "bounds of buckets that do not rise"
    return None


def from_exponential(point: ExponentialHistogramDataPoint) -> Buckets:
    """Return the buckets that an exponential histogram means."""
    near_zero = abs(point.zero_threshold)
    negative = list(_exponential(point.scale, point.negative))
    mirrored = [Part(-part.high, -part.low, part.count) for part in reversed(negative)]
    # A bucket has some width: nothing but zero lies in the narrowest.
    below_zero = max(math.nextafter(-near_zero, -math.inf), -_LARGEST)
    zero = [Part(below_zero, near_zero, point.zero_count)] if point.zero_count else []
    return _joined([*mirrored, *zero, *_exponential(point.scale, point.positive)])


def _exponential(scale: int, buckets: ExponentialHistogramDataPoint.Buckets) -> Iterator[Part]:
    for place, count in enumerate(buckets.bucket_counts, buckets.offset):
        yield Part(_power(place, scale), _power(place + 1, scale), count)


def _power(place: int, scale: int) -> float:
    try:
        return min(math.pow(2.0, place * math.pow(2.0, -scale)), _LARGEST)
    except OverflowError:
        return _LARGEST


def _joined(parts: Iterable[Part]) -> Buckets:
    """Return parts, which rise, as buckets; what floats cannot tell apart becomes one."""
    bounds: list[float] = []
    counts = [0]
    for part in parts:
        for edge, count in ((part.low, 0), (part.high, int(part.count))):
            if not bounds or edge > bounds[-1]:
                bounds.append(edge)
                # What lies below the new bound is the bucket that was open until now.
                counts[-1] += count
                counts.append(0)
            else:
                counts[-2] += count
    return Buckets(bounds, counts) if bounds else Buckets([], [])


def parts_of(buckets: Buckets, low: float | None, high: float | None) -> Iterator[Part]:
    """Return buckets as parts. The outer two have one bound each; the least and greatest number are the others.

    Where those are not known, a histogram of positive bounds begins at 0, and else the one bound stands for all.
    """
    bounds = buckets.bounds
    if not bounds:
        return
    first = low if low is not None and low < bounds[0] else min(0.0, bounds[0])
    last = high if high is not None and high > bounds[-1] else bounds[-1]
    edges = [first, *bounds, last]
    for (start, end), count in zip(pairwise(edges), buckets.counts, strict=True):
        if count:
            yield Part(start, end, count)


def estimate_quantiles(parts: Iterable[Part], quantiles: Sequence[float]) -> dict[str, float]:
    """Return quantiles of the numbers in parts, as if they were spread evenly in each; none of no numbers."""
    spread = list(parts)
    total = sum(part.count for part in spread)
    edges = sorted({edge for part in spread for edge in (part.low, part.high)})
    return {f"{quantile:g}": _find(spread, edges, quantile * total) for quantile in quantiles} if total > 0 else {}


def _find(parts: Sequence[Part], edges: Sequence[float], wanted: float) -> float:
    """Return up to where so many of the numbers lie: between two edges their count grows evenly."""
    place = min(bisect_left(edges, wanted, key=lambda edge: _count(parts, edge)), len(edges) - 1)
    right = edges[place]
    if place == 0:
        return right
    left = edges[place - 1]
    up_to_left, before_right = _count(parts, left), _count(parts, right, included=False)
    if wanted >= before_right:
        return right
    share = (wanted - up_to_left) / (before_right - up_to_left)
    # Not by their difference, which may be more than a float holds.
    return left * (1 - share) + right * share


def _count(parts: Iterable[Part], edge: float, *, included: bool = True) -> float:
    """Return how many of the numbers are at most an edge, or less when it is not included."""
    return sum(part.count * _share(part, edge, included) for part in parts)


def _share(part: Part, edge: float, included: bool) -> float:
    if edge > part.high or (edge == part.high and (included or part.low < part.high)):
        return 1.0
    if edge <= part.low:
        return 0.0
    # Halves, for the whole width may be more than a float holds.
    return (edge / 2 - part.low / 2) / (part.high / 2 - part.low / 2)
