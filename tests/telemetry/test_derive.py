import json

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.telemetry.derive import derived_attributes, may_derive
from windlass.telemetry.values import plain_attributes

from .sending import Plain, attributes, request, span


def derived(made: Span) -> dict[str, object]:
    return dict(plain_attributes(derived_attributes(made)))


def asked(message: ExportTraceServiceRequest) -> bool:
    return may_derive(message.SerializeToString())


@pytest.mark.parametrize(
    "plain",
    [
        {"mlflow.spanType": '"TOOL"'},
        {"llm.input_messages.0.message.role": "user"},
        {"langfuse.observation.usage_details": "{}"},
    ],
)
def test_a_request_is_looked_into_only_when_it_says_something_that_sql_cannot_read(
    plain: dict[str, Plain],
) -> None:
    usual = span(attributes={"gen_ai.input.messages": '[{"role":"user"}]', "note": "as mlflow.spanType"})

    assert not asked(request(usual))
    assert asked(request(usual, span(attributes=plain)))


def test_events_of_a_span_are_looked_into() -> None:
    made = span()
    made.events.add(name="gen_ai.user.message").attributes.extend(attributes({"content": "Where is it?"}))

    assert asked(request(made))
    assert derived(made) == {
        "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Where is it?"}]}]'
    }


def test_what_a_span_says_itself_is_not_replaced() -> None:
    usage = json.dumps({"input": 7, "output": 3})
    made = span(attributes={"langfuse.observation.usage_details": usage, "gen_ai.usage.input_tokens": 5})

    assert derived(made) == {"gen_ai.usage.output_tokens": 3}


def test_an_attribute_of_a_wrong_type_does_not_stand_in_the_way() -> None:
    usage = json.dumps({"input": 7})
    made = span(attributes={"langfuse.observation.usage_details": usage, "gen_ai.usage.input_tokens": "many"})

    assert derived(made) == {"gen_ai.usage.input_tokens": 7}


@pytest.mark.parametrize(
    "usage", ["", "[]", "no JSON", "null", '{"input": "7"}', '{"input": true}', '{"input": null}']
)
def test_json_that_says_no_number_fills_nothing(usage: str) -> None:
    assert derived(span(attributes={"langfuse.observation.usage_details": usage})) == {}


def test_a_tool_is_named_by_what_the_span_is_about_or_by_its_name() -> None:
    assert derived(span(name="look_up", attributes={"langfuse.observation.type": "tool"})) == {
        "gen_ai.tool.name": "look_up"
    }
    named = {"traceloop.span.kind": "agent", "traceloop.entity.name": "planner"}
    assert derived(span(name="planner.agent", attributes=named)) == {"gen_ai.agent.name": "planner"}
    assert derived(span(name="step", attributes={"traceloop.span.kind": "task"})) == {}


def test_an_agent_of_openinference_is_named_by_its_span_without_the_method() -> None:
    for name in ("writer.run", "writer._execute_core", "writer"):
        made = span(name=name, attributes={"openinference.span.kind": "AGENT"})
        assert derived(made) == {"gen_ai.agent.name": "writer"}
    known = {"openinference.span.kind": "AGENT", "graph.node.name": "editor"}
    assert derived(span(name="Agent.run", attributes=known)) == {"gen_ai.agent.name": "editor"}
    assert derived(span(name="writer.run", attributes={"openinference.span.kind": "CHAIN"})) == {}


@pytest.mark.parametrize(
    ("event", "agent"),
    [
        ("AgentSetup(input=[], current_agent_name='writer')", "writer"),
        ("AgentSetup(input=[Text(text=\"current_agent_name='boss')\")], current_agent_name='writer')", "writer"),
        ("ToolCall(tool_kwargs={'a': \"current_agent_name='boss'\"})", None),
        ('AgentSetup(input=[], current_agent_name="it\'s")', None),
        ("current_agent_name='", None),
    ],
)
def test_an_agent_of_llama_index_is_named_at_the_end_of_an_event_alone(event: str, agent: str | None) -> None:
    made = span(name="X.run_agent_step", attributes={"input.value": json.dumps({"ev": event})})
    found = derived(made)

    assert found.pop("gen_ai.operation.name") == ".run_agent_step"
    assert found == ({"gen_ai.agent.name": agent} if agent else {})


def test_what_only_spans_of_a_kind_say_is_read_of_those() -> None:
    raw = {"output.value": '{"model": "m-1"}'}

    assert derived(span(attributes={**raw, "openinference.span.kind": "LLM"})) == {"gen_ai.response.model": "m-1"}
    assert derived(span(attributes={**raw, "openinference.span.kind": "CHAIN"})) == {}


def test_who_offers_a_model_stands_before_its_name() -> None:
    said = {"genkit:metadata:subtype": "model", "genkit:name": "googleai/gemini-3"}

    assert derived(span(attributes=said)) == {
        "gen_ai.provider.name": "googleai",
        "gen_ai.request.model": "googleai/gemini-3",
    }
    assert "gen_ai.provider.name" not in derived(span(attributes={**said, "genkit:name": "gemini-3"}))


def test_a_point_in_time_is_the_seconds_since_the_start() -> None:
    made = span(attributes={"langfuse.observation.completion_start_time": '"2026-09-21T14:13:20.250Z"'})

    (found,) = derived(made).values()
    assert found == pytest.approx(0.25, abs=1e-5)
    assert derived(span(attributes={"langfuse.observation.completion_start_time": '"soon"'})) == {}


def test_numbered_tools_become_a_list_of_definitions() -> None:
    schema = {"type": "function", "function": {"name": "look_up"}}
    of_openinference = span(attributes={"llm.tools.0.tool.json_schema": json.dumps(schema)})
    of_openllmetry = span(
        attributes={
            "llm.request.functions.0.name": "look_up",
            "llm.request.functions.0.parameters": '{"type":"object"}',
        }
    )

    assert json.loads(str(derived(of_openinference)["gen_ai.tool.definitions"])) == [schema]
    assert json.loads(str(derived(of_openllmetry)["gen_ai.tool.definitions"])) == [
        {"name": "look_up", "parameters": {"type": "object"}}
    ]


def test_a_prompt_that_is_named_is_not_a_family_of_messages() -> None:
    assert derived(span(attributes={"gen_ai.prompt.name": "answer", "gen_ai.prompt.version": "3"})) == {}


@pytest.mark.parametrize(
    "plain",
    [
        {"langfuse.observation.usage_details": '{"input": 18446744073709551615, "output": 1e300}'},
        {"langfuse.observation.completion_start_time": '"0001-01-01T00:00:00+23:59"'},
        {"llm.tools.²": "x", "llm.tools.99999999999999999999.a": "x", "llm.tools.0": "x"},
        {"gen_ai.prompt.0" + ".0" * 3000: "x"},
        {"mlflow.spanType": '"TOOL"', "mlflow.llm.model": "[" * 3000},
        {"llm.input_messages.0.message.role": 3, "llm.input_messages.0.message": "x"},
        {"ai.prompt.tools": ["{", '"a"', '{"parameters": "{"}']},
    ],
)
def test_what_makes_no_sense_is_no_fault(plain: dict[str, Plain]) -> None:
    made = span(attributes=plain)
    made.events.add(name="gen_ai.choice").attributes.extend(
        attributes({"message": "[" * 3000, "finish_reason": 3})
    )

    assert asked(request(made))
    assert all(attribute.value.WhichOneof("value") for attribute in derived_attributes(made))
