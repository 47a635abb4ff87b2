"""Datasets from traces."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.evaluation.trace_datasets import Draw, draw_traces
from windlass.server.caller import ServicesOf, allowed
from windlass.server.routes.artifacts import VersionDetail, detail_of
from windlass.server.routes.traces import Filters

router = APIRouter(prefix="/datasets", tags=["datasets"])

Writer = Annotated[Principal, Depends(allowed("artifact:write"))]


class DrawRequest(BaseModel):
    sample: float = Field(default=1.0, gt=0, le=1)
    """How likely each trace is to be drawn."""
    seed: int | None = None
    """The same seed draws the same traces; left out: that of the draws before, 0 for the first."""
    most: int = Field(default=10_000, ge=1, le=100_000)
    """A draw of more new items is refused."""
    split: str = ""
    recording: bool = False
    """Whether items hold what the tools of their traces answered, so that a replay can run them again."""
    message: str = ""


class DrawAnswer(BaseModel):
    version: VersionDetail | None
    """The newest version; null where nothing was drawn into a dataset that is not there."""
    sample: float
    seed: int
    matched: int
    drawn: int
    added: int
    already: int
    """Drawn traces that were in the dataset before: each is there once."""
    without_input: int
    """Drawn traces that do not say what was asked, and so are no items."""
    of_runs: int
    """Drawn traces of evaluation runs, left out unless the filter names a run."""


@router.post("/{name}/from-traces")
def add_traces(
    name: str,
    body: DrawRequest,
    principal: Writer,
    services: ServicesOf,
    filters: Filters,
) -> DrawAnswer:
    """Add a version with traces of a list, drawn at random, each with its probability in its metadata."""
    draw = Draw(
        probability=body.sample, seed=body.seed, most=body.most, split=body.split, recording=body.recording
    )
    result = draw_traces(
        services.datasets,
        services.warehouse,
        principal,
        name,
        filters,
        draw,
        lists=services.price_book,
        message=body.message,
    )
    newest = result.version
    return DrawAnswer(
        version=None if newest is None else detail_of(services, principal, newest, is_new=result.is_new),
        sample=body.sample,
        seed=result.seed,
        matched=result.matched,
        drawn=result.drawn,
        added=result.added,
        already=result.already,
        without_input=result.without_input,
        of_runs=result.of_runs,
    )
