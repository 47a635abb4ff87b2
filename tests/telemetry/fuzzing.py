"""Broken requests through everything that a request goes through, some of them down into a real warehouse.

Whatever a body holds, it is taken, and then it can be read, or it is refused by an error that its sender is told
of. Anything else is a fault.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import InputError, Unavailable
from windlass.storage.blobs import open_blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.intake import Intake
from windlass.telemetry.masking.rules import DeniedAttribute, MaskingRules
from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.media import MediaStore
from windlass.telemetry.otlp.bodies import Body, read_body
from windlass.telemetry.otlp.evaluation_events import scores_of_spans
from windlass.telemetry.otlp.limits import Limits
from windlass.telemetry.otlp.logs import ParsedLogs, parse_logs, scores_of
from windlass.telemetry.otlp.metrics import ParsedMetrics, parse_metrics
from windlass.telemetry.otlp.traces import ParsedExport, parse_traces
from windlass.telemetry.queries import get_trace, list_events, list_metrics, list_traces, read_metric
from windlass.telemetry.rows import encode_rows, split_rows
from windlass.telemetry.scores import Score, natural_id
from windlass.telemetry.writer import Writer

from .broken_bodies import Sent

SMALL: Final = Limits(items=40, attributes=30, value_bytes=2000, depth=6)
"""So that bodies of a few hundred bytes reach them."""

_RULES: Final = MaskingRules(
    detectors=("email",), attributes=(DeniedAttribute(name="*.password"),), drop=("output",)
)
_BODY_LIMIT: Final = 200_000
_PATIENCE_S: Final = 120.0
_SENDERS: Final = 50
"""So many bodies of a batch are stored at once: the writer groups them, as it does those of many clients."""
_READ: Final = 8
"""Traces of a batch that are read whole."""
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2262, 1, 1, tzinfo=UTC)

_Parsed = ParsedExport | ParsedLogs | ParsedMetrics
_Key = tuple[object, ...]


class Fault(NamedTuple):
    """What must not happen, and to what."""

    sent: Sent | None
    error: Exception


@dataclass
class Stored:
    """What a batch has put into the warehouse, if it is all there."""

    spans: set[_Key] = field(default_factory=set)
    events: set[_Key] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    points: set[_Key] = field(default_factory=set)
    exemplars: set[_Key] = field(default_factory=set)
    refused: int = 0
    """Bodies that were refused once the warehouse had seen them."""


class Fuzzing:
    """A warehouse, its writer, and what happens to bodies that are sent there."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse.open(f"chdb://{folder / 'warehouse'}")
        self._database = Database(f"sqlite:///{folder / 'records.sqlite'}")
        self._database.migrate()
        self._masking = MaskingRulesStore(self._database, AuditChain(b"the signing key of the fuzzing!!"))
        self._intake = Intake(self._masking, MediaStore(self._database, open_blobs((folder / "blobs").as_uri())))
        self._writer = Writer(self.warehouse, folder / "spool", intake=self._intake)
        self._threads = ThreadPoolExecutor(_SENDERS)
        self.counts: Counter[str] = Counter()
        """Bodies that were taken or refused, and items of taken ones that were rejected."""

    def close(self) -> None:
        self._threads.shutdown()
        self._writer.close()
        self.warehouse.close()
        self._database.close()

    def mask(self, project: str) -> None:
        """Have a project mask what it is sent: its requests are written again, and others' go on as they came."""
        self._masking.set(Principal(id="ada", kind="user", role="admin", project=project), _RULES)

    def take(self, project: str, sent: Sent) -> Fault | None:
        """Send a body as far as the warehouse."""
        return self._guarded(sent, lambda: self._prepare(project, sent.signal, self._read(project, sent)))

    def store(self, project: str, batch: Sequence[Sent]) -> list[Fault]:
        """Send bodies into the warehouse, and read them back."""
        stored, refused_before = Stored(), self._writer.refused
        sending = [self._threads.submit(self._store_guarded, project, sent, stored) for sent in batch]
        faults = [fault for future in sending if (fault := future.result())]
        refused_spans = self._writer.refused - refused_before
        self.counts["refused_spans"] += refused_spans
        reading = self._guarded(None, lambda: self._read_back(project, stored, refused_spans))
        return [*faults, *([reading] if reading else [])]

    def _guarded(self, sent: Sent | None, act: Callable[[], None]) -> Fault | None:
        try:
            act()
        except (InputError, Unavailable) as error:
            if sent is None:
                return Fault(sent, error)
            self.counts["refused" if isinstance(error, InputError) else "unavailable"] += 1
        except Exception as error:  # noqa: BLE001 - finding these is what this is for
            return Fault(sent, error)
        else:
            self.counts["taken"] += sent is not None
        return None

    def _read(self, project: str, sent: Sent) -> _Parsed:
        """Read a body as a route does."""
        body = read_body(
            sent.body,
            content_type=sent.content_type,
            content_encoding=sent.content_encoding,
            limit_bytes=_BODY_LIMIT,
        )

        def clean(message: Message, data: bytes) -> None:
            self._writer.clean(project, message, data)

        parsed: _Parsed
        match sent.signal:
            case "traces":
                parsed = _parse_traces(body)
            case "logs":
                parsed = parse_logs(body, SMALL, clean)
            case "metrics":
                parsed = parse_metrics(body, SMALL, clean)
        self.counts["rejected_items"] += parsed.rejected
        assert bool(parsed.rejected) == bool(parsed.reason)
        return parsed

    def _prepare(self, project: str, signal: str, parsed: _Parsed) -> None:
        if isinstance(parsed, ParsedExport):
            body = self._intake.clean(project, parsed.message, parsed.body)
            rows = split_rows(encode_rows(project, parsed.message, body, time.time_ns()))
            assert len(rows) == parsed.accepted, f"{parsed.accepted} spans became {len(rows)} rows"
            scores_of_spans(parsed.message, signal)
        elif isinstance(parsed, ParsedLogs):
            scores_of(parsed.events, signal)

    def _store_guarded(self, project: str, sent: Sent, stored: Stored) -> Fault | None:
        return self._guarded(sent, lambda: self._store(project, self._read(project, sent), stored))

    def _store(self, project: str, parsed: _Parsed, stored: Stored) -> None:
        if isinstance(parsed, ParsedExport):
            # What is refused here has refused all of the body; later, some of its spans.
            committed = self._writer.submit(project, parsed.message, body=parsed.body, stage="queryable")
            stored.spans.update(_keys_of(parsed.message))
            self._store_scores(project, scores_of_spans(parsed.message, "fuzz"), stored)
            committed.result(_PATIENCE_S)
        elif isinstance(parsed, ParsedLogs):
            self._writer.write_events(project, parsed.events)
            stored.events.update((e.trace_id, e.span_id, e.time_ns, e.name, e.digest) for e in parsed.events)
            self._store_scores(project, scores_of(parsed.events, "fuzz"), stored)
        else:
            self._writer.write_points(project, parsed.points, parsed.exemplars)
            stored.points.update((p.name, p.time_ns, p.series, p.start_ns) for p in parsed.points)
            stored.exemplars.update(
                (e.name, e.time_ns, e.series, e.trace_id, e.span_id, e.digest) for e in parsed.exemplars
            )

    def _store_scores(self, project: str, scores: Sequence[Score], stored: Stored) -> None:
        self._writer.write_scores(project, scores)
        stored.scores.update(map(natural_id, scores))

    def _read_back(self, project: str, stored: Stored, refused_spans: int) -> None:
        found = self._warehouse_keys(project)
        missing = stored.spans - found
        assert len(missing) <= refused_spans, (
            f"spans were taken and are not there: {sorted(map(str, missing))[:3]}"
        )
        for table, keys in (
            ("span_events", stored.events),
            ("scores", stored.scores),
            ("metric_points", stored.points),
            ("metric_exemplars", stored.exemplars),
        ):
            count = self._count(table, project)
            assert count == len(keys), f"{len(keys)} rows of {table} were taken, and {count} are there"
        for trace in list_traces(self.warehouse, project, limit=50).items[:_READ]:
            get_trace(self.warehouse, project, trace.trace_id).model_dump_json()
        for event in list_events(self.warehouse, project, limit=50).items:
            event.model_dump_json()
        for metric in list_metrics(self.warehouse, project)[:_READ]:
            for group in read_metric(
                self.warehouse, project, metric.name, since=_EARLIEST, until=_LATEST, group_by=["model"]
            ):
                group.model_dump_json()

    def _warehouse_keys(self, project: str) -> set[_Key]:
        rows = self.warehouse.query(
            # With whatever start: of those with which a span came the last stays.
            "SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span FROM spans "
            "WHERE project = {project:String}",
            {"project": project},
        )
        return {(row["trace"], row["span"]) for row in rows}

    def _count(self, table: str, project: str) -> int:
        (row,) = self.warehouse.query(
            f"SELECT count() AS n FROM {table} FINAL WHERE project = {{project:String}}", {"project": project}
        )
        return int(str(row["n"]))


def _parse_traces(body: Body) -> ParsedExport:
    parsed = parse_traces(body, SMALL)
    if not body.is_json:
        sent = len(list(_keys_of(ExportTraceServiceRequest.FromString(body.data))))
        assert parsed.accepted + parsed.rejected == sent, f"of {sent} spans {parsed} is told"
    return parsed


def _keys_of(message: ExportTraceServiceRequest) -> Iterator[_Key]:
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield span.trace_id.hex(), span.span_id.hex()
