"""How long a project keeps its telemetry, and clearing what is older."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy import delete, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import SYSTEM, Principal
from windlass.canonical import digest
from windlass.storage.database import Database, now
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.deletion import Counts, count_rows, delete_traces
from windlass.telemetry.lifecycle.holdings import HOLDINGS, OLD_POINTS, POINTS, Holding
from windlass.telemetry.lifecycle.media import delete_unreferenced, media_of
from windlass.telemetry.media import MediaStore
from windlass.telemetry.summaries import nanoseconds_of
from windlass.telemetry.tables import retention_policies

_STEP: Final = 5_000
"""Traces of one step: what the engine writes anew at once is bounded, and other work comes in between."""


class RetentionPolicy(BaseModel):
    """What a project keeps; null stands for no limit."""

    max_age_days: int | None = Field(default=None, ge=1, le=36_500)
    """Traces whose last span started longer ago go."""
    max_traces: int | None = Field(default=None, ge=1)
    """The newest so many stay."""
    keep_runs: bool = True
    """Whether traces of evaluation runs stay, which are the evidence of verdicts."""


class Retention(BaseModel):
    """A project's policy, and who set it when; without one everything is kept."""

    policy: RetentionPolicy
    updated: datetime | None
    by: str


class Retentions:
    """The policies of all projects, and clearing by them."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        warehouse: Warehouse,
        media: MediaStore,
        *,
        holdings: Sequence[Holding] = HOLDINGS,
        step: int = _STEP,
    ) -> None:
        self._database = database
        self._audit = audit
        self._warehouse = warehouse
        self._media = media
        self._holdings = holdings
        self._step = step

    def get(self, project: str) -> Retention:
        with self._database.read() as tx:
            query = select(retention_policies).where(retention_policies.c.project == project)
            row = tx.execute(query).one_or_none()
        if row is None:
            return Retention(policy=RetentionPolicy(), updated=None, by="")
        return Retention(
            policy=RetentionPolicy(
                max_age_days=row.max_age_days, max_traces=row.max_traces, keep_runs=row.keep_runs
            ),
            updated=row.updated,
            by=row.by,
        )

    def put(self, principal: Principal, policy: RetentionPolicy, *, reason: str = "") -> Retention:
        """Set the policy of the principal's project; it is applied by the next round."""
        project = principal.project
        before = self.get(project)
        with self._database.write() as tx:
            tx.execute(delete(retention_policies).where(retention_policies.c.project == project))
            values = {**policy.model_dump(), "project": project, "updated": now(), "by": principal.id}
            tx.execute(insert(retention_policies).values(values))
            self._audit.append(
                tx,
                principal,
                "retention:change",
                "retention/policy",
                before=digest(before.policy.model_dump()) if before.updated else None,
                after=digest(policy.model_dump()),
                reason=reason,
                details=policy.model_dump(),
            )
        return self.get(project)

    def projects(self) -> list[str]:
        """Return the projects that have a policy."""
        with self._database.read() as tx:
            query = select(retention_policies.c.project).order_by(retention_policies.c.project)
            return [row.project for row in tx.execute(query)]

    def apply_all(self, stopping: threading.Event) -> None:
        """Apply every project's policy, one after the other until ``stopping`` is set."""
        for project in self.projects():
            if stopping.is_set():
                return
            self.apply(project)

    def apply(self, project: str, *, at: datetime | None = None) -> Counts:
        """Clear what a project's policy does not keep, step by step, and return the rows by table.

        What was cleared is an entry in the audit chain. Interrupted, it goes on with the next call.
        """
        policy = self.get(project).policy
        cleared: Counter[str] = Counter({holding.table: 0 for holding in self._holdings})
        if policy.max_age_days is not None:
            cutoff = (at or datetime.now(UTC)) - timedelta(days=policy.max_age_days)
            cleared.update(self._clear_older(project, policy, cutoff))
        if policy.max_traces is not None:
            cleared.update(self._clear_more_than(project, policy, policy.max_traces))
        if any(cleared.values()):
            self._write_entry(project, policy, dict(cleared))
        return dict(cleared)

    def _clear_older(self, project: str, policy: RetentionPolicy, cutoff: datetime) -> Counts:
        cleared: Counter[str] = Counter()
        cutoff_ns = nanoseconds_of(cutoff)
        condition = "HAVING max(last) < fromUnixTimestamp64Nano({cutoff:Int64}, 'UTC') ORDER BY max(last)"
        while traces := self._find(project, policy, condition, {"cutoff": cutoff_ns, "skip": 0}):
            cleared.update(self._clear(project, traces))
        for holding in self._holdings:
            if holding.time:
                cleared.update(self._clear_strays(project, policy, holding, cutoff_ns))
        cleared.update(self._delete(POINTS, OLD_POINTS, project, cutoff_ns))
        return cleared

    def _clear_more_than(self, project: str, policy: RetentionPolicy, most: int) -> Counts:
        cleared: Counter[str] = Counter()
        condition = "ORDER BY min(first) DESC, trace_id DESC"
        while traces := self._find(project, policy, condition, {"skip": most}):
            cleared.update(self._clear(project, traces))
        return cleared

    def _find(
        self, project: str, policy: RetentionPolicy, condition: str, parameters: dict[str, object]
    ) -> list[str]:
        """Return the next traces to clear, as many as are a step."""
        rows = self._warehouse.query(
            f"""
            SELECT lower(hex(trace_id)) AS trace FROM traces
            WHERE project = {{project:String}} AND {_NO_RUN if policy.keep_runs else "1"}
            GROUP BY trace_id {condition} LIMIT {{step:UInt64}} OFFSET {{skip:UInt64}}
            """,
            {**parameters, "project": project, "step": self._step},
        )
        return [str(row["trace"]) for row in rows]

    def _clear(self, project: str, traces: Sequence[str]) -> Counts:
        files = media_of(self._warehouse, project, traces)
        counts = count_rows(self._warehouse, project, traces, self._holdings)
        delete_traces(self._warehouse, project, traces, self._holdings)
        delete_unreferenced(self._warehouse, self._media, project, files)
        return counts

    def _clear_strays(self, project: str, policy: RetentionPolicy, holding: Holding, cutoff_ns: int) -> Counts:
        """Clear old rows of traces of which no span ever came."""
        condition = (
            f"project = {{project:String}} AND {holding.older} AND {holding.trace} NOT IN "
            "(SELECT lower(hex(trace_id)) FROM traces WHERE project = {project:String})"
        )
        if policy.keep_runs and holding.has_run:
            condition += " AND run = ''"
        return self._delete(holding.table, condition, project, cutoff_ns)

    def _delete(self, table: str, condition: str, project: str, cutoff_ns: int) -> Counts:
        parameters = {"project": project, "cutoff": cutoff_ns}
        (row,) = self._warehouse.query(f"SELECT count() AS n FROM {table} WHERE {condition}", parameters)
        count = int(str(row["n"]))
        if count:
            self._warehouse.execute(
                f"ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 2", parameters
            )
        return {table: count}

    def _write_entry(self, project: str, policy: RetentionPolicy, cleared: Counts) -> None:
        with self._database.write() as tx:
            self._audit.append(
                tx,
                replace(SYSTEM, project=project),
                "retention:apply",
                "retention/policy",
                after=digest(policy.model_dump()),
                details={"rows": {table: n for table, n in cleared.items() if n}, "policy": policy.model_dump()},
            )


_NO_RUN: Final = """
trace_id NOT IN (SELECT trace_id FROM spans WHERE project = {project:String} AND run != '')
"""
