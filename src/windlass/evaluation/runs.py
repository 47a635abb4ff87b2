"""Runs: one evaluation of one release on one dataset version, as a record and as work."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, Self, TypeAlias

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.versions import Version
from windlass.canonical import digest as digest_of
from windlass.errors import InputError, NotFound
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.tables import runs
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database, now

RunState = Literal["queued", "running", "finished", "failed", "cancelled", "stopped", "decided"]
"""``stopped`` is a run that came to its budget, ``decided`` one whose gate needed no more of its samples."""

Metrics: TypeAlias = Mapping[str, MetricSummary]

UNFINISHED: frozenset[RunState] = frozenset({"queued", "running"})


class VersionName(BaseModel):
    """A version as runs and verdicts name it."""

    name: str
    number: int
    digest: str

    @classmethod
    def of(cls, version: Version) -> Self:
        return cls(name=version.name, number=version.number, digest=version.digest)


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
TOOLS: Final = "tools"
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
    def tools(self) -> str | None:
        """Which of its release's tools it calls; None where that has none."""
        called = self.settings.get(TOOLS)
        return None if called is None else str(called)

    def asks_as(self, other: "Run") -> bool:
        """Tell whether both ask their releases alike: in recorded worlds or not, and with the same tools called.

        A release that has no tools calls none in any run.
        """
        called = {self.tools, other.tools} - {None}
        return len(called) <= 1 and _world_of(self.replay) == _world_of(other.replay)

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
        return run_of_row(row_of(tx, principal.project, run_id))


def get_run(database: Database, project: str, run_id: str) -> Run:
    """Return a run. Raises NotFound."""
    with database.read() as tx:
        return run_of_row(row_of(tx, project, run_id))


def find_run(database: Database, project: str, run_id: str) -> Run | None:
    """Return a run, if there is one of this id."""
    with database.read() as tx:
        row = tx.execute(select(runs).where(runs.c.project == project, runs.c.id == run_id)).one_or_none()
    return None if row is None else run_of_row(row)


def find_run_of(database: Database, run_id: str) -> Run:
    """Return a run of any project: ids are unique. Raises NotFound."""
    with database.read() as tx:
        row = tx.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no run {run_id!r}.")
    return run_of_row(row)


def row_of(tx: Connection, project: str, run_id: str) -> Row[tuple[object, ...]]:
    row = tx.execute(select(runs).where(runs.c.project == project, runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(
            f"There is no run {run_id!r} in the project {project!r}; `windlass runs list` shows those there are."
        )
    return row


def _named(prefix: str, version: VersionName) -> dict[str, object]:
    return {f"{prefix}_{field}": value for field, value in version.model_dump().items()}


def _world_of(replay: Mapping[str, object] | None) -> tuple[object, ...] | None:
    """Return how a recorded world is; which tools are safe beyond it differs by release."""
    return None if replay is None else (replay.get("policy"), replay.get("simulator"))


def fields_of_row(row: Row[tuple[object, ...]]) -> dict[str, object]:
    columns = dict(row._mapping)
    for prefix in ("release", "dataset"):
        columns[prefix] = {field: columns.pop(f"{prefix}_{field}") for field in ("name", "number", "digest")}
    settings = columns["settings"]
    assert isinstance(settings, dict)
    return {**columns, "repeats": settings.get(REPEATS, 1)}


def run_of_row(row: Row[tuple[object, ...]]) -> Run:
    return Run.model_validate(fields_of_row(row))
