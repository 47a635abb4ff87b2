import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from windlass.errors import ConfigurationError, Unavailable
from windlass.storage.warehouse import MERGES, ProtobufSchema, Step, Warehouse, WarehouseError

SCHEMA = ProtobufSchema('syntax = "proto3"; message M { string a = 1; sint64 b = 2; }', "M")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder, 한 100%?#"


@pytest.fixture
def warehouse(folder: Path) -> Iterator[Warehouse]:
    opened = Warehouse.open(f"chdb://{folder}")
    yield opened
    opened.close()


def test_rows_come_back_as_they_were_inserted(warehouse: Warehouse) -> None:
    warehouse.execute(
        "CREATE TABLE t (a String, b Int64, c Nullable(Float64), d DateTime64(6, 'UTC'), e Array(String), f Bool) "
        "ENGINE = MergeTree ORDER BY b"
    )
    rows: list[dict[str, object]] = [
        {"a": "it's\n\\ \x00 한", "b": -(2**63), "c": None, "d": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
         "e": ["x", ""], "f": True},
        {"a": "", "b": 2**63 - 1, "c": 0.1, "d": datetime(1970, 1, 1, tzinfo=UTC), "e": [], "f": False},
    ]  # fmt: skip

    warehouse.insert("t", rows)
    warehouse.insert("t", [])

    found = warehouse.query("SELECT * FROM t ORDER BY b")
    assert [{**row, "d": row["d"].replace(tzinfo=UTC)} for row in found if isinstance(row["d"], datetime)] == rows


def test_a_column_is_given_in_another_format_of_the_driver(warehouse: Warehouse) -> None:
    columns = (
        "fromUnixTimestamp64Nano(1000000000123456789, 'UTC') AS time, ['\\xff\\0', ''] AS messages, 'é' AS text"
    )

    rows = warehouse.query("SELECT " + columns, formats={"time": "int", "messages": "bytes"})

    assert rows == [{"time": 1_000_000_000_123_456_789, "messages": [b"\xff\0", b""], "text": "é"}]


def test_parameters_are_bound_and_never_text_of_the_statement(warehouse: Warehouse) -> None:
    nasty = "'); DROP TABLE t; -- {x:String} \\"

    rows = warehouse.query(
        "SELECT {text:String} AS text, {list:Array(String)} AS list, {number:Int64} AS number",
        {"text": nasty, "list": [nasty, ""], "number": -5},
    )

    assert rows == [{"text": nasty, "list": [nasty, ""], "number": -5}]


def test_an_insert_is_all_or_nothing(warehouse: Warehouse) -> None:
    warehouse.execute("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")

    with pytest.raises(WarehouseError):
        warehouse.insert("t", [{"a": 1}, {"a": "not a number"}])

    assert warehouse.query("SELECT count() AS n FROM t") == [{"n": 0}]


def test_an_error_of_a_view_is_an_error_of_the_insert(warehouse: Warehouse) -> None:
    warehouse.execute("CREATE TABLE inbox (a String, b Int64) ENGINE = Null")
    warehouse.execute("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    warehouse.execute("CREATE MATERIALIZED VIEW v TO t AS SELECT toInt64(a) + b AS a FROM inbox")

    warehouse.insert_protobuf("inbox", b"\x05\x0a\x017\x10\x08", SCHEMA)
    with pytest.raises(WarehouseError) as caught:
        warehouse.insert_protobuf("inbox", b"\x05\x0a\x017\x10\x08\x05\x0a\x01x\x10\x08", SCHEMA)

    assert caught.value.code == 6
    assert warehouse.query("SELECT a FROM t") == [{"a": 11}]


def test_a_refusal_is_one_sentence(warehouse: Warehouse, folder: Path) -> None:
    with pytest.raises(WarehouseError) as caught:
        warehouse.query("SELECT nothing")

    assert caught.value.code == 47
    assert "\n" not in caught.value.message
    assert caught.value.message.startswith(f"The warehouse in {folder} refused a statement: ")


def test_a_statement_asked_for_often_is_never_slowed_to_be_compiled(warehouse: Warehouse) -> None:
    names = "'compile_expressions', 'compile_aggregate_expressions', 'compile_sort_description'"
    rows = warehouse.query(f"SELECT value FROM system.settings WHERE name IN ({names})")
    assert [row["value"] for row in rows] == ["0"] * 3


def test_a_project_has_rows_from_its_first_on(warehouse: Warehouse) -> None:
    warehouse.execute("CREATE TABLE t (project String) ENGINE = MergeTree ORDER BY project")
    assert not warehouse.has_rows("t", "shop")

    warehouse.insert("t", [{"project": "other"}])
    assert not warehouse.has_rows("t", "shop")
    assert warehouse.has_rows("t", "other")

    warehouse.insert("t", [{"project": "shop"}])
    assert warehouse.has_rows("t", "shop")


def test_a_short_query_passes_a_long_one(warehouse: Warehouse) -> None:
    started, ended = threading.Event(), threading.Event()

    def long() -> None:
        started.set()
        warehouse.query("SELECT sleep(1.5)")
        ended.set()

    thread = threading.Thread(target=long)
    thread.start()
    assert started.wait(10)
    before = time.monotonic()
    warehouse.query("SELECT 1")

    assert not ended.is_set() or time.monotonic() - before < 1
    thread.join()


def test_a_read_that_is_begun_runs_beside_those_of_the_caller(warehouse: Warehouse) -> None:
    both = threading.Barrier(2, timeout=30)

    def read() -> list[dict[str, object]]:
        both.wait()
        return warehouse.query("SELECT 1 AS a")

    begun = warehouse.begin(read)
    assert read() == begun.result() == [{"a": 1}]
    with pytest.raises(WarehouseError, match="refused"):
        warehouse.begin(lambda: warehouse.query("SELECT no_such_column")).result()
    warehouse.close()
    with pytest.raises(Unavailable, match="is closed"):
        warehouse.begin(read)


def test_many_threads_share_few_clients(warehouse: Warehouse) -> None:
    found: list[object] = []

    def ask(number: int) -> None:
        found.append(warehouse.query("SELECT {n:UInt8} AS n", {"n": number})[0]["n"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, found)) == sorted(map(str, range(20)))


def test_steps_run_once_in_order_and_again_after_a_crash(warehouse: Warehouse) -> None:
    create = Step(1, "a table", ("CREATE TABLE IF NOT EXISTS t (n UInt8) ENGINE = MergeTree ORDER BY n",))
    broken = Step(2, "a row", ("INSERT INTO t VALUES (1)", "SELECT nothing"))
    whole = Step(2, "a row", ("INSERT INTO t VALUES (2)",))

    with pytest.raises(WarehouseError):
        warehouse.apply_steps({"tests": [broken, create]})
    warehouse.apply_steps({"tests": [whole, create]})
    warehouse.apply_steps({"tests": [whole, create]})
    warehouse.apply_steps({"another": [create]})

    assert warehouse.query("SELECT n FROM t ORDER BY n") == [{"n": 1}, {"n": 2}]
    assert warehouse.query("SELECT schema, number, title FROM schema_steps ORDER BY schema, number") == [
        {"schema": "another", "number": 1, "title": "a table"},
        {"schema": "tests", "number": 1, "title": "a table"},
        {"schema": "tests", "number": 2, "title": "a row"},
    ]


def test_a_newer_schema_is_refused_in_one_sentence(warehouse: Warehouse, folder: Path) -> None:
    steps = [Step(1, "one", ()), Step(2, "two", ())]
    warehouse.apply_steps({"tests": steps})

    with pytest.raises(ConfigurationError) as caught:
        warehouse.apply_steps({"tests": steps[:1]})

    assert caught.value.message == (
        f"The warehouse in {folder} has tests schema step 2, and this windlass knows 1: it was written by a newer "
        "version. Upgrade windlass, or open another data folder."
    )


def test_what_was_written_is_there_when_opened_again(folder: Path) -> None:
    first = Warehouse.open(f"chdb://{folder}")
    first.execute("CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a")
    first.insert("t", [{"a": "kept"}])
    first.close()
    first.close()
    with pytest.raises(Unavailable, match="is closed"):
        first.query("SELECT 1")

    second = Warehouse.open(f"chdb://{folder}")
    assert second.query("SELECT a FROM t") == [{"a": "kept"}]
    second.close()


def test_nothing_is_left_in_the_working_folder(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    warehouse.execute("CREATE TABLE t (a String, b Int64) ENGINE = Memory")
    warehouse.insert_protobuf("t", b"\x03\x0a\x01x", SCHEMA)

    assert warehouse.query("SELECT a, b FROM t") == [{"a": "x", "b": 0}]
    assert list(working.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness of its own")
def test_merges_let_others_go_first_for_users_without_rights_too(tmp_path: Path) -> None:
    without_rights = ["setpriv", "--bounding-set=-sys_nice"] if os.geteuid() == 0 else []
    program = """
import os, sys, time
from pathlib import Path
from windlass.storage.warehouse import Warehouse

warehouse = Warehouse.open(sys.argv[1])
warehouse.apply_steps({})
columns = ", ".join(f"column{number} String" for number in range(30))
settings = "min_bytes_for_wide_part = 0, min_compressed_bytes_to_fsync_after_merge = 1"
warehouse.execute(f"CREATE TABLE t (key UInt64, {columns}) ENGINE = MergeTree ORDER BY key SETTINGS {settings}")
end = time.monotonic() + 30
while not warehouse.query("SELECT 1 FROM system.parts WHERE active AND table = 't' AND level > 0"):
    assert time.monotonic() < end, "nothing was merged"
    warehouse.execute("INSERT INTO t (key) SELECT number FROM numbers(1000)")
names = {int(task.name): (task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()}
nice = {thread: os.getpriority(os.PRIO_PROCESS, thread) for thread in sorted(names)}
print(*(nice[thread] for thread in nice if names[thread] == "MergeMutate"))
print(*{max(nice[thread], 0) for thread in nice if names[thread] != "MergeMutate"})
"""
    command = [*without_rights, sys.executable, "-c", program, f"chdb://{tmp_path}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    merges, others = ran.stdout.splitlines()

    assert merges.split() == ["10", *["19"] * (MERGES - 1)]
    # Not those that a merge would have started, which reads take, too.
    assert others.split() == [str(max(os.getpriority(os.PRIO_PROCESS, 0), 0))]


def test_the_engine_comes_without_what_is_only_installed_beside_it(tmp_path: Path) -> None:
    program = """
import sys
from windlass.storage.warehouse import Warehouse

assert Warehouse.open(sys.argv[1]).query("SELECT 1 AS one") == [{"one": 1}]
assert "pyarrow" not in sys.modules
import pyarrow
print(pyarrow.array([1]).to_pylist())
"""
    command = [sys.executable, "-c", program, f"chdb://{tmp_path}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["[1]"]


def test_a_second_process_is_told_that_a_folder_has_an_owner(warehouse: Warehouse, folder: Path) -> None:
    program = "import sys; from windlass.storage.warehouse import Warehouse; Warehouse.open(sys.argv[1])"
    ran = subprocess.run([sys.executable, "-c", program, f"chdb://{folder}"], capture_output=True, text=True)

    assert ran.returncode != 0
    assert "windlass.errors.ConfigurationError: The warehouse in" in ran.stderr
    assert "One process owns a data folder: stop the other windlass" in ran.stderr


def test_a_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match=r"The warehouse folder .* cannot be used: "):
        Warehouse.open(f"chdb://{tmp_path / 'file'}")


@pytest.mark.parametrize("url", ["chdb://relative", "postgresql://u:secret@host/db", "clickhouse://", "nonsense"])
def test_another_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not understood; use chdb:///absolute/folder or") as caught:
        Warehouse.open(url)
    assert "secret" not in caught.value.message


def test_a_file_is_written_in_a_format_of_the_engine(warehouse: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "it's.csv"
    sql = "SELECT number AS n FROM numbers({many:UInt64})"

    warehouse.write_file(sql, {"many": 3}, file, data_format="CSV", settings={"max_block_size": 1})

    assert file.read_bytes() == b"0\n1\n2\n"
