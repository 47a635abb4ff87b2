"""What ingest.py and query.py drive: a server in a process of its own over HTTP, or the same parts in this one."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urlsplit

import psutil

from windlass.errors import NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.ingest import parse_export
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

LIMIT_BYTES = 64 * 2**20


class Target(Protocol):
    """May be used from any thread."""

    warehouse: Warehouse | None

    def send(self, body: bytes) -> None:
        """Export a request; on return it is acknowledged."""
        ...

    def count_spans(self, trace_id: str) -> int: ...

    def cpu_s(self) -> float: ...

    def rss_mb(self) -> int: ...


class Parts:
    """The parser and the writer in this process: what HTTP adds is left out, and CPU is that of the client too."""

    def __init__(self, folder: Path) -> None:
        self.warehouse: Warehouse | None = Warehouse.open(f"chdb://{folder / 'warehouse'}")
        self.writer = Writer(self.warehouse, folder / "spool")
        self._process = psutil.Process()

    def send(self, body: bytes) -> None:
        parsed = parse_export(
            body, content_type="application/x-protobuf", content_encoding="", limit_bytes=LIMIT_BYTES
        )
        self.writer.submit("default", parsed.message, body=parsed.body).result()

    def count_spans(self, trace_id: str) -> int:
        assert self.warehouse is not None
        try:
            return get_trace(self.warehouse, "default", trace_id).span_count
        except NotFound:
            return 0

    def cpu_s(self) -> float:
        return _cpu_s(self._process)

    def rss_mb(self) -> int:
        return _rss_mb(self._process)

    def close(self) -> None:
        self.writer.close()
        assert self.warehouse is not None
        self.warehouse.close()


class Server:
    """`windlass up` in a process of its own."""

    warehouse: Warehouse | None = None

    def __init__(self, folder: Path) -> None:
        command = [
            str(Path(sys.executable).parent / "windlass"),
            "up",
            "--dev",
            "--port",
            "0",
            "--data",
            str(folder),
        ]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if "is ready at" not in line:
            raise SystemExit(f"the server did not start: {line}")
        self._address = urlsplit(next(word for word in line.split() if word.startswith("http"))).netloc.rstrip(".")
        self._process = psutil.Process(self._server.pid)
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def send(self, body: bytes) -> None:
        status, answer = self._ask("POST", "/v1/traces", body, {"content-type": "application/x-protobuf"})
        if status != 200:
            raise SystemExit(f"the server answered {status}: {answer[:300]!r}")

    def get(self, path: str, **query: str) -> object:
        status, answer = self._ask("GET", f"/api/v1{path}?{urlencode(query)}", b"", {})
        if status == 404:
            return None
        if status != 200:
            raise SystemExit(f"the server answered {status}: {answer[:300]!r}")
        return json.loads(answer)

    def count_spans(self, trace_id: str) -> int:
        trace = self.get(f"/traces/{trace_id}")
        return int(trace["span_count"]) if isinstance(trace, dict) else 0

    def cpu_s(self) -> float:
        return _cpu_s(self._process)

    def rss_mb(self) -> int:
        return _rss_mb(self._process)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._server.send_signal(signal.SIGTERM)
        self._server.wait(60)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        me = threading.get_ident()
        for last_try in (False, True):
            connection = self._connections.setdefault(me, http.client.HTTPConnection(self._address))
            try:
                connection.request(method, path, body, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                # The server closes a connection that was idle; a new one must do.
                del self._connections[me]
                if last_try:
                    raise
        raise AssertionError


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _rss_mb(process: psutil.Process) -> int:
    return round(process.memory_info().rss / 1e6)


@contextmanager
def opened(name: str) -> Iterator[Parts | Server]:
    with tempfile.TemporaryDirectory() as folder:
        target = Server(Path(folder)) if name == "windlass" else Parts(Path(folder))
        try:
            yield target
        finally:
            target.close()
