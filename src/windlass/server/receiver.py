"""Taking OTLP, whatever it travelled by: one function a signal, from a body to what is told of it."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from windlass.access.principals import Principal
from windlass.server.services import Services
from windlass.settings import Settings
from windlass.telemetry.otlp.bodies import Body, Clean
from windlass.telemetry.otlp.evaluation_events import may_hold_results, scores_of_spans
from windlass.telemetry.otlp.limits import Limits
from windlass.telemetry.otlp.logs import parse_logs, scores_of
from windlass.telemetry.otlp.metrics import parse_metrics
from windlass.telemetry.otlp.traces import parse_traces


class Taken(NamedTuple):
    """What became of a request."""

    answer: Message
    """What its client is told."""
    committed: Future[None] | None
    """Done when it is safe on disk; None when it is already."""


Take = Callable[[Services, Principal, Body], Taken]


def take_traces(services: Services, principal: Principal, body: Body) -> Taken:
    """Take an export of traces: spans, of whose events results of evaluations are scores, too.

    Raises InputError, as its siblings do, and Unavailable.
    """
    parsed = parse_traces(body, limits_of(services.settings))
    committed = (
        services.writer.submit(principal.project, parsed.message, body=parsed.body) if parsed.accepted else None
    )
    if may_hold_results(parsed.body):
        # What is masked is taken out of the message by now.
        services.writer.write_scores(principal.project, scores_of_spans(parsed.message, principal.id))
    answer = ExportTraceServiceResponse()
    if parsed.rejected:
        answer.partial_success.rejected_spans = parsed.rejected
        answer.partial_success.error_message = parsed.reason
    return Taken(answer, committed)


def take_logs(services: Services, principal: Principal, body: Body) -> Taken:
    """Take an export of logs: events, of which results of evaluations are scores, too."""
    parsed = parse_logs(body, limits_of(services.settings), _cleaning(services, principal))
    services.writer.write_events(principal.project, parsed.events)
    services.writer.write_scores(principal.project, scores_of(parsed.events, principal.id))
    answer = ExportLogsServiceResponse()
    if parsed.rejected:
        answer.partial_success.rejected_log_records = parsed.rejected
        answer.partial_success.error_message = parsed.reason
    return Taken(answer, None)


def take_metrics(services: Services, principal: Principal, body: Body) -> Taken:
    """Take an export of metrics."""
    parsed = parse_metrics(body, limits_of(services.settings), _cleaning(services, principal))
    services.writer.write_points(principal.project, parsed.points, parsed.exemplars)
    answer = ExportMetricsServiceResponse()
    if parsed.rejected:
        answer.partial_success.rejected_data_points = parsed.rejected
        answer.partial_success.error_message = parsed.reason
    return Taken(answer, None)


def _cleaning(services: Services, principal: Principal) -> Clean:
    """Return what spans go through in the writer."""
    return lambda message, data: services.writer.clean(principal.project, message, data)


def limits_of(settings: Settings) -> Limits:
    return Limits(
        items=settings.max_batch_items,
        attributes=settings.max_attributes,
        value_bytes=settings.max_attribute_kb * 2**10,
        depth=settings.max_attribute_depth,
    )
