"""The data folder: one process owns it at a time, and says where it can be reached."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, NamedTuple

from windlass.errors import ConfigurationError, Conflict

_LOCK = "lock"
_SERVER = "server.json"
# `find_running_server` holds the lock, shared, for a moment: who meets that moment tries again.
_TRIES = 10
_BETWEEN_TRIES_S = 0.02


class RunningServer(NamedTuple):
    """Where the process that owns a data folder answers."""

    url: str
    pid: int


class DataFolder:
    """An exclusive hold on a data folder, from ``__init__`` to ``close()``.

    The hold is a lock of the operating system on the file ``lock``: it ends with the process however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock = _take_lock(self.path)
        # What a process that was killed left behind is not this one's address.
        (self.path / _SERVER).unlink(missing_ok=True)

    def announce(self, url: str) -> None:
        """Say where the owner answers, for the command line and the SDK of this machine."""
        temporary = self.path / f".{_SERVER}"
        temporary.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
        temporary.replace(self.path / _SERVER)

    def close(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self.path / _SERVER).unlink()
        self._lock.close()


def find_running_server(path: Path) -> RunningServer | None:
    """Return who owns a data folder, or None when nobody does."""
    try:
        with (path / _LOCK).open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                announced = json.loads((path / _SERVER).read_text(encoding="utf-8"))
                return RunningServer(url=str(announced["url"]), pid=int(announced["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _take_lock(path: Path) -> IO[bytes]:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (path / _LOCK).open("ab")
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {path} cannot be written ({error.strerror}): choose another with --data."
        ) from error
    if not _locks(lock):
        lock.close()
        owner = find_running_server(path)
        where = f" (process {owner.pid}, {owner.url})" if owner else ""
        raise Conflict(
            f"The data folder {path} is in use by another windlass{where}: stop it, or choose another with --data."
        )
    return lock


def _locks(lock: IO[bytes]) -> bool:
    """Take the lock, or say that another process has it."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_TRIES_S)
        else:
            return True
    return False
