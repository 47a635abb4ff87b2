"""Batches of spans as an exporter sends them, with names by which they are found again."""

import secrets
import time

import httpx2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from windlass.client import Client
from windlass.errors import NotFound

from .processes import eventually

HEADERS = {"content-type": "application/x-protobuf"}


def batch(trace_id: bytes, names: list[str], service: str = "load") -> bytes:
    """Return an export request of root-and-children spans of one trace, serialised."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    attribute = resource.resource.attributes.add(key="service.name")
    attribute.value.string_value = service
    spans = resource.scope_spans.add().spans
    started = time.time_ns()
    parent = b""
    for position, name in enumerate(names):
        span = spans.add(
            trace_id=trace_id,
            span_id=secrets.token_bytes(8),
            parent_span_id=parent,
            name=name,
            start_time_unix_nano=started + position,
            end_time_unix_nano=started + position + 1_000_000,
        )
        parent = parent or span.span_id
    return request.SerializeToString()


def send(client: httpx2.Client, url: str, body: bytes) -> httpx2.Response:
    return client.post(f"{url}/v1/traces", content=body, headers=HEADERS)


def await_names(client: Client, trace_id: bytes, expected: list[str]) -> None:
    """Wait until a trace that was acknowledged can be read, and is as it was sent."""

    def look() -> list[str] | None:
        try:
            return stored_names(client, trace_id)
        except NotFound:
            return None

    found = eventually(look, f"the trace {trace_id.hex()}")
    assert found == expected


def stored_names(client: Client, trace_id: bytes) -> list[str]:
    """Return the names of a trace's spans as the server gives them, sorted."""
    return sorted(span["name"] for span in client.get(f"/traces/{trace_id.hex()}")["spans"])
