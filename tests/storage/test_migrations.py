import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

# Each declares its tables on the shared metadata.
from windlass.access import tables as _access
from windlass.artifacts import tables as _artifacts
from windlass.errors import ConfigurationError, Unavailable
from windlass.evaluation import tables as _evaluation
from windlass.evaluation.arenas import tables as _arenas
from windlass.evaluation.calibration import tables as _calibration
from windlass.evaluation.reviews import tables as _reviews
from windlass.evaluation.sequential import tables as _sequential
from windlass.evaluation.workers import tables as _workers
from windlass.models import tables as _models
from windlass.monitoring import tables as _monitoring
from windlass.prices import tables as _prices
from windlass.storage.database import Database, metadata
from windlass.telemetry import tables as _telemetry
from windlass.views import tables as _views

DECLARED = (
    _access,
    _arenas,
    _artifacts,
    _calibration,
    _evaluation,
    _models,
    _monitoring,
    _prices,
    _reviews,
    _sequential,
    _telemetry,
    _views,
    _workers,
)


def test_every_file_of_tables_is_compared() -> None:
    source = Path(_access.__file__).parent.parent
    assert {path.parent.name for path in source.rglob("tables.py")} == {
        module.__name__.split(".")[-2] for module in DECLARED
    }


def test_a_fresh_database_is_what_the_tables_declare(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = inspect(database.engine).get_table_names()
    database.migrate()
    with database.read() as tx:
        assert len(tx.execute(text("SELECT version_num FROM alembic_version")).all()) == 1
        assert tx.execute(text("SELECT id, seq FROM audit_head")).all() == [(1, 0)]
    assert inspect(database.engine).get_table_names() == before


def test_a_database_of_a_newer_windlass_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = 'f00'"))
    with pytest.raises(
        ConfigurationError,
        match=r"^The database has schema 'f00', which this windlass does not know: it was written by a newer "
        r"version\. Upgrade windlass, or open another data folder\.$",
    ):
        database.migrate()
    with database.read() as tx:
        assert tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "f00"


def test_a_migration_that_fails_on_the_way_leaves_no_tables_and_can_be_tried_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    database = Database(url)
    with database.engine.connect() as connection:
        # Every table is at least a page: the disk is full after the third.
        connection.exec_driver_sql("PRAGMA max_page_count = 6")
    with pytest.raises(Unavailable, match="free disk space"):
        database.migrate()
    assert inspect(database.engine).get_table_names() == []
    database.close()

    database = Database(url)
    database.migrate()
    assert "versions" in inspect(database.engine).get_table_names()
    database.close()


MIGRATING = """
import sys
from windlass.storage.database import Database

database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
database.migrate()
database.close()
"""


@pytest.mark.postgres
def test_processes_that_migrate_at_once_take_turns(
    postgres_server: str, postgres_template: Callable[[str], None]
) -> None:
    postgres_template("CREATE DATABASE racing")
    command = [sys.executable, "-c", MIGRATING, postgres_server.format("racing")]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    try:
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert [(*racer.communicate(timeout=60), racer.returncode) for racer in racers] == [("", "", 0)] * 3
    finally:
        for racer in racers:
            racer.kill()
        postgres_template("DROP DATABASE racing WITH (FORCE)")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "has schema '0001', and this windlass works with"),
        ("DROP TABLE alembic_version", "is empty, and this windlass works with"),
        ("UPDATE alembic_version SET version_num = 'f00'", "has schema 'f00', which this windlass does not know"),
    ],
)
def test_who_may_not_migrate_refuses_another_schema(database: Database, statement: str, problem: str) -> None:
    database.check_schema()
    with database.write() as tx:
        tx.execute(text(statement))
    with pytest.raises(ConfigurationError, match=problem):
        database.check_schema()
