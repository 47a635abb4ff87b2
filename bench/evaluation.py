"""How much the evaluation runner adds to a model that costs nothing, samples and scores committed.

    python bench/evaluation.py [--target windlass|bare|PEER] [--peers] [--samples 2000] [--concurrency 50]
        [--latency-ms 0|50]

The bare target is asyncio with a semaphore and an equality test, nothing kept: the floor. It is measured in the
same process before windlass, so that the two compare; that process leaves what it imported to itself when it looks
for garbage, as windlass's own processes do. Wall and processor time are those until every sample can be read;
`durable_s` is when all were safe on disk, which is what recording them takes. With `--peers` other evaluation
tools do the same right before, each in an environment of its own and without its imports. One that takes longer
than `--limit-s` is asked a tenth of the samples; one that does not install, or fails, is a line that says so.
Prints a JSON line for each, that of the target last.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import NamedTuple

from evaluation_tools import PEERS, PeerFailed, run_peer

from windlass.evaluation.metrics.answers import exact_match, token_f1
from windlass.evaluation.metrics.usage import latency_s
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.store import WarehouseSamples
from windlass.server.memory import set_aside_what_stays
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

Work = Coroutine[object, object, int]


class Measured(NamedTuple):
    wall_s: float
    cpu_s: float
    correct: int
    durable_s: float = 0.0


def measure(function: Callable[[Work], int], work: Work) -> Measured:
    wall, cpu = time.perf_counter(), time.process_time()
    correct = function(work)
    return Measured(time.perf_counter() - wall, time.process_time() - cpu, correct)


def make_items(count: int) -> list[Item]:
    return [
        Item(id=f"item-{number}", input=f"Question {number}?", reference=f"answer {number}")
        for number in range(count)
    ]


async def ask(item: Item, latency_s: float) -> Prediction:
    if latency_s:
        await asyncio.sleep(latency_s)
    return Prediction(output=f"answer {item.id.removeprefix('item-')}")


async def bare(items: list[Item], concurrency: int, latency_s: float) -> int:
    slots = asyncio.Semaphore(concurrency)

    async def one(item: Item) -> bool:
        async with slots:
            return (await ask(item, latency_s)).output == item.reference

    return sum(await asyncio.gather(*(one(item) for item in items)))


class Durable:
    """Sees when all samples of a run are on disk, as whoever watches a run does."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.after_s = 0.0

    def __call__(self, progress: Progress) -> bool:
        if progress.finished == progress.items:
            self.after_s = time.perf_counter() - self._began
        return True


async def windlass(
    items: list[Item], concurrency: int, latency: float, store: WarehouseSamples, durable: Durable
) -> int:
    async def target(item: Item) -> Prediction:
        return await ask(item, latency)

    progress = await run_samples(
        items,
        target,
        [exact_match, token_f1, latency_s],
        store,
        settings=RunnerSettings(concurrency=concurrency),
        observe=durable,
    )
    return progress.finished - progress.failed


def run(work: Work) -> int:
    return asyncio.run(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", choices=["windlass", "bare", *PEERS], default="windlass")
    parser.add_argument("--peers", action="store_true", help="measure all of them too, in this run")
    parser.add_argument("--limit-s", type=float, default=240, help="a peer that takes longer is given up")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--rounds", type=int, default=3, help="the best round counts: others use this machine too")
    arguments = parser.parse_args()
    for name in PEERS if arguments.peers else ():
        if name != arguments.target:
            print(json.dumps(peer_figures(name, arguments)), flush=True)
    if arguments.target in PEERS:
        print(json.dumps(peer_figures(arguments.target, arguments)))
        return
    print(json.dumps(own_figures(arguments)))


def peer_figures(name: str, arguments: argparse.Namespace) -> dict[str, object]:
    """Measure a peer once: most take long enough for others on this machine to matter little."""
    figures: dict[str, object] = {"bench": "evaluation", "target": name, **asked(arguments)}
    unfinished: dict[int, float] = {}
    for samples in (arguments.samples, arguments.samples // 10):
        try:
            found = run_peer(name, samples, arguments.concurrency, arguments.latency_ms / 1000, arguments.limit_s)
        except PeerFailed as error:
            return {**figures, "error": str(error)}
        if found is not None:
            measured = told(found.wall_s, found.cpu_s, found.correct, samples, arguments)
            whole = {"whole_cpu_s": round(found.whole_cpu_s, 2), "unfinished_after_s": unfinished}
            return {**figures, "samples": samples, "version": found.version, **measured, **whole}
        unfinished[samples] = arguments.limit_s
    return {**figures, "unfinished_after_s": unfinished}


def asked(arguments: argparse.Namespace) -> dict[str, object]:
    return {
        "samples": arguments.samples,
        "concurrency": arguments.concurrency,
        "latency_ms": arguments.latency_ms,
    }


def told(
    wall_s: float, cpu_s: float, correct: int, samples: int, arguments: argparse.Namespace
) -> dict[str, object]:
    ideal = ideal_s(samples, arguments)
    return {
        "correct": correct,
        "wall_s": round(wall_s, 3),
        "samples_per_s": round(samples / wall_s, 1),
        "cpu_ms_per_sample": round(cpu_s / samples * 1000, 4),
        "overhead_ms_per_sample": round((wall_s - ideal) / samples * 1000, 4),
        "overhead_at_50ms": round(wall_s / ideal, 4) if arguments.latency_ms == 50 else None,
    }


def ideal_s(samples: int, arguments: argparse.Namespace) -> float:
    rounds: int = -(-samples // arguments.concurrency)
    return rounds * float(arguments.latency_ms) / 1000


def own_figures(arguments: argparse.Namespace) -> dict[str, object]:
    items, latency = make_items(arguments.samples), arguments.latency_ms / 1000
    set_aside_what_stays()
    floor = min(measure(run, bare(items, arguments.concurrency, latency)) for _ in range(arguments.rounds))
    best, read_back_s = floor, 0.0
    if arguments.target == "windlass":
        best, read_back_s = windlass_rounds(items, arguments, latency)
    ideal = ideal_s(arguments.samples, arguments)
    return {
        "bench": "evaluation",
        "target": arguments.target,
        **asked(arguments),
        **told(best.wall_s, best.cpu_s, best.correct, arguments.samples, arguments),
        "durable_s": round(best.durable_s, 3) or None,
        "durable_overhead_at_50ms": round(best.durable_s / ideal, 4)
        if arguments.latency_ms == 50 and best.durable_s
        else None,
        "read_back_s": round(read_back_s, 3),
        "bare_wall_s": round(floor.wall_s, 3),
        "bare_cpu_ms_per_sample": round(floor.cpu_s / arguments.samples * 1000, 4),
        "bare_overhead_at_50ms": round(floor.wall_s / ideal, 4) if arguments.latency_ms == 50 else None,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def windlass_rounds(items: list[Item], arguments: argparse.Namespace, latency: float) -> tuple[Measured, float]:
    """Measure runs until every span and score is committed, and the seconds that reading one back takes."""
    rounds: list[tuple[Measured, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse.open(f"chdb://{Path(folder) / 'warehouse'}")
        writer = Writer(warehouse, Path(folder) / "spool")
        for number in range(arguments.rounds):
            store = WarehouseSamples(
                writer, warehouse, project="bench", run=f"run-{number}", release="sha256:bench"
            )
            durable = Durable()
            measured = measure(run, windlass(items, arguments.concurrency, latency, store, durable))
            began = time.perf_counter()
            correct = sum(result.judgements["exact_match"].value == 1 for result in store.stored().values())
            rounds.append(
                (measured._replace(correct=correct, durable_s=durable.after_s), time.perf_counter() - began)
            )
        writer.close()
        warehouse.close()
    return min(rounds)


if __name__ == "__main__":
    main()
