"""Exporting: plain OpenTelemetry, and an exporter that counts what it could not deliver."""

import logging
import time
from collections.abc import Mapping, Sequence

from opentelemetry import trace as otel
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from windlass.sdk.scoring import flush_scores

log = logging.getLogger("windlass")


class _CountingExporter(SpanExporter):
    """An OTLP exporter that counts and logs the spans it could not deliver; it never raises."""

    def __init__(self, endpoint: str, api_key: str) -> None:
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._otlp = OTLPSpanExporter(endpoint=endpoint, headers=headers, timeout=10, compression=Compression.Gzip)
        self._endpoint = endpoint
        self.lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        try:
            result = self._otlp.export(spans)
        except Exception:
            # Whatever it is: the application hears of it by the count and the log, never by an error.
            log.debug("spans could not be encoded", exc_info=True)
            result = SpanExportResult.FAILURE
        if result is not SpanExportResult.SUCCESS:
            self.lost += len(spans)
            log.warning("%d spans could not be delivered to %s (%d so far)", len(spans), self._endpoint, self.lost)
        return result

    def shutdown(self) -> None:
        self._otlp.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._otlp.force_flush(timeout_millis)


class _Exporting:
    processor: BatchSpanProcessor | None = None
    exporter: _CountingExporter | None = None
    lost_before = 0


def start_exporting(endpoint: str, api_key: str, resource: Mapping[str, str]) -> None:
    """Export every span of the process's tracer provider, one of our own where there is none yet."""
    stop_exporting()
    _Exporting.exporter = _CountingExporter(endpoint, api_key)
    _Exporting.processor = BatchSpanProcessor(_Exporting.exporter, schedule_delay_millis=1000)
    provider = otel.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(resource=Resource.create(dict(resource)))
        otel.set_tracer_provider(provider)
    provider.add_span_processor(_Exporting.processor)


def stop_exporting() -> None:
    """Deliver what is waiting; spans that end from now on go nowhere."""
    if _Exporting.processor is not None and _Exporting.exporter is not None:
        _Exporting.processor.shutdown()  # type: ignore[no-untyped-call]
        _Exporting.lost_before += _Exporting.exporter.lost
    _Exporting.processor = _Exporting.exporter = None


def flush(timeout_s: float = 30.0) -> bool:
    """Deliver every span that has ended and every score; return whether that was done in time."""
    until = time.monotonic() + timeout_s
    exported = _Exporting.processor is None or _Exporting.processor.force_flush(int(timeout_s * 1000))
    return flush_scores(max(0.0, until - time.monotonic())) and exported


def lost_spans() -> int:
    """Return how many spans could not be delivered since the process began."""
    return _Exporting.lost_before + (_Exporting.exporter.lost if _Exporting.exporter else 0)
