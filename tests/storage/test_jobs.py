import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from windlass.errors import ConfigurationError, InputError, Unavailable
from windlass.storage.jobs import JobInterrupted, Jobs, _SqliteConnection


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty job store, of each kind in turn."""
    if request.param == "sqlite":
        return url_in(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[Jobs]]:
    """Jobs to be closed at the end: DBOS is one object a process."""
    jobs: list[Jobs] = []
    yield jobs
    for each in jobs:
        each.close()


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'jobs.sqlite'}"


def test_a_job_runs_once_however_often_it_is_started(jobs_url: str, opened: list[Jobs]) -> None:
    seen: list[str] = []
    jobs = Jobs(jobs_url)
    opened.append(jobs)
    jobs.register("note", seen.append)
    for _ in range(3):
        jobs.start("note", "a", id="first")
    jobs.wait("first")
    jobs.start("note", "a", id="first")
    jobs.start("note", "b", id="second")
    jobs.wait("second")
    assert seen == ["a", "b"]
    assert jobs.state("first") == "finished"
    assert jobs.state("never") is None


def test_jobs_that_were_closed_are_not_opened_again(tmp_path: Path) -> None:
    jobs = Jobs(url_in(tmp_path))
    jobs.close()
    with pytest.raises(Unavailable, match="about to end"):
        jobs.state("first")


def test_a_standard_error_that_was_closed_since_is_no_fault(
    tmp_path: Path, opened: list[Jobs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("dbos"), "handlers", [])
    with monkeypatch.context() as meanwhile:
        closed = io.StringIO()
        meanwhile.setattr(sys, "stderr", closed)
        first = Jobs(url_in(tmp_path))
        first.launch()
        first.close()
        closed.close()
    again = Jobs(url_in(tmp_path))
    opened.append(again)
    again.launch()
    assert logging.getLogger("dbos").propagate


def test_what_a_job_raises_is_its_failure(tmp_path: Path, opened: list[Jobs]) -> None:
    def fail(argument: str) -> None:
        raise InputError(f"no {argument}")

    jobs = Jobs(url_in(tmp_path))
    opened.append(jobs)
    jobs.register("fail", fail)
    jobs.start("fail", "luck", id="x")
    with pytest.raises(InputError, match="no luck"):
        jobs.wait("x")
    assert jobs.state("x") == "failed"


def test_an_unknown_function_is_refused_by_name(tmp_path: Path) -> None:
    jobs = Jobs(url_in(tmp_path))
    jobs.register("evaluate", print)
    with pytest.raises(InputError, match="no job function 'drift'; known are evaluate"):
        jobs.start("drift", "", id="x")


def test_a_store_that_cannot_be_opened_says_where(tmp_path: Path) -> None:
    jobs = Jobs(f"sqlite:///{tmp_path / 'missing' / 'jobs.sqlite'}")
    with pytest.raises(ConfigurationError, match=r"jobs\.sqlite cannot be opened"):
        jobs.launch()


def test_closing_interrupts_a_job_and_the_next_start_takes_it_up(jobs_url: str, opened: list[Jobs]) -> None:
    began, calls = threading.Event(), []

    def until_stopped(argument: str) -> None:
        calls.append(argument)
        began.set()
        first.stopping.wait()
        raise JobInterrupted

    first = Jobs(jobs_url)
    first.register("work", until_stopped)
    first.start("work", "x", id="job")
    assert began.wait(10)
    first.close()

    second = Jobs(jobs_url)
    opened.append(second)
    second.register("work", calls.append)
    second.launch()
    second.wait("job")
    assert calls == ["x", "x"]


CHILD = """
import os, sys, threading
from pathlib import Path
from windlass.storage.jobs import Jobs

folder, mode = Path(sys.argv[1]), sys.argv[2]

def work(argument):
    with (folder / "calls").open("a") as file:
        file.write(argument + "\\n")
    if mode == "hang":
        print("began", flush=True)
        threading.Event().wait()

jobs = Jobs(f"sqlite:///{folder / 'jobs.sqlite'}")
jobs.register("work", work)
if mode == "hang":
    jobs.start("work", "a", id="job")
    threading.Event().wait()
jobs.launch()
jobs.wait("job")
jobs.close()
print("done", flush=True)
"""


def test_a_killed_process_leaves_its_job_to_the_next(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    with subprocess.Popen([*command, "hang"], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "began\n"
        os.kill(child.pid, signal.SIGKILL)
    again = subprocess.run([*command, "resume"], capture_output=True, text=True, timeout=60, check=True)
    assert again.stdout == "done\n"
    assert again.stderr == ""
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "a\na\n"


def test_connections_know_the_clock_that_the_schema_asks_for_whatever_sqlite_there_is() -> None:
    connection = _SqliteConnection(":memory:")
    try:
        (moment,) = connection.execute("SELECT unixepoch('subsec')").fetchone()
    finally:
        connection.close()
    assert abs(moment - time.time()) < 60
