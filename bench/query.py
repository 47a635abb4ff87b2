"""Reads among many spans: the list of the latest 50 traces, one trace, filters, figures of a day, text.

    python bench/query.py [--target windlass|parts] [--spans 1000000] [--repeats 15] [--beside SPANS_PER_S]

`windlass` is `windlass up` over HTTP, `parts` the functions that it calls, in this process. Spans are spread over
24 hours; `--beside` sends so many more in each second of the reads. The last line is JSON; times are milliseconds:
of each read the median, and by nearest rank the 95th percentile, which of 15 reads is the slowest. `tokens` and
`cost` are charts of everything by model, in steps of a quarter of an hour.
"""

import argparse
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from otlp import RARE_WORD, SPANS_PER_TRACE, Assistant, Batch
from target import Server, Target, opened

from windlass.telemetry.queries import TraceFilters, get_trace, list_traces, list_traffic

CLIENTS = 4
BATCH = 2048
MERGED_S = 3.0
MODEL = "gpt-5-mini"
MADE_S = 60
BESIDE_BATCH = 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["windlass", "parts"], default="windlass")
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--beside", type=int, default=0, help="spans a second that arrive meanwhile")
    arguments = parser.parse_args()
    with opened(arguments.target) as target:
        load_s, point = load(target, arguments.spans)
        time.sleep(MERGED_S)
        reads = reads_of(target, point)
        figures: dict[str, float] = {}
        with sending(target, arguments.beside) as sent:
            began = time.perf_counter()
            for name, read in reads.items():
                times = sorted_ms(read, arguments.repeats)
                # Not statistics.quantiles: of so few reads it gives more than the slowest of them took.
                p95 = times[math.ceil(0.95 * len(times)) - 1]
                figures |= {f"{name}_ms": round(statistics.median(times), 1), f"{name}_p95_ms": round(p95, 1)}
            arrived = round(sum(sent) / (time.perf_counter() - began))
        print(
            json.dumps(
                {
                    "bench": "query",
                    "target": arguments.target,
                    "spans": arguments.spans,
                    "load_s": round(load_s, 1),
                    "beside_spans_per_s": arrived,
                    **figures,
                    "rss_mb": target.rss_mb(),
                }
            )
        )


def load(target: Target, spans: int) -> tuple[float, str]:
    """Load spans; return how long it took, made while they are sent, and a trace in the middle."""
    now = time.time_ns()
    assistant = Assistant(traces=spans // SPANS_PER_TRACE + 1, start_ns=now - 86_400 * 10**9, end_ns=now, seed=1)
    batches: Iterator[Batch] = assistant.batches(spans, BATCH)
    lock = threading.Lock()
    seen: list[str] = []

    def client() -> None:
        while True:
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            target.send(batch.body)
            seen.extend(batch.trace_ids[:1])

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, seen[len(seen) // 2]


@contextmanager
def sending(target: Target, rate: int) -> Iterator[list[int]]:
    """Send spans of now at a rate, until the block ends; how many were sent is in the list."""
    sent: list[int] = []
    if not rate:
        yield sent
        return
    ended = threading.Event()
    # Made before: what a client of windlass does is not what is measured here.
    now = time.time_ns()
    made = Assistant(
        traces=rate * MADE_S // SPANS_PER_TRACE + 1, start_ns=now, end_ns=now + MADE_S * 10**9, seed=2
    )
    batches = list(made.batches(rate * MADE_S, BESIDE_BATCH))

    def send() -> None:
        began = time.perf_counter()
        for batch in batches:
            if ended.wait(max(0.0, began + sum(sent) / rate - time.perf_counter())):
                return
            target.send(batch.body)
            sent.append(batch.spans)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield sent
    finally:
        ended.set()
        thread.join()


def reads_of(target: Target, point: str) -> dict[str, Callable[[], object]]:
    now = datetime.now(UTC)
    if isinstance(target, Server):
        noon = now - timedelta(hours=12)
        hour = {"from": noon.isoformat(), "to": (noon + timedelta(hours=1)).isoformat()}
        return {
            "latest": lambda: target.get("/traces", limit="50"),
            "point": lambda: target.get(f"/traces/{point}"),
            "filter": lambda: target.get("/traces", limit="50", status="error", environment="production"),
            "model": lambda: target.get("/traces", limit="50", where=f"request_model={MODEL}", **hour),
            "aggregate": lambda: target.get("/overview"),
            "text": lambda: target.get("/traces", limit="50", q=RARE_WORD),
            "tokens": lambda: target.chart(measure="input_tokens", of="calls", by="request_model"),
            "cost": lambda: target.chart(measure="cost_usd", of="calls", by="request_model"),
        }
    warehouse = target.warehouse
    assert warehouse is not None
    day = {"since": now - timedelta(days=1), "until": now}
    failed = TraceFilters(status="error", environment="production")
    return {
        "latest": lambda: list_traces(warehouse, "default"),
        "point": lambda: get_trace(warehouse, "default", point),
        "filter": lambda: list_traces(warehouse, "default", filters=failed),
        "aggregate": lambda: list_traffic(warehouse, "default", **day),
        "text": lambda: list_traces(warehouse, "default", filters=TraceFilters(q=RARE_WORD)),
    }


def sorted_ms(read: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        read()
        times.append((time.perf_counter() - began) * 1e3)
    return sorted(times)


if __name__ == "__main__":
    main()
