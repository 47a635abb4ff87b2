"""`windlass retention` and `windlass erase`."""

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import request, span, trace_id


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
