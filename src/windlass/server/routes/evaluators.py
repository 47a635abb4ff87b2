"""Evaluators: what they are, and trying one on a sample."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.agents.evaluator_trials import ItemQuestions, Trial, TriedSample
from windlass.artifacts.references import parse_selector
from windlass.errors import InputError, NotFound
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


class QuestionsRequest(BaseModel):
    ref: str = "latest"
    """The evaluator's version."""
    dataset: str
    """`name@what`."""
    items: list[str] = Field(min_length=1, max_length=100)
    """Ids."""


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


@router.post("/{name}/questions")
def write_questions(
    name: str, body: QuestionsRequest, principal: Runner, services: ServicesOf
) -> Items[ItemQuestions]:
    """Return what a generated checklist asks of some items, written now where nobody wrote it before."""
    _, found = services.datasets.load(principal.project, parse_selector(body.dataset, kind="dataset"))
    by_id = {item.id: item for item in found}
    if unknown := [item for item in body.items if item not in by_id]:
        raise NotFound(f"{body.dataset} has no item {unknown[0]!r}.")
    asked = [by_id[item] for item in dict.fromkeys(body.items)]
    return Items(items=services.trials.questions(principal, name, body.ref, asked))
