"""Two runs of very many samples: pages, the worst first, a comparison and a gate, and the memory that they take.

    python bench/runs.py [--items 100000]

The runs are written to the store directly: two scores a sample, and answers of about a kilobyte. A server in a
process of its own then answers over HTTP, each question a first time and once more. `rss_mb` is the peak of that
process, `ready_rss_mb` what it took before the first question. The last line is JSON.
"""

import argparse
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from target import Server

from windlass.access.principals import LOCAL_ADMIN
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.results import summarise_pieces
from windlass.evaluation.runs import VersionName, create_run, finish_run, get_run, start_run
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult
from windlass.evaluation.store import WarehouseSamples
from windlass.server.services import Services
from windlass.settings import Settings

PIECE = 2_000
ANSWER = "The manual says on this page that the part is to be cleaned and oiled before it is used again. " * 10
METRICS = ("f1", "exact_match")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.build:
        print(json.dumps(build(arguments.build, arguments.items)))
        return
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [sys.executable, __file__, "--build", folder, "--items", str(arguments.items)]
        built = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1]
        figures = {"bench": "runs", "items": arguments.items, "build_s": round(time.perf_counter() - began, 1)}
        server = Server(Path(folder))
        try:
            print(json.dumps({**figures, **asked(server, *json.loads(built))}))
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.process.wait()


def asked(server: Server, baseline: str, candidate: str) -> dict[str, float]:
    """Ask everything twice; return the seconds and the memory."""
    samples, compare = f"/runs/{candidate}/samples", f"/runs/{candidate}/compare"
    questions: dict[str, Callable[[], object]] = {
        "first_page": lambda: server.get(samples),
        "worst_first": lambda: server.get(samples, sort="f1"),
        "compare": lambda: server.get(compare, baseline=baseline),
        "compare_page": lambda: server.get(f"{compare}/samples", baseline=baseline, cursor="1000"),
        "gate": lambda: gate(server, candidate, baseline),
    }
    figures: dict[str, float] = {"ready_rss_mb": peak_mb(server)}
    for name, ask in questions.items():
        for suffix in ("s", "again_s"):
            began = time.perf_counter()
            ask()
            figures[f"{name}_{suffix}"] = round(time.perf_counter() - began, 2)
        figures[f"{name}_rss_mb"] = peak_mb(server)
    return {**figures, "rss_mb": peak_mb(server)}


def gate(server: Server, candidate: str, baseline: str) -> None:
    rule = {"primary": {"metric": "f1", "kind": "superiority"}}
    body = json.dumps({"candidate": candidate, "baseline": baseline, "rule": rule}).encode()
    status, answer = server.ask("POST", "/api/v1/gates", body, {"content-type": "application/json"})
    if status != 201:
        raise SystemExit(f"the server answered {status}: {answer[:300]!r}")


def peak_mb(server: Server) -> int:
    """Return the most memory that the server's process ever had."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return round(int(found[1]) / 1024)


def build(folder: Path, count: int) -> list[str]:
    """Write a dataset and two finished runs on it into a data folder; return the ids of the runs."""
    services = Services(Settings(data=folder, mode="dev"))
    try:
        pushed = services.datasets.push(LOCAL_ADMIN, "many", items_of(count))
        dataset = VersionName(name="many", number=1, digest=pushed.version.digest)
        return [
            write_run(services, name, dataset, count, better) for name, better in (("base", 0.0), ("new", 0.02))
        ]
    finally:
        services.close()


def items_of(count: int) -> Iterator[Item]:
    for number in range(count):
        asked = {"question": f"What is said on page {number} of the manual?"}
        yield Item(id=f"item-{number}", input=asked, reference=f"answer {number}", metadata={"page": number})


def write_run(services: Services, name: str, dataset: VersionName, count: int, better: float) -> str:
    run = create_run(
        services.database,
        services.audit,
        LOCAL_ADMIN,
        release=VersionName(name=name, number=1, digest=f"sha256:{name}"),
        dataset=dataset,
        items=count,
        evaluators=[Evaluator(metric, judged) for metric in METRICS],
        concurrency=50,
    )
    start_run(services.database, run.id)
    store = WarehouseSamples(
        services.writer, services.warehouse, project=run.project, run=run.id, release=run.release.digest
    )
    items = services.runs.items(run)
    for piece in pieces(zip(items, results(name, better), strict=False)):
        store.write(piece)
    finish_run(services.database, run.id, summarise_pieces(store.pieces(), items, METRICS))
    return get_run(services.database, run.project, run.id).id


def judged(_sample: Sample) -> float:
    raise AssertionError("the scores of these runs are written down, not computed")


def results(name: str, better: float) -> Iterator[SampleResult]:
    chance = random.Random(name)
    number = 0
    while True:
        value = min(1.0, max(0.0, chance.gauss(0.6 + better, 0.2)))
        judgements = {"f1": Judgement(value), "exact_match": Judgement(float(value > 0.8))}
        at = 1_700_000_000_000_000_000 + number * 1_000_000
        yield SampleResult(
            f"item-{number}",
            f"{chance.getrandbits(128):032x}",
            f"{chance.getrandbits(64):016x}",
            at,
            at + 500_000_000,
            Prediction(output=ANSWER, latency_s=0.5),
            judgements=judgements,
        )
        number += 1


def pieces(samples: Iterable[tuple[Item, SampleResult]]) -> Iterator[list[tuple[Item, SampleResult]]]:
    coming = iter(samples)
    while piece := list(islice(coming, PIECE)):
        yield piece


if __name__ == "__main__":
    main()
