"""How far a run's numbers are to be believed: its judges held against people, its noise against itself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.agents.run_evidence import judged_by_people, noise_of_runs
from windlass.evaluation.human.labels import parse_labels
from windlass.evaluation.human.metrics import JudgedMetric
from windlass.evaluation.noise import NoiseFloor
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/runs", tags=["runs"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]


@router.get("/{run_id}/human")
def list_judged_metrics(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    metric: Annotated[str | None, Query(description="Only this metric; needed with the labels.")] = None,
    queue: Annotated[str | None, Query(description="The review queue whose labels count.")] = None,
    question: Annotated[
        str | None, Query(description="What it asks; left out: the one called as the metric is.")
    ] = None,
    field: Annotated[str | None, Query(description="Or a field of the items' metadata.")] = None,
    value: Annotated[list[str] | None, Query(description="What an answer is worth: ANSWER=NUMBER.")] = None,
) -> Items[JudgedMetric]:
    """List a run's judged metrics, corrected by what people said of some samples, or marked as the judge's alone.

    Without a queue or field, the questions of review queues count that are called as the metric is.
    """
    human = parse_labels(queue=queue, question=question, field=field, values=value or ())
    found = judged_by_people(services.database, services.runs, principal.project, run_id, metric, human)
    return Items(items=found)


@router.get("/{run_id}/noise")
def get_noise(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    other: Annotated[str | None, Query(description="Another run of the same release on the same data.")] = None,
) -> NoiseFloor:
    """Say by how much a release differs from itself: between two runs of it, or between the repeats of one."""
    return noise_of_runs(services.database, services.runs, principal.project, run_id, other)
