"""Traces."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.telemetry.models import Trace, TracePage
from windlass.telemetry.queries import Condition, TraceFilters, get_trace, list_traces

router = APIRouter(prefix="/traces", tags=["traces"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


def filters_of(
    release: Annotated[str | None, Query(description="A release's digest or name.")] = None,
    environment: str | None = None,
    run: str | None = None,
    status: Literal["ok", "error"] | None = None,
    q: Annotated[str | None, Query(description="Text in a name, an input or an output; or a trace id.")] = None,
    where: Annotated[
        list[str] | None,
        Query(description="Conditions on one span: `request_model=gpt-5`, `attributes.tier!=free`, `score.f1<1`."),
    ] = None,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
) -> TraceFilters:
    """Return which traces a query asks for."""
    return TraceFilters(
        release=release,
        environment=environment,
        run=run,
        status=status,
        q=q,
        where=tuple(map(Condition.parse, where or ())),
        since=since,
        until=until,
    )


Filters = Annotated[TraceFilters, Depends(filters_of)]


@router.get("")
def list_all_traces(
    principal: Reader, services: ServicesOf, filters: Filters, limit: Limit = 50, cursor: Cursor = None
) -> TracePage:
    """List traces, newest first."""
    return list_traces(
        services.warehouse,
        principal.project,
        filters=filters,
        limit=limit,
        cursor=cursor,
        lists=services.price_book,
    )


@router.get("/{trace_id}")
def get_one_trace(trace_id: str, principal: Reader, services: ServicesOf) -> Trace:
    """Return a trace with its spans and scores."""
    return get_trace(services.warehouse, principal.project, trace_id, lists=services.price_book)
