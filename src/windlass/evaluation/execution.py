"""Executing a run: the same call starts it, goes on with it after a crash, and does nothing once it has ended."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from windlass.errors import Unavailable, WindlassError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.resuming import PassingTroubles
from windlass.evaluation.run_states import (
    fail_run,
    finish_run,
    has_ended,
    note_cancelled,
    record_calls,
    record_progress,
    start_run,
    stop_run,
)
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.runs import UNFINISHED, Run
from windlass.evaluation.samples import Item, Target
from windlass.evaluation.score_summaries import ScoredSamples, summary_of_run
from windlass.models.calls.run_calls import RunCalls
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted

_LOOK_S: Final = 1.0


@dataclass(frozen=True)
class RunParts:
    """What a run works with; made anew each time it is taken up."""

    items: Sequence[Item]
    target: Target
    evaluators: Sequence[Evaluator]
    store: ScoredSamples
    settings: RunnerSettings = field(default_factory=RunnerSettings)
    calls: RunCalls | None = None
    """The model calls that target and evaluators make."""
    flush: Callable[[], None] | None = None
    """Stores what was kept of those calls; called when samples were stored, and at the end."""


Opener = Callable[[Run], RunParts]


class Sharing(Protocol):
    """Has others work on a run first, where there are any."""

    def share(self, run: Run, open_parts: Opener, stopping: threading.Event) -> Run:
        """Return the run as the others left it: done, ended, or to be gone on with. Raises JobInterrupted."""
        ...


def execute_run(
    run_id: str,
    *,
    database: Database,
    open_parts: Opener,
    stopping: threading.Event | None = None,
    sharing: Sharing | None = None,
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
        if sharing is not None:
            run = sharing.share(run, open_parts, stopping or threading.Event())
        parts = open_parts(run)
        try:
            if run.state not in UNFINISHED:
                _note_ended(run, parts, database)
                return
            progress = asyncio.run(_sampled(run, parts, database, stopping))
        finally:
            let_go(parts.evaluators)
        reason = parts.calls.stopped if parts.calls is not None else None
        if (progress.stopped or reason) and stopping is not None and stopping.is_set():
            raise JobInterrupted
        metrics = summary_of_run(run, parts.items, parts.store).metrics
        ended = stop_run(database, run_id, reason, metrics) if reason else finish_run(database, run_id, metrics)
        if not ended:
            note_cancelled(database, run_id, progress.finished, progress.failed, metrics)
    except WindlassError as error:
        fail_run(database, run_id, error.message)
    except Exception as error:
        # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
        fail_run(database, run_id, f"The run failed with {type(error).__name__}: {error}.")
        raise


def _note_ended(run: Run, parts: RunParts, database: Database) -> None:
    """Write down what there is of a run that was cancelled while others worked on it."""
    summary = summary_of_run(run, parts.items, parts.store)
    note_cancelled(database, run.id, summary.finished, summary.failed, summary.metrics)


def let_go(evaluators: Sequence[Evaluator]) -> None:
    """Let evaluators end what they hold."""
    for evaluator in evaluators:
        if evaluator.close is not None:
            evaluator.close()


async def _sampled(run: Run, parts: RunParts, database: Database, stopping: threading.Event | None) -> Progress:
    def observe(progress: Progress) -> bool:
        calls = parts.calls.counts if parts.calls is not None else None
        if parts.flush is not None:
            parts.flush()
        going_on = record_progress(
            database, run.id, finished=progress.finished, failed=progress.failed, calls=calls
        )
        return going_on and not (stopping is not None and stopping.is_set())

    store = PassingTroubles(parts.store) if run.resumed else parts.store
    over = asyncio.Event()
    watching = asyncio.create_task(_watch(run, parts.calls, database, stopping, over))
    try:
        return await run_samples(
            parts.items, parts.target, parts.evaluators, store, settings=parts.settings, observe=observe
        )
    finally:
        over.set()
        await watching
        await asyncio.to_thread(_settle, run, parts, database)


async def _watch(
    run: Run,
    calls: RunCalls | None,
    database: Database,
    stopping: threading.Event | None,
    over: asyncio.Event,
) -> None:
    """Let go whoever waits to make a call, once the run is ended or the process is about to; until it is over.

    Samples are looked at when they are stored; while a provider holds all of them back, none is. Its refusals are
    written down meanwhile, to say why nothing moves.
    """
    refused = 0
    while calls is not None and not over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _LOOK_S)
            return
        if stopping is not None and stopping.is_set():
            calls.stop("The server is closing.")
            continue
        # A database that is away for a moment is asked again.
        with contextlib.suppress(Unavailable):
            if calls.counts.refused != refused:
                refused = calls.counts.refused
                await asyncio.to_thread(record_calls, database, run.id, calls.counts)
            if await asyncio.to_thread(has_ended, database, run.id):
                calls.stop("The run was cancelled.")


def _settle(run: Run, parts: RunParts, database: Database) -> None:
    """Write down the calls of samples that were not stored, too: they were made."""
    if parts.flush is not None:
        parts.flush()
    if parts.calls is not None:
        record_calls(database, run.id, parts.calls.counts)
