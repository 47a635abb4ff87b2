"""Durable background work: functions that go on after the process was killed, on SQLite or PostgreSQL.

DBOS does the work and stays behind this file: nothing else imports it.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.engine import URL, make_url

from windlass.errors import ConfigurationError, InputError, Unavailable

if TYPE_CHECKING:
    from dbos import DBOS, WorkflowHandle

Work = Callable[[str], None]
JobState = Literal["waiting", "running", "finished", "failed"]

_STATES: dict[str, JobState] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "finished",
}

_open_instance = threading.Lock()
"""DBOS is one object a process; whoever holds this has it."""


class JobInterrupted(BaseException):
    """Raised by a job's function when `stopping` is set: the job stays unfinished and goes on at the next start.

    Not an Exception, so that neither the job nor DBOS takes it for the job's failure.
    """


class Jobs:
    """Functions known by name, and the jobs that call them, each once.

    A job is started under an id of the caller's. While its function has not returned or raised, every
    process that opens the same URL with the same executor name and launches calls the function again with
    the same argument: a function must find out by itself what it already did.
    """

    def __init__(self, url: str, *, executor: str = "local") -> None:
        """Remember where jobs are kept; nothing is opened before `launch` or the first `start`.

        ``executor`` names the process among several on one PostgreSQL: each takes up only its own jobs.
        """
        self._url = make_url(url)
        self._executor = executor
        self._functions: dict[str, Work] = {}
        self._workflows: dict[str, Callable[[str], None]] = {}
        self._dbos: type[DBOS] | None = None
        self._lock = threading.Lock()
        self._idle = threading.Condition()
        self._running = 0
        self.stopping = threading.Event()
        """Set when the process is about to end: long functions look at it and raise JobInterrupted."""

    def register(self, name: str, function: Work) -> None:
        """Make a function known, before `launch`: a job that was interrupted needs it then."""
        if self._dbos is not None:
            raise InputError(f"The job function {name!r} must be registered before jobs are launched.")
        self._functions[name] = function

    def launch(self) -> None:
        """Open the store and take up the jobs that this executor left unfinished.

        Raises ConfigurationError when the store cannot be opened, and Unavailable once it was closed: a function
        that outlived its patience must not open it again.
        """
        with self._lock:
            if self._dbos is None:
                if self.stopping.is_set():
                    raise Unavailable("Jobs are closed: the server is about to end.")
                self._dbos = self._open()

    def start(self, name: str, argument: str, *, id: str) -> None:  # noqa: A002 - the word of the interface
        """Start a job; one of this id that was ever started, finished or not, makes this do nothing.

        On return the job is stored: it will run even if the process is killed now.
        """
        if name not in self._functions:
            raise InputError(f"There is no job function {name!r}; known are {', '.join(self._functions)}.")
        self.launch()
        from dbos import DBOS, SetWorkflowID  # 1.5 s to import: only a process that has jobs pays

        with SetWorkflowID(id):
            DBOS.start_workflow(self._workflows[name], argument)

    def state(self, id: str) -> JobState | None:  # noqa: A002 - see start
        """Return how a job stands, or None when it was never started."""
        self.launch()
        assert self._dbos is not None
        status = self._dbos.get_workflow_status(id)
        return None if status is None else _STATES.get(status.status, "failed")

    def wait(self, id: str) -> None:  # noqa: A002 - see start
        """Block until a job has finished; raise what its function raised."""
        self.launch()
        assert self._dbos is not None
        handle: WorkflowHandle[None] = self._dbos.retrieve_workflow(id)
        handle.get_result(polling_interval_sec=0.05)

    def close(self, timeout_s: float = 10.0) -> None:
        """Ask running jobs to stop, wait for them, and close the store. What is unfinished goes on next time."""
        self.stopping.set()
        with self._lock:
            if self._dbos is None:
                return
            with self._idle:
                self._idle.wait_for(lambda: self._running == 0, timeout_s)
            self._dbos.destroy(destroy_registry=True)
            self._dbos = None
            _open_instance.release()

    def _open(self) -> "type[DBOS]":
        from dbos import DBOS  # see start

        if not _open_instance.acquire(blocking=False):
            raise ConfigurationError("Jobs are already open in this process; close them before opening others.")
        _log_as_all_do()
        try:
            DBOS(
                config={
                    "name": "windlass",
                    "system_database_url": self._url.render_as_string(hide_password=False),
                    "executor_id": self._executor,
                    # A constant: by default a changed source is another version, whose jobs nobody takes up.
                    "application_version": "windlass",
                    "enable_otlp": False,
                    "log_level": "ERROR",
                    "db_engine_kwargs": _engine_arguments(self._url),
                    # Schedules are not used: the thread that looks for them may sleep.
                    "scheduler_polling_interval_sec": 3600.0,
                }
            )
            self._workflows = {
                name: DBOS.workflow(name=name)(self._counted(function))
                for name, function in self._functions.items()
            }
            DBOS.launch()
        except Exception as error:
            # DBOS raises its own, SQLAlchemy's and the driver's errors here: all mean that jobs cannot be kept.
            DBOS.destroy(destroy_registry=True)
            _open_instance.release()
            raise ConfigurationError(
                f"The job store {self._url.render_as_string()} cannot be opened: {_first_line(error)}. "
                "Check WINDLASS_JOBS_URL."
            ) from error
        return DBOS

    def _counted(self, function: Work) -> Work:
        def run(argument: str) -> None:
            with self._counting():
                if self.stopping.is_set():
                    raise JobInterrupted
                function(argument)

        return run

    @contextmanager
    def _counting(self) -> Iterator[None]:
        with self._idle:
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()


def _log_as_all_do() -> None:
    """Let DBOS log where this process does.

    Without a handler it makes one of its own, on what standard error was then, and fails once that is closed.
    """
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


class _SqliteConnection(sqlite3.Connection):
    """A connection that knows `unixepoch('subsec')`, which SQLite has from 3.42 on.

    DBOS gives its tables this default on Python 3.12 and newer, whatever SQLite that Python was built with
    (Debian 12 has 3.40).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sqlite3.sqlite_version_info < (3, 42):
            self.create_function("unixepoch", 1, lambda _subsec: time.time())


def _engine_arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        return {}
    return {"connect_args": {"factory": _SqliteConnection}}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
