"""Traces of a made-up assistant as OTLP requests: every id, text and number is new, sizes are like real ones.

A trace has 7 spans: the agent, a retrieval, three calls of a model with about 2 KB in and 1 KB out, two tools.
"""

import json
import random
from collections.abc import Iterator
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

SPANS_PER_TRACE = 7
MODELS = (("openai", "gpt-5.2"), ("openai", "gpt-5-mini"), ("anthropic", "claude-sonnet-4-5"), ("x_ai", "grok-5"))
TOOLS = ("look_up_order", "search_flights", "run_sql", "send_email", "refund")
RARE_WORD = "zyzzyva"
"""Said in one trace of ten thousand."""

_MS = 1_000_000
_SYLLABLES = (
    "ba",
    "co",
    "di",
    "fu",
    "ge",
    "ha",
    "in",
    "jo",
    "ka",
    "le",
    "mo",
    "nu",
    "or",
    "pi",
    "qua",
    "re",
    "st",
)

Attribute = str | int | float | list[str]


class Batch(NamedTuple):
    body: bytes
    """A serialised ExportTraceServiceRequest."""
    spans: int
    trace_ids: list[str]
    """The traces that are whole in this batch."""


class Assistant:
    """Makes traces whose roots start evenly within [start_ns, end_ns)."""

    def __init__(self, *, traces: int, start_ns: int, end_ns: int, seed: int) -> None:
        self._random = random.Random(seed)
        self._next_ns = start_ns
        self._step_ns = max(1, (end_ns - start_ns) // traces)
        # Words by Zipf's law; texts are pieces from random places.
        words = ["".join(self._random.choices(_SYLLABLES, k=self._random.randint(1, 4))) for _ in range(20_000)]
        weights = [1 / (rank + 5) for rank in range(len(words))]
        self._corpus = " ".join(self._random.choices(words, weights, k=1_500_000))

    def batches(self, spans: int, size: int) -> Iterator[Batch]:
        """Yield requests of ``size`` spans; a trace may be cut between two."""
        waiting: list[Span] = []
        sent = 0
        while sent < spans:
            while len(waiting) < size and sent + len(waiting) < spans:
                waiting += self.trace()
            part, waiting = waiting[: min(size, spans - sent)], waiting[size:]
            sent += len(part)
            ids = [span.trace_id.hex() for span in part]
            whole = [name for name in dict.fromkeys(ids) if ids.count(name) == SPANS_PER_TRACE] if part else []
            yield Batch(request_of(part), len(part), whole)

    def trace(self) -> list[Span]:
        dice = self._random
        self._next_ns += self._step_ns
        start, now = self._next_ns, self._next_ns + 2 * _MS
        trace_id, root = dice.randbytes(16), dice.randbytes(8)
        provider, model = dice.choice(MODELS)
        agent = dice.choice(("support", "travel", "billing"))
        common: dict[str, Attribute] = {
            "gen_ai.agent.name": agent,
            "gen_ai.conversation.id": f"conversation-{dice.getrandbits(48):012x}",
        }
        spans = []
        for kind in ("retrieval", "chat", "tool", "chat", "tool", "chat"):
            name, attributes, longest_ms = self._child(kind, provider, model)
            duration = dice.randrange(5, longest_ms) * _MS
            failed = dice.random() < 0.02
            spans.append(
                _span(trace_id, dice.randbytes(8), root, name, now, now + duration, common | attributes, failed)
            )
            now += duration
        about: dict[str, Attribute] = {
            **common,
            "gen_ai.operation.name": "invoke_agent",
            "user.id": f"user-{dice.randrange(5000)}",
            "windlass.environment": "production",
            "windlass.release": f"sha256:{dice.randrange(3):064x}",
            "windlass.release.name": "assistant",
        }
        spans.append(
            _span(trace_id, root, b"", f"invoke_agent {agent}", start, now + _MS, about, dice.random() < 0.01)
        )
        return spans

    def _child(self, kind: str, provider: str, model: str) -> tuple[str, dict[str, Attribute], int]:
        dice = self._random
        if kind == "retrieval":
            found = [
                {"id": f"doc-{dice.getrandbits(20)}", "score": round(dice.random(), 4), "content": self._text(300)}
                for _ in range(3)
            ]
            return "retrieval guide", {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "guide",
                "gen_ai.retrieval.query.text": self._text(80),
                "gen_ai.retrieval.documents": json.dumps(found),
                "gen_ai.retrieval.top_k": 3,
            }, 60  # fmt: skip
        if kind == "tool":
            tool = dice.choice(TOOLS)
            return f"execute_tool {tool}", {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": tool,
                "gen_ai.tool.call.id": f"call_{dice.getrandbits(48):012x}",
                "gen_ai.tool.call.arguments": json.dumps({"query": self._text(120), "limit": dice.randrange(50)}),
                "gen_ai.tool.call.result": json.dumps({"ok": True, "data": self._text(300)}),
            }, 400  # fmt: skip
        said = self._text(1000) + (f" {RARE_WORD}" if dice.random() < 1e-4 / 3 else "")
        return f"chat {model}", {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": model,
            "gen_ai.response.model": model,
            "gen_ai.response.id": f"answer-{dice.getrandbits(64):016x}",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.request.temperature": 0.7,
            "gen_ai.request.max_tokens": 2048,
            "gen_ai.usage.input_tokens": dice.randrange(300, 1200),
            "gen_ai.usage.output_tokens": dice.randrange(120, 420),
            "windlass.cost_usd": dice.random() / 100,
            "server.address": "api.example.com",
            "gen_ai.input.messages": _message("user", self._text(2000)),
            "gen_ai.output.messages": _message("assistant", said),
        }, 3000  # fmt: skip

    def _text(self, characters: int) -> str:
        at = self._random.randrange(len(self._corpus) - characters)
        return self._corpus[at : at + characters]


def request_of(spans: list[Span]) -> bytes:
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(
        _attributes(
            {
                "service.name": "assistant",
                "service.version": "1.4.2",
                "telemetry.sdk.language": "python",
                "telemetry.sdk.name": "opentelemetry",
                "host.name": "worker-7",
            }
        )
    )
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "bench"
    scope_spans.spans.extend(spans)
    return request.SerializeToString()


def _span(
    trace_id: bytes,
    span_id: bytes,
    parent: bytes,
    name: str,
    start_ns: int,
    end_ns: int,
    attributes: dict[str, Attribute],
    failed: bool,
) -> Span:
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        parent_span_id=parent,
        name=name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=start_ns,
        end_time_unix_nano=end_ns,
        attributes=_attributes(attributes),
        status=Status(code=Status.STATUS_CODE_ERROR if failed else Status.STATUS_CODE_UNSET),
    )


def _attributes(attributes: dict[str, Attribute]) -> list[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in attributes.items()]


def _value(value: Attribute) -> AnyValue:
    match value:
        case str():
            return AnyValue(string_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case _:
            return AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=item) for item in value]))


def _message(role: str, text: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])
