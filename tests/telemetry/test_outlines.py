import orjson
import pytest

from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import TraceOutline
from windlass.telemetry.queries import get_outline, get_span, get_trace
from windlass.telemetry.scores import Score
from windlass.telemetry.writer import Writer

from .sending import START_NS, Plain, request, span, trace_id

PROJECT = "shop"


@pytest.fixture
def told(writer: Writer) -> None:
    """A trace of three spans, one of them delivered twice, with a score."""
    call: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.input.messages": "a long question",
        "tier": "free",
    }
    spans = (
        span(1, 1, name="root", duration_ns=5_000_000, attributes={"user.id": "ada"}),
        span(1, 2, parent=1, name="chat gpt-5", start_ns=START_NS + 2_000, attributes=call, error=True),
        span(1, 3, parent=1, name="look up", start_ns=START_NS + 1_000, attributes={"gen_ai.tool.name": "find"}),
    )
    writer.write_spans(PROJECT, request(*spans))
    writer.write_spans(PROJECT, request(spans[1]))
    writer.write_spans("other", request(span(1, 9)))
    writer.write_scores(PROJECT, [Score(trace_id=trace_id(), name="f1", value=0.5, source="code")])


@pytest.mark.usefixtures("told")
def test_an_outline_says_of_a_trace_and_its_spans_what_the_whole_trace_says(warehouse: Warehouse) -> None:
    whole = get_trace(warehouse, PROJECT, trace_id())

    outline = TraceOutline.model_validate_json(
        orjson.dumps(get_outline(warehouse, PROJECT, trace_id()), option=orjson.OPT_UTC_Z)
    )

    fields = set(TraceOutline.model_fields) - {"spans"}
    assert outline.model_dump(include=fields) == whole.model_dump(include=fields)
    kept = set(type(outline.spans[0]).model_fields)
    assert [each.model_dump() for each in outline.spans] == [each.model_dump(include=kept) for each in whole.spans]
    assert [each.name for each in outline.spans] == ["root", "look up", "chat gpt-5"]


@pytest.mark.usefixtures("told")
def test_an_outline_holds_no_text_of_a_span(warehouse: Warehouse) -> None:
    (_, _, call) = orjson.loads(orjson.dumps(get_outline(warehouse, PROJECT, trace_id())))["spans"]
    assert not {"input", "output", "attributes", "resource", "events"} & set(call)
    assert (call["request_model"], call["input_tokens"], call["status"]) == ("gpt-5", 7, "error")


@pytest.mark.usefixtures("told")
def test_one_span_is_given_with_its_contents(warehouse: Warehouse) -> None:
    whole = get_trace(warehouse, PROJECT, trace_id())
    for each in whole.spans:
        assert get_span(warehouse, PROJECT, trace_id(), each.span_id.upper()) == each


@pytest.mark.usefixtures("told")
def test_what_is_not_there_is_not_found(warehouse: Warehouse) -> None:
    with pytest.raises(NotFound, match="There is no trace"):
        get_outline(warehouse, PROJECT, trace_id(2))
    with pytest.raises(InputError, match="is not a trace id"):
        get_outline(warehouse, PROJECT, "nonsense")
    with pytest.raises(NotFound, match="There is no span 0000000000000009 in the trace"):
        get_span(warehouse, PROJECT, trace_id(), "0000000000000009")
