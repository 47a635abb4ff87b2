"""OpenAI chat completions: a release takes the place of the model (`guide-to-mlops@production`)."""

import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from windlass.agents.assistant import Answerer
from windlass.agents.streams import closing
from windlass.agents.turns import Answer
from windlass.errors import InputError, WindlassError
from windlass.models.completion import Message


class ContentPart(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[ContentPart] | None = None


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What windlass reads of a chat completions request.

    Parameters such as temperature are those of the release, which is what was evaluated: those of the request
    are not used.
    """

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[ChatMessage]
    stream: bool = False
    stream_options: StreamOptions | None = None
    user: str | None = None


class Conversation(BaseModel):
    """A request taken apart: what is asked now, and what was said before."""

    question: str
    history: list[tuple[Literal["user", "assistant"], str]]

    def messages(self) -> list[Message]:
        return [Message(role, content) for role, content in self.history]


def read_conversation(messages: Sequence[ChatMessage]) -> Conversation:
    """Return the question and what went before it. Raises InputError for what a release does not take."""
    if not messages or messages[-1].role != "user":
        raise InputError("The last message must be the user's: it is what the release is asked.")
    history: list[tuple[Literal["user", "assistant"], str]] = []
    for message in messages[:-1]:
        if message.role not in {"user", "assistant"}:
            raise InputError(
                f"A release brings its own instructions; a {message.role} message is not taken. "
                "Change the release's prompt instead, and evaluate it."
            )
        history.append((message.role, _text(message)))
    return Conversation(question=_text(messages[-1]), history=history)


def completion_of(answer: Answer, model: str) -> dict[str, object]:
    """Return a whole chat completion."""
    return {
        "id": f"chatcmpl-{answer.trace_id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text, "refusal": None},
                "logprobs": None,
                "finish_reason": answer.finish_reason,
            }
        ],
        "usage": _usage(answer),
    }


async def begin_stream(
    assistant: Answerer,
    conversation: Conversation,
    request: ChatRequest,
    attributes: dict[str, str],
) -> AsyncIterator[bytes]:
    """Return the server-sent events of a streamed completion, once the model has begun to answer.

    Raises until then what `Assistant.answer` raises; what fails later is the last event of the stream.
    """
    pieces = assistant.stream(conversation.question, history=conversation.messages(), attributes=attributes)
    return _events(await anext(pieces), pieces, request)


async def _events(
    first: str | Answer, others: AsyncIterator[str | Answer], request: ChatRequest
) -> AsyncIterator[bytes]:
    chunk = {
        "id": f"chatcmpl-{time.time_ns():x}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.model,
    }
    yield _event({**chunk, "choices": [_choice({"role": "assistant", "content": ""})]})
    try:
        async with closing(others):
            async for piece in _all(first, others):
                if isinstance(piece, str):
                    yield _event({**chunk, "choices": [_choice({"content": piece})]})
                    continue
                yield _event({**chunk, "choices": [_choice({}, piece.finish_reason)]})
                if request.stream_options and request.stream_options.include_usage:
                    yield _event({**chunk, "choices": [], "usage": _usage(piece)})
    except WindlassError as error:
        yield _event({"error": {"message": error.message, "type": error.title, "code": error.status}})
        return
    yield b"data: [DONE]\n\n"


async def _all(first: str | Answer, others: AsyncIterator[str | Answer]) -> AsyncIterator[str | Answer]:
    yield first
    async for piece in others:
        yield piece


def _choice(delta: dict[str, str], finish_reason: str | None = None) -> dict[str, object]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}


def _event(value: object) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def _usage(answer: Answer) -> dict[str, int]:
    usage = answer.usage
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _text(message: ChatMessage) -> str:
    if isinstance(message.content, list):
        other = next((part.type for part in message.content if part.type != "text"), None)
        if other is not None:
            raise InputError(f"A release takes text; a part of the type {other!r} is not taken.")
        return "\n".join(part.text for part in message.content)
    return message.content or ""
