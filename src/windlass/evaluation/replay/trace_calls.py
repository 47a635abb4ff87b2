"""The tool calls of a trace: of its tools' spans, and of what its models said and read."""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from windlass.evaluation.conversations import calls_of
from windlass.evaluation.replay.recording import RecordedCall
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.messages import read_messages
from windlass.telemetry.models import Message, Span

TOOL: Final = "execute_tool"
REJECTED: Final = "windlass.tool.rejected"
"""On the span of what a model asked for that was no call: there is no such tool, or its arguments are none."""
_SILENT: Final = frozenset({TOOL, "retrieval", "embeddings", "rerank"})
"""Operations whose input is no conversation."""
_WRAPPED: Final = frozenset({"args", "kwargs", "sanitize_inputs_outputs"})
"""Members of arguments as decorators of functions write them down."""


class _Told(NamedTuple):
    """A call as the model made it, with the result as the model read it; None where it did not."""

    arguments: dict[str, Any]
    result: Any


def recorded_calls(spans: Sequence[Span]) -> list[RecordedCall]:
    """Return the calls of the spans of tools, in the order in which they began; else those of the conversation.

    Instrumentations put arguments and results into shapes of their own. Where the models' messages tell of as many
    calls of a tool as there are spans, the arguments are those that the model gave, and the result is the one that
    it read.
    """
    by_id = {span.span_id: span for span in spans}
    outermost = [span for span in spans if not _is_within_a_tool(span, by_id)]
    asked_for = [span for span in outermost if span.operation == TOOL]
    if not asked_for:
        return _calls_of_conversation(outermost)
    tools = [span for span in asked_for if not span.attributes.get(REJECTED)]
    made = Counter(map(_name, tools))
    told = {name: calls for name, calls in _told(outermost).items() if len(calls) == made[name]}
    return [_call(span, told[_name(span)].popleft() if _name(span) in told else None) for span in tools]


def conversation_of(span: Span) -> list[Message]:
    """Return what a span of an agent or a model was told, as messages; none for a tool's or a search's span."""
    return [] if span.operation in _SILENT else span.input_messages or read_messages(span.input, "user")


def json_of(text: object) -> Any:
    """Return the JSON that a text is, or the text; None for an empty one."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _is_within_a_tool(span: Span, by_id: Mapping[str, Span]) -> bool:
    """Tell whether a tool did this: an agent that is a tool, or a client that wraps one."""
    seen = {span.span_id}
    above = by_id.get(span.parent_span_id or "")
    while above is not None and above.span_id not in seen:
        if above.operation == TOOL:
            return True
        seen.add(above.span_id)
        above = by_id.get(above.parent_span_id or "")
    return False


def _told(spans: Sequence[Span]) -> dict[str, deque[_Told]]:
    """Return the calls that models asked for, by tool, each once however often it is told of."""
    results = {
        part.id: json_of(part.response)
        for span in spans
        for message in conversation_of(span)
        for part in message.parts
        if part.type == "tool_call_response" and part.id
    }
    found: defaultdict[str, deque[_Told]] = defaultdict(deque)
    seen: set[str] = set()
    for span in spans:
        if span.operation not in MODEL_CALLS:
            continue
        for part in (part for message in span.output_messages for part in message.parts):
            arguments = json_of(part.arguments) if part.type == "tool_call" else None
            if part.id in seen or not isinstance(arguments, dict):
                continue
            seen |= {part.id} - {""}
            found[part.name].append(_Told(arguments, results.get(part.id)))
    return dict(found)


def _call(span: Span, told: _Told | None) -> RecordedCall:
    failed = span.status == "error"
    output = json_of(span.output)
    if told is not None and told.result is not None:
        output = told.result
    return RecordedCall(
        tool_name=_name(span),
        tool_input=_arguments(json_of(span.input)) if told is None else told.arguments,
        tool_output=(output or span.status_message) if failed else output,
        failed=failed,
    )


def _name(span: Span) -> str:
    return span.tool or span.name.removeprefix(f"{TOOL} ")


def _arguments(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        kwargs = value.get("kwargs")
        is_wrapped = isinstance(kwargs, dict) and not value.get("args") and value.keys() <= _WRAPPED
        return kwargs if is_wrapped else value  # type: ignore[return-value]  # a dict, when it is wrapped
    return {} if value in (None, "") else {"input": value}


def _calls_of_conversation(spans: Sequence[Span]) -> list[RecordedCall]:
    """Return the calls that the last conversation tells of, in a trace whose tools have no spans.

    A call whose result it does not tell is none: nobody could answer it again.
    """
    for span in reversed(spans):
        messages = [*conversation_of(span), *span.output_messages]
        last = max((place for place, message in enumerate(messages) if message.role == "user"), default=-1)
        calls = [call for call in calls_of(messages[last + 1 :]) if call.tool_output is not None]
        if calls:
            return [
                RecordedCall(
                    tool_name=call.tool_name,
                    tool_input=dict(call.tool_input),
                    tool_output=json_of(call.tool_output),
                )
                for call in calls
            ]
    return []
