"""Reads among many spans: the list of the latest 50 traces, one trace, filters, figures of a day, text.

    python bench/query.py [--target windlass|parts] [--spans 1000000] [--repeats 15] [--beside SPANS_PER_S]

`windlass` is `windlass up` over HTTP, `parts` the functions that it calls, in this process. Spans are spread over
24 hours; `--beside` sends so many more in each second of the reads. The last line is JSON; times are milliseconds:
of each read the median, and by nearest rank the 95th percentile, which of 15 reads is the slowest. Reads begin
when the server has merged what was loaded. `text` looks for a rare word, `part` for a part of it. `tokens` and
`cost` are charts of everything by model, in steps of a quarter of an hour; `loaded_mb` is the memory that the
server had right after loading, `memory_mb` the most that it had after each kind of read.
"""

import argparse
import itertools
import json
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from copies import MADE_SPANS, copies
from otlp import RARE_WORD, SPANS_PER_TRACE
from settling import QUIET_S, settled_cpu_s
from target import Server, Target
from targets import opened

from windlass.telemetry.queries import TraceFilters, get_trace, list_traces, measure_traffic

CLIENTS = 4
BATCH = 2048
MODEL = "gpt-5-mini"
MADE_S = 4
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
        loaded_mb = target.rss_mb()
        began = time.perf_counter()
        settled_cpu_s(target, QUIET_S)
        merged_s = time.perf_counter() - began
        reads = reads_of(target, point)
        figures: dict[str, float] = {}
        most_mb = 0
        with sending(target, arguments.beside) as sent:
            began = time.perf_counter()
            for name, read in reads.items():
                times = sorted_ms(read, arguments.repeats)
                # Not statistics.quantiles: of so few reads it gives more than the slowest of them took.
                p95 = times[math.ceil(0.95 * len(times)) - 1]
                figures |= {f"{name}_ms": round(statistics.median(times), 1), f"{name}_p95_ms": round(p95, 1)}
                most_mb = max(most_mb, target.rss_mb())
            arrived = round(sum(sent) / (time.perf_counter() - began))
        print(
            json.dumps(
                {
                    "bench": "query",
                    "target": arguments.target,
                    "spans": arguments.spans,
                    "load_s": round(load_s, 1),
                    "loaded_mb": loaded_mb,
                    "merged_s": round(merged_s, 1),
                    "beside_spans_per_s": arrived,
                    **figures,
                    "memory_mb": most_mb,
                }
            )
        )


def load(target: Target, spans: int) -> tuple[float, str]:
    """Load spans; return how long that took, and a trace in the middle."""
    day_ns = 86_400 * 10**9
    made = copies(
        made=min(spans, MADE_SPANS),
        batch=BATCH,
        start_ns=time.time_ns() - day_ns,
        step_ns=day_ns * SPANS_PER_TRACE // spans,
        seed=1,
    )
    batches = itertools.islice(made.batches(), math.ceil(spans / BATCH))
    seen: list[str] = []
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            target.send(batch.body)
            seen.extend(batch.trace_ids[:1])

    began = time.perf_counter()
    with running(client):
        pass
    return time.perf_counter() - began, seen[len(seen) // 2]


@contextmanager
def sending(target: Target, rate: int) -> Iterator[list[int]]:
    """Send spans of now at a rate, until the block ends; how many were sent is in the list."""
    sent: list[int] = []
    if not rate:
        yield sent
        return
    made = copies(
        # Made before: what a client of windlass does is not what is measured here.
        made=rate * MADE_S,
        batch=BESIDE_BATCH,
        start_ns=time.time_ns(),
        step_ns=10**9 * SPANS_PER_TRACE // rate,
        seed=2,
    )
    batches = made.batches()
    due = itertools.count()
    lock = threading.Lock()
    ended = threading.Event()
    began = time.perf_counter()

    def client() -> None:
        while True:
            with lock:
                batch, turn = next(batches), next(due)
            if ended.wait(max(0.0, began + turn * BESIDE_BATCH / rate - time.perf_counter())):
                return
            target.send(batch.body)
            sent.append(batch.spans)

    with running(client):
        try:
            yield sent
        finally:
            ended.set()


@contextmanager
def running(client: Callable[[], None]) -> Iterator[None]:
    """Run some clients beside the block, and wait for them."""
    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
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
            "text": lambda: target.get("/traces", limit="50", q=RARE_WORD),
            "part": lambda: target.get("/traces", limit="50", where=f"output~{RARE_WORD[1:-1]}"),
            "tokens": lambda: target.chart(measure="input_tokens", of="calls", by="request_model"),
            "cost": lambda: target.chart(measure="cost_usd", of="calls", by="request_model"),
            # The last: again and again it takes all cores for minutes, and leaves behind what was not merged.
            "aggregate": lambda: target.get("/overview"),
        }
    warehouse = target.warehouse
    assert warehouse is not None
    day = {"since": now - timedelta(days=1), "until": now}
    failed = TraceFilters(status="error", environment="production")
    return {
        "latest": lambda: list_traces(warehouse, "default"),
        "point": lambda: get_trace(warehouse, "default", point),
        "filter": lambda: list_traces(warehouse, "default", filters=failed),
        "text": lambda: list_traces(warehouse, "default", filters=TraceFilters(q=RARE_WORD)),
        "aggregate": lambda: measure_traffic(warehouse, "default", **day),
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
