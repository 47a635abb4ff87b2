"""The ports where OpenTelemetry's exporters send unless told otherwise, beside the main one."""

import logging
import socket
from contextlib import ExitStack
from typing import Self

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from windlass.server.listening import listen_on
from windlass.server.problems import problem_response
from windlass.server.routes.otlp import PATHS
from windlass.server.services import Services

log = logging.getLogger(__name__)

_NONE = -1


class OtlpPorts:
    """Both ports for the length of a with block, as far as they are wanted and free."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._opened = ExitStack()
        self.http: socket.socket | None = None
        """A socket that listens for OTLP over HTTP; who serves it closes it."""
        self.grpc_port: int | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self.http = self._open_http(opened)
            self.grpc_port = self._open_grpc(opened)
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more, and let what is under way be answered."""
        self._opened.close()

    @property
    def http_port(self) -> int | None:
        return self.http.getsockname()[1] if self.http is not None else None

    def _open_http(self, opened: ExitStack) -> socket.socket | None:
        settings = self._services.settings
        listener = _listen(settings.host, settings.otlp_http_port, "HTTP", "otlp_http_port")
        if listener is not None:
            opened.enter_context(listener)
        return listener

    def _open_grpc(self, opened: ExitStack) -> int | None:
        settings = self._services.settings
        # gRPC's own library tells the log at length when a port is taken, and what would be right not at all.
        free = _listen(settings.host, settings.otlp_grpc_port, "gRPC", "otlp_grpc_port")
        if free is None:
            return None
        port = free.getsockname()[1]
        free.close()
        from windlass.server.otlp_grpc import GrpcServer  # costs time and memory: only where it is served

        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        try:
            return opened.enter_context(GrpcServer(self._services, f"{host}:{port}")).port
        except RuntimeError as error:
            log.warning("OTLP over gRPC is not offered on port %d: %s.", port, str(error).rstrip("."))
            return None


class OtlpOnly:
    """Answers nothing but OTLP on one port of an app: opened to exporters, it opens nothing else."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["server"][1] == self._port and scope["path"] not in PATHS:
            detail = f"This port takes OTLP only, at {', '.join(sorted(PATHS))}; the rest is on the main port."
            await problem_response(Request(scope), 404, "Not found", detail)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _listen(host: str, port: int, what: str, setting: str) -> socket.socket | None:
    if port == _NONE:
        return None
    try:
        return listen_on(host, port)
    except OSError as error:
        log.warning(
            "OTLP over %s is not offered: port %d of %s cannot be listened on (%s), perhaps because a collector "
            "does; the main port takes OTLP over HTTP, and %s sets another port, or -1 for none.",
            what,
            port,
            host,
            error.strerror,
            setting,
        )
        return None
