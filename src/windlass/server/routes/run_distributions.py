"""How the scores of one run lie: over their values, and over slices of its items."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.errors import InputError
from windlass.evaluation.distributions import Distribution, distributions
from windlass.evaluation.run_slices import SliceMean, slice_means
from windlass.evaluation.runs import get_run
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/runs", tags=["runs"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]


@router.get("/{run_id}/distributions")
def list_distributions(run_id: str, principal: Reader, services: ServicesOf) -> Items[Distribution]:
    """Say how each metric of a run lies over its items so far."""
    run = get_run(services.database, principal.project, run_id)
    return Items(items=distributions(services.runs.reading.scores(run), run.evaluators))


@router.get("/{run_id}/slice-means")
def list_slice_means(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    metric: Annotated[str | None, Query(description="Left out: the run's first.")] = None,
) -> Items[SliceMean]:
    """Say what a metric is on each slice of a run's items, by the metadata that groups them; the worst first."""
    run, reading = get_run(services.database, principal.project, run_id), services.runs.reading
    chosen = metric or run.evaluators[0]
    if chosen not in run.evaluators:
        raise InputError(f"{run.id} has no metric {chosen!r}; it has {', '.join(run.evaluators)}.")
    values = reading.scores(run).by_item(chosen)
    better = run.higher_is_better.get(chosen, True)
    rows = slice_means(reading.items(run), values, chosen, higher_is_better=better, cluster=run.cluster)
    return Items(items=rows)
