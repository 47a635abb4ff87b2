"""`windlass sql`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import request, span

QUERY = "SELECT name, input_tokens FROM spans ORDER BY name"


@pytest.fixture(autouse=True)
def spans(project: Project) -> None:
    project.live.services.writer.write_spans(project.name, request(span(1, 1, name="a"), span(2, 1, name="b")))


def test_sql_prints_a_table_or_json(windlass: Windlass) -> None:
    assert rows(windlass("sql", QUERY)) == [["a", "–"], ["b", "–"]]
    answer = json.loads(windlass("sql", QUERY, "--format", "json").out)
    assert (answer["rows"], answer["cut"]) == ([["a", None], ["b", None]], False)


def test_sql_writes_files(windlass: Windlass, tmp_path: Path, project: Project) -> None:
    assert windlass("sql", QUERY, "--format", "csv", "-o", tmp_path / "a.csv").code == 0
    assert (tmp_path / "a.csv").read_text() == '"name","input_tokens"\n"a",\\N\n"b",\\N\n'
    assert windlass("sql", QUERY, "--format", "parquet", "-o", tmp_path / "a.parquet").code == 0
    found = project.live.services.warehouse.query(f"SELECT name FROM file('{tmp_path / 'a.parquet'}', Parquet)")
    assert [row["name"] for row in found] == ["a", "b"]


def test_sql_says_what_is_wrong_in_a_sentence(windlass: Windlass, tmp_path: Path) -> None:
    assert windlass("sql", "SELECT sleep(1)").err == "Error: The function 'sleep' is not allowed here.\n"
    assert windlass("sql", "SELECT 1", "--format", "xml").code == 2
    refused = windlass("sql", "SELECT sleep(1)", "--format", "csv", "-o", tmp_path / "none.csv")
    assert (refused.code, list(tmp_path.iterdir())) == (2, [])


def test_sql_says_when_the_answer_was_cut(windlass: Windlass) -> None:
    done = windlass("sql", "SELECT number FROM numbers(10001)", "--format", "json")
    assert done.err == "Only the first 10000 rows are shown; there are more.\n"
