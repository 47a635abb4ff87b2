"""What is lost of acknowledged spans when a server is ended under load.

    python bench/durability.py [--target windlass|phoenix|mlflow] [--signal KILL|TERM] [--rounds 20] [--seed 7]

Each round starts the server on the same data, lets 4 clients send batches of 50 spans, and ends it with the signal
while they send, at a random time of up to two seconds after the first answer, or in one round of five after the
start. Every tenth round is told on stderr, and SIGINT to this process alone makes a round the last. Then the
server is started once more, and the spans of every acknowledged trace are counted: windlass's all at once by its
read-only SQL, which reads what the traces' own routes read, and some of them by those routes, too; others' trace
by trace. The last line is JSON.
"""

import argparse
import http.client
import json
import math
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from losses import Losses, compare
from otlp import SPANS_PER_TRACE, Assistant, Batch
from peers import PEERS
from target import HttpServer
from targets import open_target

CLIENTS = 4
BATCH_TRACES = 7
LONGEST_S = 2.0
AFTER_AN_ANSWER = 0.8
"""In the other rounds a server may be ended before its first answer."""
PATIENCE_S = 120.0
READY_S = 5.0
"""What a restart may take at most."""
SAMPLED_TRACES = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", choices=["windlass", *PEERS], default="windlass")
    parser.add_argument("--signal", choices=["KILL", "TERM"], default="KILL")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    by = signal.Signals[f"SIG{arguments.signal}"]
    dice = random.Random(arguments.seed)
    batches = batches_of(arguments.seed)
    acknowledged: list[str] = []
    ready: list[Start] = []
    early = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: early.set())
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.rounds):
            server = started(arguments.target, Path(folder), ready)
            acknowledged += under_load(server, batches, dice, by)
            if number % 10 == 9:
                print(f"{number + 1} rounds, {len(acknowledged)} traces", file=sys.stderr, flush=True)
            if early.is_set():
                break
        server = started(arguments.target, Path(folder), ready)
        losses = held_against(server, acknowledged)
        sampled = dice.sample(acknowledged, min(SAMPLED_TRACES, len(acknowledged)))
        sampled_losses = compare(sampled, server.count_spans_singly(sampled), SPANS_PER_TRACE)
        server.close()
    # The first start makes the stores; the others find what a server that was ended left.
    again = sorted(start.seconds for start in ready[1:])
    print(
        json.dumps(
            {
                "bench": "durability",
                "target": arguments.target,
                "signal": arguments.signal,
                "seed": arguments.seed,
                "rounds": len(again),
                "acknowledged_spans": len(acknowledged) * SPANS_PER_TRACE,
                "lost_spans": losses.lost,
                "doubled_spans": losses.doubled,
                "sampled_traces": len(sampled),
                "sampled_lost_spans": sampled_losses.lost,
                "sampled_doubled_spans": sampled_losses.doubled,
                "ready_again_median_s": round(statistics.median(again), 2),
                "ready_again_p95_s": round(again[math.ceil(0.95 * len(again)) - 1], 2),
                "ready_again_longest_s": round(again[-1], 2),
                "ready_again_over_5_s": sum(seconds > READY_S for seconds in again),
                "ready_again_cpu_median_s": round(statistics.median(start.cpu_s for start in ready[1:]), 2),
                "ready_again_s": [round(start.seconds, 2) for start in ready[1:]],
            }
        )
    )


class Start(NamedTuple):
    """What it took until a server was ready."""

    seconds: float
    cpu_s: float


def started(target: str, folder: Path, ready: list[Start]) -> HttpServer:
    began = time.perf_counter()
    server = open_target(target, folder)
    assert isinstance(server, HttpServer)
    ready.append(Start(time.perf_counter() - began, server.cpu_s()))
    return server


def batches_of(seed: int) -> Iterator[Batch]:
    now = time.time_ns()
    assistant = Assistant(traces=100_000, start_ns=now - 10**12, end_ns=now, seed=1000 + seed)
    return assistant.batches(10**9, BATCH_TRACES * SPANS_PER_TRACE)


def under_load(server: HttpServer, batches: Iterator[Batch], dice: random.Random, by: signal.Signals) -> list[str]:
    """Send until the server is ended; return the ids of the traces that were acknowledged."""
    acknowledged: list[str] = []
    lock = threading.Lock()
    answered, ended = threading.Event(), threading.Event()

    def client() -> None:
        while not ended.is_set():
            with lock:
                batch = next(batches)
            try:
                status, _ = server.ask("POST", "/v1/traces", batch.body, server.export_headers)
            except (OSError, http.client.HTTPException):
                return
            answered.set()
            if status == 200:
                with lock:
                    acknowledged.extend(batch.trace_ids)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    if dice.random() < AFTER_AN_ANSWER:
        answered.wait(PATIENCE_S)
    time.sleep(dice.random() * LONGEST_S)
    server.end(by)
    ended.set()
    for thread in threads:
        thread.join()
    return acknowledged


def held_against(server: HttpServer, acknowledged: list[str]) -> Losses:
    """Return what is missing of the acknowledged spans, and what is there too often."""
    deadline = time.monotonic() + PATIENCE_S
    # What the server found in its spool when it started can be read soon.
    while True:
        losses = compare(acknowledged, server.count_all_spans(acknowledged), SPANS_PER_TRACE)
        if not losses.lost or time.monotonic() > deadline:
            return losses
        time.sleep(0.5)


if __name__ == "__main__":
    main()
