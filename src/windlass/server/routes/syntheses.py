"""Syntheses: items made by models, for a dataset."""

from typing import Annotated

from fastapi import APIRouter, Depends

from windlass.access.permissions import require
from windlass.access.principals import Principal
from windlass.evaluation.synthesis.records import (
    Synthesis,
    cancel_synthesis,
    get_synthesis,
    list_syntheses,
)
from windlass.evaluation.synthesis.requests import SynthesisRequest, TracesSource
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items, Limit

router = APIRouter(tags=["datasets"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Writer = Annotated[Principal, Depends(allowed("artifact:write"))]


@router.post("/datasets/{name}/syntheses", status_code=202)
def start_synthesis(name: str, body: SynthesisRequest, principal: Writer, services: ServicesOf) -> Synthesis:
    """Have items made for a dataset, which need not be there. It goes on when the server is started again."""
    if isinstance(body.source, TracesSource):
        require(principal, "trace:read")
    return services.syntheses.start(principal, name, body)


@router.get("/syntheses")
def list_all_syntheses(
    principal: Reader, services: ServicesOf, dataset: str | None = None, limit: Limit = 50
) -> Items[Synthesis]:
    """List the newest syntheses, of all datasets or of one."""
    return Items(items=list_syntheses(services.database, principal.project, dataset=dataset, limit=limit))


@router.get("/syntheses/{synthesis_id}")
def get_one_synthesis(synthesis_id: str, principal: Reader, services: ServicesOf) -> Synthesis:
    """Return a synthesis as it stands: what was taken, and what was not and why."""
    return get_synthesis(services.database, principal.project, synthesis_id)


@router.post("/syntheses/{synthesis_id}/cancel")
def cancel_one_synthesis(synthesis_id: str, principal: Writer, services: ServicesOf) -> Synthesis:
    """Let no further call begin; no item is taken, and what was answered is not paid for twice."""
    return cancel_synthesis(services.database, services.audit, principal, synthesis_id)
