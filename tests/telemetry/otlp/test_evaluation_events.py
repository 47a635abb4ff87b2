"""Results of evaluations among the events of spans: scores, once, whoever sends them how often."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.telemetry.otlp_signals import logs, record
from tests.telemetry.sending import START_NS, Plain, attributes, request, span, trace_id
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.otlp.bodies import Body
from windlass.telemetry.otlp.evaluation_events import may_hold_results, scores_of_spans
from windlass.telemetry.otlp.logs import EVALUATION, parse_logs, scores_of
from windlass.telemetry.queries import get_trace, scores_of_traces
from windlass.telemetry.scores import Score
from windlass.telemetry.writer import Writer

from .test_logs import RESULT


def judged(number: int = 1, *results: dict[str, Plain], time_ns: int = START_NS + 5_000) -> Span:
    """Return a span with results among its events."""
    made = span(1, number)
    made.events.add(name="first token", time_unix_nano=START_NS)
    for result in results:
        made.events.add(name=EVALUATION, time_unix_nano=time_ns, attributes=attributes(result))
    return made


def send(writer: Writer, message: ExportTraceServiceRequest) -> list[Score]:
    writer.write_spans("shop", message)
    scores = scores_of_spans(message, "key:app")
    writer.write_scores("shop", scores)
    return scores


def test_a_result_is_a_score_on_the_span_that_carries_it(writer: Writer, warehouse: Warehouse) -> None:
    send(writer, request(judged(1), judged(2, {**RESULT, "windlass.run": "r1"})))
    (score,) = get_trace(warehouse, "shop", trace_id()).scores
    assert (score.name, score.value, score.label, score.source) == ("relevance", 0.75, "good", "code")
    assert (score.span_id, score.run, score.evaluator) == (f"{2:016x}", "r1", "tests")
    assert score.explanation == "It answers what was asked."
    assert int(score.time.timestamp() * 10**6) == (START_NS + 5_000) // 1000


def test_sent_again_it_is_the_same_score_and_another_value_replaces_it(
    writer: Writer, warehouse: Warehouse
) -> None:
    for value in (0.75, 0.75, 0.5):
        send(writer, request(judged(1, {**RESULT, "gen_ai.evaluation.score.value": value})))
    (score,) = scores_of_traces(warehouse, "shop", [trace_id()])
    assert score.value == 0.5


def test_the_same_result_as_a_log_record_is_the_same_score(writer: Writer, warehouse: Warehouse) -> None:
    sent = send(writer, request(judged(1, RESULT)))
    as_log = logs(record(1, 1, event=EVALUATION, said=RESULT, time_ns=START_NS + 5_000))
    events = parse_logs(Body(as_log.SerializeToString(), is_json=False)).events
    assert scores_of(events, "key:app") == sent
    writer.write_scores("shop", scores_of(events, "key:app"))
    assert len(scores_of_traces(warehouse, "shop", [trace_id()])) == 1


def test_every_result_of_a_span_counts_and_one_that_judges_nothing_does_not() -> None:
    nameless = {**RESULT, "gen_ai.evaluation.name": ""}
    other = {**RESULT, "gen_ai.evaluation.name": "fluency"}
    scores = scores_of_spans(request(judged(1, RESULT, nameless), judged(2, other)), "")
    assert [(score.name, score.span_id[-1]) for score in scores] == [("relevance", "1"), ("fluency", "2")]


def test_a_result_without_a_time_is_of_the_start_of_its_span() -> None:
    (score,) = scores_of_spans(request(judged(1, RESULT, time_ns=0)), "")
    assert int(score.time.timestamp()) == START_NS // 10**9
    (score,) = scores_of_spans(request(judged(1, RESULT, time_ns=2**64 - 1)), "")
    assert score.time.year == 2262


def test_only_a_request_with_such_an_event_is_looked_into() -> None:
    assert may_hold_results(request(judged(1), judged(2, RESULT)).SerializeToString())
    assert not may_hold_results(request(judged(1), span(2, name=EVALUATION)).SerializeToString())
