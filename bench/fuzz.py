"""Broken bodies through the receiver: is one answered by anything but 2xx, 4xx or 503, and what memory is left?

    python bench/fuzz.py [--bodies 1000000] [--seed 1] [--processes 2] [--store-every 50] [--serve-every 100]

Whole requests of traces, logs and metrics, recorded and made up, are broken by their fields and by their bytes, in
protobuf and JSON, compressed or not (see tests/telemetry/broken_bodies.py), and go through what a route calls: the
body, the parser with limits, masking (of half of them), the rows. Some go on into a warehouse, a hundred at once,
and are read back; others go over HTTP to a server in a process of its own. A body is drawn by its number and the
seed: `--first NUMBER --bodies 1 --store-every 1` sends it again. Each minute it says how many it has sent, and
SIGINT to this process alone ends it early. Faults are told on stderr, and make the exit code 1, as growing memory
does. The last line is JSON.
"""

import argparse
import json
import multiprocessing
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor, wait
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz_share import Outcome, Progress, Share, run, watch
from target import Server

SETTINGS = {"MAX_BATCH_ITEMS": 40, "MAX_ATTRIBUTES": 30, "MAX_ATTRIBUTE_KB": 2, "MAX_ATTRIBUTE_DEPTH": 6}
"""The limits that bodies meet elsewhere, as far as settings go as low."""
MOST_GROWTH_MB = 150
TOLD_FAULTS = 20
TELL_EVERY_S = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bodies", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--store-every", type=int, default=50)
    parser.add_argument("--serve-every", type=int, default=100)
    arguments = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), {f"WINDLASS_{name}": str(value) for name, value in SETTINGS.items()})
        try:
            outcomes = all_outcomes(arguments, server)
            is_well = server.ask("GET", "/health/ready", b"", {})[0] == 200
        finally:
            server.close()
    seconds = time.perf_counter() - began
    faults = [fault for outcome in outcomes for fault in outcome.faults]
    if not is_well:
        faults.append("the server is not ready any more")
    for fault in faults[:TOLD_FAULTS]:
        print(fault, file=sys.stderr)
    counts = sum((outcome.counts for outcome in outcomes), Counter())
    slowest = max(outcomes, key=lambda outcome: outcome.slowest_s)
    bodies = sum(outcome.bodies for outcome in outcomes)
    print(
        json.dumps(
            {
                "bench": "fuzz",
                "bodies": bodies,
                "ended_early": bodies < arguments.bodies,
                "seed": arguments.seed,
                "processes": arguments.processes,
                "seconds": round(seconds),
                "cpu_s": round(sum(outcome.cpu_s for outcome in outcomes)),
                "bodies_per_s": round(bodies / seconds),
                "taken": counts["taken"],
                "refused": counts["refused"],
                "unavailable": counts["unavailable"],
                "rejected_items": counts["rejected_items"],
                "stored_bodies": counts["stored"],
                "refused_spans": counts["refused_spans"],
                "served": {name.split()[1]: n for name, n in sorted(counts.items()) if name.startswith("served ")},
                "faults": len(faults),
                "slowest_ms": round(slowest.slowest_s * 1e3, 1),
                "slowest_body": slowest.slowest,
                "rss_mb_after_warm_up": [outcome.memory.warm_mb for outcome in outcomes],
                "rss_mb_at_end": [outcome.memory.end_mb for outcome in outcomes],
                "server_rss_mb_after_warm_up": max(outcome.server_memory.warm_mb for outcome in outcomes),
                "server_rss_mb_at_end": max(outcome.server_memory.end_mb for outcome in outcomes),
            }
        ),
        flush=True,
    )
    memories = [memory for outcome in outcomes for memory in (outcome.memory, outcome.server_memory)]
    sys.exit(bool(faults) or any(memory.growth_mb > MOST_GROWTH_MB for memory in memories))


def all_outcomes(arguments: argparse.Namespace, server: Server) -> list[Outcome]:
    """Have each process send its share; told to end early, each tells what it has done by then."""
    step = arguments.processes
    served = (server.address, server.process.pid)
    shares = [
        Share(
            place,
            range(arguments.first + place, arguments.first + arguments.bodies, step),
            arguments.seed,
            arguments.store_every,
            arguments.serve_every,
            *served,
        )
        for place in range(step)
    ]
    spawning = multiprocessing.get_context("spawn")
    progress = Progress(spawning.Event(), spawning.Array("q", step))
    signal.signal(signal.SIGINT, lambda *_: progress.ended.set())
    with ProcessPoolExecutor(step, mp_context=spawning, initializer=watch, initargs=progress) as processes:
        futures = [processes.submit(run, share) for share in shares]
        tell(futures, progress)
    return [future.result() for future in futures]


def tell(futures: list[Future[Outcome]], progress: Progress) -> None:
    """Say every minute how many bodies were sent, until all are."""
    began = time.perf_counter()
    while wait(futures, TELL_EVERY_S).not_done:
        print(f"{sum(progress.done)} bodies in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
