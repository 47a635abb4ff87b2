"""Recordings of what instrumentations really send are read as what their programs did."""

from collections.abc import Iterator

import pytest

from windlass.telemetry.graphs.steps import step_of
from windlass.telemetry.models import Span

from .golden import model
from .golden.facts import FACTS, NAMES, Recording, cell, loaded

# One process reads all recordings: that takes as long as all of these tests.
pytestmark = pytest.mark.xdist_group("golden")

LEFT_AS_ATTRIBUTES = {
    # Tools describe themselves where they run, not where a model is offered them.
    ("strands_agent", "tool definitions"),
    ("strands_agent_latest", "tool definitions"),
    # Pydantic AI does not say whether of input or of output.
    ("pydantic_ai_agent", "audio tokens"),
}
"""What is carried in a way that says too little to be read."""


@pytest.fixture(scope="module")
def recordings() -> Iterator[dict[str, Recording]]:
    with loaded() as found:
        yield {recording.name: recording for recording in found}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_recording_carries_is_read(recordings: dict[str, Recording], name: str) -> None:
    cells = {fact.name: cell(fact, recordings[name]) for fact in FACTS}
    left = {(name, fact) for fact, found in cells.items() if found == "kept"}

    assert left == {pair for pair in LEFT_AS_ATTRIBUTES if pair[0] == name}
    basics = {"operation", "request model", "messages in", "messages out", "input tokens", "output tokens"}
    assert {fact for fact, found in cells.items() if found == "read"} >= basics


def test_both_calls_of_the_model_are_told_apart_in_every_recording(recordings: dict[str, Recording]) -> None:
    for recording in recordings.values():
        asking, answering = recording.calls
        (call,) = [part for part in asking.output_messages[-1].parts if part.type == "tool_call"]
        assert (call.name, call.arguments) == ("get_weather", {"city": "Oslo"}), recording.name
        assert asking.input_messages[-1].role == "user", recording.name
        assert answering.start_time >= asking.start_time


def test_the_sums_of_a_trace_are_those_of_its_calls(recordings: dict[str, Recording]) -> None:
    for recording in recordings.values():
        tokens = [call.input_tokens for call in recording.calls]
        assert tokens == [model.CALL_USAGE["input"], model.ANSWER_USAGE["input"]], recording.name


def named(recording: Recording, name: str) -> list[Span]:
    return [span for span in recording.spans if span.name == name]


def test_openinference_says_messages_in_numbered_attributes_that_stay(recordings: dict[str, Recording]) -> None:
    call = recordings["openinference_openai"].calls[1]

    assert [message.role for message in call.input_messages] == ["system", "user", "assistant", "tool"]
    assert call.input_messages[3].parts[0].response == model.TOOL_RESULT
    assert call.attributes["llm.input_messages.1.message.role"] == "user"
    assert '"name":"get_weather"' in call.tool_definitions


def test_openllmetry_of_before_has_no_other_messages(recordings: dict[str, Recording]) -> None:
    call = recordings["traceloop_openai_older"].calls[0]

    assert call.input.startswith(
        '[{"role":"system","parts":[{"type":"text","content":"Answer in one sentence."}]}'
    )
    assert call.attributes["gen_ai.prompt.0.role"] == "system"
    assert (call.provider, call.finish_reasons, call.cache_read_tokens) == ("openai", ["tool_calls"], 32)


def test_strands_says_everything_in_events_of_either_generation(recordings: dict[str, Recording]) -> None:
    for name in ("strands_agent", "strands_agent_latest"):
        (tool,) = named(recordings[name], "execute_tool get_weather")
        assert (tool.input, tool.output) == ('{"city": "Oslo"}', '[{"text": "4 degrees, rain"}]')
        asking, answering = recordings[name].calls
        assert asking.events
        assert answering.input_messages[-1].parts[0].response == model.TOOL_RESULT
        assert answering.time_to_first_token_s is not None
        assert answering.time_to_first_token_s < 60


def test_langfuse_and_mlflow_say_tokens_in_json(recordings: dict[str, Recording]) -> None:
    langfuse, mlflow = recordings["langfuse_sdk"], recordings["mlflow_sdk"]

    (agent,) = named(langfuse, "forecaster")
    assert (agent.operation, agent.agent, agent.input_tokens) == ("invoke_agent", "forecaster", None)
    assert (agent.environment, agent.release_name, agent.user) == ("staging", "v7", "ada")
    assert langfuse.calls[0].attributes["langfuse.observation.usage_details"]
    (tool,) = named(mlflow, "get_weather")
    assert (tool.operation, tool.tool) == ("execute_tool", "get_weather")
    assert mlflow.calls[0].finish_reasons == ["tool_calls"]


def test_the_totals_of_the_vercel_ai_sdk_are_of_the_outer_span(recordings: dict[str, Recording]) -> None:
    (outer,) = named(recordings["vercel_ai"], "ai.generateText")

    assert (outer.operation, outer.input_tokens, outer.output_tokens) == ("invoke_agent", 155, 29)
    assert [message.role for message in outer.input_messages] == ["system", "user"]
    assert outer.output_messages[0].parts[0].content == model.ANSWER


@pytest.mark.parametrize("name", ["crewai_openinference", "llama_index_openinference", "smolagents_openinference"])
def test_an_agent_that_only_other_words_name_is_at_work_in_the_graph(
    recordings: dict[str, Recording], name: str
) -> None:
    recording = recordings[name]
    steps = {span.span_id: step_of(span) for span in recording.spans}

    assert "agent:forecaster" in steps.values()
    assert {span.agent for span in recording.spans if span.operation == "invoke_agent"} == {"forecaster"}


def test_the_model_that_was_asked_for_is_told_from_the_one_that_answered(
    recordings: dict[str, Recording],
) -> None:
    for name in ("openinference_openai", "crewai_openinference", "mlflow_sdk"):
        asking = recordings[name].calls[0]
        assert (asking.request_model, asking.response_model) == ("gpt-4o-mini", model.MODEL), name
