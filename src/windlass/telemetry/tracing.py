"""Tracing of windlass itself: plain OpenTelemetry, whose finished spans go to the writer of this process."""

import logging
import threading
import time
from collections import defaultdict
from typing import NamedTuple, Protocol

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.environment_variables import OTEL_SDK_DISABLED
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NoOpTracer, Tracer

from windlass.errors import ConfigurationError, InputError, Unavailable
from windlass.version import __version__

_log = logging.getLogger(__name__)

_DELAY_S = 0.2
_BATCH_SPANS = 512
_MOST_SPANS = 50_000
_RETRY_S = 0.5


class SpanWriter(Protocol):
    """Where ended spans go: usually the writer of this process."""

    def commit_spans(self, project: str, request: bytes) -> None: ...


class _Ended(NamedTuple):
    project: str
    span: ReadableSpan


class Recorder:
    """Gives tracers, and commits the spans that they end, in small batches from one thread of its own."""

    def __init__(self, writer: SpanWriter, *, delay_s: float = _DELAY_S, most_spans: int = _MOST_SPANS) -> None:
        """Start. A span waits ``delay_s`` at most; with ``most_spans`` waiting, new ones are dropped, counted."""
        self._writer = writer
        self._delay_s = delay_s
        self._most_spans = most_spans
        self._providers: dict[str, TracerProvider] = {}
        self._ended: list[_Ended] = []
        self._ended_count = 0
        self._settled_count = 0
        self._flush_wanted = False
        self._closing = False
        self.dropped = 0
        """Spans that were lost: too many were waiting, or the writer refused them."""
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="windlass-recorder", daemon=True)
        self._thread.start()

    def tracer(self, project: str) -> Tracer:
        """Return the tracer of a project; call it again freely."""
        with self._changed:
            provider = self._providers.get(project)
            if provider is None:
                provider = self._providers[project] = self._provider(project)
        tracer = provider.get_tracer("windlass", __version__)
        if isinstance(tracer, NoOpTracer):
            raise ConfigurationError(
                f"{OTEL_SDK_DISABLED} is set in the environment, and windlass keeps its runs as spans: unset it."
            )
        return tracer

    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until every span that has ended is committed (or counted as dropped); say whether it is."""
        with self._changed:
            target = self._ended_count
            self._flush_wanted = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled_count >= target, timeout)

    def close(self, timeout: float = 30.0) -> bool:
        """Commit what has ended, as ``flush`` does, and stop."""
        settled = self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        return settled

    def take(self, project: str, span: ReadableSpan) -> None:
        """Take an ended span; never raises, and never waits."""
        with self._changed:
            if self._closing or len(self._ended) >= self._most_spans:
                self._drop(1, "too many spans are waiting to be written")
                return
            self._ended.append(_Ended(project, span))
            self._ended_count += 1
            if len(self._ended) == 1 or len(self._ended) >= _BATCH_SPANS:
                self._changed.notify_all()

    def _provider(self, project: str) -> TracerProvider:
        # Nothing from the environment: sampling or limits meant for an application would lose samples of a run.
        unlimited = SpanLimits(
            max_span_attributes=SpanLimits.UNSET,
            max_events=SpanLimits.UNSET,
            max_links=SpanLimits.UNSET,
            max_span_attribute_length=SpanLimits.UNSET,
        )
        provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource({SERVICE_NAME: "windlass", SERVICE_VERSION: __version__}),
            span_limits=unlimited,
            shutdown_on_exit=False,
        )
        provider.add_span_processor(_HandOver(self, project))
        return provider

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._closing)
                if not self._ended:
                    return
                self._changed.wait_for(
                    lambda: len(self._ended) >= _BATCH_SPANS or self._flush_wanted or self._closing, self._delay_s
                )
                batch, self._ended = self._ended, []
                self._flush_wanted = False
            self._write(batch)
            with self._changed:
                self._settled_count += len(batch)
                self._changed.notify_all()

    def _write(self, batch: list[_Ended]) -> None:
        by_project: dict[str, list[ReadableSpan]] = defaultdict(list)
        for project, span in batch:
            by_project[project].append(span)
        for project, spans in by_project.items():
            self._write_one(project, spans)

    def _write_one(self, project: str, spans: list[ReadableSpan]) -> None:
        request = encode_spans(spans).SerializeToString()
        while True:
            try:
                self._writer.commit_spans(project, request)
            except InputError as error:
                with self._changed:
                    self._drop(len(spans), error.message)
                return
            except Unavailable as error:
                with self._changed:
                    if self._closing:
                        self._drop(len(spans), error.message)
                        return
                _log.warning("Spans wait to be written: %s", error.message)
                time.sleep(_RETRY_S)
            else:
                return

    def _drop(self, count: int, reason: str) -> None:
        self.dropped += count
        _log.error("%d of windlass's own spans are lost (%d in all): %s", count, self.dropped, reason)


class _HandOver(SpanProcessor):
    def __init__(self, recorder: Recorder, project: str) -> None:
        self._recorder = recorder
        self._project = project

    def on_end(self, span: ReadableSpan) -> None:
        self._recorder.take(self._project, span)
