"""What the engine alone takes in: rows as windlass makes them of requests, with nothing beside it."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from otlp import Batch

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.preparation import prepare
from windlass.telemetry.rows import encode_rows

LOAD_BYTES = 24 * 2**20
"""Of one insert, as the writer loads them when much waits."""


class EngineFigures(NamedTuple):
    spans_per_s: float
    cpu_s_per_1000: float


def measure_engine(batches: Sequence[Batch]) -> EngineFigures:
    """Return the rate of inserts into the tables of windlass, after one to warm up; in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_measure, batches).result()


def _measure(batches: Sequence[Batch]) -> EngineFigures:
    with tempfile.TemporaryDirectory() as name:
        warehouse = Warehouse.open(f"chdb://{name}/warehouse")
        inbox = prepare(warehouse)
        loads = []
        for number, (rows, spans) in enumerate(_loads(batches)):
            file = Path(name) / f"{number}.rows"
            file.write_bytes(rows)
            loads.append((file, spans))
        warehouse.insert_protobuf_files(inbox.table, [loads[0][0]], inbox.schema)
        began, began_cpu = time.perf_counter(), time.process_time()
        for file, _ in loads:
            warehouse.insert_protobuf_files(inbox.table, [file], inbox.schema)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        warehouse.close()
    spans = sum(spans for _, spans in loads)
    return EngineFigures(spans / seconds, cpu / spans * 1000)


def _loads(batches: Sequence[Batch]) -> Iterator[tuple[bytes, int]]:
    rows, spans = b"", 0
    for batch in batches:
        request = ExportTraceServiceRequest.FromString(batch.body)
        rows += encode_rows("default", request, batch.body, time.time_ns())
        spans += batch.spans
        if len(rows) >= LOAD_BYTES or batch is batches[-1]:
            yield rows, spans
            rows, spans = b"", 0
