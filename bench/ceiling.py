"""What HTTP and protobuf take by themselves: a server that parses spans and forgets them.

How much processor time that is says how fast this machine is right now, so that figures of other machines, and of
other hours of this one, can be compared.
"""

import sys
from pathlib import Path

from otlp import SPANS_PER_TRACE
from peers import Peer, free_port


class Ceiling(Peer):
    """uvicorn with uvloop and httptools, which windlass runs on as well."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--lifespan", "off"]
        quiet = ["--no-access-log", "--log-level", "warning"]
        where = ["--app-dir", str(Path(__file__).parent), "discarding:app"]
        super().__init__([*command, *quiet, *where], folder, port, "/")

    def count_spans(self, trace_id: str) -> int:  # noqa: ARG002 - it has none to count
        """Say that all are there, which they never are."""
        return SPANS_PER_TRACE
