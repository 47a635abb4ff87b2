"""Read-only SQL over HTTP."""

import pytest

from tests.live import Project
from tests.telemetry.sending import request, span, trace_id
from windlass.errors import InputError


@pytest.fixture
def spans(project: Project) -> None:
    project.live.services.writer.write_spans(project.name, request(span(1, 1, name="a"), span(2, 1, name="b")))


@pytest.mark.usefixtures("spans")
def test_a_select_is_answered_with_columns_rows_and_whether_it_was_cut(project: Project) -> None:
    query = "SELECT trace_id, count() AS n FROM spans GROUP BY 1 ORDER BY 1"
    assert project.client.post("/sql", {"query": query}) == {
        "columns": [{"name": "trace_id", "type": "String"}, {"name": "n", "type": "UInt64"}],
        "rows": [[trace_id(1), 1], [trace_id(2), 1]],
        "cut": False,
    }


@pytest.mark.usefixtures("spans")
def test_a_result_comes_as_a_file_too(project: Project) -> None:
    with project.http() as http:
        answer = http.post(
            "/api/v1/sql/file", json={"query": "SELECT name FROM spans ORDER BY 1", "format": "csv"}
        )
    assert (answer.text, answer.headers["content-type"]) == ('"name"\n"a"\n"b"\n', "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="result.csv"'


def test_the_tables_are_listed_with_the_columns_that_a_select_of_all_gives(project: Project) -> None:
    tables = project.client.get("/sql/tables")["items"]
    assert [table["name"] for table in tables] == ["spans", "traces", "scores"]
    for table in tables:
        listed = [{"name": column["name"], "type": column["type"]} for column in table["columns"]]
        answer = project.client.post("/sql", {"query": f"SELECT * FROM {table['name']} LIMIT 0"})
        assert answer["columns"] == listed
    assert tables[0]["columns"][0]["about"] == "32 hexadecimal digits"


def test_what_is_not_allowed_is_a_422_with_a_sentence(project: Project) -> None:
    with pytest.raises(InputError, match=r"There is no table 'system\.tables' here"):
        project.client.post("/sql", {"query": "SELECT * FROM system.tables"})


def test_a_viewer_may_not_ask_in_sql(project: Project) -> None:
    with project.http(project.key_of("viewer")) as http:
        answer = http.post("/api/v1/sql", json={"query": "SELECT 1"})
        tables = http.get("/api/v1/sql/tables")
    assert (answer.status_code, tables.status_code) == (403, 403)
    assert "may not do sql:query" in answer.json()["detail"]
