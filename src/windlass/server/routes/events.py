"""Events that applications sent as log records."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.telemetry.queries import list_events
from windlass.telemetry.span_events import EventPage

router = APIRouter(prefix="/events", tags=["events"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


@router.get("")
def list_all_events(
    principal: Reader,
    services: ServicesOf,
    limit: Limit = 50,
    name: Annotated[str | None, Query(description="For example gen_ai.evaluation.result.")] = None,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
    cursor: Cursor = None,
) -> EventPage:
    """List the newest events, of a span, of a trace or of neither."""
    return list_events(
        services.warehouse,
        principal.project,
        name=name,
        since=since,
        until=until,
        limit=limit,
        cursor=cursor,
    )
