"""Requests as no client should send them: recorded and made-up ones, broken in every way that comes to mind."""

import base64
import gzip
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final, Literal, NamedTuple

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from .mutations import mutate_bytes, mutate_json, mutate_protobuf
from .otlp_signals import (
    CUMULATIVE,
    counted,
    exemplar,
    gauge,
    histogram,
    logs,
    metrics,
    number,
    record,
    summary,
    total,
)
from .sending import START_NS, Plain, request, span

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Signal = Literal["traces", "logs", "metrics"]

_GOLDEN: Final = Path(__file__).parent / "golden"

_SIGNALS: Final[tuple[Signal, ...]] = ("traces", "traces", "logs", "metrics")
_PROTOBUF: Final = "application/x-protobuf"
_JSON: Final = "application/json"
_TYPES: Final = (
    _PROTOBUF,
    _JSON,
    "application/json; charset=utf-8",
    "APPLICATION/X-PROTOBUF",
    "text/plain",
    "",
    ";",
)
_COMPRESS: Final[dict[str, Callable[[bytes], bytes]]] = {
    # Quickly, and without the time of day: a body is the same whenever it is drawn.
    "gzip": lambda body: gzip.compress(body, compresslevel=1, mtime=0),
    "zstd": zstd.compress,
    "deflate": lambda body: zlib.compress(body, level=1),
}
_ENCODINGS: Final = ("", "identity", "br", "gzip, gzip", "\x00", *_COMPRESS)
_IDS: Final = frozenset({"traceId", "spanId", "parentSpanId"})

_SAID: Final[dict[str, Plain]] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "text", "content": "I am ada@example.com."}]}]',
    "user.password": "hunter2",
    "ratio": 0.5,
    "stream": False,
    "bytes": b"\x00\xff",
    "nothing": None,
    "list": [1, "two", [3.0, None]],
    "map": {"a": {"b": [True]}},
}


class Sent(NamedTuple):
    """A request as it arrives."""

    signal: Signal
    body: bytes
    content_type: str
    content_encoding: str


class BrokenBodies:
    """Draws broken requests. The same numbers are drawn by the same random."""

    def __init__(self) -> None:
        made = _whole_requests()
        self._protobuf = {signal: [whole.SerializeToString() for whole in made[signal]] for signal in made}
        self._json = {signal: [_json_of(whole) for whole in made[signal]] for signal in made}

    def draw(self, random: Random) -> Sent:
        signal = random.choice(_SIGNALS)
        if random.random() < 0.25:
            body, content_type = mutate_json(random.choice(self._json[signal]), random), _JSON
        else:
            whole = self._protobuf[signal]
            other = random.choice(self._protobuf[random.choice(_SIGNALS)])
            body, content_type = mutate_protobuf(random.choice(whole), random, other), _PROTOBUF
        encoding = random.choice(("", "", "", *_COMPRESS))
        if encoding:
            body = _COMPRESS[encoding](body)
            if random.random() < 0.1:
                body = mutate_bytes(body, random)
        if random.random() < 0.02:
            content_type = random.choice(_TYPES)
        if random.random() < 0.02:
            encoding = random.choice(_ENCODINGS)
        return Sent(signal, body, content_type, encoding)


def _whole_requests() -> dict[Signal, list[Message]]:
    asked = span(1, 1, attributes=_SAID)
    asked.events.add(name="token", time_unix_nano=START_NS).attributes.extend(span(attributes=_SAID).attributes)
    asked.links.add(trace_id=b"t" * 16, span_id=b"s" * 8).attributes.extend(span(a=1).attributes)
    result: dict[str, Plain] = {"gen_ai.evaluation.name": "fit", "gen_ai.evaluation.score.value": 0.5}
    judged = span(4, 1)
    judged.events.add(name="gen_ai.evaluation.result").attributes.extend(span(attributes=result).attributes)
    exponential = metrics().resource_metrics[0].scope_metrics[0].metrics.add(name="fine", unit="s")
    exponential.exponential_histogram.aggregation_temporality = CUMULATIVE
    point = exponential.exponential_histogram.data_points.add(time_unix_nano=START_NS, count=6, scale=1)
    point.positive.bucket_counts.extend([1, 2])
    point.negative.bucket_counts.extend([3])
    measured = counted([1, 2, 3], total_of=4.5, model="x")
    measured.exemplars.append(exemplar(2.5, 1, 1, user="ada@example.com"))
    return {
        "traces": [
            request(asked, span(1, 2, parent=1, error=True)),
            request(*(span(2, place, name=f"step {place}") for place in range(1, 60))),
            request(span(3), resource=_SAID),
            request(judged),
            *_recorded(),
        ],
        "logs": [
            logs(record(1, 1, body=_SAID, said=_SAID), record(0, 0, body="text")),
            logs(record(1, 1, event="gen_ai.evaluation.result", said=result), resource=_SAID),
        ],
        "metrics": [
            metrics(gauge(number(0.5, model="m")), total(number(7), temporality=CUMULATIVE)),
            metrics(histogram(measured), exponential, resource=_SAID),
            metrics(summary({0.5: 0.1, 0.99: 2.0}, count=3, total_of=2.5, model="x")),
        ],
    }


def _recorded() -> list[Message]:
    """Return a request for each span that the golden recordings have: whole, they would take most of the time."""
    found: list[Message] = []
    for file in sorted(_GOLDEN.glob("*.otlp")):
        recording = ExportTraceServiceRequest.FromString(file.read_bytes())
        for resource_spans in recording.resource_spans:
            for scope_spans in resource_spans.scope_spans:
                for recorded in scope_spans.spans:
                    one = ExportTraceServiceRequest()
                    part = one.resource_spans.add(resource=resource_spans.resource)
                    part.scope_spans.add(scope=scope_spans.scope).spans.append(recorded)
                    found.append(one)
    return found


def _json_of(message: Message) -> bytes:
    """Return OTLP's JSON of a request, whose ids are hexadecimal."""
    return orjson.dumps(_with_hexadecimal_ids(MessageToDict(message)))


def _with_hexadecimal_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hexadecimal_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(item).hex() if name in _IDS else _with_hexadecimal_ids(item)
        for name, item in value.items()
    }
