"""Going on with a run that had ended: what was finished stays, what may fare better now is tried again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from sqlalchemy import Connection, func, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, InputError
from windlass.evaluation.finished import FinishedColumns, index_of
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.run_scores import RunScores, ScoreColumn
from windlass.evaluation.runs import OPTIONS, RESUMED, UNFINISHED, Run, get_run
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.score_summaries import ScoredSamples
from windlass.evaluation.tables import runs, verdicts
from windlass.storage.database import Database

PASSING: Final = frozenset({"TimeoutError", "Refused", "ProviderFailure", "ProviderError", "Unavailable"})
"""Types of errors of samples that may not befall them again."""
FAILED: Final = "error"
"""The label of a judgement whose evaluator failed."""


class PassingTroubles:
    """The samples of a run without those that a passing trouble spoilt: they are asked, or judged, again."""

    def __init__(self, store: ScoredSamples) -> None:
        self._store = store

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> FinishedColumns:
        return FinishedColumns(_lasting(self._store.scores(index_of(items))), repeats, names)

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        return _without_passing(self._store.of_items(items))

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        self._store.write(samples)

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        self._store.write_judgements(results)

    def settle(self) -> None:
        self._store.settle()


def changed_options(run: Run, changed: Mapping[str, object]) -> RunOptions:
    """Return the options of a run with some of them changed; None takes one back."""
    return RunOptions.model_validate({**run.options.model_dump(), **changed})


def check_resumable(database: Database, run: Run, options: RunOptions) -> None:
    """Raise what ``resume_run`` would raise, with nothing changed."""
    _check(run, options)
    with database.read() as tx:
        _refuse_evidence(tx, run)


def resume_run(database: Database, audit: AuditChain, principal: Principal, run: Run, options: RunOptions) -> Run:
    """Queue an ended run again.

    Raises InputError for one that stopped at a budget that is not changed, and Conflict for one that has not
    ended, lacks nothing, is another process's, or has a verdict that rests on it.
    """
    _check(run, options)
    settings = {
        **run.settings,
        OPTIONS: options.model_dump(exclude_defaults=True),
        RESUMED: run.resumed + 1,
    }
    with database.write() as tx:
        _refuse_evidence(tx, run)
        query = update(runs).where(runs.c.id == run.id, runs.c.state == run.state)
        moved = tx.execute(query.values(state="queued", finished=None, error=None, settings=settings))
        if moved.rowcount != 1:
            raise Conflict(f"{run.id} was resumed by somebody else just now.")
        details = options.model_dump(exclude_defaults=True)
        audit.append(tx, principal, "run:resume", f"run/{run.id}", before=run.release.digest, details=details)
    return get_run(database, principal.project, run.id)


def _check(run: Run, options: RunOptions) -> None:
    if run.is_external:
        raise Conflict(f"The samples of {run.id} come from another process; evaluate there again.")
    if run.state in UNFINISHED:
        raise Conflict(f"{run.id} is {run.state}; only a run that has ended can be resumed.")
    if run.state == "decided":
        raise Conflict(f"{run.id} was stopped for its gate is decided; evaluate again to have all its samples.")
    if run.state == "finished" and not run.failed_items and not _has_failed_judgements(run):
        raise Conflict(f"{run.id} is finished, and none of its samples failed: there is nothing to resume.")
    ceilings = (options.max_cost_usd, options.max_tokens)
    if run.state == "stopped" and ceilings == (run.options.max_cost_usd, run.options.max_tokens):
        raise InputError(f"{run.id} stopped at its budget; resume it with a higher max_cost_usd or max_tokens.")


def _has_failed_judgements(run: Run) -> bool:
    return any(metric.missing_why.get(FAILED) for metric in run.metrics.values())


def _refuse_evidence(tx: Connection, run: Run) -> None:
    """Refuse to change what a verdict was given on."""
    c = verdicts.c
    resting = select(func.count()).where(c.project == run.project, c.evidence.contains(run.id, autoescape=True))
    if tx.execute(resting).scalar_one():
        raise Conflict(f"A verdict rests on {run.id}, which is its evidence and stays as it is; evaluate again.")


def _lasting(scores: RunScores) -> RunScores:
    """Return the same of columns: what ``_without_passing`` leaves of the samples themselves."""
    passing = scores.error_types.are(PASSING) & ~scores.answered
    columns = {name: _without_failed(column) for name, column in scores.columns.items()}
    rows = np.flatnonzero(~passing)
    return scores.at_rows(rows, {name: column.only(rows) for name, column in columns.items()})


def _without_failed(column: ScoreColumn) -> ScoreColumn:
    return replace(column, judged=column.judged & ~column.labels.are({FAILED}))


def _without_passing(stored: Mapping[str, SampleResult]) -> Mapping[str, SampleResult]:
    return {
        key: _without_failures(result)
        for key, result in stored.items()
        if result.prediction is not None or result.error_type not in PASSING
    }


def _without_failures(result: SampleResult) -> SampleResult:
    judged = {name: each for name, each in result.judgements.items() if each.label != FAILED}
    return result if len(judged) == len(result.judgements) else replace(result, judgements=judged)
