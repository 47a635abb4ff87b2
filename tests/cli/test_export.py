"""`windlass traces export`."""

import json
from pathlib import Path

from tests.cli.conftest import Windlass
from tests.live import Project
from tests.telemetry.sending import Plain, request, span


def test_traces_are_exported_to_a_file_that_is_whole_or_not_there(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    project.live.services.writer.write_spans(project.name, request(span(1, 1, name="a"), span(2, 1, name="b")))
    file = tmp_path / "traces.jsonl"
    assert windlass("traces", "export", "--where", "name=b", "--output", file).code == 0
    assert [json.loads(line)["name"] for line in file.read_text().splitlines()] == ["b"]
    for data_format, start in (("otlp", b'{"resourceSpans"'), ("otlp-protobuf", b"\n"), ("parquet", b"PAR1")):
        assert windlass("traces", "export", "--format", data_format, "-o", tmp_path / data_format).code == 0
        assert (tmp_path / data_format).read_bytes().startswith(start)
    for wrong in (("--format", "xml"), ("--status", "unset")):
        done = windlass("traces", "export", *wrong, "-o", tmp_path / "none")
        assert (done.code, (tmp_path / "none").exists()) == (2, False)
        assert done.err.startswith("Error: ")
    assert windlass("traces", "export", "-o", tmp_path / "no" / "folder").err.endswith(
        "No such file or directory.\n"
    )


def test_spans_sessions_and_users_are_listed_and_spans_exported(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    about: dict[str, Plain] = {"user.id": "ada", "session.id": "c1", "gen_ai.input.messages": "Where is it?"}
    asked = span(1, 1, name="ask", attributes=about)
    searched = span(1, 2, parent=1, name="search", attributes={"gen_ai.tool.name": "search"})
    project.live.services.writer.write_spans(project.name, request(asked, searched))

    assert "search" in windlass("spans", "list", "--where", "tool=search").out
    assert windlass("spans", "list", "--environment", "none").out == "There are no such spans.\n"
    file = tmp_path / "spans.jsonl"
    assert windlass("spans", "export", "--where", "tool=search", "-o", file).code == 0
    assert [json.loads(line)["name"] for line in file.read_text().splitlines()] == ["search"]
    for what, name in (("sessions", "c1"), ("users", "ada")):
        assert name in windlass(what, "list", "--where", "tool=search").out
        assert windlass(what, "list", "--from", "2100-01-01").out == f"There are no such {what}.\n"
    assert windlass("traces", "list", "--to", "2000-01-01").out.startswith("There are no such traces")
