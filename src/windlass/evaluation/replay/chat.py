"""A candidate on OpenAI's wire, replayed: it asks for tools, and windlass answers them."""

import json
from collections.abc import Mapping
from typing import Any, Final

from windlass.errors import InputError
from windlass.evaluation.replay.answering import Answering, ReplayPolicy, ToolFailed, WorldEnded, told_failure
from windlass.evaluation.replay.recording import Recording, read_recording
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.openai_chat import AskedFor, ChatAnswer, OpenAIChat
from windlass.evaluation.targets.opening import UrlTarget
from windlass.evaluation.tool_schemas import defaults_of_schema
from windlass.models.completion import Usage
from windlass.models.failures import ProviderFailure

_MOST_ROUNDS: Final = 50
"""Of tool calls for one thing that the user said: an agent that asks for more goes round in circles."""


def replayed_agent(target: UrlTarget, policy: ReplayPolicy) -> "ReplayedChat":
    """Return an agent by URL that answers in recorded worlds. Raises InputError for one that cannot.

    An agent that calls its tools itself would call them in earnest, and nobody could keep it from it.
    """
    if not isinstance(target, OpenAIChat):
        raise InputError(
            "A replay answers the tool calls of an agent: one by URL must ask for them, over the openai protocol."
        )
    return ReplayedChat(target, policy)


class ReplayedChat:
    """Has a conversation with the candidate as the user had it, once for each recording."""

    def __init__(self, chat: OpenAIChat, policy: ReplayPolicy) -> None:
        self._chat = chat
        self._policy = policy

    async def __call__(self, item: Item) -> Prediction:
        recording = read_recording(item)
        tools = self._offered(recording)
        talk = _Talk(self._chat, Answering(recording, self._policy, _defaults_of(tools)), tools)
        text = ""
        try:
            for said in recording.inputs:
                text = await talk.say(said)
        except WorldEnded:
            text = ""
        # A prediction all the same: where it ended, and what led there, is the result.
        replay = talk.answering.replay()
        return Prediction(
            output=text,
            usage=Usage(*talk.tokens) if talk.tokens else None,
            latency_s=talk.latency_s,
            trajectory=replay.trajectory,
            replay=replay,
        )

    def _offered(self, recording: Recording) -> list[Any]:
        """Return the tools that the candidate is offered: its own, else those that were offered in the trace."""
        own = self._chat.spec.parameters.get("tools")
        if isinstance(own, list):
            return own
        return [
            {"type": "function", "function": tool.model_dump(exclude_defaults=True)} for tool in recording.tools
        ]


class _Talk:
    """One conversation on its way."""

    def __init__(self, chat: OpenAIChat, answering: Answering, tools: list[Any]) -> None:
        self.answering = answering
        self.tokens: tuple[int, int] | None = None
        self.latency_s = 0.0
        self._chat = chat
        self._more = {"tools": tools} if tools else {}
        self._messages: list[dict[str, Any]] = [
            {"role": said.role, "content": said.content} for said in answering.recording.history
        ]

    async def say(self, text: str) -> str:
        """Say what the user said, answer the tools that are asked for, and return what the candidate says."""
        self._messages.append({"role": "user", "content": text})
        for _ in range(_MOST_ROUNDS):
            answer = await self._ask()
            self._messages.append({**answer.message, "role": "assistant"})
            if not answer.asked_for:
                return answer.text
            for asked in answer.asked_for:
                self._messages.append(await self._result(asked))
        raise ProviderFailure(f"The candidate asked for tools {_MOST_ROUNDS} times without an answer.")

    async def _ask(self) -> ChatAnswer:
        answer = await self._chat.ask(self._messages, self._more)
        self.latency_s += answer.latency_s
        if answer.usage is not None:
            sent, received = self.tokens or (0, 0)
            self.tokens = sent + answer.usage.input_tokens, received + answer.usage.output_tokens
        return answer.value

    async def _result(self, asked: AskedFor) -> dict[str, Any]:
        try:
            value = await self.answering.answer(asked.call.tool_name, asked.call.tool_input)
        except ToolFailed as failure:
            value = told_failure(failure)
        content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return {"role": "tool", "tool_call_id": asked.id, "content": content}


def _defaults_of(tools: list[Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for tool in tools:
        match tool:
            case {"function": {"name": str(name), "parameters": Mapping() as schema}}:
                found[name] = defaults_of_schema(schema)
    return found
