"""Spans that are recorded in a worker: gathered until the sample that they are of is handed over."""

import threading

from windlass.errors import Unavailable
from windlass.telemetry.tracing import Recorder


class GatheredSpans:
    """Takes what a recorder would write. A worker is in one run at a time, so all are of one project."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[bytes] = []
        self.recorder = Recorder(self)

    def commit_spans(self, project: str, request: bytes) -> None:  # noqa: ARG002 - the recorder's signature
        with self._lock:
            self._requests.append(request)

    def take(self) -> bytes:
        """Return all that ended before, as one OTLP request, and keep none of it."""
        if not self.recorder.flush():
            raise Unavailable("The spans that the target recorded are not encoded yet.")
        with self._lock:
            taken, self._requests = self._requests, []
        return b"".join(taken)

    def close(self) -> None:
        self.recorder.close()
