import json

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context

from windlass.agents import spans
from windlass.errors import ProviderError
from windlass.models.completion import Completion, Message, Usage
from windlass.retrieval.index import Hit

MESSAGES = [
    Message("system", "Answer from the context."),
    Message("user", 'Why "é"?'),
    Message("assistant", "Because."),
    Message("user", "Really?"),
]


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter) -> Tracer:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("a test")


def only_span(exporter: InMemorySpanExporter) -> ReadableSpan:
    [span] = exporter.get_finished_spans()
    return span


def completion(cost: float | None = 0.25) -> Completion:
    return Completion(
        text="Yes.",
        usage=Usage(input_tokens=12, output_tokens=2),
        model="gpt-5-mini-2026-01-01",
        finish_reason="stop",
        cost=cost,
        latency_s=0.5,
    )


def call(tracer: Tracer, **parameters: float | str) -> spans.ModelCall:
    return spans.ModelCall(tracer, Context(), "openai", "gpt-5-mini", parameters, MESSAGES)


def test_instructions_stand_apart_from_what_was_said() -> None:
    attributes = spans.input_messages(MESSAGES)
    assert {name: json.loads(str(value)) for name, value in attributes.items()} == {
        "gen_ai.input.messages": [
            {"role": "user", "parts": [{"type": "text", "content": 'Why "é"?'}]},
            {"role": "assistant", "parts": [{"type": "text", "content": "Because."}]},
            {"role": "user", "parts": [{"type": "text", "content": "Really?"}]},
        ],
        "gen_ai.system_instructions": [{"type": "text", "content": "Answer from the context."}],
    }
    assert "é" in str(attributes["gen_ai.input.messages"])
    assert list(spans.input_messages(MESSAGES[1:])) == ["gen_ai.input.messages"]


def test_agent_and_retrieval_have_the_names_of_the_conventions() -> None:
    assert spans.agent("guide", "sha256:abc") == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "guide",
        "windlass.release": "sha256:abc",
        "windlass.release.name": "guide",
    }
    assert spans.retrieval("guide", "why?", 5) == {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": "guide",
        "gen_ai.retrieval.query.text": "why?",
        "gen_ai.retrieval.top_k": 5,
    }


def test_retrieved_passages_are_kept_with_where_they_come_from() -> None:
    hit = Hit(chunk_id="c1", document="1_one.md", section="One", text="A text.", score=0.123456789, rank=1)
    [value] = spans.documents([hit]).values()
    assert json.loads(str(value)) == [
        {
            "id": "c1",
            "score": 0.123457,
            "content": "A text.",
            "metadata": {"document": "1_one.md", "section": "One"},
        }
    ]


def test_a_model_call_is_a_client_span_with_question_and_answer(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    with call(tracer, temperature=0, max_tokens=100, style="brief") as calling:
        calling.done(completion())
    span = only_span(exporter)
    assert (span.name, span.kind) == ("chat gpt-5-mini", SpanKind.CLIENT)
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.request.temperature": 0,
        "gen_ai.request.max_tokens": 100,
        **spans.input_messages(MESSAGES),
        "gen_ai.response.model": "gpt-5-mini-2026-01-01",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.output.messages": json.dumps(
            [{"role": "assistant", "parts": [{"type": "text", "content": "Yes."}], "finish_reason": "stop"}],
            separators=(",", ":"),
        ),
        "windlass.cost_usd": 0.25,
    }


@pytest.mark.parametrize(("cost", "noted"), [(None, False), (0.0, True)])
def test_an_unknown_cost_is_not_noted_as_zero(
    tracer: Tracer, exporter: InMemorySpanExporter, cost: float | None, noted: bool
) -> None:
    with call(tracer) as calling:
        calling.done(completion(cost))
    assert ("windlass.cost_usd" in (only_span(exporter).attributes or {})) is noted


def test_the_time_to_the_first_piece_is_that_of_the_first(tracer: Tracer, exporter: InMemorySpanExporter) -> None:
    with call(tracer) as calling:
        calling.first_piece()
        calling.first_piece()
    span = only_span(exporter)
    assert span.attributes is not None
    assert span.start_time is not None
    assert span.end_time is not None
    elapsed = span.attributes["gen_ai.response.time_to_first_chunk"]
    assert isinstance(elapsed, float)
    assert 0 < elapsed <= (span.end_time - span.start_time) / 1e9


def test_a_failed_call_is_a_failed_span_and_the_error_goes_on(
    tracer: Tracer, exporter: InMemorySpanExporter
) -> None:
    with pytest.raises(ProviderError), call(tracer):
        raise ProviderError("The provider is overloaded.")
    span = only_span(exporter)
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == "The provider is overloaded."
    assert (span.attributes or {})["error.type"] == "ProviderError"


def test_a_call_is_a_child_of_the_span_it_is_given(tracer: Tracer, exporter: InMemorySpanExporter) -> None:
    parent = tracer.start_span("invoke_agent guide")
    with spans.ModelCall(tracer, set_span_in_context(parent), "local", "extractive", {}, MESSAGES):
        pass
    span = only_span(exporter)
    assert span.parent == parent.get_span_context()
    parent.end()
