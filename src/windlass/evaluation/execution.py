"""Executing a run: the same call starts it, goes on with it after a crash, and does nothing once it has ended."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from windlass.errors import Unavailable, WindlassError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.functions import call_in_thread
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
from windlass.evaluation.runs import UNFINISHED, Metrics, Run
from windlass.evaluation.said import said
from windlass.evaluation.samples import Item, Target
from windlass.evaluation.score_summaries import ScoredSamples, summary_of_run
from windlass.models.calls.run_calls import RunCalls
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted

_log = logging.getLogger(__name__)

_LOOK_S: Final = 1.0
_AWAY_S: Final = 2.0
"""Between attempts to reach a database that is away."""

T = TypeVar("T")


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
    samples in flight are stored: called again, the run goes on there. A database of records that is away is
    waited for: nobody else would take the run up, and it would stand there as running.
    """
    stopping = stopping or threading.Event()
    records = _Records(stopping)
    run = records.when_back(lambda: start_run(database, run_id))
    if run is None:
        return
    try:
        if sharing is not None:
            run = sharing.share(run, open_parts, stopping)
        parts = open_parts(run)
        try:
            if run.state not in UNFINISHED:
                records.when_back(lambda: _note_ended(run, parts, database))
                return
            progress = asyncio.run(_sampled(run, parts, database, records))
        finally:
            let_go(parts.evaluators)
        reason = parts.calls.stopped if parts.calls is not None else None
        if (progress.stopped or reason) and stopping.is_set():
            raise JobInterrupted
        metrics = summary_of_run(run, parts.items, parts.store).metrics
        records.when_back(lambda: _end(run_id, database, reason, progress, metrics))
    except WindlassError as error:
        if isinstance(error, Unavailable) and stopping.is_set():
            raise JobInterrupted from error
        why = error.message
        records.when_back(lambda: fail_run(database, run_id, why))
    except Exception as error:
        # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
        why = f"The run failed with {type(error).__name__}: {said(error)}."
        records.when_back(lambda: fail_run(database, run_id, why))
        raise


class _Records:
    """The record of a run, whose database may be away for a while."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping

    def when_back(self, note: Callable[[], T]) -> T:
        """Read or write it once that can be done. Raises JobInterrupted when the process is to end before."""
        while True:
            try:
                return note()
            except Unavailable as error:
                _log.warning("A run waits: %s", error.message)
                if self.stopping.wait(_AWAY_S):
                    raise JobInterrupted from error


def _end(run_id: str, database: Database, reason: str | None, progress: Progress, metrics: Metrics) -> None:
    # The last samples may have been stored while the records were away.
    record_progress(database, run_id, finished=progress.finished, failed=progress.failed)
    ended = stop_run(database, run_id, reason, metrics) if reason else finish_run(database, run_id, metrics)
    if not ended:
        note_cancelled(database, run_id, progress.finished, progress.failed, metrics)


def _note_ended(run: Run, parts: RunParts, database: Database) -> None:
    """Write down what there is of a run that was cancelled while others worked on it."""
    summary = summary_of_run(run, parts.items, parts.store)
    note_cancelled(database, run.id, summary.finished, summary.failed, summary.metrics)


def let_go(evaluators: Sequence[Evaluator]) -> None:
    """Let evaluators end what they hold."""
    for evaluator in evaluators:
        if evaluator.close is not None:
            evaluator.close()


async def _sampled(run: Run, parts: RunParts, database: Database, records: _Records) -> Progress:
    stopping = records.stopping

    def note(progress: Progress) -> bool:
        calls = parts.calls.counts if parts.calls is not None else None
        if parts.flush is not None:
            parts.flush()
        return record_progress(database, run.id, finished=progress.finished, failed=progress.failed, calls=calls)

    def observe(progress: Progress) -> bool:
        try:
            going_on = note(progress)
        except Unavailable:
            # It is told with the next ones: they are stored elsewhere, and whether somebody ended it, too.
            going_on = True
        return going_on and not stopping.is_set()

    store = PassingTroubles(parts.store) if run.resumed else parts.store
    over = asyncio.Event()
    watching = asyncio.create_task(_watch(run, parts.calls, database, stopping, over))
    try:
        return await run_samples(
            parts.items,
            parts.target,
            parts.evaluators,
            store,
            settings=parts.settings,
            observe=observe,
            give_up=stopping,
        )
    finally:
        over.set()
        await watching
        await call_in_thread(records.when_back, lambda: _settle(run, parts, database))


async def _watch(
    run: Run,
    calls: RunCalls | None,
    database: Database,
    stopping: threading.Event,
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
        if stopping.is_set():
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
