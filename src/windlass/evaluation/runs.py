"""Runs: one evaluation of one release on one dataset version, as a record and as work."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Connection, Row, Text, and_, cast, insert, or_, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import digest as digest_of
from windlass.errors import Conflict, InputError, NotFound
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.tables import runs
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database, format_instant, now

RunState = Literal["queued", "running", "finished", "failed", "cancelled", "stopped", "decided"]
"""``stopped`` is a run that came to its budget, ``decided`` one whose gate needed no more of its samples."""

Metrics: TypeAlias = Mapping[str, MetricSummary]

UNFINISHED: frozenset[RunState] = frozenset({"queued", "running"})


class VersionName(BaseModel):
    """A version as runs and verdicts name it."""

    name: str
    number: int
    digest: str


class RunSummary(BaseModel):
    id: str
    release: VersionName
    dataset: VersionName
    evaluators: list[str]
    state: RunState
    error: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    by: str
    items: int
    repeats: int = 1
    """How often each item is asked."""
    finished_items: int
    """Samples that are there: of each item as many as it has repeats, in the end."""
    failed_items: int
    """Samples among them that have an error instead of an answer."""
    calls: CallCounts | None
    """What its model calls came to; null where another process makes them."""
    metrics: dict[str, MetricSummary]


OUTPUTS: Final = "outputs"
TARGET: Final = "target"
REPLAY: Final = "replay"
SOURCE: Final = "source"
REPEATS: Final = "repeats"
EVALUATOR_VERSIONS: Final = "evaluator_versions"
JUDGE_PROMPTS: Final = "judge_prompts"
OPTIONS: Final = "options"
RESUMED: Final = "resumed"
EXTERNAL: Final = "external"
ORDER: Final = "order"
GATE: Final = "gate"
CLUSTER: Final = "cluster"
"""Settings of a run: see the properties of that name."""


class RunSource(BaseModel):
    """Where a run was made that was brought here."""

    tool: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")
    digest: str = Field(min_length=1, max_length=200)
    """Of what the tool wrote of the run: the same twice is one run."""

    def run_id(self, project: str, release: str, dataset: str) -> str:
        """Return the id of the run, which is always the same for the same release, data and source."""
        made_of = {"project": project, "release": release, "dataset": dataset, **self.model_dump()}
        return f"run-{digest_of(made_of).removeprefix('sha256:')[:16]}"


class Run(RunSummary):
    project: str
    concurrency: int
    settings: dict[str, object]
    """`higher_is_better`: by evaluator, as it was when the run was made; and whatever the caller adds."""

    @property
    def higher_is_better(self) -> dict[str, bool]:
        return {name: bool(value) for name, value in self._by_evaluator("higher_is_better").items()}

    @property
    def evaluator_versions(self) -> dict[str, str]:
        """The digests of the evaluators that are artifacts, as they were when the run was made."""
        return {name: str(value) for name, value in self._by_evaluator(EVALUATOR_VERSIONS).items()}

    @property
    def judge_prompts(self) -> dict[str, str]:
        """The digests of what its judges are told: see ``Evaluator.prompt``."""
        return {name: str(value) for name, value in self._by_evaluator(JUDGE_PROMPTS).items()}

    @property
    def outputs(self) -> str | None:
        """The column of the dataset whose recorded outputs are scored, where no release is asked."""
        column = self.settings.get(OUTPUTS)
        return None if column is None else str(column)

    @property
    def target(self) -> dict[str, object] | None:
        """What is known of the agent by URL that is asked, where one is; its keys are not."""
        known = self.settings.get(TARGET)
        return {str(name): value for name, value in known.items()} if isinstance(known, dict) else None

    @property
    def replay(self) -> dict[str, object] | None:
        """How it replays recordings, where it does."""
        known = self.settings.get(REPLAY)
        return {str(name): value for name, value in known.items()} if isinstance(known, dict) else None

    @property
    def resumed(self) -> int:
        """How often somebody had it go on after it had ended."""
        count = self.settings.get(RESUMED)
        return count if isinstance(count, int) else 0

    @property
    def order(self) -> dict[str, object] | None:
        """How a gate that looks meanwhile has its items ordered: by which `cluster`; None as they come."""
        known = self.settings.get(ORDER)
        return {str(name): value for name, value in known.items()} if isinstance(known, dict) else None

    @property
    def is_external(self) -> bool:
        """Whether its samples come from a user's own process."""
        return bool(self.settings.get(EXTERNAL))

    @property
    def cluster(self) -> str | None:
        """The metadata field whose equal values make items belong together, where the run says one."""
        field = self.settings.get(CLUSTER)
        return None if field is None else str(field)

    @property
    def options(self) -> RunOptions:
        """What it may ask of its models."""
        return RunOptions.model_validate(self.settings.get(OPTIONS) or {})

    def _by_evaluator(self, setting: str) -> dict[str, object]:
        found = self.settings.get(setting)
        return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


class RunPage(NamedTuple):
    items: list[RunSummary]
    next: str | None


def create_run(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    *,
    release: VersionName,
    dataset: VersionName,
    items: int,
    evaluators: Sequence[Evaluator],
    concurrency: int,
    repeats: int = 1,
    settings: Mapping[str, object] | None = None,
    run_id: str | None = None,
) -> Run:
    """Record a run that is to be executed. Raises InputError for nothing to do."""
    if items < 1:
        raise InputError(f"The dataset {dataset.name} has no items; a run needs at least one.")
    if not evaluators:
        raise InputError("A run needs at least one evaluator; name some, for example token_f1.")
    if concurrency < 1:
        raise InputError(f"The concurrency of a run is at least 1, not {concurrency}.")
    if repeats < 1:
        raise InputError(f"A run asks each item at least once, not {repeats} times.")
    repeated = {REPEATS: repeats} if repeats > 1 else {}
    run_id = run_id or f"run-{secrets.token_hex(8)}"
    directions = {evaluator.name: evaluator.higher_is_better for evaluator in evaluators}
    with database.write() as tx:
        tx.execute(
            insert(runs).values(
                id=run_id,
                project=principal.project,
                **_named("release", release),
                **_named("dataset", dataset),
                evaluators=list(directions),
                concurrency=concurrency,
                settings={**(settings or {}), **repeated, "higher_is_better": directions},
                state="queued",
                created=now(),
                by=principal.id,
                items=items,
                finished_items=0,
                failed_items=0,
                metrics={},
            )
        )
        audit.append(
            tx,
            principal,
            "run:create",
            f"run/{run_id}",
            after=release.digest,
            details={"dataset": dataset.digest, "evaluators": list(directions)},
        )
        return _run(_find(tx, principal.project, run_id))


def get_run(database: Database, project: str, run_id: str) -> Run:
    """Return a run. Raises NotFound."""
    with database.read() as tx:
        return _run(_find(tx, project, run_id))


def find_run(database: Database, project: str, run_id: str) -> Run | None:
    """Return a run, if there is one of this id."""
    with database.read() as tx:
        row = tx.execute(select(runs).where(runs.c.project == project, runs.c.id == run_id)).one_or_none()
    return None if row is None else _run(row)


def find_run_of(database: Database, run_id: str) -> Run:
    """Return a run of any project: ids are unique. Raises NotFound."""
    with database.read() as tx:
        row = tx.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id!r}.")
    return _run(row)


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
        query = query.where(_after(cursor))
    with database.read() as tx:
        rows = tx.execute(query.order_by(runs.c.created.desc(), runs.c.id.desc()).limit(limit + 1)).all()
    page = [RunSummary.model_validate(_fields(row)) for row in rows[:limit]]
    return RunPage(page, _cursor(page[-1]) if len(rows) > limit else None)


def newest_finished_run(database: Database, project: str, release: str, dataset: str | None = None) -> Run | None:
    """Return the newest finished run of a release digest, on a dataset digest where one is given."""
    query = select(runs).where(
        runs.c.project == project, runs.c.release_digest == release, runs.c.state == "finished"
    )
    if dataset is not None:
        query = query.where(runs.c.dataset_digest == dataset)
    with database.read() as tx:
        row = tx.execute(query.order_by(runs.c.created.desc(), runs.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def unfinished_runs(database: Database) -> list[Run]:
    """Return what is queued or running in any project, oldest first: what a restarted server owes."""
    query = select(runs).where(runs.c.state.in_(UNFINISHED)).order_by(runs.c.created, runs.c.id)
    with database.read() as tx:
        return [_run(row) for row in tx.execute(query)]


def cancel_run(database: Database, audit: AuditChain, principal: Principal, run_id: str) -> Run:
    """Stop a run after the samples in flight. Raises NotFound, and Conflict when it has ended already."""
    with database.write() as tx:
        run = _run(_find(tx, principal.project, run_id))
        if run.state not in UNFINISHED or not _move(tx, run_id, state="cancelled", finished=now()):
            raise Conflict(f"{run_id} is {run.state} and cannot be cancelled any more.")
        audit.append(tx, principal, "run:cancel", f"run/{run_id}", before=run.release.digest)
        return _run(_find(tx, principal.project, run_id))


def start_run(database: Database, run_id: str) -> Run | None:
    """Mark a run as running and return it; None when it has ended and there is nothing to do."""
    with database.write() as tx:
        row = tx.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no run {run_id!r}; it may belong to another data folder.")
        if not _move(tx, run_id, state="running", started=row.started or now()):
            return None
        return _run(_find(tx, row.project, run_id))


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


def _find(tx: Connection, project: str, run_id: str) -> Row[tuple[object, ...]]:
    row = tx.execute(select(runs).where(runs.c.project == project, runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no run {run_id!r} in the project {project!r}; `windlass runs list` shows those there are."
        )
    return row


def _named(prefix: str, version: VersionName) -> dict[str, object]:
    return {f"{prefix}_{field}": value for field, value in version.model_dump().items()}


def _fields(row: Row[tuple[object, ...]]) -> dict[str, object]:
    columns = dict(row._mapping)
    for prefix in ("release", "dataset"):
        columns[prefix] = {field: columns.pop(f"{prefix}_{field}") for field in ("name", "number", "digest")}
    settings = columns["settings"]
    assert isinstance(settings, dict)
    return {**columns, "repeats": settings.get(REPEATS, 1)}


def _run(row: Row[tuple[object, ...]]) -> Run:
    return Run.model_validate(_fields(row))


def _cursor(run: RunSummary) -> str:
    return f"{format_instant(run.created)}~{run.id}"


def _after(cursor: str) -> ColumnElement[bool]:
    time, _, run_id = cursor.partition("~")
    try:
        created = datetime.fromisoformat(time)
    except ValueError as error:
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before.") from error
    return or_(runs.c.created < created, and_(runs.c.created == created, runs.c.id < run_id))
