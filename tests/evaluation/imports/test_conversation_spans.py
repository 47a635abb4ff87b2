from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.evaluation.conversations import answer_of, calls_of, read_conversation
from windlass.evaluation.imports.conversation_spans import Place, conversation_spans
from windlass.evaluation.imports.imported import ImportedSample, Step
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Usage


def call(name: str, call_id: str = "", **arguments: object) -> dict[str, Any]:
    return {"id": call_id, "name": name, "arguments": arguments}


def sample(messages: list[dict[str, Any]], models: Mapping[int, Step] | None = None) -> ImportedSample:
    said = {place: Step() for place, each in enumerate(messages) if each["role"] == "assistant"}
    return ImportedSample("i0", 1, read_conversation(messages), None, models=said if models is None else models)


def spans_of(given: ImportedSample) -> list[Span]:
    place = Place("a" * 32, "b" * 16, 1_000, 9_000, "agent", "openai", ())
    return conversation_spans(given, place)


def attributes(span: Span) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


AGENT: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Look twice."},
    {"role": "assistant", "content": "", "tool_calls": [call("look", "c", at="a"), call("look", "d", at="b")]},
    {"role": "tool", "tool_call_id": "c", "content": "first"},
    {"role": "tool", "tool_call_id": "d", "content": "second"},
    {"role": "assistant", "content": "", "tool_calls": [call("look", "c", at="c")]},
    {"role": "tool", "tool_call_id": "c", "content": "third"},
    {"role": "assistant", "content": "Seen."},
]


def test_an_agent_s_calls_of_models_and_tools_are_below_it_in_their_order() -> None:
    agent, *steps = spans_of(sample(AGENT))
    assert (agent.name, agent.parent_span_id.hex()) == ("invoke_agent agent", "b" * 16)
    assert {span.parent_span_id for span in steps} == {agent.span_id}
    assert [span.name.split()[0] for span in steps] == [
        "chat",
        "execute_tool",
        "execute_tool",
        "chat",
        "execute_tool",
        "chat",
    ]
    starts = [span.start_time_unix_nano for span in steps]
    assert starts == sorted(set(starts))
    assert 1_000 < starts[0] <= starts[-1] < 9_000
    assert len({span.span_id for span in (agent, *steps)}) == 7


def test_an_id_that_is_used_again_is_answered_by_the_next_result() -> None:
    tools = [span for span in spans_of(sample(AGENT)) if span.name == "execute_tool look"]
    assert [attributes(span)["gen_ai.tool.call.result"] for span in tools] == ["first", "second", "third"]
    assert [attributes(span)["gen_ai.tool.call.arguments"] for span in tools] == [
        '{"at":"a"}',
        '{"at":"b"}',
        '{"at":"c"}',
    ]


def test_a_call_of_a_model_has_what_it_was_shown_and_its_instructions_apart() -> None:
    first, _, _, second, _, last = spans_of(sample(AGENT))[1:]
    assert attributes(first)["gen_ai.system_instructions"] == '[{"type":"text","content":"Be brief."}]'
    assert attributes(first)["gen_ai.input.messages"].count('"role"') == 1
    assert attributes(second)["gen_ai.input.messages"].count('"role"') == 4
    assert "Seen." in attributes(last)["gen_ai.output.messages"]


def test_a_single_answer_is_a_call_below_the_sample_with_what_is_known_of_it() -> None:
    step = Step(start_ns=5, end_ns=7, model="gpt-5", usage=Usage(3, 1), error="cut off")
    (chat,) = spans_of(
        sample([{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}], models={1: step})
    )
    assert (chat.name, chat.parent_span_id.hex()) == ("chat gpt-5", "b" * 16)
    assert (chat.start_time_unix_nano, chat.end_time_unix_nano, chat.status.message) == (5, 7, "cut off")
    told = attributes(chat)
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.provider.name"]) == (3, "openai")


def test_what_no_model_said_here_is_no_call_of_one() -> None:
    assert spans_of(sample([{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}], {})) == []
    assert "chat" not in {span.name for span in spans_of(sample(AGENT, {}))}


def test_the_same_sample_has_the_same_spans() -> None:
    assert spans_of(sample(AGENT)) == spans_of(sample(AGENT))


def test_calls_carry_what_became_of_them_and_the_answer_is_the_last_text() -> None:
    messages = read_conversation(AGENT)
    assert answer_of(messages[:-1]) == ""
    assert answer_of(messages) == "Seen."
    assert calls_of(messages, {"d": "denied"})[1] == ToolCall("look", {"at": "b"}, "denied")
