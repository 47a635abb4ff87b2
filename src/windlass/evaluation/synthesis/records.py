"""Syntheses as records: what was asked for, how far it is, and what came of it."""

import secrets
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, NotFound
from windlass.evaluation.runs import VersionName
from windlass.evaluation.synthesis.making import SynthesisReport
from windlass.evaluation.synthesis.requests import SynthesisRequest
from windlass.evaluation.tables import syntheses
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database, now

SynthesisState = Literal["queued", "running", "finished", "stopped", "failed", "cancelled"]
"""``stopped`` is one that came to its budget; what was made and checked until then is taken."""

UNFINISHED: Final = ("queued", "running")


class Synthesis(BaseModel):
    id: str
    project: str
    dataset: str
    request: SynthesisRequest
    state: SynthesisState
    error: str | None
    created: datetime
    finished: datetime | None
    by: str
    report: SynthesisReport
    calls: CallCounts
    version: VersionName | None
    """The version of the dataset that has its items; null where none was taken."""


def create_synthesis(
    database: Database, audit: AuditChain, principal: Principal, dataset: str, request: SynthesisRequest
) -> Synthesis:
    """Record a synthesis that is to be executed."""
    synthesis_id = f"synthesis-{secrets.token_hex(8)}"
    with database.write() as tx:
        tx.execute(
            insert(syntheses).values(
                id=synthesis_id,
                project=principal.project,
                dataset=dataset,
                request=request.model_dump(mode="json"),
                state="queued",
                created=now(),
                by=principal.id,
                report=SynthesisReport().model_dump(mode="json"),
                calls=CallCounts().model_dump(mode="json"),
            )
        )
        audit.append(
            tx,
            principal,
            "synthesis:create",
            f"dataset/{dataset}",
            details={"synthesis": synthesis_id, "source": request.source.kind, "model": request.model or ""},
        )
        return _found(tx, principal.project, synthesis_id)


def get_synthesis(database: Database, project: str, synthesis_id: str) -> Synthesis:
    """Return a synthesis as it stands. Raises NotFound."""
    with database.read() as tx:
        return _found(tx, project, synthesis_id)


def list_syntheses(
    database: Database, project: str, *, dataset: str | None = None, limit: int = 50
) -> list[Synthesis]:
    """Return the newest syntheses of a project, or of one of its datasets."""
    query = select(syntheses).where(syntheses.c.project == project)
    if dataset is not None:
        query = query.where(syntheses.c.dataset == dataset)
    with database.read() as tx:
        rows = tx.execute(query.order_by(syntheses.c.created.desc(), syntheses.c.id.desc()).limit(limit)).all()
    return [_synthesis(row) for row in rows]


def unfinished_syntheses(database: Database) -> list[Synthesis]:
    """Return what is queued or running in any project, oldest first."""
    query = select(syntheses).where(syntheses.c.state.in_(UNFINISHED)).order_by(syntheses.c.created)
    with database.read() as tx:
        return [_synthesis(row) for row in tx.execute(query)]


def begin_synthesis(database: Database, synthesis_id: str) -> Synthesis | None:
    """Mark a synthesis as running and return it; None when it has ended."""
    with database.write() as tx:
        _move(tx, synthesis_id, state="running")
        row = tx.execute(select(syntheses).where(syntheses.c.id == synthesis_id)).one()
    return _synthesis(row) if row.state == "running" else None


def note_progress(database: Database, synthesis_id: str, report: SynthesisReport, calls: CallCounts) -> bool:
    """Note how far a synthesis is; return whether it goes on."""
    values = {"report": report.model_dump(mode="json"), "calls": calls.model_dump(mode="json")}
    with database.write() as tx:
        return _move(tx, synthesis_id, **values)


def end_synthesis(
    database: Database,
    synthesis_id: str,
    state: SynthesisState,
    *,
    error: str | None = None,
    report: SynthesisReport | None = None,
    calls: CallCounts | None = None,
    version: VersionName | None = None,
) -> None:
    """Write what came of a synthesis. One that was cancelled meanwhile stays so, and says what it left."""
    values: dict[str, object] = {"error": error}
    for name, value in (("report", report), ("calls", calls), ("version", version)):
        if value is not None:
            values[name] = value.model_dump(mode="json")
    with database.write() as tx:
        if not _move(tx, synthesis_id, state=state, finished=now(), **values):
            del values["error"]
            if values:
                tx.execute(update(syntheses).where(syntheses.c.id == synthesis_id).values(**values))


def cancel_synthesis(database: Database, audit: AuditChain, principal: Principal, synthesis_id: str) -> Synthesis:
    """Let no further call begin. Raises NotFound, and Conflict when it has ended already."""
    with database.write() as tx:
        found = _found(tx, principal.project, synthesis_id)
        if not _move(tx, synthesis_id, state="cancelled", finished=now()):
            raise Conflict(f"{synthesis_id} is {found.state} and cannot be cancelled any more.")
        audit.append(
            tx, principal, "synthesis:cancel", f"dataset/{found.dataset}", details={"synthesis": synthesis_id}
        )
        return _found(tx, principal.project, synthesis_id)


def _move(tx: Connection, synthesis_id: str, **values: object) -> bool:
    """Change a synthesis that has not ended; return whether there was one."""
    here = (syntheses.c.id == synthesis_id, syntheses.c.state.in_(UNFINISHED))
    return tx.execute(update(syntheses).where(*here).values(**values)).rowcount == 1


def _found(tx: Connection, project: str, synthesis_id: str) -> Synthesis:
    query = select(syntheses).where(syntheses.c.project == project, syntheses.c.id == synthesis_id)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no synthesis {synthesis_id!r} in the project {project!r}.")
    return _synthesis(row)


def _synthesis(row: Row[tuple[object, ...]]) -> Synthesis:
    return Synthesis.model_validate(dict(row._mapping))
