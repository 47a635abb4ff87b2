"""`windlass.init`: where the server is, and that traces go there."""

import os
import threading
from collections.abc import Mapping

from windlass.client import DEFAULT_URL, Client, find_url
from windlass.sdk import exporting
from windlass.sdk.connection import replace_client
from windlass.sdk.scoring import flush_scores

_SHUTDOWN_S = 5.0

_lock = threading.Lock()


def init(
    url: str | None = None,
    *,
    api_key: str | None = None,
    service_name: str | None = None,
    release: str | None = None,
    environment: str | None = None,
    resource: Mapping[str, str] | None = None,
) -> None:
    """Send this process's traces to a windlass server.

    Call it once, early. Traces are plain OpenTelemetry: where the application has set up a tracer provider of
    its own, windlass adds an exporter to it; else it sets one up. It never raises for the server's sake: spans
    that cannot be delivered are counted (`windlass.lost_spans()`) and logged.

    Args:
        url: The server; by default WINDLASS_URL, else the server that owns ./.windlass, else
            http://127.0.0.1:4800.
        api_key: By default WINDLASS_API_KEY. A server in dev or demo mode on this machine needs none.
        service_name: `service.name` of the resource.
        release: The digest of the release that this process runs; it is put on every span.
        environment: The environment it runs in, for example `production`.
        resource: Further resource attributes.
    """
    flush_scores(_SHUTDOWN_S)
    with _lock:
        found = (url or find_url() or DEFAULT_URL).rstrip("/")
        replace_client(Client(found, api_key))
        attributes = dict(resource or {})
        if service_name:
            attributes["service.name"] = service_name
        if release:
            attributes["windlass.release"] = release
        if environment:
            attributes["deployment.environment.name"] = environment
        key = api_key if api_key is not None else os.environ.get("WINDLASS_API_KEY", "")
        exporting.start_exporting(f"{found}/v1/traces", key, attributes)


def shutdown() -> None:
    """Deliver what is waiting and stop exporting."""
    flush_scores(_SHUTDOWN_S)
    with _lock:
        exporting.stop_exporting()
        replace_client(None)
