"""Environments: what runs where, promotion and rollback."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.artifacts.environments import Deployment, Environment
from windlass.artifacts.registry import ANY
from windlass.evaluation.gates.promotions import promote_release
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/environments", tags=["environments"])

Reader = Annotated[Principal, Depends(allowed("environment:read"))]
Changer = Annotated[Principal, Depends(allowed("environment:change"))]


class Promotion(BaseModel):
    release: str
    """`name@what`: a number, digest, label or environment."""
    expected: str | None = None
    """The digest that must still run there, null for nothing; left out: any."""
    reason: str = ""
    verdict_id: str | None = None


class Rollback(BaseModel):
    name: str
    expected: str | None = None
    """The digest that must still run there; left out: any."""
    reason: str = ""


@router.get("")
def list_environments(principal: Reader, services: ServicesOf) -> Items[Environment]:
    """List environments with what runs in them."""
    return Items(items=services.environments.list_environments(principal.project))


@router.post("/{environment}/promote")
def promote(environment: str, body: Promotion, principal: Changer, services: ServicesOf) -> Deployment:
    """Let a release version run in an environment, by compare-and-swap."""
    expected = body.expected if "expected" in body.model_fields_set else ANY
    return promote_release(
        services.database,
        services.environments,
        principal,
        environment,
        body.release,
        expected=expected,
        reason=body.reason,
        verdict_id=body.verdict_id,
    )


@router.post("/{environment}/rollback")
def roll_back(environment: str, body: Rollback, principal: Changer, services: ServicesOf) -> Deployment:
    """Bring back what ran before."""
    return services.environments.rollback(
        principal, environment, body.name, expected=body.expected or ANY, reason=body.reason
    )
