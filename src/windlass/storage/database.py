"""The database of records: SQLite in the data folder, or PostgreSQL by URL, through SQLAlchemy Core.

Every table of windlass hangs on the shared ``metadata``, but is declared and touched only by the folder
of the noun that owns it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DataError, OperationalError
from sqlalchemy.pool import QueuePool

from windlass.errors import ConfigurationError, InputError, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"

_NEWEST_REVISION = max(file.name.partition("_")[0] for file in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))
"""Revisions are numbers of four digits, and files of migrations are named by them."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON column on both engines."""


class Instant(TypeDecorator[datetime]):
    """A point in time in UTC: a timestamptz on PostgreSQL, text that sorts (ISO 8601, Z) on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return format_instant(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


def now() -> datetime:
    """Return the present time in UTC, to the microsecond (what both engines keep)."""
    return datetime.now(UTC)


def format_instant(value: datetime) -> str:
    """Return ISO 8601 in UTC with six decimals and Z: text that sorts as time does."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Database:
    """One database of records, opened by URL.

    ``write()`` gives a transaction that excludes every other writer from its first statement on SQLite
    (BEGIN IMMEDIATE), and one of isolation READ COMMITTED on PostgreSQL, where writers that compare before
    they write take turns by `take_turns`. ``read()`` never waits for a writer.
    """

    def __init__(self, url: str) -> None:
        """Remember the URL; nothing is opened yet. Raises ConfigurationError for one that cannot be used."""
        self.url = _checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # One writer at a time in this process: waiting here is fair and without SQLite's busy polling.
        self._write_lock = threading.Lock()
        try:
            self._engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"The database URL {self.url.render_as_string()} needs the package {error.name!r}: "
                "pip install 'windlass[postgres]'."
            ) from error

    @property
    def engine(self) -> Engine:
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; all that it reads is of one moment."""
        with self._connect() as connection, _clear_errors():
            if self.is_sqlite:
                # Without it each statement would be a transaction of its own.
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction that commits at the end of the block, or leaves nothing behind if it raises."""
        if not self.is_sqlite:
            with self._connect() as connection, _clear_errors(), connection.begin():
                yield connection
            return
        with self._write_lock, self._connect() as connection, _clear_errors():
            # pysqlite begins late and deferred by itself: two readers that turn writers would deadlock.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def migrate(self) -> None:
        """Bring the schema to this version's head, wholly or not at all.

        Raises ConfigurationError when the database was written by a newer windlass.
        """
        if self._revision() == _NEWEST_REVISION:
            return
        with self.write() as connection:
            # Of several servers that start at once, one migrates; Alembic then finds nothing left to do.
            take_turns(connection, "migrations")
            _upgrade(connection)

    def check_schema(self) -> None:
        """Check that the schema is this version's, without changing it. Raises ConfigurationError."""
        current = self._revision()
        if current == _NEWEST_REVISION:
            return
        found = f"has schema {current!r}" if current is not None else "is empty"
        raise ConfigurationError(
            f"The database {found}, and this windlass works with {_NEWEST_REVISION!r}: start the server of this "
            "version first, which brings it there."
        )

    def _revision(self) -> str | None:
        """Return the schema that is there, None where there is none.

        Raises ConfigurationError for a newer one, and for a database that cannot keep every text.
        """
        with self.read() as connection:
            if not self.is_sqlite:
                _check_encoding(connection)
            current = _revision_of(connection)
        if current is not None and current > _NEWEST_REVISION:
            raise _written_by_newer(current)
        return current

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            connection = self._engine.connect()
        except OperationalError as error:
            raise Unavailable(
                f"The database {self.url.render_as_string()} cannot be opened: {_first_line(error)}. "
                "See `windlass doctor`."
            ) from error
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise ConfigurationError(
                f"The database {self.url.render_as_string()} cannot be used: {_first_line(error)}. "
                "Restore it from a backup, or open another."
            ) from error
        with connection:
            yield connection


def take_turns(tx: Connection, *key: str) -> None:
    """Wait until no other transaction holds the same key, and hold it until this one ends.

    For what is compared before it is written: on PostgreSQL a row that is not there yet, or is replaced, cannot
    be locked. On SQLite a writer is alone anyway.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("/".join(key), 0))))


def _checked_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "The database URL is not understood; use sqlite:////absolute/file or "
            "postgresql://user:password@host/database."
        ) from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError(
            f"The database URL {parsed.render_as_string()} is of a kind that is not taken; "
            "use sqlite:// or postgresql://."
        )
    return parsed


def _check_encoding(connection: Connection) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise ConfigurationError(
            f"The database keeps texts as {encoding}, which has not all letters. Make one for windlass with "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and open that."
        )


def _revision_of(connection: Connection) -> str | None:
    """Return the schema's revision, None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def _written_by_newer(revision: str) -> ConfigurationError:
    return ConfigurationError(
        f"The database has schema {revision!r}, which this windlass does not know: it was written "
        "by a newer version. Upgrade windlass, or open another data folder."
    )


def _upgrade(connection: Connection) -> None:
    # Four tenths of a second to import, and most starts find the schema as it should be.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit that was acknowledged (a promotion, an audit entry) survives a power failure.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine


def _postgres_engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    # By itself the driver would take the encoding of the database, and some give it bytes for texts.
    encoding = {"client_encoding": "utf8"}
    return create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True, connect_args=encoding)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Say in our words what the caller or whoever runs the database can do something about."""
    try:
        yield
    except DataError as error:
        raise InputError(f"The database cannot keep a value of this: {_first_line(error)}.") from error
    except OperationalError as error:
        problem = _first_line(error)
        if error.connection_invalidated:
            raise Unavailable(f"The connection to the database was lost ({problem}): try again.") from error
        if "disk is full" in problem or "disk I/O error" in problem or "No space left" in problem:
            raise Unavailable(
                f"The database could not write ({problem}): free disk space under the data folder, then try again."
            ) from error
        if "locked" in problem:
            raise Unavailable(f"Another process is writing to the database ({problem}): try again.") from error
        raise


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, DatabaseError) and error.orig else error
    return str(cause).strip().splitlines()[0]
