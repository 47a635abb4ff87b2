"""The samples of Inspect's logs, as far as they are read here; what has another type is refused with its place."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, ValidationError

from windlass.evaluation.imports.imported import refuse
from windlass.evaluation.said import whole_text

_ATTACHMENT: Final = "attachment://"
_EVENTS: Final = ("model", "tool")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Tokens(_Part):
    input_tokens: int = Field(default=0, ge=0, lt=2**63)
    output_tokens: int = Field(default=0, ge=0, lt=2**63)


class ToolFailure(_Part):
    type: str = "unknown"
    message: str = ""


class LogCall(_Part):
    id: str = ""
    function: str
    arguments: Any = None


class LogMessage(_Part):
    id: str = ""
    role: str
    content: str | list[Any] = ""
    source: str = ""
    """`input` of one that was given, not said in this sample."""
    tool_calls: list[LogCall] = []
    tool_call_id: str | list[str] = ""
    function: str = ""
    error: ToolFailure | None = None


class _Choice(_Part):
    message: LogMessage


class Output(_Part):
    choices: list[_Choice] = []
    completion: str = ""
    usage: Tokens | None = None

    @property
    def message(self) -> LogMessage | None:
        return self.choices[0].message if self.choices else None


class LogEvent(_Part):
    """A call of a model or of a tool."""

    event: str
    id: str = ""
    timestamp: str = ""
    completed: str = ""
    model: str = ""
    output: Output = Output()


class LogScore(_Part):
    value: Any = None
    answer: str = ""
    explanation: str = ""


class Failure(_Part):
    message: str = ""


class LogSample(_Part):
    id: int | str
    epoch: int = Field(default=1, ge=1, le=1000)
    input: str | list[LogMessage]
    choices: list[str] = []
    target: str | list[str] = ""
    messages: list[LogMessage] = []
    output: Output = Output()
    scores: dict[str, LogScore] = {}
    metadata: dict[str, Any] = {}
    events: list[LogEvent] = []
    model_usage: dict[str, Tokens] = {}
    started_at: str = ""
    completed_at: str = ""
    total_time: NonNegativeFloat | None = None
    working_time: NonNegativeFloat | None = None
    error: Failure | None = None


def read_sample(path: Path, value: object, number: int) -> LogSample:
    """Return a sample with its long texts in their places. Raises InputError naming the field."""
    place = f"sample {number}"
    if not isinstance(value, Mapping):
        raise refuse(path, place, "it is no object.")
    try:
        return LogSample.model_validate(_whole(value))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise refuse(path, f"{place} ({value.get('id')})", f"{field!r} is wrong: {first['msg']}.") from error


def _whole(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is read of a sample, without what is null: a number that is none (NaN) is no value either."""
    attachments = value.get("attachments")
    texts = attachments if isinstance(attachments, Mapping) else {}

    def put(part: Any) -> Any:
        if isinstance(part, str):
            return whole_text(
                texts.get(part.removeprefix(_ATTACHMENT), part) if part.startswith(_ATTACHMENT) else part
            )
        if isinstance(part, float):
            return part if math.isfinite(part) else None
        if isinstance(part, list):
            return [put(each) for each in part]
        if isinstance(part, Mapping):
            return {whole_text(name): whole for name, each in part.items() if (whole := put(each)) is not None}
        return part

    kept: dict[str, Any] = {name: value[name] for name in LogSample.model_fields if name in value}
    events = kept.get("events")
    if isinstance(events, list):
        kept["events"] = [each for each in events if isinstance(each, Mapping) and each.get("event") in _EVENTS]
    whole: dict[str, Any] = put(kept)
    return whole
