import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from opentelemetry.sdk.trace import TracerProvider
from pydantic import ValidationError

from windlass.agents.assistant import Assistant
from windlass.artifacts.kinds import Retrieval
from windlass.artifacts.prompts import Prompt
from windlass.errors import InputError, ProviderError
from windlass.gateway.chat import (
    ChatMessage,
    ChatRequest,
    Conversation,
    begin_stream,
    completion_of,
    read_conversation,
)
from windlass.models.completion import JSON, Completion, Message, OfferedTool, OutputSchema, Usage


class EchoModel:
    """Says the last message back, word by word; fails before or after the first word when it is asked to."""

    def __init__(self) -> None:
        self.asked: list[Message] = []

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        assert schema is None
        pieces = [piece async for piece in self.stream(messages, parameters)]
        assert isinstance(pieces[-1], Completion)
        return pieces[-1]

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        assert not tools
        self.asked = list(messages)
        text = messages[-1].content
        if text == "fail-at-once":
            raise ProviderError("The provider is overloaded.")
        for word in text.split():
            yield word
            if text == "fail later":
                raise ProviderError("The provider is overloaded.")
        yield Completion(text, Usage(7, 3), "echo-1", "stop", None, 0.0)


@pytest.fixture
def model() -> EchoModel:
    return EchoModel()


@pytest.fixture
def assistant(model: EchoModel) -> Assistant:
    prompt = Prompt.model_validate(
        {
            "messages": [{"role": "system", "template": "Echo."}, {"role": "user", "template": "{{ question }}"}],
            "input": {"question": {}},
        }
    )
    return Assistant(
        name="guide",
        digest="sha256:abc",
        prompt=prompt,
        model=model,
        provider="local",
        model_name="echo",
        parameters={},
        index=None,
        index_name="",
        retrieval=Retrieval(),
        tracer=TracerProvider(shutdown_on_exit=False).get_tracer("a test"),
    )


def read(*messages: tuple[str, object]) -> Conversation:
    return read_conversation(
        [ChatMessage.model_validate({"role": role, "content": content}) for role, content in messages]
    )


def test_the_last_message_is_the_question_and_the_others_went_before() -> None:
    conversation = read(("user", "Who?"), ("assistant", "You."), ("user", "Why?"))
    assert conversation.question == "Why?"
    assert conversation.messages() == [Message("user", "Who?"), Message("assistant", "You.")]


def test_text_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert read(("user", parts)) == Conversation(question="one\ntwo", history=[])
    assert read(("assistant", None), ("user", "x")).history == [("assistant", "")]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "The last message must be the user's"),
        ([("user", "a"), ("assistant", "b")], "The last message must be the user's"),
        (
            [("system", "Be rude."), ("user", "a")],
            "A release brings its own instructions; a system message is not",
        ),
        ([("developer", "Be rude."), ("user", "a")], "a developer message is not taken"),
        ([("tool", "x"), ("user", "a")], "a tool message is not taken"),
        ([("user", [{"type": "image_url"}])], "A release takes text; a part of the type 'image_url' is not taken"),
        ([("user", [{"type": "input_audio"}]), ("user", "a")], "a part of the type 'input_audio' is not taken"),
    ],
)
def test_what_a_release_does_not_take_is_refused(messages: list[tuple[str, object]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(*messages)


def test_parameters_that_clients_send_are_read_past() -> None:
    request = ChatRequest.model_validate(
        {"model": "guide", "messages": [{"role": "user", "content": "x", "name": "a"}], "temperature": 2, "n": 1}
    )
    assert request.stream is False
    with pytest.raises(ValidationError):
        ChatRequest.model_validate({"model": "guide", "messages": [{"role": "robot"}]})


def test_a_whole_answer_is_a_chat_completion(assistant: Assistant, model: EchoModel) -> None:
    conversation = read(("user", "Who?"), ("assistant", "You."), ("user", "hello there"))
    answer = asyncio.run(assistant.answer(conversation.question, history=conversation.messages()))
    completion = completion_of(answer, "guide@production")
    assert isinstance(completion.pop("created"), int)
    assert completion == {
        "id": f"chatcmpl-{answer.trace_id}",
        "object": "chat.completion",
        "model": "guide@production",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "hello there", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }
    assert [message.content for message in model.asked] == ["Echo.", "Who?", "You.", "hello there"]


def events_of(assistant: Assistant, question: str, *, usage: bool = False) -> list[dict[str, object] | str]:
    """Return what a client reads of a stream."""
    request = ChatRequest.model_validate(
        {
            "model": "guide@production",
            "messages": [{"role": "user", "content": question}],
            "stream": True,
            "stream_options": {"include_usage": usage},
        }
    )

    async def collect() -> bytes:
        conversation = read_conversation(request.messages)
        return b"".join([event async for event in await begin_stream(assistant, conversation, request, {})])

    *events, rest = asyncio.run(collect()).decode().split("\n\n")
    assert rest == ""
    data = [event.removeprefix("data: ") for event in events]
    return [item if item == "[DONE]" else json.loads(item) for item in data]


def test_a_streamed_answer_begins_with_the_role_and_ends_with_done(assistant: Assistant) -> None:
    *chunks, end = events_of(assistant, "hello é")
    assert end == "[DONE]"
    assert len({(chunk["id"], chunk["created"]) for chunk in chunks if isinstance(chunk, dict)}) == 1
    assert [{**chunk, "id": "", "created": 0} for chunk in chunks if isinstance(chunk, dict)] == [
        {
            "id": "",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "guide@production",
            "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}],
        }
        for delta, finish_reason in (
            ({"role": "assistant", "content": ""}, None),
            ({"content": "hello"}, None),
            ({"content": "é"}, None),
            ({}, "stop"),
        )
    ]


def test_usage_is_streamed_when_it_is_asked_for(assistant: Assistant) -> None:
    *_, last, end = events_of(assistant, "hello", usage=True)
    assert isinstance(last, dict)
    assert (last["choices"], last["usage"]) == (
        [],
        {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    )
    assert end == "[DONE]"


def test_a_stream_that_fails_on_the_way_says_so_and_does_not_end_as_if_whole(assistant: Assistant) -> None:
    events = events_of(assistant, "fail later")
    assert [event["choices"][0]["delta"] for event in events[:2]] == [  # type: ignore[index]
        {"role": "assistant", "content": ""},
        {"content": "fail"},
    ]
    assert events[2:] == [
        {"error": {"message": "The provider is overloaded.", "type": "Model provider failed", "code": 502}}
    ]


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        ("fail-at-once", ProviderError, "The provider is overloaded"),
        ("  ", InputError, "The question is empty; the last user message is what the release is asked"),
    ],
)
def test_what_fails_before_the_first_word_is_raised_and_streams_nothing(
    assistant: Assistant, question: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        events_of(assistant, question)
