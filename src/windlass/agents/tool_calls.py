"""The tool calls that a model asks for in one turn: made side by side, each with its span and its answer."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Tracer
from opentelemetry.util.types import AttributeValue

from windlass.agents import spans
from windlass.agents.tool_doors import ToolDoor, ToolRefused
from windlass.agents.tools import BoundTool
from windlass.evaluation.replay.answering import ToolFailed, told_failure
from windlass.evaluation.replay.trace_calls import REJECTED
from windlass.evaluation.trajectories import Outcome, ToolCall, read_trajectory
from windlass.models.completion import Message, ToolRequest


class Rejected(ToolFailed):
    """What a model asked for that no tool could be called with."""


@dataclass(frozen=True)
class Answered:
    """A call, and what the model is told of it."""

    call: ToolCall
    message: Message


@dataclass(frozen=True)
class Caller:
    """Makes the calls of one answer."""

    tracer: Tracer
    tools: Mapping[str, BoundTool]
    """By the names that models call them by."""
    door: ToolDoor
    context: Context
    shared: Mapping[str, AttributeValue]

    async def answer(self, requests: Sequence[ToolRequest]) -> list[Answered]:
        """Make the calls of a turn, all at once; those under way end before one of them ends the answer."""
        done = await asyncio.gather(*map(self._answer, requests), return_exceptions=True)
        for each in done:
            if isinstance(each, BaseException):
                raise each
        return [each for each in done if isinstance(each, Answered)]

    def acts(self, request: ToolRequest) -> bool:
        """Tell whether a call changes something, as far as its tool says."""
        tool = self.tools.get(request.name)
        return tool is not None and self.door.acts(tool)

    async def _answer(self, request: ToolRequest) -> Answered:
        tool = self.tools.get(request.name)
        attributes = {**spans.tool_call(request, tool), **self.shared}
        try:
            found, arguments = self._read(request, tool)
            if not self.door.traced:
                return _done(request, await self.door.call(found, arguments))
            with spans.execution(self.tracer, self.context, request.name, attributes) as span:
                value = await self.door.call(found, arguments)
                span.set_attributes(spans.tool_result(told(value)))
            return _done(request, value)
        except Rejected as rejected:
            # It never was a call, and a replay has none in its place: the span says so.
            with spans.execution(self.tracer, self.context, request.name, attributes) as span:
                span.set_attribute(REJECTED, True)
                spans.mark_failed(span, rejected)
            return _failed(request, rejected, "failed")
        except ToolFailed as failure:
            return _failed(request, failure, "denied" if isinstance(failure, ToolRefused) else "failed")

    def _read(self, request: ToolRequest, tool: BoundTool | None) -> tuple[BoundTool, dict[str, Any]]:
        """Return what is to be called with what. Raises Rejected."""
        if tool is None:
            known = ", ".join(self.tools)
            raise Rejected(f"There is no tool {request.name!r}; the tools are {known}.")
        try:
            arguments = json.loads(request.arguments or "{}")
        except (ValueError, RecursionError) as error:
            raise Rejected(
                f"The arguments of {tool.name} are no JSON ({error}): call it again with an object."
            ) from None
        if not isinstance(arguments, dict):
            raise Rejected(f"The arguments of {tool.name} are no JSON object: call it again with one.")
        fault = tool.fault_of(arguments)
        if fault is not None:
            raise Rejected(f"The arguments of {tool.name} are not as its schema has them: {fault}.")
        return tool, arguments


def told(value: object) -> str:
    """Return a result as a model reads it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _done(request: ToolRequest, value: object) -> Answered:
    return Answered(_call(request, "done", value), Message("tool", told(value), answers=request))


def _failed(request: ToolRequest, failure: ToolFailed, outcome: Outcome) -> Answered:
    said = told_failure(failure)
    return Answered(_call(request, outcome, said), Message("tool", said, answers=request))


def _call(request: ToolRequest, outcome: Outcome, output: object) -> ToolCall:
    (call,) = read_trajectory([{"tool_name": request.name or "?", "tool_input": request.arguments}])
    return ToolCall(call.tool_name, call.tool_input, outcome, output)
