"""Results of evaluations that spans carry as their events: scores, as they are where they come as log records."""

import re
from collections.abc import Iterator
from typing import Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.telemetry.masking.detectors import compile_pattern
from windlass.telemetry.otlp.logs import EVALUATION, LogEvent, scores_of
from windlass.telemetry.scores import Score
from windlass.telemetry.summaries import LATEST_NS
from windlass.telemetry.values import encode_attributes

_EVENT: Final = compile_pattern(r"(?s)\x12." + re.escape(EVALUATION))
"""The name of such an event, behind its tag and length: beginning with a rare byte, it is found fastest."""


def may_hold_results(body: bytes) -> bool:
    """Tell whether a serialised request may have such an event, which next to none has."""
    return _EVENT.search(body) is not None


def scores_of_spans(message: ExportTraceServiceRequest, author: str) -> list[Score]:
    """Return the scores that the spans of a request carry; ``author`` is who sent them, see ``scores_of``."""
    return scores_of(_events(message), author)


def _events(message: ExportTraceServiceRequest) -> Iterator[LogEvent]:
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                for event in span.events:
                    if event.name == EVALUATION:
                        yield _as_log_event(event, span, scope_spans.scope.name)


def _as_log_event(event: Span.Event, span: Span, scope: str) -> LogEvent:
    return LogEvent(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        time_ns=min(event.time_unix_nano or span.start_time_unix_nano, LATEST_NS),
        name=event.name,
        severity="",
        body="n",
        attributes=encode_attributes(event.attributes),
        resource={},
        scope=scope,
        digest=0,
    )
