"""Broken bodies through the receiver: is one answered by anything but 2xx, 4xx or 503, and what memory is left?

    python bench/fuzz.py [--bodies 1000000] [--seed 1] [--processes 2] [--store-every 50]

Whole requests of traces, logs and metrics, recorded and made up, are broken by their fields and by their bytes, in
protobuf and JSON, compressed or not (see tests/telemetry/broken_bodies.py), and go through what a route calls: the
body, the parser with limits, masking (of half of them), the rows. Some go on into a warehouse, a hundred at once,
and are read back. A body is drawn by its number and the seed: `--first NUMBER --bodies 1 --store-every 1` sends
it again. Faults are told on stderr, and make the exit code 1, as memory that grows does. The last line is JSON.
"""

import argparse
import base64
import gc
import json
import multiprocessing
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from typing import NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.telemetry.broken_bodies import BrokenBodies, Sent
from tests.telemetry.fuzzing import Fault, Fuzzing

PLAIN, MASKED = "plain", "masked"
BATCH = 100
"""Bodies that go into the warehouse together."""
WARM_UP = 0.2
"""The part of the bodies after which memory may grow no more."""
MOST_GROWTH_MB = 150
TOLD_FAULTS = 20


class Share(NamedTuple):
    """The bodies of one process."""

    numbers: range
    seed: int
    store_every: int


class Outcome(NamedTuple):
    counts: Counter[str]
    faults: list[str]
    slowest_s: float
    slowest: int
    warm_mb: int
    end_mb: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bodies", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--store-every", type=int, default=50)
    arguments = parser.parse_args()
    last, step = arguments.first + arguments.bodies, arguments.processes
    shares = [
        Share(range(arguments.first + number, last, step), arguments.seed, arguments.store_every)
        for number in range(step)
    ]
    began = time.perf_counter()
    with ProcessPoolExecutor(step, mp_context=multiprocessing.get_context("spawn")) as processes:
        outcomes = list(processes.map(run, shares))
    seconds = time.perf_counter() - began
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    for fault in faults[:TOLD_FAULTS]:
        print(fault, file=sys.stderr)
    counts = sum((outcome.counts for outcome in outcomes), Counter())
    slowest = max(outcomes, key=lambda outcome: outcome.slowest_s)
    growth_mb = max(outcome.end_mb - outcome.warm_mb for outcome in outcomes)
    print(
        json.dumps(
            {
                "bench": "fuzz",
                "bodies": arguments.bodies,
                "seed": arguments.seed,
                "processes": arguments.processes,
                "seconds": round(seconds),
                "bodies_per_s": round(arguments.bodies / seconds),
                "taken": counts["taken"],
                "refused": counts["refused"],
                "unavailable": counts["unavailable"],
                "rejected_items": counts["rejected_items"],
                "stored_bodies": counts["stored"],
                "refused_spans": counts["refused_spans"],
                "faults": len(faults),
                "slowest_ms": round(slowest.slowest_s * 1e3, 1),
                "slowest_body": slowest.slowest,
                "rss_mb_after_warm_up": [outcome.warm_mb for outcome in outcomes],
                "rss_mb_at_end": [outcome.end_mb for outcome in outcomes],
            }
        )
    )
    sys.exit(bool(faults) or growth_mb > MOST_GROWTH_MB)


def run(share: Share) -> Outcome:
    """Send a process's share of the bodies."""
    with tempfile.TemporaryDirectory() as folder:
        fuzzing = Fuzzing(Path(folder))
        try:
            return _send_all(fuzzing, share)
        finally:
            fuzzing.close()


def _send_all(fuzzing: Fuzzing, share: Share) -> Outcome:
    bodies = BrokenBodies()
    fuzzing.mask(MASKED)
    faults: list[str] = []
    waiting: list[tuple[int, Sent]] = []
    slowest_s, slowest, warm_mb = 0.0, 0, 0
    for place, number in enumerate(share.numbers):
        if place == int(len(share.numbers) * WARM_UP):
            warm_mb = _rss_mb()
        sent = bodies.draw(Random(share.seed << 40 | number))
        if place % share.store_every == 0:
            waiting.append((number, sent))
            if len(waiting) == BATCH:
                faults += _store_all(fuzzing, waiting)
                waiting.clear()
            continue
        began = time.perf_counter()
        fault = fuzzing.take(MASKED if _is_masked(number) else PLAIN, sent)
        if (took_s := time.perf_counter() - began) > slowest_s:
            slowest_s, slowest = took_s, number
        if fault:
            faults.append(_told(fault, [number]))
    faults += _store_all(fuzzing, waiting)
    return Outcome(fuzzing.counts, faults, slowest_s, slowest, warm_mb, _rss_mb())


def _is_masked(number: int) -> bool:
    """Tell whether a body goes to a project that masks, where requests are written again before they go on."""
    return Random(number).random() < 0.5


def _store_all(fuzzing: Fuzzing, waiting: list[tuple[int, Sent]]) -> Iterator[str]:
    for masked in (False, True):
        batch = {number: sent for number, sent in waiting if _is_masked(number) == masked}
        if batch:
            yield from _store(fuzzing, batch, masked=masked)


def _store(fuzzing: Fuzzing, batch: dict[int, Sent], *, masked: bool) -> Iterator[str]:
    # A project of their own, so that what is missing there is not found among earlier ones.
    project = f"{MASKED if masked else PLAIN}-{min(batch)}"
    if masked:
        fuzzing.mask(project)
    fuzzing.counts["stored"] += len(batch)
    for fault in fuzzing.store(project, list(batch.values())):
        yield _told(fault, [number for number, sent in batch.items() if fault.sent in {None, sent}])


def _told(fault: Fault, numbers: list[int]) -> str:
    place = traceback.extract_tb(fault.error.__traceback__)[-1]
    body = base64.b64encode(fault.sent.body).decode() if fault.sent else ""
    return json.dumps(
        {
            "error": f"{type(fault.error).__name__}: {fault.error}"[:500],
            "at": f"{Path(place.filename).name}:{place.lineno}",
            "bodies": numbers,
            "sent": fault.sent and [fault.sent.signal, fault.sent.content_type, fault.sent.content_encoding, body],
        }
    )


def _rss_mb() -> int:
    gc.collect()
    return round(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
