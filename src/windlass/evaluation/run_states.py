"""What becomes of a run: started, followed, ended one way or another; each a change of its record."""

from sqlalchemy import Connection, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, NotFound
from windlass.evaluation.runs import UNFINISHED, Metrics, Run, row_of, run_of_row
from windlass.evaluation.tables import runs
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database, now


def cancel_run(database: Database, audit: AuditChain, principal: Principal, run_id: str) -> Run:
    """Stop a run after the samples in flight. Raises NotFound, and Conflict when it has ended already."""
    with database.write() as tx:
        run = run_of_row(row_of(tx, principal.project, run_id))
        if run.state not in UNFINISHED or not _move(tx, run_id, state="cancelled", finished=now()):
            raise Conflict(f"{run_id} is {run.state} and cannot be cancelled any more.")
        audit.append(tx, principal, "run:cancel", f"run/{run_id}", before=run.release.digest)
        return run_of_row(row_of(tx, principal.project, run_id))


def start_run(database: Database, run_id: str) -> Run | None:
    """Mark a run as running and return it; None when it has ended and there is nothing to do."""
    with database.write() as tx:
        row = tx.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no run {run_id!r}; it may belong to another data folder.")
        if not _move(tx, run_id, state="running", started=row.started or now()):
            return None
        return run_of_row(row_of(tx, row.project, run_id))


def record_progress(
    database: Database, run_id: str, *, finished: int, failed: int, calls: CallCounts | None = None
) -> bool:
    """Note how far a run is; return False when it was cancelled meanwhile."""
    known = {} if calls is None else {"calls": calls.model_dump()}
    with database.write() as tx:
        return _move(tx, run_id, finished_items=finished, failed_items=failed, **known)


def record_calls(database: Database, run_id: str, calls: CallCounts) -> None:
    """Note what the calls of a run came to, also of one that was ended meanwhile: they were made."""
    with database.write() as tx:
        tx.execute(update(runs).where(runs.c.id == run_id).values(calls=calls.model_dump()))


def finish_run(database: Database, run_id: str, metrics: Metrics) -> bool:
    """End a run with its summaries; return False for one that was cancelled, which stays so."""
    with database.write() as tx:
        return _move(tx, run_id, state="finished", finished=now(), metrics=_plain(metrics))


def stop_run(database: Database, run_id: str, reason: str, metrics: Metrics) -> bool:
    """End a run before its last sample, with one sentence why; return False for one that was cancelled."""
    with database.write() as tx:
        return _move(tx, run_id, state="stopped", finished=now(), error=reason, metrics=_plain(metrics))


def end_decided_run(database: Database, run_id: str, reason: str) -> bool:
    """End a run that a gate needs no more of, after the samples in flight; return False for one that has ended."""
    with database.write() as tx:
        return _move(tx, run_id, state="decided", finished=now(), error=reason)


def note_cancelled(database: Database, run_id: str, finished: int, failed: int, metrics: Metrics) -> None:
    """Write down what a run that others ended had when its last samples in flight were stored."""
    values = {"finished_items": finished, "failed_items": failed, "metrics": _plain(metrics)}
    with database.write() as tx:
        tx.execute(
            update(runs).where(runs.c.id == run_id, runs.c.state.in_({"cancelled", "decided"})).values(**values)
        )


def has_ended(database: Database, run_id: str) -> bool:
    """Tell whether a run was ended, by somebody else than who executes it."""
    with database.read() as tx:
        state = tx.execute(select(runs.c.state).where(runs.c.id == run_id)).scalar_one_or_none()
    return state not in UNFINISHED


def fail_run(database: Database, run_id: str, error: str) -> None:
    """End a run that could not go on, with one sentence why."""
    with database.write() as tx:
        _move(tx, run_id, state="failed", finished=now(), error=error)


def _move(tx: Connection, run_id: str, **values: object) -> bool:
    changed = tx.execute(update(runs).where(runs.c.id == run_id, runs.c.state.in_(UNFINISHED)).values(**values))
    return changed.rowcount == 1


def _plain(metrics: Metrics) -> dict[str, object]:
    return {name: summary.model_dump() for name, summary in metrics.items()}
