"""Executing a run: the same call starts it, goes on with it after a crash, and does nothing once it has ended."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from windlass.errors import WindlassError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.results import summarise
from windlass.evaluation.runner import Progress, RunnerSettings, SampleStore, run_samples
from windlass.evaluation.runs import Run, fail_run, finish_run, record_progress, start_run
from windlass.evaluation.samples import Item, Target
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted


@dataclass(frozen=True)
class RunParts:
    """What a run works with; made anew each time it is taken up."""

    items: Sequence[Item]
    target: Target
    evaluators: Sequence[Evaluator]
    store: SampleStore
    settings: RunnerSettings = field(default_factory=RunnerSettings)


Opener = Callable[[Run], RunParts]


def execute_run(
    run_id: str, *, database: Database, open_parts: Opener, stopping: threading.Event | None = None
) -> None:
    """Bring a run to its end: every item sampled and scored, the summaries written.

    Blocks, and runs an event loop of its own: call it from a thread. A run that cannot go on is marked as
    failed with one sentence, and its samples stay. Raises JobInterrupted once ``stopping`` is set and the
    samples in flight are stored: called again, the run goes on there.
    """
    run = start_run(database, run_id)
    if run is None:
        return
    try:
        parts = open_parts(run)
        progress = asyncio.run(_sampled(run, parts, database, stopping))
        if progress.stopped and stopping is not None and stopping.is_set():
            raise JobInterrupted
        finish_run(database, run_id, summarise(parts.store.stored(), parts.items, run.evaluators, run.repeats))
    except WindlassError as error:
        fail_run(database, run_id, error.message)
    except Exception as error:
        # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
        fail_run(database, run_id, f"The run failed with {type(error).__name__}: {error}.")
        raise


async def _sampled(run: Run, parts: RunParts, database: Database, stopping: threading.Event | None) -> Progress:
    def observe(progress: Progress) -> bool:
        going_on = record_progress(database, run.id, finished=progress.finished, failed=progress.failed)
        return going_on and not (stopping is not None and stopping.is_set())

    return await run_samples(
        parts.items, parts.target, parts.evaluators, parts.store, settings=parts.settings, observe=observe
    )
