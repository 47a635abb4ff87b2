"""Evaluators: what they are, and trying one on a sample."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.agents.evaluator_trials import Trial, TriedSample
from windlass.errors import InputError
from windlass.evaluation.evaluator_descriptions import (
    EvaluatorDetail,
    EvaluatorSummary,
    describe_evaluator,
    list_evaluators,
)
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/evaluators", tags=["evaluators"])

Reader = Annotated[Principal, Depends(allowed("artifact:read"))]
Runner = Annotated[Principal, Depends(allowed("run:write"))]


class TrialRequest(BaseModel):
    """A sample, or a finished one of a run."""

    ref: str = "latest"
    """The version: its number, digest or label. A built-in evaluator has none."""
    sample: TriedSample | None = None
    run: str | None = None
    item: str | None = None
    """With `run`: the item whose answer is judged."""


@router.get("")
def list_all_evaluators(principal: Reader, services: ServicesOf) -> Items[EvaluatorSummary]:
    """List the project's own evaluators and then the built-in ones, by name."""
    return Items(items=list_evaluators(services.registry, principal.project))


@router.get("/{name}")
def get_evaluator(
    name: str,
    principal: Reader,
    services: ServicesOf,
    what: Annotated[
        str, Query(alias="ref", description="A version: its number, digest or label; a built-in one has none.")
    ] = "latest",
) -> EvaluatorDetail:
    """Return what an evaluator is: of a judge, also what it is told."""
    return describe_evaluator(services.registry, principal.project, name, what)


@router.post("/{name}/try")
def try_evaluator(name: str, body: TrialRequest, principal: Runner, services: ServicesOf) -> Trial:
    """Run an evaluator on one sample; a judge asks its model, which costs what it costs in a run."""
    sample = body.sample
    if body.run is not None and body.item is not None and sample is None:
        sample = services.trials.sample_of_run(principal, body.run, body.item)
    if sample is None or (body.run is not None and body.sample is not None):
        raise InputError("Send either a `sample`, or a `run` and the `item` whose answer is to be judged.")
    return services.trials.attempt(principal, name, body.ref, sample)
