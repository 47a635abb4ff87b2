"""Many spans for little: some requests made once, and sent again with other ids and times in their bytes.

A copy is as new to a server as what it was made from, but for its texts and the ids of its conversations.
"""

import random
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from otlp import SPANS_PER_TRACE, Assistant, Batch

MADE_SPANS = 28_000 * SPANS_PER_TRACE
"""Spans that are made at most, which takes half a minute; there are some with the rare word among them."""

_Places = NDArray[np.int64]


class Pattern:
    """A request, and where in its bytes the ids and times of its spans are."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._bytes = np.frombuffer(batch.body, dtype=np.uint8)
        traces, spans, times = [], [], []
        at = 0
        for span in _spans_of(batch.body):
            # An encoder writes fields by their numbers, and ids and times have fixed lengths: 1, 2, 4, 7 and 8.
            at = _after(batch.body, b"\x0a\x10" + span.trace_id, at)
            traces.append(at - 16)
            at = _after(batch.body, b"\x12\x08" + span.span_id, at)
            spans.append(at - 8)
            if span.parent_span_id:
                at = _after(batch.body, b"\x22\x08" + span.parent_span_id, at)
                spans.append(at - 8)
            for tag, time_ns in ((b"\x39", span.start_time_unix_nano), (b"\x41", span.end_time_unix_nano)):
                at = _after(batch.body, tag + time_ns.to_bytes(8, "little"), at)
                times.append(at - 8)
        self._traces, self._spans, self._times = _places(traces, 16), _places(spans, 8), _places(times, 8)

    def copy(self, mask: bytes, later_ns: int) -> Batch:
        """Return the request with every id XORed with a mask, so that parents still match, and later times."""
        body = self._bytes.copy()
        body[self._traces] ^= np.frombuffer(mask, dtype=np.uint8)
        body[self._spans] ^= np.frombuffer(mask[:8], dtype=np.uint8)
        body[self._times] = (body[self._times].view("<u8") + np.uint64(later_ns)).view(np.uint8)
        return Batch(body.tobytes(), self._batch.spans, [_masked(each, mask) for each in self._batch.trace_ids])


class Copies:
    """Requests whose times are within some length, over and over, each time with other ids and so much later."""

    def __init__(self, made: Iterable[Batch], length_ns: int, seed: int) -> None:
        self._patterns = [Pattern(batch) for batch in made]
        self._length_ns = length_ns
        # Not as the ids themselves: an id XORed with itself is nobody's.
        self._masks = random.Random(f"masks {seed}")

    def batches(self) -> Iterator[Batch]:
        """Yield requests in the order of their times; a trace may be cut between two."""
        turn = 0
        while True:
            mask = self._masks.randbytes(16)
            for pattern in self._patterns:
                yield pattern.copy(mask, turn * self._length_ns)
            turn += 1


def copies(*, made: int, batch: int, start_ns: int, step_ns: int, seed: int) -> Copies:
    """Return traces of the assistant without end, whose roots start so far apart, from the first on."""
    traces = max(1, made // SPANS_PER_TRACE)
    length_ns = traces * step_ns
    assistant = Assistant(traces=traces, start_ns=start_ns, end_ns=start_ns + length_ns, seed=seed)
    return Copies(assistant.batches(traces * SPANS_PER_TRACE, batch), length_ns, seed)


def _spans_of(body: bytes) -> Iterator:
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope_spans in resource_spans.scope_spans:
            yield from scope_spans.spans


def _after(body: bytes, field: bytes, start: int) -> int:
    return body.index(field, start) + len(field)


def _places(starts: Sequence[int], length: int) -> _Places:
    return np.array(starts, dtype=np.int64)[:, None] + np.arange(length)


def _masked(trace_id: str, mask: bytes) -> str:
    return bytes(a ^ b for a, b in zip(bytes.fromhex(trace_id), mask, strict=True)).hex()
