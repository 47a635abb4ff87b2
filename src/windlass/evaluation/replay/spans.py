"""A replay on the spans of its sample: what it came to on the root, and one span below for each tool call."""

import json
from collections.abc import Iterator
from hashlib import blake2b

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from windlass.evaluation.replayed import Replay, ReplayedCall
from windlass.evaluation.samples import SampleResult
from windlass.evaluation.trajectories import ToolCall

PREFIX = "windlass.replay."


def replay_attributes(replay: Replay) -> Iterator[KeyValue]:
    """Give what the root span of a sample says of its replay."""
    yield _text("trace_id", replay.trace_id)
    yield _text("policy", replay.policy)
    yield KeyValue(key=f"{PREFIX}diverged", value=AnyValue(bool_value=replay.divergence is not None))
    yield KeyValue(key=f"{PREFIX}stopped", value=AnyValue(bool_value=replay.stopped))
    for source in ("recorded", "simulated", "live"):
        yield _count(source, replay.count(source))
    yield _count("unused", replay.unused)
    if replay.divergence is not None:
        yield _count("divergence.index", replay.divergence.index)
        yield _text("divergence.actual", _call(replay.divergence.actual))
        if replay.divergence.expected is not None:
            yield _text("divergence.expected", _call(replay.divergence.expected))


def replay_spans(result: SampleResult) -> Iterator[Span]:
    """Give a span for each tool call of a replayed sample, below its root."""
    replay = result.prediction.replay if result.prediction is not None else None
    for place, each in enumerate(replay.calls if replay is not None else (), 1):
        diverging = replay is not None and replay.divergence is not None and replay.divergence.index == place
        yield _span(result, place, each, diverging=diverging)


def _span(result: SampleResult, place: int, each: ReplayedCall, *, diverging: bool) -> Span:
    # The same sample written again has the same spans.
    span_id = blake2b(f"{result.span_id}/replay/{place}".encode(), digest_size=8).digest()
    span = Span(
        trace_id=bytes.fromhex(result.trace_id),
        span_id=span_id,
        parent_span_id=bytes.fromhex(result.span_id),
        name=f"execute_tool {each.call.tool_name}",
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=each.start_ns or result.start_ns,
        end_time_unix_nano=each.end_ns or result.start_ns,
        attributes=[
            _attribute("gen_ai.operation.name", "execute_tool"),
            _attribute("gen_ai.tool.name", each.call.tool_name),
            _attribute("gen_ai.tool.call.arguments", _json(dict(each.call.tool_input))),
            _text("source", each.source),
        ],
    )
    if diverging:
        span.attributes.append(KeyValue(key=f"{PREFIX}divergence", value=AnyValue(bool_value=True)))
    if each.call.outcome == "done":
        span.attributes.append(_attribute("gen_ai.tool.call.result", _json(each.call.tool_output)))
    else:
        why = str(each.call.tool_output or f"The call was {each.call.outcome}.")
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=why))
    return span


def _call(call: ToolCall) -> str:
    return _json({"tool": call.tool_name, "arguments": dict(call.tool_input)})


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _text(name: str, value: str) -> KeyValue:
    return _attribute(PREFIX + name, value)


def _count(name: str, count: int) -> KeyValue:
    return KeyValue(key=PREFIX + name, value=AnyValue(int_value=count))


def _attribute(name: str, value: str) -> KeyValue:
    return KeyValue(key=name, value=AnyValue(string_value=value))
