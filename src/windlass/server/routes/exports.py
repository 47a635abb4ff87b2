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
    "jsonl": ("application/x-ndjson", "jsonl"),
    "otlp": ("application/x-ndjson", "otlp.jsonl"),
    "otlp-protobuf": ("application/x-protobuf", "otlp"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
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
    return export_file(pieces, "traces", data_format)


def export_file(pieces: Iterator[bytes], what: str, data_format: ExportFormat) -> StreamingResponse:
    """Return the answer with a file of traces or spans."""
    media_type, ending = _FILES[data_format]
    headers = {"content-disposition": f'attachment; filename="{what}.{ending}"'}
    return StreamingResponse(_begun(pieces), media_type=media_type, headers=headers)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Have the first piece made: what is wrong shows here, while it can still be answered."""
    return chain([next(pieces, b"")], pieces)
