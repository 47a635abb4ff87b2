import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from windlass.telemetry.messages import dump_messages, read_messages, system_text

Plain = dict[str, object] | list[object]

CALL = {"type": "tool_call", "id": "c1", "name": "look_up", "arguments": {"city": "Oslo"}}
RESULT = {"type": "tool_call_response", "id": "c1", "response": "rain"}


def read(value: object, role: str = "user") -> list[dict[str, object]]:
    return [message.model_dump(exclude_defaults=True) for message in read_messages(json.dumps(value), role)]


def text(role: str, content: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": content}]}


SHAPES: dict[str, tuple[object, list[object]]] = {
    "gen_ai": (
        [text("user", "Rain?"), {"role": "assistant", "parts": [CALL], "finish_reason": "tool_call"}],
        [text("user", "Rain?"), {"role": "assistant", "parts": [CALL], "finish_reason": "tool_call"}],
    ),
    "gen_ai, as Pydantic AI wrote results": (
        [{"role": "user", "parts": [{"type": "tool_call_response", "id": "c1", "result": "rain"}]}],
        [{"role": "user", "parts": [RESULT]}],
    ),
    "OpenAI's chat": (
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": [{"type": "text", "text": "Rain?"}]},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "c1", "function": {"name": "look_up", "arguments": '{"city": "Oslo"}'}}],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "rain"},
            ],
        },
        [
            text("system", "Be kind."),
            text("user", "Rain?"),
            {"role": "assistant", "parts": [CALL]},
            {"role": "tool", "parts": [RESULT]},
        ],
    ),
    "OpenAI's answer": (
        {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Rain."}}]},
        [{**text("assistant", "Rain."), "finish_reason": "stop"}],
    ),
    "OpenAI's Responses": (
        {
            "instructions": "Be kind.",
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": "Rain?"}]},
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Look it up."}]},
                {"type": "function_call", "call_id": "c1", "name": "look_up", "arguments": '{"city": "Oslo"}'},
                {"type": "function_call_output", "call_id": "c1", "output": "rain"},
            ],
        },
        [
            text("system", "Be kind."),
            text("user", "Rain?"),
            {"role": "assistant", "parts": [{"type": "reasoning", "content": "Look it up."}, CALL]},
            {"role": "tool", "parts": [RESULT]},
        ],
    ),
    "Anthropic's": (
        [
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c1", "name": "look_up", "input": {"city": "Oslo"}}],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "rain"}]},
        ],
        [{"role": "assistant", "parts": [CALL]}, {"role": "user", "parts": [RESULT]}],
    ),
    "OpenInference's": (
        {
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.contents.0.message_content.type": "text",
            "llm.input_messages.0.message.contents.0.message_content.text": "Rain?",
            "llm.input_messages.10.message.role": "assistant",
            "llm.input_messages.10.message.tool_calls.0.tool_call.id": "c1",
            "llm.input_messages.10.message.tool_calls.0.tool_call.function.name": "look_up",
            "llm.input_messages.10.message.tool_calls.0.tool_call.function.arguments": '{"city": "Oslo"}',
            "llm.input_messages.2.message.role": "user",
            "llm.input_messages.2.message.content": "Now?",
        },
        [text("user", "Rain?"), text("user", "Now?"), {"role": "assistant", "parts": [CALL]}],
    ),
    "OpenLLMetry's": (
        {
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "Rain?",
            "gen_ai.prompt.1.role": "assistant",
            "gen_ai.prompt.1.tool_calls.0.id": "c1",
            "gen_ai.prompt.1.tool_calls.0.name": "look_up",
            "gen_ai.prompt.1.tool_calls.0.arguments": '{"city": "Oslo"}',
        },
        [text("user", "Rain?"), {"role": "assistant", "parts": [CALL]}],
    ),
    "the Vercel AI SDK's": (
        [
            {"role": "user", "content": [{"type": "text", "text": "Rain?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool-call", "toolCallId": "c1", "toolName": "look_up", "input": {"city": "Oslo"}}
                ],
            },
            {
                "role": "tool",
                "content": [
                    {"type": "tool-result", "toolCallId": "c1", "output": {"type": "text", "value": "rain"}}
                ],
            },
        ],
        [text("user", "Rain?"), {"role": "assistant", "parts": [CALL]}, {"role": "tool", "parts": [RESULT]}],
    ),
    "the Vercel AI SDK's prompt": (
        {"system": "Be kind.", "prompt": "Rain?"},
        [text("system", "Be kind."), text("user", "Rain?")],
    ),
    "Google's": (
        {
            "config": {"system_instruction": "Be kind."},
            "contents": [
                {"role": "user", "parts": [{"text": "Rain?"}]},
                {
                    "role": "model",
                    "parts": [{"function_call": {"id": "c1", "name": "look_up", "args": {"city": "Oslo"}}}],
                },
                {"role": "user", "parts": [{"function_response": {"id": "c1", "response": "rain"}}]},
            ],
        },
        [
            text("system", "Be kind."),
            text("user", "Rain?"),
            {"role": "assistant", "parts": [CALL]},
            {"role": "user", "parts": [RESULT]},
        ],
    ),
    "Google's answer": (
        {
            "content": {"role": "model", "parts": [{"text": "Hm.", "thought": True}, {"text": "Rain."}]},
            "finish_reason": "STOP",
        },
        [
            {
                "role": "assistant",
                "parts": [{"type": "reasoning", "content": "Hm."}, {"type": "text", "content": "Rain."}],
                "finish_reason": "stop",
            }
        ],
    ),
    "Bedrock's": (
        [
            {
                "role": "assistant",
                "content": [{"toolUse": {"toolUseId": "c1", "name": "look_up", "input": {"city": "Oslo"}}}],
            },
            {"role": "user", "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "rain"}]}}]},
        ],
        [{"role": "assistant", "parts": [CALL]}, {"role": "user", "parts": [RESULT]}],
    ),
    "Genkit's": (
        {
            "message": {
                "role": "model",
                "content": [{"toolRequest": {"ref": "c1", "name": "look_up", "input": {"city": "Oslo"}}}],
            },
            "finishReason": "stop",
        },
        [{"role": "assistant", "parts": [CALL], "finish_reason": "stop"}],
    ),
    "LangChain's": (
        {
            "messages": [
                [
                    {"lc": 1, "kwargs": {"type": "human", "content": "Rain?"}},
                    {
                        "lc": 1,
                        "kwargs": {
                            "type": "ai",
                            "content": "",
                            "tool_calls": [{"id": "c1", "name": "look_up", "args": {"city": "Oslo"}}],
                        },
                    },
                ]
            ]
        },
        [text("user", "Rain?"), {"role": "assistant", "parts": [CALL]}],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_messages_of_every_shape_are_the_same_messages(shape: str) -> None:
    value, expected = SHAPES[shape]

    assert read(value) == expected


@pytest.mark.parametrize(("value", "expected"), [
    ({"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}, {"uri": "https://a.example/x.png"}),
    ({"type": "image", "source": {"media_type": "a/x", "data": "A"}}, {"mime_type": "a/x", "content": "A"}),
    ({"inline_data": {"mime_type": "audio/wav", "data": "UklG"}}, {"mime_type": "audio/wav", "content": "UklG"}),
    ({"media": {"contentType": "image/png", "url": "data:x"}}, {"mime_type": "image/png", "uri": "data:x"}),
    ({"type": "blob", "mime_type": "image/png", "content": "iVBO"}, {"mime_type": "image/png", "content": "iVBO"}),
])  # fmt: skip
def test_pictures_and_sounds_are_media(value: object, expected: dict[str, str]) -> None:
    (message,) = read([{"role": "user", "content": [value]}])

    assert message["parts"] == [{"type": "media", **expected}]


def test_a_part_of_an_unknown_kind_is_kept() -> None:
    (message,) = read([{"role": "user", "parts": [{"type": "compaction", "n": 1}]}])

    assert message["parts"] == [{"type": "compaction", "content": '{"type": "compaction", "n": 1}'}]


def test_plain_text_is_one_message_of_who_is_said_to_speak() -> None:
    assert [message.model_dump(exclude_defaults=True) for message in read_messages("Rain?", "user")] == [
        text("user", "Rain?")
    ]
    assert read("Rain.", "assistant") == [text("assistant", "Rain.")]
    assert read_messages("", "user") == []


@pytest.mark.parametrize(
    "value",
    [{}, [], {"city": "Oslo"}, [1, 2], ["a"], {"messages": []}, {"messages": 3}, {"input": "x"}, [{"a": 1}], [[]]],
)
def test_json_without_messages_has_none(value: object) -> None:
    assert read(value) == []


@pytest.mark.parametrize("broken", ["[{", '{"messages": [', "[1, 2"])
def test_text_that_only_begins_like_json_is_text(broken: str) -> None:
    (message,) = read_messages(broken, "user")
    assert message.parts[0].content == broken


def test_messages_are_written_as_the_gen_ai_conventions_have_them() -> None:
    written = dump_messages(read_messages(json.dumps(SHAPES["OpenAI's chat"][0]), "user"))

    assert json.loads(written) == SHAPES["OpenAI's chat"][1]


@pytest.mark.parametrize("said", ['[{"type": "text", "content": "Be kind."}]', "Be kind.", '"Be kind."'])
def test_system_instructions_are_text(said: str) -> None:
    assert system_text(said) == "Be kind."


NAMES = st.sampled_from(
    [
        *(
            "role",
            "type",
            "content",
            "parts",
            "text",
            "messages",
            "message",
            "tool_calls",
            "function",
            "arguments",
        ),
        *(
            "input",
            "output",
            "prompt",
            "system",
            "config",
            "contents",
            "choices",
            "kwargs",
            "toolUse",
            "image_url",
        ),
        *("a.0.b", "a.1.2"),
    ]
)
WORDS = st.sampled_from(["user", "tool", "text", "function_call", "tool_use", "image", "thinking", "[1]", '{"a":'])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
@example({"content": None, "type": ""})
def test_any_json_is_read_without_a_fault(value: object) -> None:
    for message in read_messages(json.dumps(value), "user"):
        assert message.role
        assert json.loads(dump_messages([message]))


@pytest.mark.parametrize("depth", [50, 150, 1000, 5000])
def test_deep_json_is_no_fault(depth: int) -> None:
    nested = "[" * depth + "]" * depth
    assert read_messages(nested, "user") == [] or depth > 1000
    call = {"type": "tool_call", "name": "look_up", "arguments": nested}
    (message,) = read_messages(json.dumps([{"role": "assistant", "parts": [call]}]), "assistant")
    assert message.model_dump_json()
    assert dump_messages([message])
