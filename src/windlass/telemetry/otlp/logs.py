"""An OTLP export of logs: from a body to events worth keeping, and the scores that some of them are."""

import math
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, Literal, NamedTuple, cast, get_args

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from windlass.telemetry.conventions import ITEM, RELEASE, RUN, SCORE_SOURCE
from windlass.telemetry.otlp.bodies import Body, Clean
from windlass.telemetry.otlp.json_bodies import logs_from_json
from windlass.telemetry.otlp.limits import Limits, Rejections
from windlass.telemetry.otlp.protobuf import read_protobuf
from windlass.telemetry.scores import Score
from windlass.telemetry.summaries import LATEST_NS, instant
from windlass.telemetry.values import decode_value, encode_attributes, encode_value

EVALUATION: Final = "gen_ai.evaluation.result"

_EVENT_NAME: Final = "event.name"
"""Where older exporters put the name, before log records had a field for it."""
_ID_BYTES: Final = {"trace_id": 16, "span_id": 8}
_NO_LIMITS: Final = Limits()

Source = Literal["code", "judge", "human"]


class LogEvent(NamedTuple):
    """A log record as it is stored: values are typed texts (see values.py)."""

    trace_id: str
    """In hexadecimal; empty when it belongs to no trace."""
    span_id: str
    time_ns: int
    name: str
    severity: str
    body: str
    attributes: dict[str, str]
    resource: dict[str, str]
    scope: str
    digest: int
    """Tells it from others of the same span, time and name; the same when it is delivered again."""


class ParsedLogs(NamedTuple):
    events: list[LogEvent]
    rejected: int
    reason: str


def parse_logs(body: Body, limits: Limits = _NO_LIMITS, clean: Clean | None = None) -> ParsedLogs:
    """Read an export of logs. Records that cannot be kept are left out and counted.

    Those are records over a limit, with an id of a wrong length, or without any time. What is kept goes
    through ``clean`` first, which changes the message in place. Raises InputError when it cannot be read.
    """
    message = _read(body, limits)
    if clean is not None:
        clean(message, body.data)
    rejections = Rejections("Log records")
    events: list[LogEvent] = []
    for resource_logs in message.resource_logs:
        resource = encode_attributes(resource_logs.resource.attributes)
        for scope_logs in resource_logs.scope_logs:
            shared = limits.problem_of_shared(resource_logs.resource.attributes, scope_logs.scope.attributes)
            for record in scope_logs.log_records:
                if problem := shared or _problem_of(record, limits):
                    rejections.add(problem)
                elif len(events) >= limits.items:
                    rejections.add(f"a place after the first {limits.items}")
                else:
                    events.append(_event(record, resource, scope_logs.scope.name))
    return ParsedLogs(events, rejections.total, rejections.reason)


def scores_of(events: Iterable[LogEvent], author: str) -> list[Score]:
    """Return the scores that events are: results of evaluations, where they name a trace and what was judged.

    ``author`` is who sent them, and counts where a person judged.
    """
    return [
        score
        for event in events
        if event.name == EVALUATION and event.trace_id and (score := _score(event, author)) is not None
    ]


def _read(body: Body, limits: Limits) -> ExportLogsServiceRequest:
    if body.is_json:
        return logs_from_json(body.data)
    return read_protobuf(ExportLogsServiceRequest, body.data, limits.depth).message


def _problem_of(record: LogRecord, limits: Limits) -> str | None:
    """Return why a record cannot be kept."""
    for name, length in _ID_BYTES.items():
        if len(getattr(record, name)) not in {0, length}:
            return f"a {name.replace('_', ' ')} that is not {length} bytes"
    time_ns = _time_of(record)
    if not time_ns:
        return "neither a time nor an observed time"
    if time_ns > LATEST_NS:
        return "a time after the year 2262"
    return limits.problem_of_value(record.body, "a body") or limits.problem_of(record.attributes)


def _time_of(record: LogRecord) -> int:
    return record.time_unix_nano or record.observed_time_unix_nano


def _event(record: LogRecord, resource: dict[str, str], scope: str) -> LogEvent:
    attributes = encode_attributes(record.attributes)
    name = record.event_name or attributes.pop(_EVENT_NAME, "n")[1:]
    content = record.SerializeToString(deterministic=True)
    belongs = any(record.trace_id)
    return LogEvent(
        trace_id=record.trace_id.hex() if belongs else "",
        span_id=record.span_id.hex() if belongs and any(record.span_id) else "",
        time_ns=_time_of(record),
        name=name,
        severity=record.severity_text,
        body=encode_value(record.body),
        attributes=attributes,
        resource=resource,
        scope=scope,
        digest=int.from_bytes(blake2b(content, digest_size=8).digest(), "big"),
    )


def _score(event: LogEvent, author: str) -> Score | None:
    said = event.attributes
    name, value = _text(said, "gen_ai.evaluation.name"), _number(said, "gen_ai.evaluation.score.value")
    label = _text(said, "gen_ai.evaluation.score.label")
    if not name or (value is None and not label):
        return None
    source = _text(said, SCORE_SOURCE)
    return Score(
        trace_id=event.trace_id,
        span_id=event.span_id,
        name=name,
        value=value,
        label=label,
        explanation=_text(said, "gen_ai.evaluation.explanation"),
        source=cast(Source, source) if source in get_args(Source) else "code",
        run=_text(said, RUN),
        item=_text(said, ITEM),
        release=_text(said, RELEASE),
        # Two libraries that judge by the same name do not replace each other's score.
        evaluator=event.scope,
        author=author,
        time=instant(event.time_ns),
    )


def _text(texts: dict[str, str], name: str) -> str:
    value = decode_value(texts.get(name, "n"))
    return value if isinstance(value, str) else ""


def _number(texts: dict[str, str], name: str) -> float | None:
    value = decode_value(texts.get(name, "n"))
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(cast(float, value)) if is_number else None
