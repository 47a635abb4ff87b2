"""Read-only SQL on the engine: what a project sees, what it cannot see, and the limits."""

import contextlib
import csv
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.telemetry.sending import START_NS, Plain, request, span, trace_id
from windlass.errors import InputError, Unavailable
from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import write_prices
from windlass.telemetry.scores import Score
from windlass.telemetry.sql.query import ReadOnlySql, SqlLimits
from windlass.telemetry.sql.views import VIEWS, open_views
from windlass.telemetry.traces import get_trace, list_traces
from windlass.telemetry.writer import Writer

SECRET = "secret of another project"


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Writer]]:
    """A warehouse with the project "mine" and, on either side of it in the order of the tables, two others."""
    folder = tmp_path_factory.mktemp("sql")
    warehouse = Warehouse.open(f"chdb://{folder / 'warehouse'}")
    writer = Writer(warehouse, folder / "spool")
    chat: Plain = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5, "windlass.cost_usd": 0.25}
    root: Plain = {"gen_ai.input.messages": "7", "user.id": "ada", "flag": True, "n": 3, "list": [1]}
    unpriced: Plain = {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 500_000}
    spans = [
        span(1, 1, name="root", duration_ns=2_000_000_000, attributes=root),
        span(1, 2, parent=1, name="chat", attributes=chat),
        span(2, 1, name="failed", start_ns=START_NS + 10**9, error=True, attributes=unpriced),
    ]
    writer.write_spans("mine", request(*spans))
    writer.write_spans("mine", request(spans[0]))
    for other in ("a-other", "z-other", "mine' OR 1 = 1 --"):
        foreign = span(9, 1, name=SECRET, attributes={"gen_ai.input.messages": SECRET, "user.id": SECRET})
        writer.write_spans(other, request(foreign, resource={"service.name": SECRET}))
        writer.write_scores(other, [Score(trace_id=trace_id(9), name=SECRET, value=1.0, source="human")])
    writer.write_scores("mine", [Score(trace_id=trace_id(1), name="good", value=0.5, source="human")])
    rate = Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 2.0, 8.0, 0.0, 0.0, 0.0, 0.0)
    listing = Listing(rates=(rate,), own=0, source="test", listed_as="m")
    write_prices(warehouse, "mine", {CalledModel("", "m", ""): listing})
    # One part, so that rows of different projects lie in the same granules.
    for table in ("spans", "traces", "scores"):
        warehouse.execute(f"OPTIMIZE TABLE {table} FINAL")
    yield warehouse, writer
    writer.close()
    warehouse.close()


@pytest.fixture(scope="module")
def warehouse(stores: tuple[Warehouse, Writer]) -> Warehouse:
    return stores[0]


@pytest.fixture(scope="module")
def sql(warehouse: Warehouse) -> ReadOnlySql:
    return ReadOnlySql(warehouse)


def values(sql: ReadOnlySql, query: str, project: str = "mine") -> list[object]:
    """Return the rows of a query, those of one column as values."""
    rows = sql.query(project, query).rows
    return [row[0] if len(row) == 1 else row for row in rows]


def test_spans_are_seen_once_with_ids_as_text_and_durations_in_seconds(sql: ReadOnlySql) -> None:
    answer = sql.query("mine", "SELECT * FROM spans ORDER BY trace_id, span_id")
    rows = [dict(zip([column.name for column in answer.columns], row, strict=True)) for row in answer.rows]
    assert [row["name"] for row in rows] == ["root", "chat", "failed"]
    root, chat, failed = rows
    assert (root["trace_id"], root["span_id"], root["parent_span_id"]) == (trace_id(1), "0" * 15 + "1", "")
    assert (root["duration_s"], root["status"], failed["status"]) == (2.0, "unset", "error")
    assert (root["user"], root["input"], root["input_tokens"]) == ("ada", "7", None)
    assert root["attributes"] == {"flag": "true", "n": "3", "list": "CgIYAQ=="}
    assert (chat["parent_span_id"], chat["operation"], chat["cost_usd"]) == ("0" * 15 + "1", "chat", 0.25)
    assert failed["cost_usd"] == 1.0
    assert root["resource"] == {"service.name": "shop"}
    assert answer.cut is False


def test_the_view_of_traces_says_what_the_list_of_traces_says(warehouse: Warehouse, sql: ReadOnlySql) -> None:
    answer = sql.query("mine", "SELECT * EXCEPT (start_time) FROM traces ORDER BY start_time DESC")
    names = [column.name for column in answer.columns]
    listed = [item.model_dump() for item in list_traces(warehouse, "mine").items]
    assert [dict(zip(names, row, strict=True)) for row in answer.rows] == [
        {name: trace[name] for name in names} for trace in listed
    ]
    assert get_trace(warehouse, "mine", trace_id(1)).span_count == 2


def test_scores_can_be_joined(sql: ReadOnlySql) -> None:
    query = "SELECT t.name, s.name, s.value FROM traces AS t JOIN scores AS s USING (trace_id)"
    assert values(sql, query) == [["root", "good", 0.5]]


def test_the_documented_types_are_the_engines(warehouse: Warehouse) -> None:
    database, _ = open_views(warehouse, "mine")
    for view in VIEWS:
        found = warehouse.query(f"DESCRIBE {database}.{view.name}")
        assert [(row["name"], row["type"]) for row in found] == [(c.name, c.type) for c in view.columns]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM spans",
        "SELECT * FROM traces",
        "SELECT * FROM scores",
        "WITH spans AS (SELECT * FROM spans) SELECT * FROM spans",
        "WITH s AS (SELECT * FROM spans), spans AS (SELECT * FROM s) SELECT * FROM spans",
        "SELECT * FROM spans WHERE 1 OR 1",
        "SELECT * FROM spans AS traces JOIN traces AS spans ON 1",
        "SELECT name FROM spans UNION ALL SELECT user FROM spans UNION ALL SELECT name FROM scores",
        "SELECT * FROM spans FULL JOIN scores ON 1 = 1",
        "SELECT name FROM spans GROUP BY name WITH TOTALS",
        "SELECT groupArray(tuple(*)) FROM spans",
        "SELECT any(name), anyLast(input), max(user) FROM spans",
        "SELECT trace_id IN traces, _table, _database FROM spans",
        "SELECT 'mine' AS project, * FROM spans WHERE project = 'a-other'",
        "SELECT * FROM spans WHERE project = 'a-other'",
    ],
)
def test_no_question_shows_another_project(sql: ReadOnlySql, query: str) -> None:
    try:
        answer = sql.query("mine", query).model_dump_json()
    except InputError as refusal:
        answer = refusal.message
    assert SECRET not in answer
    assert trace_id(9) not in answer
    assert "a-other" not in answer.replace(query, "")


@pytest.mark.parametrize("table", ["spans", "traces"])
def test_a_filter_that_fails_on_other_projects_rows_never_meets_them(sql: ReadOnlySql, table: str) -> None:
    """Else an error would quote them and, even without a quotation, tell by coming or not."""
    number = "toUInt64(if(input = '', '0', input))" if table == "spans" else "intDiv(1, user NOT LIKE 'secret%')"
    assert values(sql, f"SELECT count() FROM {table} WHERE {number} >= 0") == [3 if table == "spans" else 2]
    assert values(sql, f"SELECT countIf({number} >= 0) FROM {table}") == [3 if table == "spans" else 2]
    nested = f"SELECT count() FROM (SELECT * FROM {table}) WHERE {number} >= 0 AND start_time > '2000-01-01'"
    assert values(sql, nested) == [3 if table == "spans" else 2]
    joined = f"WITH t AS (SELECT * FROM {table}) SELECT count() FROM t JOIN scores USING (trace_id)"
    assert values(sql, f"{joined} WHERE {number} >= 0") == [2 if table == "spans" else 1]


def test_the_filter_under_the_views_would_hold_alone(warehouse: Warehouse) -> None:
    """The second wall: even the table itself shows one project, in the session in which statements run."""
    settings: dict[str, object] = {}
    query_alone = warehouse.query_alone

    def remember(text: str, **asked: Any) -> bytes:
        settings.update(asked["settings"])
        return query_alone(text, **asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "query_alone", remember)
        ReadOnlySql(warehouse).query("mine", "SELECT 1")
    for table in ("spans", "scores"):
        query = f"SELECT DISTINCT project FROM default.{table} FINAL"
        found = warehouse.query_alone(query, database="default", settings=settings, data_format="TSV")
        assert found == b"mine\n"


def test_a_project_whose_name_is_sql_sees_itself_only(sql: ReadOnlySql) -> None:
    assert values(sql, "SELECT count() FROM spans", "mine' OR 1 = 1 --") == [1]
    assert values(sql, "SELECT count() FROM spans", "empty") == [0]


def test_the_session_of_a_statement_cannot_change_anything(warehouse: Warehouse) -> None:
    for statement in (
        "INSERT INTO scores (name) VALUES ('x')",
        "SELECT 1 SETTINGS readonly = 0",
        "DROP TABLE spans",
    ):
        with pytest.raises(Unavailable, match=r"READONLY|readonly"):
            warehouse.query_alone(statement, database="default", settings={}, data_format="TSV")


def test_a_long_answer_is_cut_and_says_so_and_keeps_its_order(warehouse: Warehouse) -> None:
    sql = ReadOnlySql(warehouse, SqlLimits(rows=3))
    answer = sql.query("mine", "SELECT number FROM numbers(10) ORDER BY number DESC")
    assert (answer.rows, answer.cut) == ([[9], [8], [7]], True)
    assert sql.query("mine", "SELECT number FROM numbers(3)").cut is False
    union = sql.query("mine", "SELECT number FROM numbers(10) UNION ALL SELECT number FROM numbers(10)")
    assert (len(union.rows), union.cut) == (3, True)
    assert sql.query("mine", "SELECT count() FROM (SELECT number FROM numbers(10) LIMIT 8)").rows == [[8]]


_MANY_TIMES_ITSELF = "WITH 1 AS v0, " + ", ".join(f"v{n} + v{n} AS v{n + 1}" for n in range(17)) + " SELECT v17"


@pytest.mark.parametrize(
    ("limits", "query", "message"),
    [
        (SqlLimits(seconds=0.2), "SELECT sum(sin(number)) FROM numbers(100000000)", r"longer than 0\.2 s"),
        (SqlLimits(memory_bytes=2**26), "SELECT arrayMap(x -> range(10000), range(10000))", "memory than 64 MiB"),
        (SqlLimits(memory_bytes=2**26), "SELECT arrayFold((a, x) -> a || a, range(40), 'a')", "memory than 64"),
        (
            SqlLimits(memory_bytes=64 * 2**20),
            "SELECT uniqExact(number), groupArray(number) FROM numbers(50000000)",
            "more memory than 64 MiB",
        ),
        (SqlLimits(read_rows=1000), "SELECT sum(number) FROM numbers(1001)", "reads more than 1000 rows"),
        (SqlLimits(), "SELECT sum(number) FROM numbers(1e12)", "reads more than 100000000 rows"),
        (SqlLimits(result_bytes=2**20), "SELECT repeat('x', 1000) FROM numbers(5000)", "rows or 1 MiB"),
        (SqlLimits(), _MANY_TIMES_ITSELF, "tree is too big"),
        (SqlLimits(), "SELECT " + "tuple(" * 280 + "1" + ")" * 280, "nests too deeply"),
        (
            SqlLimits(),
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT count() FROM n",
            "recursive CTE",
        ),
    ],
)  # fmt: skip
def test_over_a_limit_it_is_refused_in_a_sentence(
    warehouse: Warehouse, limits: SqlLimits, query: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        ReadOnlySql(warehouse, limits).query("mine", query)
    assert refusal.value.message.count("\n") == 0
    assert "sql_" not in refusal.value.message
    # What an earlier statement left half written is not in the answer of the next.
    assert values(ReadOnlySql(warehouse, limits), "SELECT 1") == [1]


def test_a_wrong_name_says_which(sql: ReadOnlySql) -> None:
    with pytest.raises(InputError, match="nosuch") as refusal:
        sql.query("mine", "SELECT nosuch FROM spans")
    assert "sql_" not in refusal.value.message


def test_a_file_is_whole_or_refused(warehouse: Warehouse, sql: ReadOnlySql, tmp_path: Path) -> None:
    text = sql.download("mine", "SELECT name, duration_s FROM spans ORDER BY name", "csv").decode()
    assert list(csv.reader(io.StringIO(text))) == [
        ["name", "duration_s"],
        ["chat", "0.001"],
        ["failed", "0.001"],
        ["root", "2"],
    ]
    file = tmp_path / "result.parquet"
    file.write_bytes(sql.download("mine", "SELECT trace_id, attributes FROM spans WHERE name = 'root'", "parquet"))
    (row,) = warehouse.query(f"SELECT trace_id, attributes['n'] AS n FROM file('{file}', Parquet)")
    assert row == {"trace_id": trace_id(1), "n": "3"}
    lines = sql.download("mine", "SELECT name, input_tokens AS n FROM spans ORDER BY name LIMIT 2", "jsonl")
    assert lines == b'{"name":"chat","n":5}\n{"name":"failed","n":500000}\n'
    with pytest.raises(InputError, match="more than 2 rows"):
        ReadOnlySql(warehouse, SqlLimits(rows=2)).download("mine", "SELECT * FROM spans", "csv")


def test_numbers_without_json_of_their_own_become_null(sql: ReadOnlySql) -> None:
    assert values(sql, "SELECT 1 / 0, 0 / 0, unhex('ff'), NULL") == [[None, None, "\ufffd", None]]


def test_no_more_statements_run_at_once_than_have_room(warehouse: Warehouse) -> None:
    sql = ReadOnlySql(warehouse, SqlLimits(seconds=5))
    slow = "SELECT sum(cityHash64(number, number)) FROM numbers(100000000)"
    seen = threading.Event()

    def hold_a_place() -> None:
        while not seen.is_set():
            # The statement below may have the place for a moment.
            with contextlib.suppress(Unavailable):
                values(sql, slow)

    threads = [threading.Thread(target=hold_a_place) for _ in range(2)]
    for thread in threads:
        thread.start()
    while not seen.is_set():
        try:
            sql.query("mine", "SELECT 1")
        except Unavailable as error:
            refused = error.message
            seen.set()
    for thread in threads:
        thread.join()
    assert "try again in a second" in refused


def test_views_of_an_older_version_are_dropped(warehouse: Warehouse) -> None:
    database, _ = open_views(warehouse, "mine")
    outdated = database.rpartition("_")[0] + "_00000000"
    warehouse.execute(f"CREATE DATABASE {outdated}")
    open_views(warehouse, "mine")
    names = {row["name"] for row in warehouse.query("SELECT name FROM system.databases")}
    assert database in names
    assert outdated not in names
