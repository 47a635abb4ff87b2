"""Gates and their verdicts."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.artifacts.environments import PastPromotion
from windlass.evaluation.gates.power_curves import PowerCurve, power_curve
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.gates.verdicts import Verdict, get_verdict, list_verdicts
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Items, Limit, Page

router = APIRouter(tags=["gates"])

Reader = Annotated[Principal, Depends(allowed("verdict:read"))]
Writer = Annotated[Principal, Depends(allowed("verdict:write"))]


class GateRequest(BaseModel):
    candidate: str
    """A release (`name@what`), whose newest finished run counts, or a run."""
    baseline: str
    dataset: str | None = None
    """Only runs on this dataset (`name@what`) count."""
    rule: GateRule | None = None
    """Left out: the first metric that both runs have must be better, and nothing else is asked."""


@router.post("/gates", status_code=201)
def give_one_verdict(body: GateRequest, principal: Writer, services: ServicesOf) -> Verdict:
    """Give a verdict on a candidate, recorded with its evidence in the audit chain."""
    return services.gates.decide(principal, body.candidate, body.baseline, dataset=body.dataset, rule=body.rule)


@router.get("/verdicts")
def list_all_verdicts(
    principal: Reader,
    services: ServicesOf,
    release: str | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Verdict]:
    """List verdicts, newest first, in short: without slices and worst items.

    `release` is the name or digest of a candidate.
    """
    page = list_verdicts(services.database, principal.project, release=release, limit=limit, cursor=cursor)
    return Page(items=page.items, next=page.next)


@router.get("/verdicts/{verdict_id}")
def get_one_verdict(verdict_id: str, principal: Reader, services: ServicesOf) -> Verdict:
    """Return a verdict with all its evidence."""
    return get_verdict(services.database, principal.project, verdict_id)


@router.get("/verdicts/{verdict_id}/power")
def get_power_of_verdict(verdict_id: str, principal: Reader, services: ServicesOf) -> Items[PowerCurve]:
    """Say of each check how probably more items would decide it, were the difference and the spread as seen."""
    verdict = get_verdict(services.database, principal.project, verdict_id)
    return Items(items=[curve for check in verdict.checks if (curve := power_curve(check)) is not None])


@router.get("/verdicts/{verdict_id}/promotions")
def list_promotions_on_verdict(verdict_id: str, principal: Reader, services: ServicesOf) -> Items[PastPromotion]:
    """List the promotions that were made on a verdict, newest first."""
    verdict = get_verdict(services.database, principal.project, verdict_id)
    return Items(items=services.environments.promotions_on(principal.project, verdict.id))
