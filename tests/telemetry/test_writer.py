import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import windlass.telemetry.writer
from windlass.errors import InputError, Overloaded, Unavailable
from windlass.storage.warehouse import ProtobufSchema, Warehouse, WarehouseError
from windlass.telemetry import schema
from windlass.telemetry.conventions import COLUMNS
from windlass.telemetry.view import select_spans
from windlass.telemetry.writer import Stage, Writer

from .sending import only_span, request, span

PROJECT = "shop"


class Held(Warehouse):
    """A warehouse whose inserts wait until they are let go, and that counts them."""

    here = True

    @property
    def embedded(self) -> bool:
        return self.here

    @classmethod
    def over(cls, warehouse: Warehouse) -> "Held":
        held = cls.__new__(cls)
        held.__dict__.update(warehouse.__dict__)
        held.go = threading.Event()
        held.reached = threading.Event()
        held.inserts = 0
        held.failure = None
        return held

    go: threading.Event
    reached: threading.Event
    inserts: int
    failure: WarehouseError | None

    def insert_protobuf_files(self, table: str, files: Sequence[Path], schema: ProtobufSchema) -> None:
        self.reached.set()
        assert self.go.wait(10)
        self.inserts += 1
        if self.failure is not None:
            raise self.failure
        super().insert_protobuf_files(table, files, schema)


@pytest.fixture
def held(warehouse: Warehouse) -> Iterator[Held]:
    made = Held.over(warehouse)
    yield made
    made.go.set()


@pytest.fixture
def elsewhere(held: Held) -> Held:
    """A warehouse that counts as a server on another machine."""
    held.here = False
    return held


def submit_all(writer: Writer, held: Held, count: int, stage: Stage | None = None) -> list[Future[None]]:
    """Submit traces 1…count: the first is held in the engine while the others gather."""
    first = writer.submit(PROJECT, request(span(1)), stage=stage)
    assert held.reached.wait(10)
    return [first, *(writer.submit(PROJECT, request(span(trace)), stage=stage) for trace in range(2, count + 1))]


def count_spans(warehouse: Warehouse) -> object:
    return warehouse.query("SELECT count() AS spans FROM spans")[0]["spans"]


def test_spans_are_acknowledged_when_they_are_on_disk_and_the_engine_takes_them_later(
    held: Held, spool: Path
) -> None:
    writer = Writer(held, spool)
    done = submit_all(writer, held, 3)

    assert [future.result(10) for future in done] == [None] * 3
    assert len(list(spool.glob("*/*.rows"))) in {2, 3}
    assert count_spans(held) == 0

    held.go.set()
    writer.close()
    assert count_spans(held) == 3
    assert not list(spool.glob("*/*.rows"))


def test_a_server_on_another_machine_acknowledges_what_it_has_committed(elsewhere: Held, spool: Path) -> None:
    writer = Writer(elsewhere, spool)
    done = submit_all(writer, elsewhere, 3)
    assert not any(future.done() for future in done)

    elsewhere.go.set()
    assert [future.result(30) for future in done] == [None] * 3
    assert count_spans(elsewhere) == 3
    writer.close()


def test_what_an_earlier_process_left_in_the_spool_is_loaded(
    held: Held, spool: Path, warehouse: Warehouse
) -> None:
    held.failure = WarehouseError("The disk is full.", 243)
    held.go.set()
    writer = Writer(held, spool)
    writer.submit(PROJECT, request(span(1))).result(10)
    writer.close()
    assert count_spans(held) == 0

    again = Writer(warehouse, spool)
    again.write_spans(PROJECT, request(span(2)))
    again.close()

    assert [only_span(warehouse, trace=trace).name for trace in (1, 2)] == ["span"] * 2


def test_what_a_windlass_with_other_conventions_left_is_loaded_by_its_own_inbox(
    held: Held, spool: Path, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.failure = WarehouseError("The disk is full.", 243)
    held.go.set()
    renamed = tuple(
        column._replace(sources=("app.model", *column.sources)) if column.name == "request_model" else column
        for column in COLUMNS
    )
    with monkeypatch.context() as older:
        older.setattr(schema, "select_spans", lambda table: select_spans(table, renamed))
        schema.inbox_of_this_version.cache_clear()
        writer = Writer(held, spool)
        writer.submit(PROJECT, request(span(1, attributes={"app.model": "m1"}))).result(10)
        writer.close()
    schema.inbox_of_this_version.cache_clear()

    again = Writer(warehouse, spool)
    again.write_spans(PROJECT, request(span(2, attributes={"app.model": "m1"})))
    again.close()

    assert [only_span(warehouse, trace=trace).request_model for trace in (1, 2)] == ["m1", ""]
    assert [path.name for path in spool.iterdir()] == [schema.inbox_of_this_version().table]
    Writer(warehouse, spool).close()
    assert schema.list_inboxes(warehouse) == {schema.inbox_of_this_version().table}


def test_after_a_flush_everything_handed_over_before_can_be_read(warehouse: Warehouse, writer: Writer) -> None:
    for trace in range(1, 4):
        writer.submit(PROJECT, request(span(trace))).result(10)

    writer.flush()

    assert count_spans(warehouse) == 3


def test_committed_spans_are_safe_before_they_are_loaded_and_a_flush_waits_for_that(
    held: Held, spool: Path
) -> None:
    writer = Writer(held, spool)
    writer.commit_spans(PROJECT, request(span()))
    assert held.reached.wait(10)
    with ThreadPoolExecutor(1) as pool:
        flushed = pool.submit(writer.flush)
        assert held.inserts == 0
        assert not flushed.done()
        held.go.set()
        flushed.result(10)
    loads = held.inserts
    writer.flush()
    assert held.inserts == loads > 0
    writer.close()


def test_a_file_that_was_cut_off_is_cleared_away(warehouse: Warehouse, spool: Path) -> None:
    Writer(warehouse, spool).close()
    (folder,) = spool.iterdir()
    (folder / ".000000000007.rows").write_bytes(b"half a ro")

    Writer(warehouse, spool).close()

    assert [path.name for path in folder.iterdir()] == ["schema.proto"]


def test_who_stops_waiting_does_not_take_the_spans_back(warehouse: Warehouse, held: Held, spool: Path) -> None:
    writer = Writer(held, spool)
    done = submit_all(writer, held, 2, "queryable")

    assert not any(future.cancel() for future in done)
    held.go.set()
    writer.close()

    assert only_span(warehouse, trace=2).name == "span"


def test_requests_that_wait_are_loaded_together(held: Held, spool: Path) -> None:
    writer = Writer(held, spool)
    done = submit_all(writer, held, 20, "queryable")
    held.go.set()
    writer.close()

    assert [future.result(0) for future in done] == [None] * 20
    assert held.inserts == 2
    assert count_spans(held) == 20


def test_when_the_spool_is_full_a_request_waits_for_room(held: Held, spool: Path) -> None:
    writer = Writer(held, spool, spool_bytes=1)
    done = submit_all(writer, held, 2)
    assert done[0].result(10) is None

    with pytest.raises(TimeoutError):
        done[1].result(0.2)
    held.go.set()

    assert done[1].result(30) is None
    writer.close()
    assert count_spans(held) == 2


def test_while_spans_are_loaded_their_room_is_given_back(held: Held, spool: Path) -> None:
    writer = Writer(held, spool, spool_bytes=1)
    held.go.set()
    writer.write_spans(PROJECT, request(span(100)))
    held.go.clear()
    held.reached.clear()
    submit_all(writer, held, 1)

    assert writer.submit(PROJECT, request(span(2))).result(10) is None, "after about as long as the last load took"
    last = writer.submit(PROJECT, request(span(3)))
    with pytest.raises(TimeoutError):
        last.result(0.2)
    held.go.set()
    assert last.result(30) is None
    writer.close()
    assert count_spans(held) == 4


def test_a_request_that_finds_no_room_in_time_is_to_come_again(
    held: Held, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windlass.telemetry.writer, "_PATIENCE_S", 0.1)
    writer = Writer(held, spool, spool_bytes=1)
    done = submit_all(writer, held, 2)

    with pytest.raises(Overloaded, match="does not keep up"):
        done[1].result(10)
    held.go.set()
    writer.close()
    assert count_spans(held) == 1


def test_beyond_the_bound_a_request_is_refused_at_once_and_later_taken_again(held: Held, spool: Path) -> None:
    writer = Writer(held, spool, queue_bytes=1000, spool_bytes=1)
    taken = submit_all(writer, held, 4)
    many = request(*(span(5, number) for number in range(1, 11)))

    with pytest.raises(Overloaded, match="bytes of spans wait to be written, and the bound is 1000") as caught:
        writer.submit(PROJECT, many)
    assert caught.value.retry_after_s == 1

    held.go.set()
    assert [future.result(30) for future in taken] == [None] * 4
    writer.write_spans(PROJECT, request(span(200, text="x" * 5000)))
    writer.close()


def test_a_span_that_the_engine_cannot_read_is_set_aside_and_the_others_are_stored(
    warehouse: Warehouse, held: Held, spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    poison = span(3)
    poison.trace_id = b"longer than any trace id"
    writer = Writer(held, spool)
    done = submit_all(writer, held, 2, "queryable")
    poisoned = writer.submit(PROJECT, request(poison), stage="queryable")
    acknowledged = writer.submit(PROJECT, request(poison))
    done.append(writer.submit(PROJECT, request(span(4)), stage="queryable"))
    held.go.set()

    with pytest.raises(InputError, match="The spans cannot be stored"):
        poisoned.result(30)
    assert acknowledged.result(30) is None
    assert [future.result(30) for future in done] == [None] * 3
    writer.close()
    assert [only_span(warehouse, trace=trace).name for trace in (1, 2, 4)] == ["span"] * 3
    assert writer.refused == 2
    kept = b"".join(path.read_bytes() for path in spool.glob("*/refused/*"))
    assert kept.count(poison.trace_id) == 2
    assert str(spool) in caplog.text


def test_what_protobuf_overlooks_and_the_engine_does_not_is_left_out(warehouse: Warehouse, writer: Writer) -> None:
    # Field 6, `kind`, as a text; field 2000 as a group.
    mistyped = span(1).SerializeToString() + b"\x32\x03abc"
    grouped = span(2).SerializeToString() + b"\x83\x7d\x84\x7d"
    message = request(span(3))
    for each in (mistyped, grouped):
        message.resource_spans[0].scope_spans[0].spans.add().MergeFromString(each)

    writer.write_spans(PROJECT, message.SerializeToString())

    assert [only_span(warehouse, trace=trace).name for trace in (1, 2, 3)] == ["span"] * 3


def test_bytes_that_are_no_request_are_refused_at_once(writer: Writer) -> None:
    with pytest.raises(InputError, match="not an OTLP"):
        writer.submit(PROJECT, b"\xff\xff")
    assert writer.submit(PROJECT, b"").result(0) is None


def test_when_a_server_fails_the_requests_are_told_and_the_writer_goes_on(elsewhere: Held, spool: Path) -> None:
    elsewhere.failure = WarehouseError("The disk is full.", 243)
    writer = Writer(elsewhere, spool)
    done = submit_all(writer, elsewhere, 3)
    elsewhere.go.set()

    for future in done:
        with pytest.raises(Unavailable, match=r"The disk is full\."):
            future.result(30)
    assert count_spans(elsewhere) == 0

    elsewhere.failure = None
    writer.write_spans(PROJECT, request(span(9)))
    writer.close()
    # What was refused is no longer promised, and does no harm: its sender's second try is the same span.
    assert count_spans(elsewhere) == 4


def test_closing_commits_what_waits_and_takes_no_more(held: Held, spool: Path) -> None:
    writer = Writer(held, spool)
    done = submit_all(writer, held, 5, "queryable")
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(writer.close)
        held.go.set()
        closing.result(30)

    assert all(future.done() and future.exception() is None for future in done)
    with pytest.raises(Unavailable, match="windlass is stopping"):
        writer.submit(PROJECT, request(span()))


_CHILD = """
import sys
from pathlib import Path
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Stage, Writer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
writer = Writer(Warehouse.open(sys.argv[1]), Path(sys.argv[1].removeprefix("chdb://")).with_name("spool"))
number = int(sys.argv[2])
while True:
    number += 1
    request = ExportTraceServiceRequest()
    spans = request.resource_spans.add().scope_spans.add().spans
    for position in range(1, 21):
        trace, span = number.to_bytes(16, "big"), position.to_bytes(8, "big")
        spans.add(trace_id=trace, span_id=span, start_time_unix_nano=number)
    future = writer.submit("shop", request)
    future.add_done_callback(lambda done, n=number: done.exception() or print(n, flush=True))
    if number % 5 == 0:
        future.result()
"""


def test_kill_9_loses_no_acknowledged_span(tmp_path: Path) -> None:
    url = f"chdb://{tmp_path / 'warehouse'}"
    acknowledged = 0
    for after in (3, 11, 24):
        child = subprocess.Popen([sys.executable, "-c", _CHILD, url, str(acknowledged)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        for _ in range(after):
            assert child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split(b"\n")[:-1]
        child.wait()
        child.stdout.close()
        acknowledged += after + len(rest)

    warehouse = Warehouse.open(url)
    Writer(warehouse, tmp_path / "spool").close()
    spans = warehouse.query(
        "SELECT count() AS n, uniqExact(trace_id, span_id) AS different FROM spans FINAL"
        f" WHERE start_time <= fromUnixTimestamp64Nano({acknowledged}::Int64)"
    )
    warehouse.close()

    assert spans == [{"n": acknowledged * 20, "different": acknowledged * 20}]


_CHILD_WITHOUT_DISK = """
import json, resource, sys
from pathlib import Path
from windlass.errors import Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Stage, Writer
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

def request(number, size):
    made = ExportTraceServiceRequest()
    made.resource_spans.add().scope_spans.add().spans.add(
        trace_id=number.to_bytes(16, "big"), span_id=b"12345678", start_time_unix_nano=1, name="x" * size)
    return made

warehouse = Warehouse.open(sys.argv[1])
writer = Writer(warehouse, Path(sys.argv[1].removeprefix("chdb://")).with_name("spool"))
writer.write_spans("shop", request(1, 10))
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
try:
    writer.write_spans("shop", request(2, 20_000))
    said = "nothing"
except Unavailable as error:
    said = error.message
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
writer.write_spans("shop", request(3, 10))
rows = warehouse.query("SELECT toUInt8(substring(hex(trace_id), 32)) AS trace FROM spans ORDER BY trace")
print(json.dumps([said, [row["trace"] for row in rows]]))
"""


def test_a_full_disk_is_unavailable_and_half_writes_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _CHILD_WITHOUT_DISK, f"chdb://{tmp_path / 'warehouse'}"],
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ,
    )

    said, traces = json.loads(ran.stdout)
    assert "could not be written" in said
    assert traces == [1, 3]
