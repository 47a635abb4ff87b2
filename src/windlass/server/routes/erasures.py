"""Erasing a user's, a session's or a trace's telemetry."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field, model_validator

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit, Page
from windlass.telemetry.lifecycle.erasure_records import UNFINISHED, Erasure, get_erasure, list_erasures
from windlass.telemetry.lifecycle.subjects import Subject

router = APIRouter(prefix="/erasures", tags=["erasures"])

Eraser = Annotated[Principal, Depends(allowed("erasure:create"))]


class ErasureRequest(BaseModel):
    subject: Subject
    dry_run: bool = False
    """Only count."""
    reason: str = ""
    """Goes into the audit chain: name a ticket, not the person."""
    wait_s: float = Field(default=10, ge=0, le=60)
    """How long the answer may wait for the end; the erasure goes on after it."""

    @model_validator(mode="after")
    def _no_name(self) -> Self:
        if self.subject.id in self.reason:
            raise ValueError("the reason names the subject; the audit chain keeps it for ever, so leave that out")
        return self


@router.post("", responses={202: {"model": Erasure, "description": "It goes on: ask for it by its id"}})
def erase(body: ErasureRequest, principal: Eraser, services: ServicesOf, response: Response) -> Erasure:
    """Erase what is held of a subject: when it is finished nothing is left, and the audit chain has the receipt.

    It goes on in the background, also when the server is started again. What takes longer than `wait_s` is
    answered 202, as it stands.
    """
    if body.dry_run:
        return services.erasures.count(principal, body.subject, reason=body.reason)
    erasure = services.erasures.start(principal, body.subject, reason=body.reason)
    erasure = services.erasures.wait(principal.project, erasure.id, body.wait_s)
    if erasure.state in UNFINISHED:
        response.status_code = 202
    return erasure


@router.get("")
def list_all_erasures(
    principal: Eraser, services: ServicesOf, limit: Limit = 50, cursor: Cursor = None
) -> Page[Erasure]:
    """List the project's erasures, newest first: those under way, finished and failed."""
    page = list_erasures(services.database, principal.project, limit=limit, cursor=cursor)
    return Page(items=page.items, next=page.next)


@router.get("/{erasure_id}")
def get_one_erasure(erasure_id: str, principal: Eraser, services: ServicesOf) -> Erasure:
    """Return an erasure as it stands."""
    return get_erasure(services.database, principal.project, erasure_id)
