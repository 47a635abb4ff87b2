"""Graphs of what agents do: one trace, a release, two releases, and what is allowed."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.errors import InputError
from windlass.monitoring.graphs.conformance import conformance_of
from windlass.monitoring.graphs.difference import difference_of
from windlass.monitoring.graphs.graph import graph_of
from windlass.monitoring.graphs.models import Conformance, Graph, GraphDifference
from windlass.server.caller import ServicesOf, allowed
from windlass.server.services import Services
from windlass.storage.database import now
from windlass.telemetry.graphs.models import AllowedGraph, TraceGraph
from windlass.telemetry.graphs.selection import MOST_TRACES, USUAL_TRACES, Selection
from windlass.telemetry.graphs.trace_graph import graph_of_trace
from windlass.telemetry.queries import get_trace

router = APIRouter(tags=["graph"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]
Release = Annotated[str, Query(description="A release's digest or name, or `name@what`.")]
Since = Annotated[datetime | None, Query(alias="from", description="Seven days before `to` when left out.")]
Until = Annotated[datetime | None, Query(alias="to", description="Now when left out.")]
Traces = Annotated[int, Query(ge=1, le=MOST_TRACES, description="At most so many traces, the newest.")]

_USUAL_PERIOD: Final = timedelta(days=7)


class ConformanceRequest(BaseModel):
    spec: AllowedGraph
    release: str | None = None
    """A release's digest or name, or `name@what`."""
    environment: str | None = None
    run: str | None = None
    since: datetime | None = Field(default=None, alias="from")
    until: datetime | None = Field(default=None, alias="to")
    traces: int = Field(default=USUAL_TRACES, ge=1, le=MOST_TRACES)
    """At most so many, the newest."""


@router.get("/traces/{trace_id}/graph")
def get_trace_graph(trace_id: str, principal: Reader, services: ServicesOf) -> TraceGraph:
    """Return who called whom in one trace, hand-offs, loops and retries."""
    return graph_of_trace(get_trace(services.warehouse, principal.project, trace_id, lists=services.price_book))


@router.get("/graph")
def get_graph(
    principal: Reader,
    services: ServicesOf,
    release: Release | None = None,
    environment: str | None = None,
    run: str | None = None,
    since: Since = None,
    until: Until = None,
    traces: Traces = USUAL_TRACES,
) -> Graph:
    """Return which step follows which in the traces of a release, with counts, cost, latency and failures."""
    selection = _selection(services, principal, release, environment, run, since, until, traces)
    return graph_of(services.warehouse, principal.project, selection, lists=services.price_book)


@router.get("/graph/difference")
def get_graph_difference(
    base: Release,
    candidate: Release,
    principal: Reader,
    services: ServicesOf,
    environment: str | None = None,
    since: Since = None,
    until: Until = None,
    traces: Traces = USUAL_TRACES,
) -> GraphDifference:
    """Compare the graphs of two releases edge by edge, to explore."""
    before, after = (
        _selection(services, principal, release, environment, None, since, until, traces)
        for release in (base, candidate)
    )
    return difference_of(services.warehouse, principal.project, before, after, lists=services.price_book)


@router.post("/graph/conformance")
def check_conformance(body: ConformanceRequest, principal: Reader, services: ServicesOf) -> Conformance:
    """Tell which traces keep to an allowed graph, and what the others do."""
    selection = _selection(
        services, principal, body.release, body.environment, body.run, body.since, body.until, body.traces
    )
    return conformance_of(services.warehouse, principal.project, selection, body.spec)


def _selection(
    services: Services,
    principal: Principal,
    release: str | None,
    environment: str | None,
    run: str | None,
    since: datetime | None,
    until: datetime | None,
    traces: int,
) -> Selection:
    if release is not None and "@" in release:
        release = services.environments.resolve(principal.project, release).digest
    latest = until or now()
    earliest = since or latest - _USUAL_PERIOD
    if earliest.timestamp() >= latest.timestamp():
        raise InputError("The time `from` is not before `to`; nothing can lie between them.")
    return Selection(
        since=earliest, until=latest, release=release, environment=environment, run=run, traces=traces
    )
