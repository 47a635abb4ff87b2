import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.trace import StatusCode

from windlass.errors import ConfigurationError, Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.queries import get_trace, list_traces
from windlass.telemetry.tracing import Recorder
from windlass.telemetry.writer import Writer


@pytest.fixture
def recorder(writer: Writer) -> Iterator[Recorder]:
    opened = Recorder(writer)
    yield opened
    opened.close()


def test_ended_spans_are_committed_once_flushed(warehouse: Warehouse, writer: Writer, recorder: Recorder) -> None:
    tracer = recorder.tracer("shop")
    with tracer.start_as_current_span("root", attributes={"windlass.run": "r1", "n": 1}) as root:
        with tracer.start_as_current_span("child") as child:
            child.set_status(StatusCode.ERROR, "no")
        open_span = tracer.start_span("still open")

    assert recorder.flush(30)
    writer.flush()

    trace = get_trace(warehouse, "shop", f"{root.get_span_context().trace_id:032x}")
    assert [(span.name, span.status, span.run, span.attributes) for span in trace.spans] == [
        ("root", "unset", "r1", {"n": 1}),
        ("child", "error", "", {}),
    ]
    assert trace.service == "windlass"
    open_span.end()


def test_projects_are_kept_apart(warehouse: Warehouse, writer: Writer, recorder: Recorder) -> None:
    for project in ("one", "two"):
        recorder.tracer(project).start_span(project).end()
    assert recorder.flush(30)
    writer.flush()

    for project in ("one", "two"):
        assert [trace.name for trace in list_traces(warehouse, project).items] == [project]


def test_spans_of_many_threads_and_tasks_are_all_committed(
    warehouse: Warehouse, writer: Writer, recorder: Recorder
) -> None:
    tracer = recorder.tracer("shop")

    async def task(number: int) -> None:
        with tracer.start_as_current_span("outer"):
            await asyncio.sleep(0)
            with tracer.start_as_current_span("inner", attributes={"n": number}):
                await asyncio.sleep(0)

    async def tasks() -> None:
        await asyncio.gather(*(task(number) for number in range(100)))

    threads = [threading.Thread(target=lambda: asyncio.run(tasks())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert recorder.flush(30)
    writer.flush()

    rows = warehouse.query("SELECT count() AS spans, uniqExact(trace_id) AS traces FROM spans FINAL")
    assert rows == [{"spans": 800, "traces": 400}]
    assert recorder.dropped == 0


class Failing(Writer):
    """A writer that is unavailable some times, and says when it was asked."""

    failures = 0

    def commit_spans(self, project: str, request: bytes | ExportTraceServiceRequest) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("Away.")
        super().commit_spans(project, request)


def test_a_writer_that_is_away_is_asked_again(warehouse: Warehouse, spool: Path) -> None:
    writer = Failing(warehouse, spool)
    writer.failures = 1
    recorder = Recorder(writer)
    recorder.tracer("shop").start_span("kept").end()

    assert recorder.close(30)
    writer.close()

    assert [trace.name for trace in list_traces(warehouse, "shop").items] == ["kept"]


def test_too_many_spans_are_dropped_counted_and_logged(
    warehouse: Warehouse, spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = Writer(warehouse, spool)
    recorder = Recorder(writer, delay_s=3600, most_spans=10)
    tracer = recorder.tracer("shop")
    for _ in range(13):
        tracer.start_span("span").end()

    assert recorder.dropped == 3
    assert "1 of windlass's own spans are lost (3 in all): too many spans are waiting" in caplog.text
    assert recorder.close(30)
    writer.close()
    assert warehouse.query("SELECT count() AS spans FROM spans") == [{"spans": 10}]


def test_an_environment_meant_for_applications_loses_no_span(
    warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    monkeypatch.setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3")
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "1")
    recorder = Recorder(writer)
    recorder.tracer("shop").start_span("span", attributes={"long": "x" * 10, "more": 1}).end()
    assert recorder.flush(30)
    writer.flush()

    (summary,) = list_traces(warehouse, "shop").items
    assert get_trace(warehouse, "shop", summary.trace_id).spans[0].attributes == {"long": "x" * 10, "more": 1}

    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with pytest.raises(ConfigurationError, match="OTEL_SDK_DISABLED is set"):
        recorder.tracer("another")
    recorder.close()
