"""Spans of whatever traces."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.server.routes.exports import export_file
from windlass.server.routes.traces import Filters
from windlass.telemetry.exports.streams import ExportFormat, export_spans
from windlass.telemetry.models import SpanPage
from windlass.telemetry.queries import list_spans

router = APIRouter(prefix="/spans", tags=["spans"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


@router.get("")
def list_all_spans(
    principal: Reader, services: ServicesOf, filters: Filters, limit: Limit = 50, cursor: Cursor = None
) -> SpanPage:
    """List spans, newest first: of a status, and with scores, that are the span's own."""
    return list_spans(
        services.warehouse,
        principal.project,
        filters=filters,
        limit=limit,
        cursor=cursor,
        lists=services.price_book,
    )


@router.get("/export", response_class=StreamingResponse)
def export_all_spans(
    principal: Reader,
    services: ServicesOf,
    filters: Filters,
    data_format: Annotated[ExportFormat, Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    """Return every span of a list, newest first, without the rest of their traces; OTLP has no scores."""
    pieces = export_spans(
        services.warehouse, principal.project, data_format, filters=filters, lists=services.price_book
    )
    return export_file(pieces, "spans", data_format)
