"""Copies of requests must be as new as what they were made from."""

import random
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

BENCH = Path(__file__).parents[2] / "bench"
TRACES, SPANS_PER_TRACE = 3, 7
MADE = TRACES * SPANS_PER_TRACE
LENGTH_NS = 3 * 10**9


@pytest.fixture(scope="module")
def sent() -> list[Any]:
    sys.path.insert(0, str(BENCH))
    try:
        from copies import Copies  # type: ignore[import-not-found]
        from otlp import Batch, request_of  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(BENCH))
    made = [span for trace in range(TRACES) for span in trace_of(trace)]
    # Three turns of three requests each, of which the first two end within a trace.
    parts = [made[at : at + 10] for at in range(0, MADE, 10)]
    batches = [Batch(request_of(part), len(part), [part[0].trace_id.hex()]) for part in parts]
    return list(islice(Copies(batches, LENGTH_NS, seed=1).batches(), 9))


def trace_of(number: int) -> list[Span]:
    chance = random.Random(f"trace {number}")
    trace_id, root = chance.randbytes(16), chance.randbytes(8)
    start_ns = 10**18 + number * 10**9
    return [
        Span(
            trace_id=trace_id,
            span_id=chance.randbytes(8) if nth else root,
            parent_span_id=root if nth else b"",
            name=f"step {nth}",
            kind=Span.SPAN_KIND_INTERNAL,
            start_time_unix_nano=start_ns + nth,
            end_time_unix_nano=start_ns + 2 * nth,
        )
        for nth in range(SPANS_PER_TRACE)
    ]


@pytest.fixture(scope="module")
def spans(sent: list[Any]) -> list[Any]:
    requests = [ExportTraceServiceRequest.FromString(batch.body) for batch in sent]
    return [span for request in requests for span in request.resource_spans[0].scope_spans[0].spans]


def test_every_span_of_every_copy_is_another(sent: list[Any], spans: list[Any]) -> None:
    assert len(spans) == 3 * MADE == sum(batch.spans for batch in sent)
    assert len({span.span_id for span in spans}) == len(spans)
    assert len({span.trace_id for span in spans}) == len(spans) // SPANS_PER_TRACE
    assert {trace for batch in sent for trace in batch.trace_ids} <= {span.trace_id.hex() for span in spans}


def test_parents_are_in_the_same_trace_and_every_trace_has_one_root(spans: list[Any]) -> None:
    roots = {(span.trace_id, span.span_id) for span in spans if not span.parent_span_id}
    assert len(roots) == len(spans) // SPANS_PER_TRACE
    assert all((span.trace_id, span.parent_span_id) in roots for span in spans if span.parent_span_id)


def test_each_copy_follows_the_one_before_and_spans_last_as_long(spans: list[Any]) -> None:
    first, second = spans[:MADE], spans[MADE : 2 * MADE]
    for one, other in zip(first, second, strict=True):
        assert other.start_time_unix_nano - one.start_time_unix_nano == LENGTH_NS
        assert other.end_time_unix_nano - one.end_time_unix_nano == LENGTH_NS
        assert other.name == one.name
