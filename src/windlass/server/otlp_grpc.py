"""OTLP/gRPC: the three collector services, each of one method.

Import this module only where a server starts: grpcio costs every process that loads it time and memory.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self
from urllib.parse import unquote

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from windlass.access.keys import authenticate
from windlass.access.permissions import require
from windlass.access.principals import LOCAL_ADMIN, Principal
from windlass.errors import (
    Denied,
    InputError,
    Overloaded,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
    WindlassError,
)
from windlass.server.caller import NO_KEY, is_loopback, key_that_counts
from windlass.server.receiver import Take, take_logs, take_metrics, take_traces
from windlass.server.services import Services
from windlass.telemetry.otlp.bodies import Body, inflate

_UNDER_WAY: Final = 64
"""Requests under way at once: each waits for the rest of it, and for its group to be on disk. The others wait
unread. One whose sender went away in the middle holds its place until its connection is ended."""
_WORKING: Final = 8
"""Those of them that are read and taken at once."""
_SILENCE_MS: Final = 60_000
"""After so long without a word a connection is asked whether there is still somebody."""
_AGE_MS: Final = 60_000
"""How long a connection is taken requests from; clients then open another, and lose nothing."""
_GRACE_MS: Final = 20_000
"""How long a request may take to arrive when its connection has come to that age."""

_PACKAGE: Final = "opentelemetry.proto.collector"
_SERVICES: Final[dict[str, Take]] = {
    f"{_PACKAGE}.trace.v1.TraceService": take_traces,
    f"{_PACKAGE}.logs.v1.LogsService": take_logs,
    f"{_PACKAGE}.metrics.v1.MetricsService": take_metrics,
}

_CODES: Final[dict[type[WindlassError], grpc.StatusCode]] = {
    TooLarge: grpc.StatusCode.RESOURCE_EXHAUSTED,
    UnsupportedMedia: grpc.StatusCode.UNIMPLEMENTED,
    InputError: grpc.StatusCode.INVALID_ARGUMENT,
    Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    Denied: grpc.StatusCode.PERMISSION_DENIED,
    Overloaded: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Unavailable: grpc.StatusCode.UNAVAILABLE,
}
"""The first that fits counts. A client tries UNAVAILABLE again, and what comes with when to try again."""

_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x78": "deflate"}
"""How compressed messages begin, and no export request does: their first byte is the tag of their one field."""


class GrpcServer:
    """A server on one address, until it is closed."""

    def __init__(self, services: Services, address: str) -> None:
        """Listen on host:port; raises RuntimeError where that is not possible."""
        self._services = services
        self._working = threading.Semaphore(_WORKING)
        self._limit_bytes = services.settings.max_body_mb * 2**20
        self._server = grpc.server(
            ThreadPoolExecutor(_UNDER_WAY, thread_name_prefix="windlass-grpc"),
            options=[
                ("grpc.max_receive_message_length", self._limit_bytes),
                # The library would inflate whatever it is sent, however large that becomes.
                ("grpc.per_message_decompression", 0),
                # Two servers that both listen on a port would each get some of its requests.
                ("grpc.so_reuseport", 0),
                ("grpc.keepalive_time_ms", _SILENCE_MS),
                ("grpc.max_connection_age_ms", _AGE_MS),
                ("grpc.max_connection_age_grace_ms", _GRACE_MS),
            ],
        )
        self._server.add_generic_rpc_handlers([self._handler(name, take) for name, take in _SERVICES.items()])
        self.port: int = self._server.add_insecure_port(address)
        self._server.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, grace_s: float = 20.0) -> None:
        """Take no more, and let what is under way be answered."""
        self._server.stop(grace_s).wait()

    def _handler(self, name: str, take: Take) -> grpc.GenericRpcHandler:
        def export(request: bytes, context: grpc.ServicerContext) -> Message:
            try:
                return self._export(take, request, context)
            except WindlassError as error:
                _refuse(context, error)
                raise AssertionError from error

        method = grpc.unary_unary_rpc_method_handler(export, response_serializer=_serialised)
        return grpc.method_handlers_generic_handler(name, {"Export": method})

    def _export(self, take: Take, request: bytes, context: grpc.ServicerContext) -> Message:
        principal = self._principal_of(context)
        require(principal, "trace:write")
        with self._working:
            data = inflate(request, _encoding_of(request), self._limit_bytes)
            taken = take(self._services, principal, Body(data, is_json=False))
        if taken.committed is not None:
            taken.committed.result()
        return taken.answer

    def _principal_of(self, context: grpc.ServicerContext) -> Principal:
        """Return who calls. No browser speaks gRPC, so a local address is a local caller."""
        let_in = self._services.settings.mode != "server" and _is_local(context.peer())
        headers = {name: value for name, value in context.invocation_metadata() if isinstance(value, str)}
        key = key_that_counts(headers, needed=not let_in)
        if key is not None:
            return authenticate(self._services.database, key)
        if let_in:
            return LOCAL_ADMIN
        raise Unauthenticated(NO_KEY)


def _is_local(peer: str) -> bool:
    """Tell whether a peer as gRPC writes one, ipv4:127.0.0.1:54321 or ipv6:%5B::1%5D:54321, is on this machine."""
    kind, _, address = peer.partition(":")
    return kind in {"ipv4", "ipv6"} and is_loopback(unquote(address).rpartition(":")[0])


def _encoding_of(message: bytes) -> str:
    return next((encoding for magic, encoding in _MAGIC.items() if message.startswith(magic)), "")


def _refuse(context: grpc.ServicerContext, error: WindlassError) -> None:
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), grpc.StatusCode.INTERNAL)
    if isinstance(error, Unavailable):
        context.set_trailing_metadata([("grpc-status-details-bin", _retry(code, error))])
    context.abort(code, error.message)


def _retry(code: grpc.StatusCode, error: Unavailable) -> bytes:
    """Return the details that say when to try again, as OTLP wants them."""
    again = RetryInfo()
    again.retry_delay.seconds = error.retry_after_s
    status = Status(code=code.value[0], message=error.message, details=[Any()])
    status.details[0].Pack(again)
    return _serialised(status)


def _serialised(message: Message) -> bytes:
    return message.SerializeToString()
