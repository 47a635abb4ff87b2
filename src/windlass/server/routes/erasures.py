"""Erasing a user's, a session's or a trace's telemetry."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, model_validator

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.lifecycle.erasure import Erasure
from windlass.telemetry.lifecycle.subjects import Subject

router = APIRouter(prefix="/erasures", tags=["erasures"])

Eraser = Annotated[Principal, Depends(allowed("erasure:create"))]


class ErasureRequest(BaseModel):
    subject: Subject
    dry_run: bool = False
    """Only count."""
    reason: str = ""
    """Goes into the audit chain: name a ticket, not the person."""

    @model_validator(mode="after")
    def _no_name(self) -> Self:
        if self.subject.id in self.reason:
            raise ValueError("the reason names the subject; the audit chain keeps it for ever, so leave that out")
        return self


@router.post("")
def erase(body: ErasureRequest, principal: Eraser, services: ServicesOf) -> Erasure:
    """Erase what is held of a subject: nothing is left when this answers, and the audit chain has the receipt."""
    return services.erasures.erase(principal, body.subject, dry_run=body.dry_run, reason=body.reason)
