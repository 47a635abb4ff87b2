"""A run in a real process that is killed in its middle, and the process that takes it up."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

ITEMS = 30
REPEATS = 2
KILLED_AT_CALL = 30

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from windlass.access.audit import AuditChain
from windlass.access.principals import LOCAL_ADMIN
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.run_lists import unfinished_runs
from windlass.evaluation.runs import VersionName, create_run, get_run
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.store import WarehouseSamples
from windlass.storage.database import Database
from windlass.storage.jobs import Jobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

folder, count, repeats, killed_at_call = Path(sys.argv[1]), *map(int, sys.argv[2:])
items = [Item(id=f"item-{n}", input=str(n), reference=str(n)) for n in range(count)]
calls = (folder / "calls").open("a", buffering=1)
database = Database(f"sqlite:///{folder / 'records.sqlite'}")
database.migrate()
warehouse = Warehouse.open(f"chdb://{folder / 'warehouse'}")
writer = Writer(warehouse, folder / "spool")
jobs = Jobs(f"sqlite:///{folder / 'jobs.sqlite'}")

made = 0

async def target(item):
    global made
    made += 1
    calls.write(item.id + "\\n")
    if made >= killed_at_call:
        # However slow the machine is, something is stored before the kill.
        while not await asyncio.to_thread(store_of(get_run(database, "default", run.id)).stored):
            await asyncio.sleep(0.05)
    print("call", flush=True)
    await asyncio.sleep(0.02)
    return Prediction(output=item.reference)

def store_of(run):
    return WarehouseSamples(writer, warehouse, project=run.project, run=run.id, release=run.release.digest)

def open_parts(run):
    print("stored", json.dumps(sorted(store_of(run).stored())), flush=True)
    settings = RunnerSettings(concurrency=4, linger_s=0, repeats=run.repeats)
    return RunParts(items, target, BUILT_IN.select(run.evaluators), store_of(run), settings)

def execute(run_id):
    execute_run(run_id, database=database, open_parts=open_parts, stopping=jobs.stopping)

jobs.register("run", execute)
owed = unfinished_runs(database)
if owed:
    run = owed[0]
    jobs.launch()
else:
    version = VersionName(name="guide", number=1, digest="sha256:abc")
    run = create_run(
        database, AuditChain(b"key"), LOCAL_ADMIN, release=version, dataset=version, items=count,
        evaluators=BUILT_IN.select(["exact_match"]), concurrency=4, repeats=repeats,
    )
    jobs.start("run", run.id, id=run.id)
jobs.wait(run.id)
ended = get_run(database, "default", run.id)
results = store_of(run).stored()
print("ended", json.dumps({
    "state": ended.state, "finished": ended.finished_items, "mean": ended.metrics["exact_match"].mean,
    "n": ended.metrics["exact_match"].n, "samples": len(results),
    "scored": sum("exact_match" in result.judgements for result in results.values()),
}), flush=True)
jobs.close()
writer.close()
warehouse.close()
"""


def test_a_killed_run_goes_on_and_calls_no_finished_sample_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), str(ITEMS), str(REPEATS), str(KILLED_AT_CALL)]
    seen = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            seen += line == "call\n"
            if seen == KILLED_AT_CALL:
                os.kill(process.pid, signal.SIGKILL)
                break
    assert seen == KILLED_AT_CALL
    resumed = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    told = dict(line.split(" ", 1) for line in resumed.stdout.splitlines() if line != "call")
    stored_before = json.loads(told["stored"])
    calls = Counter((tmp_path / "calls").read_text(encoding="utf-8").split())
    assert stored_before, "some samples were finished before the kill"
    # Only what was in flight, or waiting to be committed, was asked again.
    assert set(calls) == {f"item-{number}" for number in range(ITEMS)}
    finished = Counter(key.partition("\0")[0] for key in stored_before)
    for item, count in calls.items():
        assert REPEATS <= count <= REPEATS + (REPEATS - finished[item])
    assert json.loads(told["ended"]) == {
        "state": "finished",
        "finished": ITEMS * REPEATS,
        "mean": 1.0,
        "n": ITEMS,
        "samples": ITEMS * REPEATS,
        "scored": ITEMS * REPEATS,
    }
