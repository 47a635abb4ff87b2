"""Exports of traces."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.routes.traces import Filters
from windlass.telemetry.exports.streams import ExportFormat, export_traces

router = APIRouter(prefix="/traces", tags=["traces"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]

_FILES: dict[ExportFormat, tuple[str, str]] = {
    "jsonl": ("application/x-ndjson", "traces.jsonl"),
    "otlp": ("application/x-ndjson", "traces.otlp.jsonl"),
    "otlp-protobuf": ("application/x-protobuf", "traces.otlp"),
    "parquet": ("application/vnd.apache.parquet", "traces.parquet"),
}


@router.get("/export", response_class=StreamingResponse)
def export_all_traces(
    principal: Reader,
    services: ServicesOf,
    filters: Filters,
    data_format: Annotated[ExportFormat, Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    """Return every trace of a list, newest first, with spans and scores; OTLP has no scores."""
    pieces = export_traces(
        services.warehouse, principal.project, data_format, filters=filters, lists=services.price_book
    )
    media_type, name = _FILES[data_format]
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_begun(pieces), media_type=media_type, headers=headers)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Have the first piece made: what is wrong shows here, while it can still be answered."""
    return chain([next(pieces, b"")], pieces)
