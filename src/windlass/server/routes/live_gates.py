"""Live gates: two releases evaluated until it is decided which way the gate goes."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from windlass.access.permissions import require
from windlass.access.principals import Principal
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.sequential.live_gates import LiveGate, get_live_gate
from windlass.server.caller import ServicesOf, allowed
from windlass.server.routes.runs import CalledTools

router = APIRouter(prefix="/gates/live", tags=["gates"])

Reader = Annotated[Principal, Depends(allowed("verdict:read"))]
Writer = Annotated[Principal, Depends(allowed("verdict:write"))]

Limited = Annotated[int, Field(ge=1, le=1000)]


class LiveGateRequest(RunOptions):
    candidate: str
    """A release: `name@what`."""
    baseline: str
    """A release; where it has a finished run on this data by the same evaluators, it is not evaluated again."""
    dataset: str
    """`name@what`."""
    rule: GateRule | None = None
    """Left out: the first metric must be better. Without `sequential` it looks at any time."""
    evaluators: list[str] | None = None
    """Names; left out: the rule's metrics, and every built-in one that the dataset has the columns for."""
    concurrency: Limited | None = None
    repeats: Limited = 1
    tools: CalledTools = None

    @property
    def options(self) -> RunOptions:
        return RunOptions.model_validate({name: getattr(self, name) for name in RunOptions.model_fields})


@router.post("", status_code=202)
def start_live_gate(body: LiveGateRequest, principal: Writer, services: ServicesOf) -> LiveGate:
    """Evaluate two releases side by side, and stop once it is decided. It goes on when the server starts again.

    Options of runs hold for each of the two.
    """
    require(principal, "run:write")
    return services.live_gates.start(
        principal,
        body.candidate,
        body.baseline,
        body.dataset,
        rule=body.rule,
        evaluators=body.evaluators,
        concurrency=body.concurrency,
        repeats=body.repeats,
        tools=body.tools,
        options=body.options,
    )


@router.get("/{gate_id}")
def get_one_live_gate(gate_id: str, principal: Reader, services: ServicesOf) -> LiveGate:
    """Return a live gate as it stands, with what its last look saw."""
    return get_live_gate(services.database, principal.project, gate_id)


@router.post("/{gate_id}/cancel")
def cancel_one_live_gate(gate_id: str, principal: Writer, services: ServicesOf) -> LiveGate:
    """End a live gate and its runs; what is finished of them stays."""
    require(principal, "run:write")
    return services.live_gates.cancel(principal, gate_id)


@router.post("/{gate_id}/resume", status_code=202)
def resume_one_live_gate(gate_id: str, body: RunOptions, principal: Writer, services: ServicesOf) -> LiveGate:
    """Go on with an undecided gate that has ended. Options that are given replace those of its runs.

    Finished samples stay, and it decides as if it had not ended.
    """
    require(principal, "run:write")
    return services.live_gates.resume(principal, gate_id, body.model_dump(exclude_unset=True))
