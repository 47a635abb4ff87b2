"""Answers kept to be given again: what the same call of the same model answered before."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Literal, Protocol

from pydantic import TypeAdapter, ValidationError

from windlass.canonical import digest, digest_bytes
from windlass.errors import InputError
from windlass.models.completion import JSON, Completion, Message, OfferedTool, OutputSchema

_COMPLETION = TypeAdapter(Completion)

_AGAIN: ContextVar[Mapping[str, int]] = ContextVar("windlass_asked_again", default=MappingProxyType({}))


class KeptAnswers(Protocol):
    """Where answers are kept, by the digest of what was asked."""

    async def find(self, key: str) -> str | None: ...

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer; losing one costs no more than asking again."""
        ...


@contextmanager
def asked_again(kind: Literal["repeat", "attempt", "watch"], before: int) -> Iterator[None]:
    """Keep what is asked within apart from the times it was asked ``before``: it is to be another answer.

    The first time (0) is as if nothing were said, so that a run with repeats finds what one without them kept.
    """
    if not before:
        yield
        return
    token = _AGAIN.set({**_AGAIN.get(), kind: before})
    try:
        yield
    finally:
        _AGAIN.reset(token)


@dataclass(frozen=True)
class AskedModel:
    """A model as the key of an answer names it."""

    provider: str
    name: str
    address: str
    """Where it is asked: two servers may have different models of one name."""

    def key(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None,
        tools: Sequence[OfferedTool] = (),
    ) -> str:
        """Return the digest of all that an answer depends on."""
        return digest(
            {
                "model": asdict(self),
                "messages": [_told(message) for message in messages],
                "parameters": parameters,
                "schema": None if schema is None else {"name": schema.name, "schema": schema.schema},
                **({"tools": [asdict(tool) for tool in tools]} if tools else {}),
                "again": _AGAIN.get(),
            }
        )


def _told(message: Message) -> dict[str, object]:
    """Return what a message says, its pictures by their digests; without more it is the two texts alone."""
    pictures = [
        {"digest": digest_bytes(each.data), "type": each.mime_type, "label": each.label}
        for each in message.pictures
    ]
    told: dict[str, object] = {"role": message.role, "content": message.content}
    if pictures:
        told["pictures"] = pictures
    if message.requests:
        told["requests"] = [asdict(each) for each in message.requests]
    if message.answers is not None:
        told["answers"] = message.answers.id
    return told


def dump_answer(completion: Completion) -> str:
    return _COMPLETION.dump_json(completion).decode()


def check_answer(key: str, answer: str) -> None:
    """Raise InputError for what is no answer."""
    try:
        load_answer(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise InputError(f"The answer to {key} is no completion: {place}: {first['msg']}.") from error


def load_answer(answer: str) -> Completion:
    """Return a kept answer: it costs nothing now, and took as long as it took."""
    completion = _COMPLETION.validate_json(answer)
    return replace(completion, cost=0.0, attempts=0, held_s=0.0, cached=True)
