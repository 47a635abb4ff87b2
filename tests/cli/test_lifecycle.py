"""`windlass retention` and `windlass erase`."""

import signal
import subprocess
import sys
import threading

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import Unavailable
from windlass.telemetry.lifecycle.erasure_records import Owed


def store(project: Project) -> None:
    spans = span(1, 1, start_ns=10**18, attributes={"user.id": "ada"}), span(2, 1)
    project.live.services.writer.write_spans(project.name, request(*spans))


def test_retention_is_set_shown_and_applied(windlass: Windlass, project: Project) -> None:
    store(project)
    assert windlass("retention", "show").out == "Traces are kept for ever.\n"
    told = windlass("retention", "set", "--days", 2000, "--traces", 5, "--reason", "ticket 7").out
    kept = "Traces are kept for 2000 days and of these the newest 5; traces of evaluation runs stay.\n"
    assert told.startswith(kept)
    assert windlass("retention", "show").out.startswith(kept)
    assert ["spans", "1"] in rows(windlass("retention", "apply"))
    assert [item["trace_id"] for item in project.client.get("/traces")["items"]] == [trace_id(2)]


def test_erase_counts_first_and_then_erases(windlass: Windlass, project: Project) -> None:
    store(project)
    assert ["traces", "1", "1"] in rows(windlass("erase", "--user", "ada", "--dry-run"))
    done = windlass("erase", "--user", "ada", "--reason", "ticket 8")
    assert ["traces", "1", "0"] in rows(done)
    assert "The receipt is erasure/" in done.out
    assert ["traces", "1", "0"] in rows(windlass("erase", "--trace", trace_id(2)))
    assert project.client.get("/traces")["items"] == []


def test_erase_wants_one_subject(windlass: Windlass) -> None:
    for arguments in ((), ("--user", "a", "--trace", "b")):
        done = windlass("erase", *arguments)
        assert (done.code, done.err) == (2, "Error: Say whose traces: one of --user, --session and --trace.\n")


def test_how_an_erasure_stands_is_shown(windlass: Windlass, project: Project) -> None:
    store(project)
    done = windlass("erase", "--user", "ada")
    number = done.out.partition("erasure/")[2].partition(" ")[0]
    # Where the machine is slow, whoever waits is told so: that is no part of the result.
    shown = windlass("erase", "--show", number)
    assert (shown.code, shown.out) == (done.code, done.out)
    missing = windlass("erase", "--show", "x")
    assert (missing.code, missing.err) == (2, f"Error: There is no erasure 'x' in the project '{project.name}'.\n")
    both = windlass("erase", "--show", number, "--user", "ada")
    assert (both.code, both.err) == (
        2,
        "Error: --show says how one stands that was begun before: leave the rest out.\n",
    )


def test_one_that_fails_says_why(windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_owed: Owed) -> None:
        raise Unavailable("The moon is in the way: erase again.")

    monkeypatch.setattr(project.live.services.erasures, "_erase", fail)
    done = windlass("erase", "--user", "ada")
    assert (done.code, done.err) == (2, "Error: The moon is in the way: erase again.\n")
    (failed,) = project.client.get("/erasures")["items"]
    shown = windlass("erase", "--show", failed["id"])
    assert shown.out.startswith("It failed at 20")
    assert shown.out.endswith(": The moon is in the way: erase again.\n")


IMPATIENT = """
import signal

from windlass.cli import erase
from windlass.cli.main import main

# What a shell starts in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
erase._PATIENCE_S = 0.0
main()
"""


def test_ctrl_c_leaves_it_going_on(windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    store(project)
    services = project.live.services
    entered, leave = threading.Event(), threading.Event()
    erase = services.erasures._erase

    def stay(owed: Owed) -> None:
        entered.set()
        assert leave.wait(60)
        erase(owed)

    monkeypatch.setattr(services.erasures, "_erase", stay)
    command = [sys.executable, "-c", IMPATIENT, "erase", "--user", "ada"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        told = waiting.stderr.readline()
        assert entered.wait(60)
        (begun,) = project.client.get("/erasures")["items"]
        look = f"`windlass erase --show {begun['id']}` says how it stands.\n"
        assert told == f"This takes long. It goes on with its server, also after Ctrl-C; {look}"
        shown = windlass("erase", "--show", begun["id"])
        assert shown.out.startswith("It is running, asked for at 20")
        waiting.send_signal(signal.SIGINT)
        assert waiting.stderr.readline() == f"The erasure {begun['id']} goes on with its server; {look}"
        assert waiting.wait(60) != 0
    leave.set()
    services.jobs.wait(begun["id"])
    assert project.client.get(f"/erasures/{begun['id']}")["state"] == "finished"
    assert [item["trace_id"] for item in project.client.get("/traces")["items"]] == [trace_id(2)]
