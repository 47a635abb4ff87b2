"""The spans of a conversation: a call of a model for what the assistant said, one of a tool for each it called.

They follow the gen_ai conventions, so that an imported trace is one like any other. A call without times of its
own takes a moment of the sample's, in the order of the messages.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from pydantic import JsonValue

from windlass.evaluation.imports.imported import ImportedSample, Step
from windlass.telemetry.models import Message, MessagePart

_MILLISECOND = 1_000_000
_NOTHING = Step()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the spans of a sample belong."""

    trace_id: str
    root: str
    start_ns: int
    end_ns: int
    agent: str
    provider: str
    common: Sequence[KeyValue]
    """Attributes that every span carries."""


def steps_of(sample: ImportedSample) -> int:
    """Return how many spans there will be below the sample's root, to know how many moments they take."""
    return len(sample.models) + sum(len(_parts(message, "tool_call")) for message in sample.messages)


def duration_of_steps(sample: ImportedSample) -> int:
    """Return how long a sample without times is shown to take: a millisecond a step, to show their order."""
    return (steps_of(sample) + 1) * _MILLISECOND


def conversation_spans(sample: ImportedSample, place: Place) -> list[Span]:
    """Return the spans below a sample's root; those of an agent that calls tools are below one of its own."""
    if not any(_parts(message, "tool_call") for message in sample.messages):
        return list(_steps(sample, place, place.root))
    agent = _span(place, place.root, "agent", f"invoke_agent {place.agent}", place.start_ns, place.end_ns)
    said, system = _split_system(sample.messages)
    last = next((place for place in range(len(said) - 1, -1, -1) if said[place].role == "assistant"), len(said))
    _set(agent, "gen_ai.operation.name", "invoke_agent")
    _set(agent, "gen_ai.agent.name", place.agent)
    _set(agent, "gen_ai.input.messages", _json(said[:last]))
    _set(agent, "gen_ai.output.messages", _json(said[last : last + 1]))
    if system:
        _set(agent, "gen_ai.system_instructions", system)
    return [agent, *_steps(sample, place, agent.span_id.hex())]


def _steps(sample: ImportedSample, place: Place, parent: str) -> Iterator[Span]:
    moments = _moments(place, steps_of(sample))
    for number, message in enumerate(sample.messages):
        if number in sample.models:
            yield _model_call(sample, place, parent, number, next(moments))
        for nth, call in enumerate(_parts(message, "tool_call")):
            result = _result_of(call, nth, sample.messages[number + 1 :])
            step = sample.tools.get(call.id, _NOTHING)
            yield _tool_call(place, parent, f"tool {number} {nth}", call, result, step, next(moments))


def _parts(message: Message, kind: str) -> list[MessagePart]:
    return [part for part in message.parts if part.type == kind]


def _result_of(call: MessagePart, nth: int, following: Sequence[Message]) -> MessagePart | None:
    """Return what a tool answered: the next result of the id, which some models use again, or the nth result."""
    results = [part for message in following for part in _parts(message, "tool_call_response")]
    if call.id:
        return next((part for part in results if part.id == call.id), None)
    return results[nth] if nth < len(results) else None


def _model_call(sample: ImportedSample, place: Place, parent: str, number: int, moment: int) -> Span:
    step = sample.models[number]
    start, end = step.start_ns or moment, step.end_ns or step.start_ns or moment
    span = _span(place, parent, f"model {number}", f"chat {step.model}".strip(), start, end)
    span.kind = Span.SPAN_KIND_CLIENT
    said, system = _split_system(sample.messages[:number])
    _set(span, "gen_ai.operation.name", "chat")
    _set(span, "gen_ai.provider.name", place.provider)
    _set(span, "gen_ai.request.model", step.model)
    _set(span, "gen_ai.input.messages", _json(said))
    _set(span, "gen_ai.output.messages", _json(sample.messages[number : number + 1]))
    if system:
        _set(span, "gen_ai.system_instructions", system)
    if step.usage is not None:
        _set_number(span, "gen_ai.usage.input_tokens", step.usage.input_tokens)
        _set_number(span, "gen_ai.usage.output_tokens", step.usage.output_tokens)
    _mark(span, step.error)
    return span


def _tool_call(
    place: Place, parent: str, key: str, call: MessagePart, result: MessagePart | None, step: Step, moment: int
) -> Span:
    start, end = step.start_ns or moment, step.end_ns or step.start_ns or moment
    span = _span(place, parent, key, f"execute_tool {call.name}", start, end)
    _set(span, "gen_ai.operation.name", "execute_tool")
    _set(span, "gen_ai.tool.name", call.name)
    _set(span, "gen_ai.tool.call.id", call.id)
    _set(span, "gen_ai.tool.call.arguments", _text(call.arguments))
    if result is not None:
        _set(span, "gen_ai.tool.call.result", _text(result.response))
    _mark(span, step.error)
    return span


def _span(place: Place, parent: str, key: str, name: str, start_ns: int, end_ns: int) -> Span:
    return Span(
        trace_id=bytes.fromhex(place.trace_id),
        span_id=hashlib.sha256(f"{place.trace_id} {key}".encode()).digest()[:8],
        parent_span_id=bytes.fromhex(parent),
        name=name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=start_ns,
        end_time_unix_nano=max(end_ns, start_ns),
        attributes=place.common,
    )


def _moments(place: Place, count: int) -> Iterator[int]:
    """Give a moment for each step, evenly from the sample's start to its end."""
    step = max(place.end_ns - place.start_ns, 0) // (count + 1)
    return iter([place.start_ns + (number + 1) * step for number in range(count)])


def _split_system(messages: Sequence[Message]) -> tuple[list[Message], str]:
    """Return what was said, and instructions to the model apart, as the conventions have them."""
    said = [message for message in messages if message.role != "system"]
    texts = [part.content for message in messages if message.role == "system" for part in message.parts]
    return said, _dump([{"type": "text", "content": text} for text in texts]) if texts else ""


def _mark(span: Span, error: str) -> None:
    if error:
        span.status.CopyFrom(Status(code=Status.STATUS_CODE_ERROR, message=error))


def _set(span: Span, name: str, value: str) -> None:
    if value:
        span.attributes.append(KeyValue(key=name, value=AnyValue(string_value=value)))


def _set_number(span: Span, name: str, value: int) -> None:
    span.attributes.append(KeyValue(key=name, value=AnyValue(int_value=value)))


def _json(messages: Sequence[Message]) -> str:
    return _dump([_plain(message) for message in messages]) if messages else ""


def _plain(message: Message) -> Mapping[str, object]:
    parts = [part.model_dump(exclude_defaults=True) for part in message.parts]
    return {"role": message.role, "parts": parts, **({"name": message.name} if message.name else {})}


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else "" if value is None else _dump(value)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
