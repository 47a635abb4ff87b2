"""Parts that tests share: both databases that windlass claims, migrated and empty, and what stands on them."""

import gc
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.artifacts.environments import Environments
from windlass.artifacts.registry import Registry
from windlass.storage.blobs import Blobs, open_blobs
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

if TYPE_CHECKING:
    import psycopg

pytest_plugins = ["tests.live", "pytester"]

# Looking through all objects of a process that has imported everything takes half a second each time.
gc.set_threshold(5_000, 20, 50)

_POSTGRES_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")

_numbers = count(1)


def _postgres_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl: that on the PATH, or Debian's newest."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return installed[-1].parent if installed else None


def _somebody() -> dict[str, Any]:
    """Return how to start a process as somebody else than root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL on a Unix socket of its own; the value is the URL of a database, with {} for its name."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed here (initdb is neither on the PATH nor in /usr/lib/postgresql)")
    # Not pytest's folder: the path of a Unix socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="windlass-pg-"))
    as_somebody = _somebody()
    if as_somebody:
        os.chown(folder, as_somebody["user"], as_somebody["group"])
    log, data = folder / "log", folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
            **as_somebody,
        )

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    options = " ".join(f"-c {setting}" for setting in _POSTGRES_SETTINGS)
    run("pg_ctl", "start", "-w", "-l", str(log), "-o", f"-k {folder} -c listen_addresses='' {options}")
    try:
        yield f"postgresql://postgres@/{{}}?host={folder}"
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Callable[[str], None]:
    """Return what runs a statement outside a transaction, beside a migrated database named `template_windlass`."""
    import psycopg  # not installed everywhere: with it this fixture is skipped no more than the server

    def execute(statement: str) -> None:
        with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    execute("CREATE DATABASE template_windlass")
    migrated = Database(postgres_server.format("template_windlass"))
    migrated.migrate()
    migrated.close()
    return execute


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "records.sqlite"
    migrated = Database(f"sqlite:///{file}")
    migrated.migrate()
    migrated.close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated, empty SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'records.sqlite')}"


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str, postgres_template: Callable[[str], None]) -> "SharedPostgres":
    return SharedPostgres(postgres_server.format("shared"), postgres_template)


@pytest.fixture
def postgres_url(shared_postgres: "SharedPostgres") -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database."""
    yield shared_postgres.url
    shared_postgres.empty()


class SharedPostgres:
    """A database that one test after the other has, each as if it were new: that takes a thirtieth of the time."""

    def __init__(self, url: str, execute: Callable[[str], None]) -> None:
        self.url = url
        self._execute = execute
        self._make()

    def empty(self) -> None:
        """Put back the rows and the numbers of the first time; what has other tables than then is made again."""
        import psycopg  # see postgres_template

        with psycopg.connect(self.url, autocommit=True) as connection:
            # Whoever holds a lock here is of a test that has ended.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if _tables(connection) == self._tables:
                connection.execute(self._restoring.encode())
                return
        self._execute("DROP DATABASE shared WITH (FORCE)")
        self._make()

    def _make(self) -> None:
        import psycopg

        self._execute("CREATE DATABASE shared TEMPLATE template_windlass")
        with psycopg.connect(self.url, autocommit=True) as connection:
            self._tables = _tables(connection)
            # What migrations wrote.
            connection.execute("CREATE SCHEMA first")
            filled = [table for table in self._tables if _has_rows(connection, table)]
            for table in filled:
                connection.execute(f"CREATE TABLE first.{table} AS TABLE {table}".encode())
        self._restoring = "; ".join(
            [
                "SET session_replication_role = replica",
                *(f"DELETE FROM {table}" for table in self._tables),
                *(f"INSERT INTO {table} TABLE first.{table}" for table in filled),
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences",
            ]
        )


def _tables(connection: "psycopg.Connection[Any]") -> list[str]:
    """Return the names of the tables that are windlass's own."""
    rows = connection.execute(
        "SELECT quote_ident(tablename) FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'first') ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def _has_rows(connection: "psycopg.Connection[Any]", table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone() is not None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database, of each kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, of each kind in turn."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def audit() -> AuditChain:
    return AuditChain(b"the signing key of the tests, 32.")


@pytest.fixture
def signing(tmp_path: Path) -> SigningKeys:
    return SigningKeys(tmp_path / "signing")


@pytest.fixture
def registry(database: Database, audit: AuditChain) -> Registry:
    return Registry(database, audit)


@pytest.fixture
def environments(database: Database, audit: AuditChain) -> Environments:
    return Environments(database, audit)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return open_blobs((tmp_path / "blobs").as_uri())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what shares the live server, which takes a second to be back, and go on with what is long.

    That may have to wait for the web UI. The many short tests come last, so that all processes end together.
    """

    def place(item: pytest.Item) -> int:
        if "end_to_end" in item.path.parts:
            return 1
        return 0 if "live" in getattr(item, "fixturenames", ()) else 2

    items.sort(key=place)


@pytest.fixture(scope="session")
def warehouse_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse that has its tables and nothing in them."""
    folder = tmp_path_factory.mktemp("template")
    prepared = Warehouse.open(f"chdb://{folder / 'warehouse'}")
    Writer(prepared, folder / "spool").close()
    prepared.close()
    return folder / "warehouse"


@pytest.fixture
def warehouse_url(warehouse_template: Path, tmp_path: Path) -> str:
    """The URL of an empty warehouse that has its tables: making them takes half a second."""
    return f"chdb://{shutil.copytree(warehouse_template, tmp_path / 'warehouse', symlinks=True)}"


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """One warehouse a test: chDB takes one folder a process at a time, so each is closed before the next opens."""
    opened = Warehouse.open(warehouse_url)
    yield opened
    opened.close()


@pytest.fixture
def bare_warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse without tables."""
    opened = Warehouse.open(f"chdb://{tmp_path / 'warehouse'}")
    yield opened
    opened.close()


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def writer(warehouse: Warehouse, spool: Path) -> Iterator[Writer]:
    opened = Writer(warehouse, spool)
    yield opened
    opened.close()


@pytest.fixture
def principal() -> Principal:
    return Principal(id="ada", kind="user", role="admin", project="guide")
