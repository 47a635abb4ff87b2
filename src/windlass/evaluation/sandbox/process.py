"""The sandboxed process of one evaluator, as the server holds it: started, asked, and ended."""

import base64
import contextlib
import json
import os
import platform
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from windlass.artifacts.evaluator_source import Declared
from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.sandbox.limits import SandboxLimits
from windlass.evaluation.sandbox.system_calls import MACHINES, filter_of

_WORKER: Final = Path(__file__).with_name("worker.py")
_LONGEST_REPLY: Final = 65_536
_CHUNK: Final = 65_536
_START_S: Final = 30.0
"""For the interpreter and its imports, which are ours."""


class Lost(Exception):
    """The process did not answer as it should, and is ended."""

    def __init__(self, label: str, why: str) -> None:
        super().__init__(why)
        self.label = label


class Process:
    """A sandboxed process with an evaluator loaded; used by one thread, which outlives it.

    Linux ends the process with the thread that started it: a server that is killed leaves none behind.
    """

    def __init__(self, source: str, declared: Declared, limits: SandboxLimits) -> None:
        """Start it and load the source.

        Raises ConfigurationError where it cannot be guarded here, InputError for a source that does not load.
        """
        self._limits = limits
        self._waiting = b""
        self.asked = 0
        self._folder = tempfile.TemporaryDirectory(prefix="windlass-evaluator-")
        try:
            self._process = _start(self._folder.name)
        except OSError as error:
            self._folder.cleanup()
            raise ConfigurationError(f"No process can be started for an evaluator: {error.strerror}.") from error
        try:
            self._load(source, declared)
        except BaseException:
            self.close()
            raise

    def ask(self, sample: Mapping[str, object]) -> dict[str, Any]:
        """Return what the evaluator says of a sample. Raises Lost."""
        self.asked += 1
        number = secrets.token_hex(16)
        reply = self._exchange({"number": number, "sample": sample}, self._limits.seconds)
        if reply.get("number") != number:
            raise self._lost("error", "The evaluator's process wrote what is no answer to this sample.")
        return reply

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            # What was not written yet is not wanted any more.
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self, source: str, declared: Declared) -> None:
        order = {
            "source": source,
            "function": declared.function,
            "is_async": declared.is_async,
            "modules": declared.modules,
            "limits": self._limits.of_resources(),
            "filter": _filter(self._limits),
            "parent": os.getpid(),
        }
        try:
            reply = self._exchange(order, _START_S + self._limits.seconds)
        except Lost as error:
            raise InputError(f"The evaluator's source does not load: {error}") from error
        if "unguarded" in reply:
            raise ConfigurationError(unguarded(str(reply["unguarded"])))
        if reply.get("ready") is not True:
            raise InputError(f"The evaluator's source does not load: {reply.get('failed')}.")

    def _exchange(self, request: Mapping[str, object], seconds: float) -> dict[str, Any]:
        """Write a line and read the next; both within the time. Raises Lost."""
        try:
            line = self._line(json.dumps(request, default=str).encode() + b"\n", time.monotonic() + seconds)
        except TimeoutError as error:
            raise self._lost("timeout", f"The evaluator did not answer within {seconds:g} s.") from error
        except EOFError as error:
            raise self._lost("crashed", f"The evaluator's process ended ({self._ending()}).") from error
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            raise self._lost("error", "The evaluator's process wrote what is no answer.")
        return reply

    def _line(self, unwritten: bytes, until: float) -> bytes:
        """Write what is given while reading, so that neither side can wait for the other for ever."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        requests, replies = self._process.stdin.fileno(), self._process.stdout.fileno()
        poll = select.poll()
        poll.register(replies, select.POLLIN)
        poll.register(requests, select.POLLOUT)
        while b"\n" not in self._waiting:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for descriptor, _ in poll.poll(left * 1000):
                if descriptor == replies:
                    self._read(replies)
                else:
                    unwritten = _written(requests, unwritten)
                    if not unwritten:
                        poll.unregister(requests)
        line, _, self._waiting = self._waiting.partition(b"\n")
        return line

    def _read(self, replies: int) -> None:
        chunk = os.read(replies, _CHUNK)
        if not chunk:
            raise EOFError
        self._waiting += chunk
        if len(self._waiting) > _LONGEST_REPLY:
            raise self._lost("error", f"The evaluator answered more than {_LONGEST_REPLY // 1024} KiB.")

    def _lost(self, label: str, why: str) -> Lost:
        self.close()
        return Lost(label, why)

    def _ending(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(1)
            return f"signal {-code}" if code < 0 else f"exit code {code}"
        return "it closed its answers"


def unguarded(why: str) -> str:
    """Return the sentence for a machine where code cannot be shut in."""
    return (
        f"Evaluators with code of their own cannot be shut in here ({why}), so they are not run: use Linux on "
        "x86-64 or arm64, or set WINDLASS_EVALUATOR_CODE=limits to run them in a process with limits alone."
    )


def _filter(limits: SandboxLimits) -> str:
    """Return the filter for this machine, in base 64; empty where there is none and none is asked for.

    Raises ConfigurationError.
    """
    if limits.guard == "off":
        raise ConfigurationError(
            "Evaluators with code of their own are switched off on this server (WINDLASS_EVALUATOR_CODE=off)."
        )
    machine = MACHINES.get(platform.machine()) if sys.platform == "linux" else None
    if machine is not None:
        return base64.b64encode(filter_of(machine)).decode()
    if limits.guard == "limits":
        return ""
    raise ConfigurationError(unguarded(f"{platform.system()} {platform.machine()} has no such filter"))


def _start(folder: str) -> "subprocess.Popen[bytes]":
    # Nothing of the environment; a fixed seed of hashes, so that the order of a set is the same in every process.
    # -I would do the first and forbid the second.
    process = subprocess.Popen(  # noqa: S603 - our own script, of our own interpreter
        [sys.executable, "-P", "-s", "-S", "-B", "-X", "utf8", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"PYTHONHASHSEED": "0"},
        bufsize=0,
        start_new_session=True,
    )
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
    return process


def _written(requests: int, unwritten: bytes) -> bytes:
    try:
        return unwritten[os.write(requests, unwritten[:_CHUNK]) :]
    except BrokenPipeError as error:
        raise EOFError from error
