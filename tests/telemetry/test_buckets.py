"""Buckets of histograms, against the numbers that were put into them."""

import math
import random
import statistics
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint

from windlass.telemetry.buckets import (
    MOST_BUCKETS,
    Buckets,
    Part,
    estimate_quantiles,
    from_exponential,
    parts_of,
    problem_of_buckets,
)


def test_a_quantile_lies_inside_its_bucket_as_if_numbers_were_spread_evenly() -> None:
    parts = list(parts_of(Buckets([1.0, 2.0, 4.0], [0, 10, 10, 0]), None, None))
    found = estimate_quantiles(parts, (0.25, 0.5, 0.75, 1))
    assert found == {"0.25": 1.5, "0.5": 2.0, "0.75": 3.0, "1": 4.0}


def test_the_outer_buckets_end_at_the_least_and_the_greatest_number() -> None:
    buckets = Buckets([1.0, 2.0], [1, 0, 1])
    assert list(parts_of(buckets, 0.5, 8.0)) == [Part(0.5, 1.0, 1), Part(2.0, 8.0, 1)]
    assert list(parts_of(buckets, None, None)) == [Part(0.0, 1.0, 1), Part(2.0, 2.0, 1)]
    assert list(parts_of(Buckets([-1.0], [1, 0]), None, None)) == [Part(-1.0, -1.0, 1)]
    assert list(parts_of(Buckets([], []), 1.0, 2.0)) == []


def test_no_numbers_have_no_quantiles() -> None:
    assert estimate_quantiles([], (0.5,)) == {}
    assert estimate_quantiles([Part(0.0, 1.0, 1), Part(0.0, 1.0, -1)], (0.5,)) == {}


def test_what_is_taken_away_does_not_count() -> None:
    parts = [Part(0.0, 1.0, 10), Part(1.0, 2.0, 10), Part(0.0, 1.0, -10)]
    assert estimate_quantiles(parts, (0.5,)) == {"0.5": 1.5}


def test_histograms_with_other_bounds_add_up() -> None:
    parts = [Part(0.0, 10.0, 100), Part(0.0, 5.0, 50), Part(5.0, 10.0, 50)]
    assert estimate_quantiles(parts, (0.5, 0.9)) == {"0.5": 5.0, "0.9": 9.0}


def exponential(numbers: list[float], scale: int) -> ExponentialHistogramDataPoint:
    """Record numbers as OpenTelemetry says that it is done."""
    made = ExponentialHistogramDataPoint(
        scale=scale, count=len(numbers), zero_count=sum(number == 0 for number in numbers)
    )
    for buckets, sign in ((made.positive, 1), (made.negative, -1)):
        places = [math.ceil(math.log2(abs(number)) * 2**scale) - 1 for number in numbers if number * sign > 0]
        if places:
            buckets.offset = min(places)
            buckets.bucket_counts.extend(places.count(place) for place in range(min(places), max(places) + 1))
    return made


@pytest.mark.parametrize("scale", [2, 4, 6])
def test_an_exponential_histogram_gives_quantiles_as_close_as_its_scale(scale: int) -> None:
    drawn = random.Random(7)
    numbers = [drawn.lognormvariate(0, 1) for _ in range(2000)]
    buckets = from_exponential(exponential(numbers, scale))
    assert sum(buckets.counts) == len(numbers)
    assert problem_of_buckets(*buckets) is None
    found = estimate_quantiles(parts_of(buckets, None, None), (0.1, 0.5, 0.9))
    exact = statistics.quantiles(numbers, n=10)
    for estimate, true in zip(found.values(), (exact[0], exact[4], exact[8]), strict=True):
        assert estimate == pytest.approx(true, rel=2 ** (2**-scale) - 1)


def test_an_exponential_histogram_has_zero_and_negative_numbers_in_their_places() -> None:
    buckets = from_exponential(exponential([-3.0, -1.5, 0.0, 0.0, 1.5, 3.0], 0))
    assert list(parts_of(buckets, None, None)) == [
        Part(-4.0, -2.0, 1),
        Part(-2.0, -1.0, 1),
        Part(-math.ulp(0.0), 0.0, 2),
        Part(1.0, 2.0, 1),
        Part(2.0, 4.0, 1),
    ]


@example(scale=0, offset=0, counts=[], negative=[], threshold=sys.float_info.max)
@given(
    scale=st.integers(-10, 20),
    offset=st.integers(-(2**31), 2**31 - 1),
    counts=st.lists(st.integers(0, 2**64 - 1), max_size=20),
    negative=st.lists(st.integers(0, 9), max_size=5),
    threshold=st.floats(0, allow_infinity=False, allow_nan=False),
)
def test_whatever_an_exponential_histogram_says_its_buckets_rise_and_hold_every_count(
    scale: int, offset: int, counts: list[int], negative: list[int], threshold: float
) -> None:
    point = ExponentialHistogramDataPoint(scale=scale, zero_count=3, zero_threshold=threshold)
    point.positive.offset = point.negative.offset = offset
    point.positive.bucket_counts.extend(counts)
    point.negative.bucket_counts.extend(negative)
    buckets = from_exponential(point)
    assert problem_of_buckets(*buckets) is None
    assert sum(buckets.counts) == 3 + sum(counts) + sum(negative)
    for estimate in estimate_quantiles(parts_of(buckets, None, None), (0.5, 0.99)).values():
        assert -sys.float_info.max <= estimate <= sys.float_info.max


@pytest.mark.parametrize(
    ("bounds", "counts", "problem"),
    [
        ([1.0, 2.0], [1, 2, 3], None),
        ([], [], None),
        ([], [5], None),
        ([1.0, 2.0], [1, 2], "another number of buckets"),
        ([1.0], [], "another number of buckets"),
        ([2.0, 1.0], [1, 1, 1], "do not rise"),
        ([1.0, 1.0], [1, 1, 1], "do not rise"),
        ([1.0, math.inf], [1, 1, 1], "do not rise"),
        ([math.nan], [1, 1], "do not rise"),
        ([float(bound) for bound in range(MOST_BUCKETS)], [1] * (MOST_BUCKETS + 1), "more than 4096 buckets"),
    ],
)
def test_buckets_that_cannot_be_meant_are_refused(
    bounds: list[float], counts: list[int], problem: str | None
) -> None:
    found = problem_of_buckets(bounds, counts)
    assert found is None if problem is None else problem in str(found)
