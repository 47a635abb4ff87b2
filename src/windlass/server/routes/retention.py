"""How long telemetry is kept."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.lifecycle.held import Held, count_held
from windlass.telemetry.lifecycle.retention import Retention, RetentionPolicy

router = APIRouter(prefix="/retention", tags=["retention"])

Reader = Annotated[Principal, Depends(allowed("retention:read"))]
Changer = Annotated[Principal, Depends(allowed("retention:change"))]


class RetentionChange(RetentionPolicy):
    reason: str = ""


class RetentionSample(BaseModel):
    policy: RetentionPolicy | None = None
    """Left out: the policy that holds."""


class Cleared(BaseModel):
    rows: dict[str, int]
    """Rows cleared, by table."""


@router.get("")
def get_retention(principal: Reader, services: ServicesOf) -> Retention:
    """Return how long the project keeps its telemetry."""
    return services.retentions.get(principal.project)


@router.put("")
def put_retention(body: RetentionChange, principal: Changer, services: ServicesOf) -> Retention:
    """Set how long the project keeps its telemetry; the next round in the background applies it."""
    policy = RetentionPolicy.model_validate(body.model_dump(exclude={"reason"}))
    return services.retentions.put(principal, policy, reason=body.reason)


@router.post("/dry-run")
def try_retention(body: RetentionSample, principal: Reader, services: ServicesOf) -> Held:
    """Say what the project holds, and how much of it a policy would clear now; nothing is cleared."""
    policy = body.policy if body.policy is not None else services.retentions.get(principal.project).policy
    return count_held(services.warehouse, principal.project, policy)


@router.post("/apply")
def apply_retention(principal: Changer, services: ServicesOf) -> Cleared:
    """Clear now what the policy does not keep."""
    return Cleared(rows=services.retentions.apply(principal.project))
