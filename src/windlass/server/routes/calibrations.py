"""Calibrations: judges measured against people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.errors import NotFound
from windlass.evaluation.calibration.records import Calibration, get_calibration, list_calibrations
from windlass.evaluation.calibration.requests import CalibrationRequest
from windlass.evaluation.calibration.schedules import (
    AnchorSchedule,
    ScheduleRequest,
    delete_schedule,
    schedule_of,
)
from windlass.evaluation.calibration.standing import Standing, standing_of
from windlass.evaluation.evaluator_descriptions import describe_evaluator
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Limit

router = APIRouter(prefix="/evaluators/{name}", tags=["evaluators"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]
Writer = Annotated[Principal, Depends(allowed("run:write"))]
What = Annotated[str, Query(alias="ref", description="The version: its number, digest or label.")]


class CalibrationStart(BaseModel):
    ref: str = "latest"
    """The judge's version: its number, digest or label."""
    labels: CalibrationRequest
    """What people said, how it is read, and what the judge must show."""


class WatchStart(BaseModel):
    ref: str = "latest"
    anchor: str | None = None
    """The calibration whose items are judged again; left out, the newest that is no repetition."""


class CalibrationList(BaseModel):
    items: list[Calibration]
    """The newest first, of all versions."""
    standing: Standing | None
    """How the version asked for stands; null where no evaluator of this name was pushed."""
    schedule: AnchorSchedule | None
    """When its anchors are judged again by themselves; null where they are not."""


@router.post("/calibrations", status_code=202)
def start_calibration(name: str, body: CalibrationStart, principal: Writer, services: ServicesOf) -> Calibration:
    """Measure a judge against people, which costs what judging costs. It goes on after a restart of the server."""
    return services.calibrations.start(principal, name, body.labels, body.ref)


@router.post("/watch", status_code=202)
def watch_judge(name: str, body: WatchStart, principal: Writer, services: ServicesOf) -> Calibration:
    """Judge the items of a calibration again and compare: a judge that drifted is calibrated no longer."""
    return services.calibrations.watch(principal, name, anchor=body.anchor, what=body.ref)


@router.get("/calibrations")
def list_all_calibrations(
    name: str, principal: Reader, services: ServicesOf, what: What = "latest", limit: Limit = 20
) -> CalibrationList:
    """List the calibrations of a judge, and say whether a version of it may decide."""
    try:
        detail = describe_evaluator(services.registry, principal.project, name, what)
    except NotFound:
        detail = None
    standing = None
    if detail is not None and detail.version is not None:
        digest = detail.version.digest
        standing = standing_of(services.database, principal.project, name, digest, detail.prompt)
    items = list_calibrations(services.database, principal.project, name, limit=limit)
    schedule = schedule_of(services.database, principal.project, name)
    return CalibrationList(items=items, standing=standing, schedule=schedule)


@router.get("/calibrations/{calibration_id}")
def get_one_calibration(name: str, calibration_id: str, principal: Reader, services: ServicesOf) -> Calibration:
    """Return a calibration as it stands, with all that it measured."""
    return get_calibration(services.database, principal.project, name, calibration_id)


@router.put("/anchor-schedule")
def put_anchor_schedule(
    name: str, body: ScheduleRequest, principal: Writer, services: ServicesOf
) -> AnchorSchedule:
    """Have the items of a judge's newest calibration judged again every so often, and when the judge changed."""
    return services.anchor_rounds.schedule(principal, name, body)


@router.delete("/anchor-schedule", status_code=204)
def delete_anchor_schedule(name: str, principal: Writer, services: ServicesOf) -> None:
    """Have them judged again by hand only."""
    delete_schedule(services.database, services.audit, principal, name)
