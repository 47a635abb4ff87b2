"""Dashboards: the charts that a project looks at, in their order, and the ones that it has from the start."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import Conflict
from windlass.monitoring.tables import dashboards
from windlass.storage.database import Database, now, take_turns
from windlass.telemetry.charts import Chart, Measure

_UNITS: Final[dict[Measure, str]] = {
    "count": "number",
    "errors": "number",
    "error_rate": "share",
    "latency_p50_s": "seconds",
    "latency_p95_s": "seconds",
    "latency_p99_s": "seconds",
    "input_tokens": "tokens",
    "output_tokens": "tokens",
    "cost_usd": "dollars",
}


class DashboardChart(BaseModel):
    """A chart in its place."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    title: Annotated[str, Field(max_length=120)] = ""
    """Empty: named after what it shows, in the reader's language."""
    chart: Chart
    beside: Measure | None = None
    """A second measure of the same spans on the same axis, such as p95 beside p50."""
    kind: Literal["line", "bar", "area"] = "line"
    wide: bool = False

    @model_validator(mode="after")
    def _check(self) -> "DashboardChart":
        measure = self.chart.measure
        if self.beside is None:
            return self
        if self.beside == measure or _UNITS[self.beside] != _UNITS[measure]:
            fitting = [name for name, unit in _UNITS.items() if unit == _UNITS[measure] and name != measure]
            choice = f"choose {' or '.join(fitting)}" if fitting else "leave it out"
            raise ValueError(f"{self.beside} cannot stand beside {measure} on one axis; {choice}")
        return self


def _told_apart(charts: list[DashboardChart]) -> list[DashboardChart]:
    if len({chart.id for chart in charts}) < len(charts):
        raise ValueError("two charts have the same id; give each its own")
    return charts


Charts = Annotated[list[DashboardChart], Field(max_length=40), AfterValidator(_told_apart)]


class Dashboard(BaseModel):
    charts: Charts
    version: int
    """Grows with each save; 0 while the project has the charts that every project starts with."""
    updated: datetime | None = None
    updated_by: str | None = None


_LIVE: Final = ["run="]
"""Evaluation runs are measured on pages of their own."""

DEFAULT: Final = (
    DashboardChart(id="requests", chart=Chart(measure="count", where=_LIVE), kind="bar", wide=True),
    DashboardChart(id="error-rate", chart=Chart(measure="error_rate", where=_LIVE)),
    DashboardChart(id="latency", chart=Chart(measure="latency_p50_s", where=_LIVE), beside="latency_p95_s"),
    DashboardChart(
        id="tokens-by-model",
        chart=Chart(measure="input_tokens", of="calls", by="request_model", where=_LIVE),
        beside="output_tokens",
    ),
    DashboardChart(
        id="cost-by-model",
        chart=Chart(measure="cost_usd", of="calls", by="request_model", where=_LIVE),
        kind="bar",
    ),
    DashboardChart(
        id="cost-by-release",
        chart=Chart(measure="cost_usd", of="calls", by="release_name", where=_LIVE),
        kind="bar",
    ),
    DashboardChart(id="requests-by-user", chart=Chart(measure="count", by="user", where=_LIVE), kind="bar"),
    DashboardChart(
        id="tool-calls",
        chart=Chart(measure="count", of="spans", by="tool", where=[*_LIVE, "tool!="]),
        beside="errors",
    ),
)


def read_dashboard(database: Database, project: str) -> Dashboard:
    """Return the charts that a project saved, or those that every project starts with."""
    with database.read() as tx:
        return _read(tx, project)


def save_dashboard(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    charts: Sequence[DashboardChart],
    *,
    expected: int,
) -> Dashboard:
    """Replace the dashboard of the principal's project; the same charts again change nothing.

    Raises Conflict when its version is not the expected one any more.
    """
    content, project = _written(charts), principal.project
    with database.write() as tx:
        take_turns(tx, project, "dashboard")
        before = _read(tx, project)
        if expected != before.version:
            raise Conflict(
                "The dashboard was changed by somebody else meanwhile; load it again, then make the change."
            )
        before_content = _written(before.charts)
        if before.version and before_content == content:
            return before
        values = {
            "charts": content.decode(),
            "version": before.version + 1,
            "updated": now(),
            "updated_by": principal.id,
        }
        if before.version:
            tx.execute(update(dashboards).where(dashboards.c.project == project).values(**values))
        else:
            tx.execute(insert(dashboards).values(project=project, **values))
        audit.append(
            tx,
            principal,
            "dashboard:save",
            "dashboard",
            before=digest_bytes(before_content),
            after=digest_bytes(content),
        )
        return _read(tx, project)


def _written(charts: Sequence[DashboardChart]) -> bytes:
    return canonical_json([chart.model_dump(mode="json") for chart in charts])


def _read(tx: Connection, project: str) -> Dashboard:
    row = tx.execute(select(dashboards).where(dashboards.c.project == project)).one_or_none()
    if row is None:
        return Dashboard(charts=list(DEFAULT), version=0)
    return Dashboard(
        charts=json.loads(row.charts), version=row.version, updated=row.updated, updated_by=row.updated_by
    )
