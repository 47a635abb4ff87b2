"""An agent that speaks OpenAI's chat completions: the tools it asks for are the tool calls of its prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from windlass.evaluation.questions import history_of, question_of
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.governing import Exchanged, Governor
from windlass.evaluation.targets.refusals import unreadable
from windlass.evaluation.targets.spec import AgentSpec, Identity
from windlass.evaluation.targets.wire import Wire
from windlass.evaluation.trajectories import ToolCall, read_trajectory
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Message, Usage

WireMessage = Mapping[str, Any]
"""A message as the wire has it."""


@dataclass(frozen=True)
class AskedFor:
    """A tool call that an answer asks for."""

    id: str
    call: ToolCall


@dataclass(frozen=True)
class ChatAnswer:
    """The first choice of a completion."""

    message: WireMessage
    text: str
    asked_for: tuple[AskedFor, ...]
    usage: Usage | None


class OpenAIChat:
    """Asks `POST {url}/chat/completions`."""

    def __init__(self, wire: Wire[AgentSpec], calls: RunCalls | None = None) -> None:
        self.wire = wire
        self.spec = wire.spec
        self._governor = Governor(wire.spec, calls)

    async def identify(self) -> Identity:
        """Find out whether anything answers there; what it is, the protocol does not tell."""
        self.wire.headers()
        await self.wire.reach(self.spec.url)
        return Identity()

    async def __call__(self, item: Item) -> Prediction:
        answer = await self.ask(messages_of(item))
        return Prediction(
            output=answer.value.text,
            usage=answer.value.usage,
            latency_s=answer.latency_s,
            trajectory=tuple(asked.call for asked in answer.value.asked_for),
        )

    async def ask(
        self, messages: Sequence[WireMessage], more: Mapping[str, object] | None = None
    ) -> Exchanged[ChatAnswer]:
        """Send a conversation as it stands, with further members of the request. Raises as a model does."""
        body = {**self.spec.parameters, **(more or {}), "model": self.spec.model, "messages": list(messages)}

        async def exchange() -> tuple[ChatAnswer, Usage | None]:
            reply = await self.wire.post(f"{self.spec.url}/chat/completions", body)
            answer = _read_answer(reply.json("chat completion"), self.wire.who)
            return answer, answer.usage

        said = [Message("user", str(message.get("content") or "")) for message in messages]
        return await self._governor.make(exchange, said)


def messages_of(item: Item) -> list[dict[str, Any]]:
    """Return what an item says, as messages: what was said before, then its question."""
    said = [*history_of(item), Message("user", question_of(item))]
    return [{"role": message.role, "content": message.content} for message in said]


def _read_answer(body: object, who: str) -> ChatAnswer:
    match body:
        case {"choices": [{"message": dict(message)}, *_], **rest}:
            pass
        case _:
            raise unreadable(who, "chat completion", "its JSON has no `choices` with a `message`")
    calls = message.get("tool_calls")
    return ChatAnswer(
        message=message,
        text=_text_of(message.get("content")),
        asked_for=tuple(_asked_for(call, who) for call in calls) if isinstance(calls, list) else (),
        usage=_usage_of(rest.get("usage")),
    )


def _asked_for(value: object, who: str) -> AskedFor:
    match value:
        case {"function": {"name": str(name), **function}}:
            tool_input = function.get("arguments")
        case _:
            raise unreadable(who, "tool call", "one of its `tool_calls` names no function")
    assert isinstance(value, Mapping)
    call = read_trajectory([{"tool_name": name, "tool_input": tool_input}])[0]
    return AskedFor(str(value.get("id") or ""), call)


def _text_of(content: object) -> str:
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text")
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _usage_of(value: object) -> Usage | None:
    match value:
        case {"prompt_tokens": int(sent), "completion_tokens": int(received)}:
            return Usage(sent, received)
        case _:
            return None
