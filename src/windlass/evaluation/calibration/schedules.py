"""When the anchors of judges are judged again by themselves: a judge without a schedule never is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, Row, delete, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.calibration.tables import anchor_schedules
from windlass.models.calls.limits import CallLimits
from windlass.storage.database import Database, now

_LONGEST_HOURS = 24 * 366


class ScheduleRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    every_hours: int = Field(ge=1, le=_LONGEST_HOURS)
    ref: str = "latest"
    """The judge's version: its number, digest or label. Where another one stands there, it judges at once."""
    max_cost_usd: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """What each time may cost, in US dollars …"""
    max_tokens: int | None = Field(default=None, ge=1)
    """… and the tokens that it may take, in and out."""

    @property
    def limits(self) -> CallLimits:
        return CallLimits(max_cost_usd=self.max_cost_usd, max_tokens=self.max_tokens)

    @model_validator(mode="after")
    def _has_a_budget(self) -> Self:
        if self.max_cost_usd is None and self.max_tokens is None:
            raise ValueError("say what each time may take, max_cost_usd or max_tokens: nobody looks on")
        return self


class AnchorSchedule(ScheduleRequest):
    evaluator: str
    due: datetime
    calibration: str | None
    """The one of the last time."""
    error: str | None
    """Why the last time could not begin."""
    updated: datetime
    by: str


class Owed(NamedTuple):
    """A schedule as the server looks at it."""

    project: str
    schedule: AnchorSchedule
    version: str
    prompt: str
    """The judge of the last time."""


def put_schedule(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    evaluator: str,
    request: ScheduleRequest,
    last: JudgeVersion,
) -> AnchorSchedule:
    """Set when a judge's anchors are judged again; ``last`` is the judge that did so last."""
    details = request.model_dump(exclude_none=True)
    with database.write() as tx:
        tx.execute(delete(anchor_schedules).where(*_here(principal.project, evaluator)))
        tx.execute(
            insert(anchor_schedules).values(
                project=principal.project,
                evaluator=evaluator,
                **request.model_dump(),
                due=now() + timedelta(hours=request.every_hours),
                version=last.version,
                prompt=last.prompt,
                updated=now(),
                by=principal.id,
            )
        )
        audit.append(tx, principal, "anchors:schedule", f"evaluator/{evaluator}", details=details)
        found = _find(tx, principal.project, evaluator)
    assert found is not None
    return found


def delete_schedule(database: Database, audit: AuditChain, principal: Principal, evaluator: str) -> None:
    """Have a judge's anchors judged by hand only; without a schedule nothing changes."""
    with database.write() as tx:
        if tx.execute(delete(anchor_schedules).where(*_here(principal.project, evaluator))).rowcount:
            audit.append(tx, principal, "anchors:unschedule", f"evaluator/{evaluator}")


def schedule_of(database: Database, project: str, evaluator: str) -> AnchorSchedule | None:
    with database.read() as tx:
        return _find(tx, project, evaluator)


def schedules(database: Database) -> list[Owed]:
    """Return the schedules of all projects, the longest due first."""
    query = select(anchor_schedules).order_by(anchor_schedules.c.due, anchor_schedules.c.evaluator)
    with database.read() as tx:
        return [Owed(row.project, _schedule(row), row.version, row.prompt) for row in tx.execute(query)]


def claim(
    database: Database, audit: AuditChain, principal: Principal, owed: Owed, judge: tuple[str, str], why: str
) -> bool:
    """Take what is owed now upon oneself: of several servers one does it, and the next time is an interval away.

    ``judge`` is the version that judges, and what it is told.
    """
    schedule, c = owed.schedule, anchor_schedules.c
    same = (c.due == schedule.due, c.version == owed.version, c.prompt == owed.prompt)
    version, prompt = judge
    values: Mapping[str, object] = {
        "due": now() + timedelta(hours=schedule.every_hours),
        "version": version,
        "prompt": prompt,
        "error": None,
    }
    with database.write() as tx:
        here = _here(owed.project, schedule.evaluator)
        if tx.execute(update(anchor_schedules).where(*here, *same).values(**values)).rowcount != 1:
            return False
        details = {"why": why, "version": version}
        audit.append(tx, principal, "anchors:judge", f"evaluator/{schedule.evaluator}", details=details)
    return True


def note_judged(
    database: Database, owed: Owed, *, calibration: str | None = None, error: str | None = None
) -> None:
    """Write down what came of a time: a calibration that began, or why none could."""
    values = {"calibration": calibration, "error": error} if calibration else {"error": error}
    with database.write() as tx:
        tx.execute(update(anchor_schedules).where(*_here(owed.project, owed.schedule.evaluator)).values(**values))


def _here(project: str, evaluator: str) -> tuple[Any, Any]:
    return (anchor_schedules.c.project == project, anchor_schedules.c.evaluator == evaluator)


def _find(tx: Connection, project: str, evaluator: str) -> AnchorSchedule | None:
    row = tx.execute(select(anchor_schedules).where(*_here(project, evaluator))).one_or_none()
    return None if row is None else _schedule(row)


def _schedule(row: Row[Any]) -> AnchorSchedule:
    return AnchorSchedule.model_validate({name: row._mapping[name] for name in AnchorSchedule.model_fields})
