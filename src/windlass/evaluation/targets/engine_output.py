"""What methods of agents give back: text, objects of the usual frameworks, or ADK's events."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Usage

_NAMES: Final = ("output", "text", "answer", "response", "content")
"""Members that hold the text, in an object that is no event."""


class EngineOutput(NamedTuple):
    text: str
    trajectory: tuple[ToolCall, ...] | None
    """None where the output is no events, and so does not say which tools were called."""
    usage: Usage | None


def read_outputs(values: Sequence[object]) -> EngineOutput:
    """Read one output, or the pieces of a stream: events in their order, or texts that are one text together."""
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    events = [each for each in flat if _is_event(each)]
    if events:
        return _of_events(events)
    return EngineOutput("".join(map(_text_of, flat)), None, None)


def _is_event(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("content"), dict) and "parts" in value["content"]


def _of_events(events: Sequence[Any]) -> EngineOutput:
    """Read ADK's events. A partial one is said again, whole, by the one after the last of its kind."""
    texts, calls, results = [], [], {}
    usages = [usage for event in events if not event.get("partial") and (usage := _usage_of(event)) is not None]
    for event in events:
        if event.get("partial"):
            continue
        parts = [part for part in event["content"].get("parts") or [] if isinstance(part, dict)]
        said = "".join(str(part["text"]) for part in parts if part.get("text") and not part.get("thought"))
        if said and event["content"].get("role") != "user":
            texts.append(said)
        for part in parts:
            if isinstance(call := _member(part, "function_call"), dict):
                calls.append(call)
            if isinstance(answer := _member(part, "function_response"), dict):
                results[answer.get("id")] = answer.get("response")
    trajectory = tuple(
        ToolCall(
            str(call.get("name", "unnamed")),
            call.get("args") or {},
            tool_output=results.get(call.get("id")) if call.get("id") else None,
        )
        for call in calls
    )
    total = Usage(sum(each.input_tokens for each in usages), sum(each.output_tokens for each in usages))
    if not texts:
        # A stream that was cut before the whole event has its pieces alone.
        texts = ["".join(_partial_text(event) for event in events)]
    return EngineOutput(texts[-1], trajectory, total if usages else None)


def _partial_text(event: Mapping[str, Any]) -> str:
    parts = event["content"].get("parts") or []
    return "".join(str(part["text"]) for part in parts if isinstance(part, dict) and part.get("text"))


def _usage_of(event: Mapping[str, Any]) -> Usage | None:
    usage = _member(event, "usage_metadata")
    if not isinstance(usage, dict):
        return None
    sent, received = _member(usage, "prompt_token_count"), _member(usage, "candidates_token_count")
    return Usage(sent, received or 0) if isinstance(sent, int) else None


def _member(value: Mapping[str, Any], name: str) -> Any:
    """Return a member by its name in snake_case or in camelCase: ADK writes both."""
    first, *rest = name.split("_")
    return value.get(name, value.get(first + "".join(map(str.title, rest))))


def _text_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        for name in _NAMES:
            if isinstance(value.get(name), str):
                return str(value[name])
    return json.dumps(value, ensure_ascii=False)
