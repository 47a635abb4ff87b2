"""Calibrations as records: what was asked for, and what came of it, written in one go."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.canonical import canonical_json, digest_bytes
from windlass.errors import InputError, NotFound
from windlass.evaluation.calibration.judged import JudgedItem
from windlass.evaluation.calibration.judges import JudgeVersion
from windlass.evaluation.calibration.labelled import DataName
from windlass.evaluation.calibration.measuring import CalibrationResult, Scale
from windlass.evaluation.calibration.requests import CalibrationRequest
from windlass.evaluation.calibration.tables import calibrations
from windlass.evaluation.gates.checks import Outcome
from windlass.storage.database import Database, now
from windlass.version import __version__

CalibrationState = Literal["running", "finished", "failed"]
_ITEMS: Final = TypeAdapter(list[JudgedItem])


class CalibrationContent(BaseModel):
    """All that a calibration says; its digest names it."""

    judge: JudgeVersion
    data: DataName
    scale: Scale
    without_answer: int
    """Labelled items that were left out: their answer is not there (any more)."""
    result: CalibrationResult
    windlass: str = __version__


class Calibration(BaseModel):
    id: str
    evaluator: str
    request: CalibrationRequest
    anchor: str | None
    """The calibration whose items were judged again; null for one that is no repetition."""
    state: CalibrationState
    error: str | None
    outcome: Outcome | None
    digest: str | None
    content: CalibrationContent | None
    created: datetime
    finished: datetime | None
    by: str


class Begun(NamedTuple):
    """A calibration that is to be executed."""

    id: str
    project: str
    evaluator: str
    version: str
    request: CalibrationRequest
    anchor: str | None
    by: str


def create_calibration(
    database: Database,
    principal: Principal,
    judge: JudgeVersion,
    data: DataName,
    request: CalibrationRequest,
    anchor: str | None = None,
) -> Calibration:
    """Record a calibration that is to be executed."""
    calibration_id = f"calibration-{secrets.token_hex(8)}"
    with database.write() as tx:
        tx.execute(
            insert(calibrations).values(
                id=calibration_id,
                project=principal.project,
                evaluator=judge.evaluator,
                version=judge.version,
                prompt=judge.prompt,
                data=data.key,
                anchor=anchor,
                request=request.model_dump(mode="json"),
                state="running",
                created=now(),
                by=principal.id,
            )
        )
        return _calibration(_found(tx, principal.project, calibration_id))


def end_calibration(
    database: Database,
    audit: AuditChain,
    principal: Principal,
    calibration_id: str,
    content: CalibrationContent,
    items: Sequence[JudgedItem],
) -> Calibration:
    """Write what came of a calibration, with its audit entry, in one transaction."""
    text = canonical_json(content.model_dump(mode="json"))
    outcome, found = content.result.outcome, digest_bytes(text)
    with database.write() as tx:
        moved = tx.execute(
            update(calibrations)
            .where(calibrations.c.id == calibration_id, calibrations.c.state == "running")
            .values(
                state="finished",
                # After a restart windlass itself may tell a judge something else.
                prompt=content.judge.prompt,
                outcome=outcome,
                digest=found,
                content=text.decode(),
                items=_ITEMS.dump_python(list(items), mode="json"),
                finished=now(),
            )
        ).rowcount
        if moved:
            audit.append(
                tx,
                principal,
                "calibration:record",
                f"evaluator/{content.judge.evaluator}",
                after=content.judge.version or None,
                reason=content.result.sentence,
                details={"calibration": calibration_id, "outcome": outcome, "evidence": found},
            )
        return _calibration(_found(tx, principal.project, calibration_id))


def fail_calibration(database: Database, calibration_id: str, error: str) -> None:
    """End a calibration that could not be made: nothing of it counts."""
    with database.write() as tx:
        tx.execute(
            update(calibrations)
            .where(calibrations.c.id == calibration_id, calibrations.c.state == "running")
            .values(state="failed", error=error, finished=now())
        )


def begun_calibration(database: Database, calibration_id: str) -> Begun | None:
    """Return a calibration that is to be executed; None when it has ended."""
    with database.read() as tx:
        row = tx.execute(select(calibrations).where(calibrations.c.id == calibration_id)).one()
    return _begun(row) if row.state == "running" else None


def begun_calibrations(database: Database) -> list[Begun]:
    """Return what is to be executed in any project, oldest first."""
    query = select(calibrations).where(calibrations.c.state == "running").order_by(calibrations.c.created)
    with database.read() as tx:
        return [_begun(row) for row in tx.execute(query)]


def get_calibration(database: Database, project: str, evaluator: str, calibration_id: str) -> Calibration:
    """Return a calibration. Raises NotFound."""
    with database.read() as tx:
        row = _found(tx, project, calibration_id)
    if row.evaluator != evaluator:
        raise NotFound(f"{calibration_id} is of {row.evaluator}, not of {evaluator}.")
    return _calibration(row)


def list_calibrations(database: Database, project: str, evaluator: str, *, limit: int = 50) -> list[Calibration]:
    """Return the newest calibrations of an evaluator, of all its versions."""
    query = select(calibrations).where(calibrations.c.project == project, calibrations.c.evaluator == evaluator)
    query = query.order_by(calibrations.c.created.desc(), calibrations.c.id.desc()).limit(limit)
    with database.read() as tx:
        return [_calibration(row) for row in tx.execute(query)]


def is_being_measured(database: Database, project: str, evaluator: str) -> bool:
    """Tell whether a calibration of an evaluator is under way."""
    c = calibrations.c
    query = select(c.id).where(c.project == project, c.evaluator == evaluator, c.state == "running").limit(1)
    with database.read() as tx:
        return tx.execute(query).first() is not None


def count_watches(database: Database, project: str, anchor: str, judge: JudgeVersion) -> int:
    """Return how often a judge judged the items of a calibration again."""
    c = calibrations.c
    query = select(func.count()).where(
        c.project == project,
        c.anchor == anchor,
        c.state == "finished",
        c.version == judge.version,
        c.prompt == judge.prompt,
    )
    with database.read() as tx:
        return int(tx.execute(query).scalar_one())


def newest_judge(database: Database, project: str, evaluator: str, anchor: str) -> JudgeVersion | None:
    """Return the judge that judged the items of a calibration last, then or again; None before any did."""
    c = calibrations.c
    query = select(c.content).where(
        c.project == project,
        c.evaluator == evaluator,
        or_(c.id == anchor, c.anchor == anchor),
        c.state == "finished",
    )
    with database.read() as tx:
        content = tx.execute(query.order_by(c.finished.desc(), c.id.desc()).limit(1)).scalar_one_or_none()
    return None if content is None else JudgeVersion.model_validate(json.loads(content)["judge"])


def judged_items(database: Database, project: str, calibration_id: str) -> list[JudgedItem]:
    """Return the items of a finished calibration with their labels and verdicts. Raises NotFound, InputError."""
    with database.read() as tx:
        row = _found(tx, project, calibration_id)
    if row.state != "finished":
        raise InputError(f"{calibration_id} is {row.state}, so that there is nothing to compare with.")
    return _ITEMS.validate_python(row.items)


def _found(tx: Connection, project: str, calibration_id: str) -> Row[Any]:
    query = select(calibrations).where(calibrations.c.project == project, calibrations.c.id == calibration_id)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no calibration {calibration_id!r} in the project {project!r}.")
    return row


def _calibration(row: Row[Any]) -> Calibration:
    fields = {name: row._mapping[name] for name in Calibration.model_fields if name != "content"}
    return Calibration.model_validate(
        {**fields, "content": None if row.content is None else json.loads(row.content)}
    )


def _begun(row: Row[Any]) -> Begun:
    request: TypeAdapter[CalibrationRequest] = TypeAdapter(CalibrationRequest)
    return Begun(
        row.id,
        row.project,
        row.evaluator,
        row.version,
        request.validate_python(row.request),
        row.anchor,
        row.by,
    )
