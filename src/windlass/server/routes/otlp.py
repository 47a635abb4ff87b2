"""OTLP/HTTP: traces in, committed before they are acknowledged."""

import asyncio
from concurrent.futures import Future
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.ingest import ParsedExport, parse_export

router = APIRouter(tags=["otlp"])

Sender = Annotated[Principal, Depends(allowed("trace:write"))]

_JSON = "application/json"
_PROTOBUF = "application/x-protobuf"


@router.post("/v1/traces", response_class=Response)
async def export_traces(request: Request, principal: Sender, services: ServicesOf) -> Response:
    """Take an OTLP ExportTraceServiceRequest (protobuf or JSON, gzip or not); 200 means that it is on disk."""
    content_type = request.headers.get("content-type", "")
    body = await request.body()

    def take() -> tuple[ParsedExport, Future[None] | None]:
        parsed = parse_export(
            body,
            content_type=content_type,
            content_encoding=request.headers.get("content-encoding", ""),
            limit_bytes=services.settings.max_body_mb * 2**20,
        )
        if not parsed.accepted:
            return parsed, None
        return parsed, services.writer.submit(principal.project, parsed.message, body=parsed.body)

    parsed, committed = await asyncio.to_thread(take)
    if committed is not None:
        await asyncio.wrap_future(committed)
    answer = ExportTraceServiceResponse()
    if parsed.rejected:
        answer.partial_success.CopyFrom(
            ExportTracePartialSuccess(rejected_spans=parsed.rejected, error_message=parsed.reason)
        )
    if content_type.partition(";")[0].strip().lower() == _JSON:
        return Response(MessageToJson(answer, indent=None), media_type=_JSON)
    return Response(answer.SerializeToString(), media_type=_PROTOBUF)
