"""Real `windlass` processes: started in folders of their own, waited for by what they say, ended for certain."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from windlass.client import Client

WINDLASS = Path(sys.executable).with_name("windlass")

READY_S = 60.0
"""How long a server may take to be ready: far more than it does, on a machine that does other things too."""
END_S = 40.0
"""How long a process may take to end by itself; its own grace for requests under way is shorter."""

_POLL_S = 0.02

T = TypeVar("T")

_FOREIGN = ("WINDLASS_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "OTEL_")


def eventually(look: Callable[[], T | None], what: str, timeout_s: float = READY_S) -> T:
    """Look again and again, for what has no event to wait on, until there is something or time is up."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while (found := look()) is None:
        assert time.monotonic() < deadline, f"{what}: not in {timeout_s:g} s"
        pause.wait(_POLL_S)
    return found


class Finished(NamedTuple):
    """A process that has ended."""

    code: int
    output: str
    elapsed_s: float


class Running:
    """A process whose output is read as it comes."""

    def __init__(self, command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str]) -> None:
        self._command = [str(part) for part in command]
        self._lines: list[str] = []
        self._ended = False
        self._changed = threading.Condition()
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def output(self) -> str:
        with self._changed:
            return "".join(self._lines)

    def wait_for(self, pattern: str, timeout_s: float = READY_S) -> re.Match[str]:
        """Wait until the output matches; fail with all of it when the process ends or time is up before."""
        found: re.Match[str] | None = None

        def matches() -> bool:
            nonlocal found
            found = re.search(pattern, "".join(self._lines), re.MULTILINE)
            return found is not None or self._ended

        with self._changed:
            self._changed.wait_for(matches, timeout_s)
        assert found is not None, f"{self._command} did not say {pattern!r} in {timeout_s:g} s:\n{self.output}"
        return found

    def end(self, by: signal.Signals = signal.SIGTERM, timeout_s: float = END_S) -> int:
        """Send a signal and wait for the end; return the exit code."""
        if self.alive:
            self._process.send_signal(by)
        return self.wait(timeout_s).code

    def wait(self, timeout_s: float = END_S) -> Finished:
        """Wait until the process ends by itself."""
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self._command} did not end in {timeout_s:g} s:\n{self.output}") from None
        elapsed_s = time.perf_counter() - self._began
        self._reader.join(timeout_s)
        return Finished(code, self.output, elapsed_s)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._process.kill()
        self._process.wait(END_S)
        self._reader.join(END_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


@dataclass(frozen=True)
class Server:
    """A server in the mode dev, and a client of it."""

    url: str

    def client(self) -> Client:
        return Client(self.url, key="", timeout_s=60)


@dataclass(frozen=True)
class ServerProcess(Server):
    """A running `windlass up --dev`."""

    process: Running


def clean_environment(**more: str) -> dict[str, str]:
    """Return this environment without what would steer windlass or a provider; output is not wrapped.

    Ports of OTLP's own are left out, for a test has this machine not to itself.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    ports = {"WINDLASS_OTLP_GRPC_PORT": "-1", "WINDLASS_OTLP_HTTP_PORT": "-1"}
    return {**kept, "COLUMNS": "300", "NO_COLOR": "1", **ports, **more}


class Processes:
    """Starts processes in one working folder; `close` leaves none behind."""

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._started: list[Running] = []

    def start(self, *arguments: str | Path, cwd: Path | None = None, **environment: str) -> Running:
        """Start `windlass` with arguments."""
        return self.start_program(WINDLASS, *arguments, cwd=cwd, **environment)

    def start_program(self, *command: str | Path, cwd: Path | None = None, **environment: str) -> Running:
        process = Running(command, cwd=cwd or self._cwd, environment=clean_environment(**environment))
        self._started.append(process)
        return process

    def run(
        self, *arguments: str | Path, timeout_s: float = READY_S, cwd: Path | None = None, **environment: str
    ) -> Finished:
        """Run `windlass` with arguments to its end."""
        return self.start(*arguments, cwd=cwd, **environment).wait(timeout_s)

    def serve(self, data: Path, **environment: str) -> ServerProcess:
        """Start `windlass up --dev` on a free port and wait until it is ready."""
        process = self.start("up", "--dev", "--data", data, "--port", "0", cwd=None, **environment)
        return ServerProcess(process.wait_for(r"windlass is ready at (\S+)")[1], process)

    def close(self) -> None:
        for process in self._started:
            if process.alive:
                process.kill()
