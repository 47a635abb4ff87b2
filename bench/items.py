"""A dataset of many items: its import, export and comparison, and a run over all of it, in how much memory.

    python bench/items.py [--items 1000000] [--parts import,export,difference,run]

Each part runs in a process of its own, whose peak memory is its own: an import of a file of JSON Lines, an export
to one, the difference to a version in which every hundredth item changed, and a run whose target costs nothing,
with two evaluators, every span and score stored, and its summary. What a process takes without items is counted
in, and told as `idle_rss_mb`. The last line is JSON.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from windlass.access.audit import AuditChain
from windlass.access.principals import LOCAL_ADMIN
from windlass.artifacts.registry import Registry
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.formats.files import read_items, write_to
from windlass.evaluation.formats.registry import format_named
from windlass.evaluation.item_lines import item_of_line
from windlass.evaluation.metrics.answers import exact_match, token_f1
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import Run, VersionName, create_run, get_run
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.store import WarehouseSamples
from windlass.storage.blobs import open_blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

PARTS = ("import", "export", "difference", "run")
LINES = format_named("jsonl")
CHANGED = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--part", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(measured(arguments.part, arguments.folder, arguments.items)))
        return
    wanted = arguments.parts.split(",")
    figures: dict[str, object] = {"bench": "items", "items": arguments.items}
    with tempfile.TemporaryDirectory() as folder:
        write_file(Path(folder) / "items.jsonl", arguments.items)
        for part in ("idle", "import", "change", *wanted):
            if part in figures:
                continue
            command = [
                sys.executable,
                __file__,
                "--part",
                part,
                "--folder",
                folder,
                "--items",
                str(arguments.items),
            ]
            told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()[-1])
            if part in {"idle", *wanted}:
                figures |= {f"{part}_{name}": value for name, value in told.items()}
    print(json.dumps({name: value for name, value in figures.items() if name != "idle_per_s"}))


def write_file(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            item = {"id": f"item-{number}", "input": {"question": f"What is said on page {number} of the manual?"}}
            file.write(json.dumps({**item, "reference": f"answer {number}", "metadata": {"page": number}}) + "\n")


def measured(part: str, folder: Path, count: int) -> dict[str, object]:
    began = time.perf_counter()
    told = WORK[part](Parts(folder))
    seconds = time.perf_counter() - began
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"rss_mb": round(peak_kb / 1024), "per_s": round(count / seconds), **told}


class Parts:
    """What a server would have open, without its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(f"sqlite:///{folder / 'records.sqlite'}")
        self.database.migrate()
        self.audit = AuditChain(b"bench")
        blobs = open_blobs((folder / "blobs").as_uri())
        self.datasets = Datasets(Registry(self.database, self.audit), blobs)


def idle(parts: Parts) -> dict[str, object]:
    with opened_warehouse(parts):
        return {}


@contextmanager
def opened_warehouse(parts: Parts) -> Iterator[tuple[Warehouse, Writer]]:
    warehouse = Warehouse.open(f"chdb://{parts.folder / 'warehouse'}")
    writer = Writer(warehouse, parts.folder / "spool")
    yield warehouse, writer
    writer.close()
    warehouse.close()


def import_file(parts: Parts) -> dict[str, object]:
    pushed = parts.datasets.push(LOCAL_ADMIN, "many", read_items(parts.folder / "items.jsonl", LINES))
    return {"items": pushed.version.body["count"]}


def change(parts: Parts) -> dict[str, object]:
    _, lines = parts.datasets.lines("default", "dataset/many@1")

    def changed() -> Iterator[Item]:
        for number, item in enumerate(map(item_of_line, lines.lines())):
            yield item if number % CHANGED else item.model_copy(update={"reference": "another"})

    parts.datasets.push(LOCAL_ADMIN, "many", changed())
    return {}


def export_file(parts: Parts) -> dict[str, object]:
    _, lines = parts.datasets.lines("default", "dataset/many@1")
    path = parts.folder / "export.jsonl"
    with path.open("wb") as file:
        write_to(map(item_of_line, lines.lines()), file, LINES, name="many")
    return {"mb": round(path.stat().st_size / 1e6)}


def difference(parts: Parts) -> dict[str, object]:
    _, _, differences = parts.datasets.differences("default", "many", "1", "2")
    return {"changed": differences.page(limit=1).changed}


def run(parts: Parts) -> dict[str, object]:
    version, items = parts.datasets.load("default", "dataset/many@1")

    async def answer(item: Item) -> Prediction:
        return Prediction(output=str(item.reference), latency_s=0.0)

    with opened_warehouse(parts) as (warehouse, writer):

        def open_parts(run: Run) -> RunParts:
            store = WarehouseSamples(
                writer, warehouse, project=run.project, run=run.id, release=run.release.digest
            )
            return RunParts(items, answer, [exact_match, token_f1], store, RunnerSettings(concurrency=50))

        recorded = create_run(
            parts.database,
            parts.audit,
            LOCAL_ADMIN,
            release=VersionName(name="nothing", number=1, digest="sha256:none"),
            dataset=VersionName(name="many", number=1, digest=version.digest),
            items=len(items),
            evaluators=[exact_match, token_f1],
            concurrency=50,
        )
        execute_run(recorded.id, database=parts.database, open_parts=open_parts)
        ended = get_run(parts.database, "default", recorded.id)
    return {"state": ended.state, "finished": ended.finished_items, "n": ended.metrics["exact_match"].n}


WORK: dict[str, Callable[[Parts], dict[str, object]]] = {
    "idle": idle,
    "import": import_file,
    "change": change,
    "export": export_file,
    "difference": difference,
    "run": run,
}


if __name__ == "__main__":
    main()
