"""What became of acknowledged traces: how many of their spans are missing, and how many are there too often."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class SpanCount(NamedTuple):
    """How many spans a trace is read with."""

    spans: int
    different: int
    """Spans with ids of their own."""


class Losses(NamedTuple):
    lost: int
    doubled: int


def compare(acknowledged: Iterable[str], found: Mapping[str, SpanCount], spans_per_trace: int) -> Losses:
    """Hold what is found against the traces that were acknowledged whole; the others count for nothing."""
    lost = doubled = 0
    for trace_id in dict.fromkeys(acknowledged):
        count = found.get(trace_id, SpanCount(0, 0))
        lost += max(0, spans_per_trace - count.different)
        # Both what is there twice, and what nobody sent.
        doubled += count.spans - min(count.different, spans_per_trace)
    return Losses(lost, doubled)
