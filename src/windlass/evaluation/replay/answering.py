"""Answering the tool calls of a candidate: from the record, and where it ends by the replay's policy."""

import copy
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from windlass.errors import InputError
from windlass.evaluation.replay.plain import as_json
from windlass.evaluation.replay.recording import Recording
from windlass.evaluation.replay.world import Defaults, World
from windlass.evaluation.replayed import Divergence, Policy, Replay, ReplayedCall, Source
from windlass.evaluation.trajectories import ToolCall

_FAILED: Final = "Error: "

LiveTool = Callable[[dict[str, Any]], Awaitable[object]]
"""A real tool: called with its arguments."""


class ToolFailed(Exception):
    """A tool that failed: when it was recorded, or now."""


def told_failure(failure: ToolFailed) -> str:
    """Return what a model is told of a failed call; what it was told when it was recorded says so already."""
    return f"{_FAILED}{str(failure).removeprefix(_FAILED)}"


class WorldEnded(BaseException):
    """Ends a candidate whose next call nobody may answer.

    No Exception: agents catch those of their tools, and would go on in a world that has ended.
    """

    def __init__(self) -> None:
        super().__init__("The sample ended here: its record does not have the call that was made.")


Simulator = Callable[[Recording, Sequence[ToolCall], ToolCall], Awaitable[object]]
"""Returns what a tool may well answer to a call, in a recorded world, after the calls that were made."""


@dataclass(frozen=True)
class ReplayPolicy:
    """What happens where the candidate leaves the record. By default its sample ends there."""

    on_divergence: Policy = "stop"
    simulator: Simulator | None = None
    live: Mapping[str, LiveTool] = field(default_factory=lambda: MappingProxyType({}))
    """Tools that may really be called, by name: whoever names one says that it changes nothing."""

    def __post_init__(self) -> None:
        if (self.on_divergence == "simulate") != (self.simulator is not None):
            raise InputError("Replay simulates with a model: name both `simulate` and the model, or neither.")
        if (self.on_divergence == "live") != bool(self.live):
            raise InputError("Replay calls tools live by their names: give both `live` and the tools, or neither.")


@dataclass
class _Told:
    """What came of one sample so far."""

    calls: list[ReplayedCall] = field(default_factory=list)
    divergence: Divergence | None = None
    stopped: bool = False
    failure: Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Answering:
    """The tools of one sample. Calls may come from any thread."""

    def __init__(self, recording: Recording, policy: ReplayPolicy, defaults: Defaults | None = None) -> None:
        self.recording = recording
        self._policy = policy
        self._world = World(recording, defaults)
        self._has_left = False
        self._told = _Told()

    def fork(self) -> "Answering":
        """Return the same for one of several who answer the same words, each as if the others had not been asked.

        Their calls are told together, and where one leaves the record the sample does.
        """
        fork = copy.copy(self)
        with self._told.lock:
            fork._world = self._world.fork()
        return fork

    @property
    def failure(self) -> Exception | None:
        """The first of a simulator, which is not the candidate's."""
        return self._told.failure

    async def answer(self, tool: str, arguments: Mapping[str, Any]) -> object:
        """Return the result of a call. Raises ToolFailed, and WorldEnded where nobody may answer."""
        result = self.from_record(tool, arguments)
        return result.value if isinstance(result, Recorded) else await self.beyond(tool, arguments)

    def from_record(self, tool: str, arguments: Mapping[str, Any]) -> "Recorded | None":
        """Return the recorded result of a call; None where it is the policy's to answer.

        Raises ToolFailed for one that failed when it was recorded, and WorldEnded.
        """
        began = time.time_ns()
        call = ToolCall(tool, as_json(dict(arguments)))
        with self._told.lock:
            if self._told.stopped:
                raise WorldEnded
            record = None if self._has_left else self._world.take(call)
            if record is not None:
                self._note(call, "recorded", record.tool_output, began, failed=record.failed)
            else:
                self._leave(call, began)
        if record is None:
            return None
        if record.failed:
            raise ToolFailed(str(record.tool_output or "The tool failed."))
        # A candidate may change what it is given; the next repeat is to find it as it was.
        return Recorded(copy.deepcopy(record.tool_output))

    def assume(self, tool: str, defaults: Mapping[str, Any]) -> None:
        """Take arguments of a tool that are not given to be these."""
        with self._told.lock:
            self._world.assume(tool, as_json(dict(defaults)))

    def replay(self) -> Replay:
        """Return what came of it so far."""
        with self._told.lock:
            return Replay(
                trace_id=self.recording.trace_id,
                policy=self._policy.on_divergence,
                calls=tuple(self._told.calls),
                divergence=self._told.divergence,
                stopped=self._told.stopped,
                unused=len(self._world.unused),
            )

    def _leave(self, call: ToolCall, began: int) -> None:
        """Note where the record was left, and end the sample unless the policy has this call answered."""
        self._has_left = True
        if self._told.divergence is None:
            unused = self._world.unused
            expected = unused[0].call if unused else None
            self._told.divergence = Divergence(len(self._told.calls) + 1, expected, call)
        policy = self._policy.on_divergence
        if policy == "stop" or (policy == "live" and call.tool_name not in self._policy.live):
            self._told.stopped = True
            denied = ToolCall(call.tool_name, call.tool_input, "denied")
            self._told.calls.append(ReplayedCall(denied, "none", began, time.time_ns()))
            raise WorldEnded

    async def beyond(self, tool: str, arguments: Mapping[str, Any]) -> object:
        """Have a call answered that the record does not have. Raises ToolFailed, and what a simulator raises."""
        if self._policy.simulator is not None:
            return await self._simulated(self._policy.simulator, ToolCall(tool, as_json(dict(arguments))))
        began, call = time.time_ns(), ToolCall(tool, as_json(dict(arguments)))
        try:
            result = await self._policy.live[tool](dict(arguments))
        except Exception as error:
            with self._told.lock:
                self._note(call, "live", str(error), began, failed=True)
            raise ToolFailed(str(error) or type(error).__name__) from error
        with self._told.lock:
            self._note(call, "live", as_json(result), began)
        return result

    async def _simulated(self, simulator: Simulator, call: ToolCall) -> object:
        began = time.time_ns()
        try:
            result = await simulator(self.recording, self.replay().trajectory, call)
        except Exception as error:
            # The candidate may take it for an error of its tool, and go on; its sample is spoilt all the same.
            self._told.failure = self._told.failure or error
            raise
        with self._told.lock:
            self._note(call, "simulated", result, began)
        return result

    def _note(self, call: ToolCall, source: Source, output: object, began: int, *, failed: bool = False) -> None:
        answered = ToolCall(call.tool_name, call.tool_input, "failed" if failed else "done", output)
        self._told.calls.append(ReplayedCall(answered, source, began, time.time_ns()))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A result of the record, which may be anything, None too."""

    value: object
