"""What ingest.py, query.py and durability.py drive: a server in a process of its own, or windlass's parts in this.

`windlass` is `windlass up`, `parts` its parser and writer in this process; peers.py has other servers.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

import psutil
from losses import SpanCount

from windlass.errors import NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.otlp.traces import parse_export
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

LIMIT_BYTES = 64 * 2**20
_ENVIRONMENT = {
    # Counting the spans of millions of traces may take longer than a statement usually may.
    "WINDLASS_SQL_TIMEOUT_S": "600",
    # Others on this machine may listen on OTLP's own.
    "WINDLASS_OTLP_GRPC_PORT": "0",
    "WINDLASS_OTLP_HTTP_PORT": "0",
}
TRACES_OF_AN_ANSWER = 200_000
"""An answer of read-only SQL may have 64 MiB."""

COUNT_SPANS = """
SELECT substring(trace_id, 1, 2) AS beginning, groupArray((trace_id, spans, different))
FROM (
  SELECT trace_id, count() AS spans, uniqExact(span_id) AS different FROM spans
  WHERE substring(trace_id, 1, 8) >= '{first}' AND substring(trace_id, 1, 8) < '{last}' GROUP BY trace_id
)
GROUP BY beginning
"""
"""In a row for each first byte of the ids: an answer may have 10,000 rows."""


class Target(Protocol):
    """May be used from any thread."""

    warehouse: Warehouse | None

    def send(self, body: bytes) -> None:
        """Export a request; on return it is acknowledged."""
        ...

    def count_spans(self, trace_id: str) -> int: ...

    def cpu_s(self) -> float: ...

    def rss_mb(self) -> int: ...

    def close(self) -> None: ...


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


class HttpServer(ABC):
    """A server in a process of its own, which takes OTLP over HTTP."""

    warehouse: Warehouse | None = None
    export_headers: Mapping[str, str] = {"content-type": "application/x-protobuf"}

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address
        self._watched = psutil.Process(process.pid)
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def send(self, body: bytes) -> None:
        status, answer = self.ask("POST", "/v1/traces", body, self.export_headers)
        if status != 200:
            raise SystemExit(f"the server answered {status}: {answer[:300]!r}")

    @abstractmethod
    def count_spans(self, trace_id: str) -> int: ...

    def count_all_spans(self, trace_ids: Sequence[str]) -> dict[str, SpanCount]:
        """Return how many spans each of some traces is read with; a server may give others, too."""
        return self.count_spans_singly(trace_ids)

    def count_spans_singly(self, trace_ids: Sequence[str]) -> dict[str, SpanCount]:
        counts = {trace_id: self.count_spans(trace_id) for trace_id in trace_ids}
        return {trace_id: SpanCount(count, count) for trace_id, count in counts.items()}

    def cpu_s(self) -> float:
        return sum(_cpu_s(process) for process in self._all())

    def rss_mb(self) -> int:
        return sum(_rss_mb(process) for process in self._all())

    def end(self, by: signal.Signals) -> None:
        """End the process, and what it started, by a signal."""
        everyone = self._all()
        for process in everyone if by is signal.SIGKILL else everyone[:1]:
            process.send_signal(by)
        self.process.wait(120)
        for connection in self._connections.values():
            connection.close()

    def close(self) -> None:
        self.end(signal.SIGTERM)

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        me = threading.get_ident()
        for last_try in (False, True):
            connection = self._connections.setdefault(me, http.client.HTTPConnection(self.address))
            try:
                connection.request(method, path, body, dict(headers))
                response = connection.getresponse()
                return response.status, response.read()
            except (http.client.HTTPException, OSError):
                # The server closes a connection that was idle; a new one must do.
                self._connections.pop(me, None)
                if last_try:
                    raise
        raise AssertionError

    def _all(self) -> list[psutil.Process]:
        return [self._watched, *self._watched.children(recursive=True)]


class Server(HttpServer):
    """`windlass up`."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = {}) -> None:
        """Start it; ``settings`` are environment variables."""
        windlass = str(Path(sys.executable).parent / "windlass")
        command = [windlass, "up", "--dev", "--port", "0", "--data", str(folder)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", **_ENVIRONMENT, **settings}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        line = process.stdout.readline()
        if "is ready at" not in line:
            raise SystemExit(f"the server did not start: {line}")
        super().__init__(
            process, urlsplit(next(word for word in line.split() if word.startswith("http"))).netloc.rstrip(".")
        )

    def get(self, path: str, **query: str) -> object:
        status, answer = self.ask("GET", f"/api/v1{path}?{urlencode(query)}", b"", {})
        if status == 404:
            return None
        if status != 200:
            raise SystemExit(f"the server answered {status}: {answer[:300]!r}")
        return json.loads(answer)

    def chart(self, **spec: str) -> object:
        """Return what a chart shows of the last day."""
        return self._post("/charts/measure", spec)

    def count_spans(self, trace_id: str) -> int:
        trace = self.get(f"/traces/{trace_id}")
        return int(trace["span_count"]) if isinstance(trace, dict) else 0

    def count_all_spans(self, trace_ids: Sequence[str]) -> dict[str, SpanCount]:
        answers = 1 + len(trace_ids) // TRACES_OF_AN_ANSWER
        # The ids of the traces are random: so many lie between any two that are as far from each other.
        borders = [f"{number * 2**32 // answers:08x}" for number in range(answers)]
        return {
            trace_id: SpanCount(int(spans), int(different))
            for first, last in zip(borders, [*borders[1:], "g"], strict=True)
            for _, found in self._rows(COUNT_SPANS.format(first=first, last=last))
            for trace_id, spans, different in found
        }

    def _rows(self, query: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
        read = self._post("/sql", {"query": query})
        if read["cut"]:
            raise SystemExit("the server cut its answer: ask for fewer traces at once")
        rows: list[tuple[str, list[tuple[str, str, str]]]] = read["rows"]
        return rows

    def _post(self, path: str, body: Mapping[str, str]) -> Any:
        sent = json.dumps(dict(body)).encode()
        status, answer = self.ask("POST", f"/api/v1{path}", sent, {"content-type": "application/json"})
        if status != 200:
            raise SystemExit(f"the server answered {status}: {answer[:300]!r}")
        return json.loads(answer)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _rss_mb(process: psutil.Process) -> int:
    return round(process.memory_info().rss / 1e6)
