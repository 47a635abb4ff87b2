"""Approval of the synthetic items of datasets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.evaluation.approvals import ApprovalStatus, Submitted
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/datasets", tags=["datasets"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Manager = Annotated[Principal, Depends(allowed("review:manage"))]


class ApprovalRequest(BaseModel):
    queue: str | None = None
    """A review queue that asks `approved` by yes or no; left out: the one there is, or one that is made."""


@router.get("/{name}/approval")
def get_approval(
    name: str,
    principal: Reader,
    services: ServicesOf,
    what: Annotated[str, Query(alias="ref", description="A version: its number, digest or label.")] = "latest",
) -> ApprovalStatus:
    """Return how the synthetic items of a version stand, and whether a gate leaves out those nobody approved."""
    return services.approvals.status(principal.project, f"dataset/{name}@{what}")


@router.put("/{name}/approval")
def require_approval(name: str, body: ApprovalRequest, principal: Manager, services: ServicesOf) -> Submitted:
    """Ask for approval of a dataset's synthetic items, and put those that nobody has seen into the queue."""
    return services.approvals.require(principal, name, body.queue)


@router.delete("/{name}/approval", status_code=204)
def waive_approval(name: str, principal: Manager, services: ServicesOf) -> None:
    """Let the synthetic items of a dataset decide without approval."""
    services.approvals.waive(principal, name)
