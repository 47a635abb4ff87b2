"""OTLP ingest: spans a second that are committed, acknowledged and can be queried, with the client beside it.

    python bench/ingest.py [--target windlass|parts|phoenix|mlflow] [--spans 100000] [--batch 512] [--clients 4]

`windlass` is `windlass up` over HTTP, `parts` its parser and writer in this process; give the peers fewer spans.
The settled processor time is that with what the server does after the last answer, until it is idle: windlass for
two minutes and a half, for its last merges wait that long. Held against each, in the same run, is the obvious
thing: decode in Python, a row a span into SQLite, a commit a request; and against windlass what its engine takes
in alone, and what HTTP and protobuf take alone. The last line is JSON.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from engine import measure_engine
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from otlp import SPANS_PER_TRACE, Assistant, Batch
from peers import PEERS
from settling import LOOK_S, QUIET_S, settled_cpu_s
from target import Target
from targets import opened

PROBES = 24
BASELINE_BATCHES = 20
ENGINE_SPANS = 50_000
CEILING_SPANS = 200_000
PATIENCE_S = 600
REQUESTS_PER_LOOK = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["windlass", "parts", *PEERS], default="windlass")
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--clients", type=int, default=4)
    arguments = parser.parse_args()
    now = time.time_ns()
    assistant = Assistant(
        traces=arguments.spans // SPANS_PER_TRACE + 1, start_ns=now - 60 * 10**9, end_ns=now, seed=now
    )
    batches = list(assistant.batches(arguments.spans, arguments.batch))
    warm = list(assistant.batches(2 * arguments.batch, arguments.batch))
    baseline = sqlite_spans_per_s(batches[:BASELINE_BATCHES])
    with opened(arguments.target) as target:
        for batch in warm:
            target.send(batch.body)
        idle_s = QUIET_S if arguments.target == "windlass" else LOOK_S
        figures = measure(target, batches, arguments.clients, idle_s)
    if arguments.target not in PEERS:
        engine = measure_engine(batches[: max(1, ENGINE_SPANS // arguments.batch)])
        figures |= {
            "engine_spans_per_s": round(engine.spans_per_s),
            "engine_cpu_s_per_1000": round(engine.cpu_s_per_1000, 4),
            "of_engine": round(figures["queryable_spans_per_s"] / engine.spans_per_s, 2),
        }
        with opened("ceiling") as ceiling:
            some = batches[: max(1, CEILING_SPANS // arguments.batch)]
            taken = measure(ceiling, some, arguments.clients, LOOK_S)
        figures |= {
            "ceiling_spans_per_s": taken["acknowledged_spans_per_s"],
            "ceiling_cpu_s_per_1000": taken["server_cpu_s_per_1000"],
        }
    print(
        json.dumps(
            {
                "bench": "ingest",
                "target": arguments.target,
                "batch": arguments.batch,
                "clients": arguments.clients,
                "spans": arguments.spans,
                "bytes_per_span": round(sum(len(batch.body) for batch in batches) / arguments.spans),
                **figures,
                "sqlite_spans_per_s": round(baseline),
                "times_sqlite": round(figures["queryable_spans_per_s"] / baseline, 1),
            }
        )
    )


def measure(target: Target, batches: list[Batch], clients: int, idle_s: float) -> dict[str, float]:
    latencies: list[float] = []
    waiting: Iterator[Batch] = iter(batches)
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                batch = next(waiting, None)
            if batch is None:
                return
            began = time.perf_counter()
            target.send(batch.body)
            latencies.append(time.perf_counter() - began)
            if len(latencies) % REQUESTS_PER_LOOK == 0:
                memory.append(target.rss_mb())

    before, began = target.cpu_s(), time.perf_counter()
    memory = [target.rss_mb()]
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acknowledged = time.perf_counter() - began
    cpu = target.cpu_s() - before
    probes = [batch.trace_ids[-1] for batch in batches[:: max(1, len(batches) // PROBES)] if batch.trace_ids]
    while any(target.count_spans(trace_id) != SPANS_PER_TRACE for trace_id in probes):
        if time.perf_counter() - began > acknowledged + PATIENCE_S:
            raise SystemExit(f"acknowledged spans cannot be queried after {PATIENCE_S} s")
    queryable = time.perf_counter() - began
    settled_cpu = settled_cpu_s(target, idle_s) - before
    rss_mb = target.rss_mb()
    spans = sum(batch.spans for batch in batches)
    return {
        "acknowledged_spans_per_s": round(spans / acknowledged),
        # The probes are 24 reads of whole traces: their time counts, so that nothing is made up.
        "queryable_spans_per_s": round(spans / queryable),
        "p50_ms": round(statistics.median(latencies) * 1e3, 1),
        "p99_ms": round(statistics.quantiles(latencies, n=100)[98] * 1e3, 1),
        "server_cpu_s_per_1000": round(cpu / spans * 1000, 4),
        "server_cpu_s_per_1000_settled": round(settled_cpu / spans * 1000, 4),
        "peak_rss_mb": max(*memory, rss_mb),
        "rss_mb": rss_mb,
    }


def sqlite_spans_per_s(batches: list[Batch]) -> float:
    """Return the rate of the obvious receiver: no HTTP, one client, the same durability."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "spans.sqlite")
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE spans (trace_id, span_id, parent_span_id, name, start_ns, end_ns, attributes,"
            " PRIMARY KEY (trace_id, span_id)); CREATE INDEX by_start ON spans (start_ns);"
        )
        began = time.perf_counter()
        for batch in batches:
            request = ExportTraceServiceRequest.FromString(batch.body)
            rows = [
                (
                    span.trace_id,
                    span.span_id,
                    span.parent_span_id,
                    span.name,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    json.dumps({item.key: MessageToDict(item.value) for item in span.attributes}),
                )
                for resource_spans in request.resource_spans
                for scope_spans in resource_spans.scope_spans
                for span in scope_spans.spans
            ]
            with database:
                database.executemany("INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        seconds = time.perf_counter() - began
        database.close()
    return sum(batch.spans for batch in batches) / seconds


if __name__ == "__main__":
    main()
