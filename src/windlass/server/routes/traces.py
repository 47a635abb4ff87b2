"""Traces."""

from datetime import datetime
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Response

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.telemetry.models import Span, Trace, TraceOutline, TracePage
from windlass.telemetry.queries import (
    Condition,
    TraceFilters,
    get_outline,
    get_span,
    get_trace,
    list_traces,
)

router = APIRouter(prefix="/traces", tags=["traces"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


async def filters_of(
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
    principal: Reader,
    services: ServicesOf,
    filters: Filters,
    limit: Limit = 50,
    cursor: Cursor = None,
    whole_texts: Annotated[
        bool, Query(description="Give inputs and outputs whole, not their first words on one line.")
    ] = False,
) -> TracePage:
    """List traces, newest first."""
    return list_traces(
        services.warehouse,
        principal.project,
        filters=filters,
        limit=limit,
        cursor=cursor,
        lists=services.price_book,
        whole_texts=whole_texts,
    )


@router.get("/{trace_id}")
def get_one_trace(trace_id: str, principal: Reader, services: ServicesOf) -> Trace:
    """Return a trace with its spans and scores."""
    return get_trace(services.warehouse, principal.project, trace_id, lists=services.price_book)


@router.get("/{trace_id}/spans", response_model=TraceOutline)
def get_trace_outline(trace_id: str, principal: Reader, services: ServicesOf) -> Response:
    """Return a trace with its spans but none of their texts, attributes or events: for a tree or a timeline."""
    outline = get_outline(services.warehouse, principal.project, trace_id, lists=services.price_book)
    return Response(orjson.dumps(outline, option=orjson.OPT_UTC_Z), media_type="application/json")


@router.get("/{trace_id}/spans/{span_id}")
def get_one_span(trace_id: str, span_id: str, principal: Reader, services: ServicesOf) -> Span:
    """Return one span of a trace with its contents."""
    return get_span(services.warehouse, principal.project, trace_id, span_id, lists=services.price_book)
