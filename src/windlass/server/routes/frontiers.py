"""Many runs compared by quality and cost."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.evaluation.frontier.choices import MOST_RUNS
from windlass.evaluation.frontier.finding import BEST, Frontier, FrontierQuestion
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/runs", tags=["runs"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]


@router.get("/frontier")
def get_frontier(
    principal: Reader,
    services: ServicesOf,
    run: Annotated[
        list[str],
        Query(
            min_length=2,
            max_length=MOST_RUNS,
            description="A run, or a release (`name@what`), whose newest finished run counts; repeated.",
        ),
    ],
    metric: Annotated[str | None, Query(description="Of the quality; by default the first that all have.")] = None,
    cost: Annotated[
        str | None,
        Query(description="Of the cost; by default the first known of cost_usd, output_tokens and latency_s."),
    ] = None,
    reference: Annotated[
        str, Query(description="The one that a candidate must not be worse than, or `best`.")
    ] = BEST,
    margin: Annotated[
        float | None, Query(gt=0, allow_inf_nan=False, description="How much worse is good enough.")
    ] = None,
    confidence: Annotated[float, Query(gt=0.5, lt=1)] = 0.95,
    cluster: Annotated[str | None, Query(description="The metadata field that groups items.")] = None,
    dataset: Annotated[str | None, Query(description="Only runs on this dataset (`name@what`) count.")] = None,
) -> Frontier:
    """Compare runs on one dataset version: which are worth their cost, and the cheapest that is good enough."""
    question = FrontierQuestion(
        metric=metric, cost=cost, reference=reference, margin=margin, confidence=confidence, cluster=cluster
    )
    return services.frontiers.find(principal.project, run, question, dataset=dataset)
