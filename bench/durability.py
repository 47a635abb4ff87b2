"""What is lost of acknowledged spans when a server is ended under load.

    python bench/durability.py [--target windlass|phoenix|mlflow] [--signal KILL|TERM] [--rounds 20]

Each round starts the server on the same data, lets 4 clients send batches of 50 spans, and ends it with the signal
after a random time of up to two seconds. After the last round the server is started once more, and every
acknowledged trace is asked for. The last line is JSON.
"""

import argparse
import json
import random
import signal
import statistics
import tempfile
import threading
import time
from pathlib import Path

from otlp import SPANS_PER_TRACE, Assistant
from peers import PEERS
from target import HttpServer, open_target

CLIENTS = 4
BATCH_TRACES = 7
LONGEST_S = 2.0
PATIENCE_S = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["windlass", *PEERS], default="windlass")
    parser.add_argument("--signal", choices=["KILL", "TERM"], default="KILL")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    by = signal.Signals[f"SIG{arguments.signal}"]
    dice = random.Random(7)
    acknowledged: list[str] = []
    ready: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            server = started(arguments.target, Path(folder), ready)
            acknowledged += under_load(server, number, dice.random() * LONGEST_S, by)
        server = started(arguments.target, Path(folder), ready)
        lost, doubled = held_against(server, acknowledged)
        server.close()
    print(
        json.dumps(
            {
                "bench": "durability",
                "target": arguments.target,
                "signal": arguments.signal,
                "rounds": arguments.rounds,
                "acknowledged_spans": len(acknowledged) * SPANS_PER_TRACE,
                "lost_spans": lost,
                "doubled_spans": doubled,
                # The first start makes the stores; the others find what a server that was ended left.
                "ready_again_median_s": round(statistics.median(ready[1:]), 2),
                "ready_again_longest_s": round(max(ready[1:]), 2),
            }
        )
    )


def started(target: str, folder: Path, ready: list[float]) -> HttpServer:
    began = time.perf_counter()
    server = open_target(target, folder)
    ready.append(time.perf_counter() - began)
    assert isinstance(server, HttpServer)
    return server


def under_load(server: HttpServer, number: int, seconds: float, by: signal.Signals) -> list[str]:
    """Send until the server is ended; return the ids of the traces that were acknowledged."""
    now = time.time_ns()
    assistant = Assistant(traces=100_000, start_ns=now - 10**12, end_ns=now, seed=1000 + number)
    batches = assistant.batches(10**9, BATCH_TRACES * SPANS_PER_TRACE)
    acknowledged: list[str] = []
    lock = threading.Lock()
    ended = threading.Event()

    def client() -> None:
        while not ended.is_set():
            with lock:
                batch = next(batches)
            try:
                status, _ = server.ask("POST", "/v1/traces", batch.body, server.export_headers)
            except OSError:
                return
            if status == 200:
                with lock:
                    acknowledged.extend(batch.trace_ids)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    if by is signal.SIGTERM:
        # A rolling update: the clients stop, the server is told to end, and what it acknowledged is its word.
        ended.set()
        for thread in threads:
            thread.join()
    server.end(by)
    ended.set()
    for thread in threads:
        thread.join()
    return acknowledged


def held_against(server: HttpServer, acknowledged: list[str]) -> tuple[int, int]:
    """Return how many acknowledged spans are missing, and how many are there too often."""
    lost = doubled = 0
    deadline = time.monotonic() + PATIENCE_S
    for trace_id in acknowledged:
        while (count := server.count_spans(trace_id)) < SPANS_PER_TRACE and time.monotonic() < deadline:
            time.sleep(0.05)
        lost += max(0, SPANS_PER_TRACE - count)
        doubled += max(0, count - SPANS_PER_TRACE)
    return lost, doubled


if __name__ == "__main__":
    main()
