"""A recorded world: what the user said in a trace, and what its tools answered; kept in an item of a dataset."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.evaluation.trajectories import ToolCall

RECORDING: Final = "recording"
"""The key of an item's metadata that holds its recording."""


REFERENCE_TRAJECTORY: Final = "reference_trajectory"


class Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["user", "assistant"]
    content: str


class RecordedCall(BaseModel):
    """One tool call of the trace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool_name: str
    tool_input: dict[str, Any] = {}
    tool_output: Any = None
    """Its result as JSON, or what it said where it failed."""
    failed: bool = False

    @property
    def call(self) -> ToolCall:
        return ToolCall(self.tool_name, self.tool_input)


class Tool(BaseModel):
    """A tool as a model was offered it."""

    model_config = ConfigDict(frozen=True)

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}
    """JSON Schema."""


class Recording(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    trace_id: str
    history: list[Said] = []
    """What was said before the trace began."""
    inputs: list[str] = Field(min_length=1)
    """What the user said in it, in order."""
    calls: list[RecordedCall] = []
    tools: list[Tool] = []

    def tool(self, name: str) -> Tool | None:
        return next((tool for tool in self.tools if tool.name == name), None)


def with_recording(item: Item, recording: Recording) -> Item:
    """Return an item that can be replayed; its recorded calls are also what its trajectory is held against."""
    calls = [{"tool_name": each.tool_name, "tool_input": each.tool_input} for each in recording.calls]
    metadata = {
        REFERENCE_TRAJECTORY: calls,
        **item.metadata,
        RECORDING: recording.model_dump(mode="json", exclude_defaults=True),
    }
    return item.model_copy(update={"metadata": metadata})


def read_recording(item: Item) -> Recording:
    """Return the recording that an item holds. Raises InputError for an item without one."""
    value = item.metadata.get(RECORDING)
    if value is None:
        raise InputError(
            f"The item {item.id!r} has no recording to replay; make a dataset of recordings with "
            "`windlass datasets from-traces NAME --recording`, or with `--draw` of `windlass replay`."
        )
    try:
        return Recording.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            f"The recording of the item {item.id!r} cannot be read: {place}: {first['msg']}."
        ) from error
