"""Who answers the tool calls of a release: its tools, those of them that a run may call, or a record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, Protocol

from windlass.agents.tools import BoundTool
from windlass.artifacts.tools import Effect
from windlass.evaluation.replay.answering import Answering, ToolFailed
from windlass.models.calls.run_calls import RunCalls
from windlass.models.failures import ProviderFailure

ToolPolicy = Literal["read", "all", "none"]
"""Which of a release's tools a run calls: those that change nothing, all, or none."""

_EVERY: Final[frozenset[Effect]] = frozenset({"read", "write", "egress"})
_CALLED: Final[Mapping[ToolPolicy, frozenset[Effect]]] = MappingProxyType(
    {"read": frozenset({"read"}), "all": _EVERY, "none": frozenset()}
)


def read_tool_policy(said: str | None) -> ToolPolicy:
    """Return what a run says of its tools, or what holds where it says nothing."""
    return next((policy for policy in _CALLED if policy == said), "read")


class ToolRefused(ToolFailed):
    """A call that was not made, because whoever asked the release does not let it."""


class ToolDoor(Protocol):
    """Through which a release's calls go."""

    traced: bool
    """Whether a call has a span where it is made; a replay writes its own."""

    def acts(self, tool: BoundTool) -> bool:
        """Tell whether a call of a tool changes something, so that it is not to be made twice."""
        ...

    async def call(self, tool: BoundTool, arguments: Mapping[str, Any]) -> object:
        """Return the result of a call. Raises ToolFailed for one that failed or was refused."""
        ...


class LiveDoor:
    """Has tools called, of the effects that are allowed."""

    traced = True

    def __init__(self, policy: ToolPolicy = "all", calls: RunCalls | None = None) -> None:
        """``calls`` are those of a run, which counts what its tools were asked for."""
        self._policy = policy
        self._calls = calls

    def allows(self, tool: BoundTool) -> bool:
        return tool.effect in _CALLED[self._policy]

    def acts(self, tool: BoundTool) -> bool:
        return self.allows(tool) and tool.effect != "read"

    async def call(self, tool: BoundTool, arguments: Mapping[str, Any]) -> object:
        if self._calls is not None:
            self._calls.note_tool(refused=not self.allows(tool))
        if not self.allows(tool):
            raise ToolRefused(
                f"{tool.name} was not called: this run calls no tool of the effect {tool.effect} "
                f"(tools: {self._policy})."
            )
        try:
            return await tool.call(arguments)
        except ProviderFailure as failure:
            raise ToolFailed(failure.message) from failure


class ReplayDoor:
    """Has calls answered from a record, and where it ends by the replay's policy."""

    traced = False

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def acts(self, tool: BoundTool) -> bool:
        del tool
        return False

    async def call(self, tool: BoundTool, arguments: Mapping[str, Any]) -> object:
        return await self._answering.answer(tool.name, arguments)
