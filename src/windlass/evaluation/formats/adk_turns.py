"""Turns of ADK's conversations (invocations), read and written."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.formats.contents import (
    Fields,
    content_of,
    first_text,
    named,
    said,
    text_of,
    turns_of,
    without_nulls,
)
from windlass.evaluation.trajectories import read_trajectory

_OF_RECORDING: Final = ("invocation_id", "creation_timestamp", "inference_call_count", "duration")
"""What a recording says of itself, and no test asks for."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One invocation: what was asked, what should be answered, and with which calls."""

    question: str
    answer: str
    calls: list[Fields] | None
    """As trajectories have them; None where the turn says nothing of tools."""
    kept: Fields
    """The invocation with its names in snake case, without nulls and what is of the recording."""


def turn_of(invocation: object, number: int) -> Turn:
    """Read an invocation. Raises InputError."""
    if not isinstance(invocation, Mapping):
        raise InputError(f"turn {number} is no object with a `user_content`.")
    kept = {name: without_nulls(each) for name, each in named(invocation).items() if name not in _OF_RECORDING}
    for name in ("user_content", "final_response"):
        if name in kept:
            kept[name] = content_of(kept[name])
    steps = None
    if "intermediate_data" in kept:
        kept["intermediate_data"] = steps = _steps(kept["intermediate_data"])
    return Turn(
        question=text_of(named(kept.get("user_content"))),
        answer=text_of(named(kept.get("final_response"))),
        calls=None if steps is None else [_call(each, number) for each in _function_calls(steps)],
        kept=kept,
    )


def conversation_of(asked: object, reference: object, trajectory: object) -> list[Fields]:
    """Return the invocations of what was said before and is asked, with what should come of the last."""
    conversation: list[Fields] = []
    for role, text in turns_of(asked):
        if role == "user":
            conversation.append({"user_content": said("user", text)})
        elif conversation:
            conversation[-1].setdefault("final_response", said("model", text))
    answer = first_text(reference)
    if answer:
        conversation[-1]["final_response"] = said("model", answer)
    calls = _tool_uses(trajectory)
    if calls is not None:
        conversation[-1]["intermediate_data"] = {"tool_uses": calls}
    return conversation


def _steps(value: object) -> Fields:
    steps = {
        name: each for name, each in named(value).items() if not (each == [] and name.endswith(("_responses",)))
    }
    for name in ("tool_uses", "invocation_events"):
        each = steps.get(name)
        if isinstance(each, list):
            steps[name] = [_step(step) for step in each]
    return steps


def _step(value: object) -> Fields:
    step = named(value)
    return {**step, "content": content_of(step["content"])} if "content" in step else step


def _function_calls(steps: Fields) -> list[object]:
    uses, events = steps.get("tool_uses"), steps.get("invocation_events")
    if isinstance(uses, list):
        return uses
    contents = [named(named(event).get("content")) for event in events] if isinstance(events, list) else []
    parts = [part for content in contents for part in _listed(content.get("parts"))]
    return [part["function_call"] for part in parts if isinstance(part, Mapping) and part.get("function_call")]


def _call(value: object, number: int) -> Fields:
    call = named(value)
    name, args = call.get("name"), call.get("args", {})
    if not isinstance(name, str) or not name or not isinstance(args, Mapping):
        raise InputError(f"a tool use of turn {number} has no `name` and `args`.")
    return {"tool_name": name, "tool_input": dict(args)}


def _tool_uses(trajectory: object) -> list[Fields] | None:
    """Return a trajectory as ADK has it; None for none, and for what is none of ours to understand."""
    if trajectory is None:
        return None
    with suppress(InputError):
        return [{"name": call.tool_name, "args": dict(call.tool_input)} for call in read_trajectory(trajectory)]
    return None


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
