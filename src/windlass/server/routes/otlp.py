"""OTLP/HTTP: traces, logs and metrics in, committed before they are acknowledged."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToJson

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.receiver import Take, Taken, take_logs, take_metrics, take_traces
from windlass.server.services import Services
from windlass.telemetry.otlp.bodies import JSON_TYPE, is_json, read_body

router = APIRouter(tags=["otlp"])

Sender = Annotated[Principal, Depends(allowed("trace:write"))]

_PROTOBUF = "application/x-protobuf"

_LANGFUSE_TRACES = "/api/public/otel/v1/traces"
"""Where Langfuse's SDKs send to, below a host that can be set."""

PATHS = frozenset({"/v1/traces", "/v1/logs", "/v1/metrics", _LANGFUSE_TRACES})


@router.post("/v1/traces", response_class=Response)
async def export_traces(request: Request, principal: Sender, services: ServicesOf) -> Response:
    """Take an OTLP ExportTraceServiceRequest (protobuf or JSON, compressed or not); 200 means it is on disk."""
    return await _take(take_traces, request, principal, services)


@router.post("/v1/logs", response_class=Response)
async def export_logs(request: Request, principal: Sender, services: ServicesOf) -> Response:
    """Take an OTLP ExportLogsServiceRequest: events, shown on their spans; results of evaluations are scores."""
    return await _take(take_logs, request, principal, services)


@router.post("/v1/metrics", response_class=Response)
async def export_metrics(request: Request, principal: Sender, services: ServicesOf) -> Response:
    """Take an OTLP ExportMetricsServiceRequest."""
    return await _take(take_metrics, request, principal, services)


@router.post(_LANGFUSE_TRACES, response_class=Response)
async def export_traces_as_langfuse(request: Request, principal: Sender, services: ServicesOf) -> Response:
    """Take what /v1/traces takes, at the path of Langfuse's SDKs."""
    return await _take(take_traces, request, principal, services)


async def _take(take: Take, request: Request, principal: Principal, services: Services) -> Response:
    content_type = request.headers.get("content-type", "")
    body = await request.body()

    def read_and_take() -> Taken:
        plain = read_body(
            body,
            content_type=content_type,
            content_encoding=request.headers.get("content-encoding", ""),
            limit_bytes=services.settings.max_body_mb * 2**20,
        )
        return take(services, principal, plain)

    taken = await asyncio.to_thread(read_and_take)
    if taken.committed is not None:
        await asyncio.wrap_future(taken.committed)
    if is_json(content_type):
        return Response(MessageToJson(taken.answer, indent=None), media_type=JSON_TYPE)
    return Response(taken.answer.SerializeToString(), media_type=_PROTOBUF)
