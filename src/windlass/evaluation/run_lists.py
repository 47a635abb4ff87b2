"""Runs looked for: page by page, the newest of a release, and those that are not done."""

from typing import NamedTuple

from sqlalchemy import Text, cast, or_, select

from windlass.evaluation.runs import UNFINISHED, Run, RunSummary, fields_of_row, run_of_row
from windlass.evaluation.tables import runs
from windlass.storage.database import Database
from windlass.storage.keyset import below, write_cursor


class RunPage(NamedTuple):
    items: list[RunSummary]
    next: str | None


def list_runs(
    database: Database,
    project: str,
    *,
    release: str | None = None,
    dataset: str | None = None,
    evaluator: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> RunPage:
    """Return a page of runs, newest first; `release` and `dataset` are names or digests, `evaluator` a name."""
    query = select(runs).where(runs.c.project == project)
    for value, name, digest in (
        (release, runs.c.release_name, runs.c.release_digest),
        (dataset, runs.c.dataset_name, runs.c.dataset_digest),
    ):
        if value:
            query = query.where(or_(name == value, digest == value))
    if evaluator:
        # The list is JSON, whose text is the same in either engine, and names have nothing that JSON escapes.
        query = query.where(cast(runs.c.evaluators, Text).contains(f'"{evaluator}"', autoescape=True))
    if cursor:
        query = query.where(below(runs, cursor))
    with database.read() as tx:
        rows = tx.execute(query.order_by(runs.c.created.desc(), runs.c.id.desc()).limit(limit + 1)).all()
    page = [RunSummary.model_validate(fields_of_row(row)) for row in rows[:limit]]
    return RunPage(page, write_cursor(page[-1].created, page[-1].id) if len(rows) > limit else None)


def newest_finished_run(database: Database, project: str, release: str, dataset: str | None = None) -> Run | None:
    """Return the newest finished run of a release digest, on a dataset digest where one is given."""
    query = select(runs).where(
        runs.c.project == project, runs.c.release_digest == release, runs.c.state == "finished"
    )
    if dataset is not None:
        query = query.where(runs.c.dataset_digest == dataset)
    with database.read() as tx:
        row = tx.execute(query.order_by(runs.c.created.desc(), runs.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else run_of_row(row)


def unfinished_runs(database: Database) -> list[Run]:
    """Return what is queued or running in any project, oldest first: what a restarted server owes."""
    query = select(runs).where(runs.c.state.in_(UNFINISHED)).order_by(runs.c.created, runs.c.id)
    with database.read() as tx:
        return [run_of_row(row) for row in tx.execute(query)]
