"""Recorded outputs as a target: what stands in a column of the dataset is scored, and no model is asked.

An output is text, a list of messages, or an object: `output` or `messages` (of which the output is the assistant's
last text), `media`, `tool_calls`, `retrieved`, `usage`, `cost_usd`, `latency_s`, or `error` for an item that
failed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, ValidationError

from windlass.errors import InputError
from windlass.evaluation.conversations import answer_of, calls_of, media_of, read_conversation
from windlass.evaluation.media.files import Media, find_media
from windlass.evaluation.samples import Context, Item, Prediction
from windlass.evaluation.trajectories import read_trajectory
from windlass.models.completion import Usage

if TYPE_CHECKING:
    from windlass.telemetry.models import Message

_PREFIX = "metadata."


class RecordedFailure(Exception):
    """What went wrong when the output was recorded."""


class _Passage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str
    document: str = ""
    section: str = ""
    score: float = 0.0


class _Usage(BaseModel):
    input_tokens: NonNegativeInt
    output_tokens: NonNegativeInt


class _Output(BaseModel):
    model_config = ConfigDict(extra="forbid")

    output: str | None = None
    messages: list[dict[str, Any]] | None = None
    media: list[Any] = Field(default_factory=list)
    tool_calls: list[Any] | None = None
    retrieved: list[str | _Passage] = Field(default_factory=list)
    usage: _Usage | None = None
    cost_usd: NonNegativeFloat | None = None
    latency_s: NonNegativeFloat | None = None
    error: str | None = None


class RecordedOutputs:
    """Answers each item with what its column holds: a key of its metadata, or `reference`."""

    def __init__(self, column: str) -> None:
        self.column = column

    async def __call__(self, item: Item) -> Prediction:
        return read_output(_cell(item, self.column))


def require_outputs(items: Sequence[Item], column: str, *, repeats: int = 1) -> None:
    """Check before a run that each item has an output that can be read. Raises InputError naming the item."""
    if repeats > 1:
        raise InputError("A recorded output is one; leave repeats out, or ask the release itself.")
    for item in items:
        value = _cell(item, column)
        if value is None:
            lacking = sum(_cell(each, column) is None for each in items)
            raise InputError(
                f"The item {item.id!r} has no output in {column!r} ({lacking} of {len(items)} items lack it); "
                f"its metadata has {', '.join(item.metadata) or 'nothing'}."
            )
        try:
            read_output(value)
        except RecordedFailure:
            continue
        except InputError as error:
            raise InputError(f"The output of the item {item.id!r} in {column!r}: {error.message}") from error


def recorded_release(dataset: str, digest: str, column: str) -> tuple[str, dict[str, object]]:
    """Return the name and the body of a release that stands for what a column of a dataset version holds."""
    name = column.removeprefix(_PREFIX)
    slug = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in name.lower()).strip("-")
    return f"{dataset}-{slug or 'outputs'}", {"code": {"entry": f"dataset/{dataset}:{name}", "digest": digest}}


def read_output(value: object) -> Prediction:
    """Return a recorded output as a prediction. Raises InputError, and RecordedFailure for a recorded error."""
    if isinstance(value, str):
        return Prediction(output=value)
    if isinstance(value, list):
        messages = _messages(value)
        return Prediction(output=answer_of(messages), trajectory=calls_of(messages), media=media_of(messages))
    if not isinstance(value, Mapping):
        raise InputError(
            f"an output is text, a list of messages or an object with `output`, this is a {type(value).__name__}."
        )
    try:
        recorded = _Output.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"{place!r} is wrong: {first['msg']}.") from error
    return _prediction(recorded)


def _prediction(recorded: _Output) -> Prediction:
    if recorded.error is not None:
        raise RecordedFailure(recorded.error)
    messages = _messages(recorded.messages) if recorded.messages is not None else None
    media = _media(recorded.media) if recorded.media else media_of(messages or [])
    if recorded.output is None and messages is None and not media:
        raise InputError("an object needs `output` or `messages`, or `media`.")
    calls = read_trajectory(recorded.tool_calls) if recorded.tool_calls is not None else None
    return Prediction(
        output=recorded.output if recorded.output is not None else answer_of(messages or []),
        contexts=tuple(map(_context, recorded.retrieved)),
        usage=Usage(recorded.usage.input_tokens, recorded.usage.output_tokens) if recorded.usage else None,
        cost_usd=recorded.cost_usd,
        latency_s=recorded.latency_s,
        trajectory=calls if calls is not None or messages is None else calls_of(messages),
        media=media,
    )


def _media(values: Sequence[object]) -> tuple[Media, ...]:
    media = find_media(values)
    if len(media) != len(values):
        raise InputError(
            "`media` is a list of files: each is a reference (`windlass media put` prints it), a data URL or a "
            "part of a message."
        )
    return tuple(media)


def _messages(value: Sequence[object]) -> "list[Message]":
    messages = read_conversation(value)
    if not messages:
        raise InputError("no messages are found in this list: each has a `role` and a `content`.")
    return messages


def _context(passage: str | _Passage) -> Context:
    if isinstance(passage, str):
        return Context(document="", section="", text=passage)
    return Context(document=passage.document, section=passage.section, text=passage.text, score=passage.score)


def _cell(item: Item, column: str) -> object:
    if column == "reference":
        return item.reference
    return item.metadata.get(column.removeprefix(_PREFIX))
