"""The warehouse of spans and scores: chDB inside this process, or a ClickHouse server by URL.

Both are driven by the same client API of clickhouse-connect, so there is one SQL and one schema. One client
runs one query at a time; a small pool of them lets a short read pass a long one.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar, cast
from urllib.parse import SplitResult, unquote, urlsplit

import orjson

from windlass.canonical import digest
from windlass.errors import ConfigurationError, Unavailable
from windlass.storage.clients import CLOSED, Clients
from windlass.storage.engine_import import import_engine
from windlass.storage.merge_threads import let_others_go_first
from windlass.storage.remembered import Remembered

if TYPE_CHECKING:
    import numpy as np
    from clickhouse_connect.driver.client import Client
    from numpy.typing import NDArray

Parameters = Mapping[str, object]
_Connect = Callable[..., "Client"]
Row = dict[str, object]
_T = TypeVar("_T")

# An insert is answered when its part is committed, never when it was merely queued in the server.
_INSERT_SETTINGS: dict[str, object] = {"async_insert": 0, "date_time_input_format": "best_effort"}

_SETTINGS: Mapping[str, object] = {
    # The engine compiles what it met three times: a quarter of a second of one reader, for a tenth of the longest.
    "compile_expressions": 0,
    "compile_aggregate_expressions": 0,
    "compile_sort_description": 0,
}
"""Of every statement."""

MERGES: Final = (os.cpu_count() or 1) + 1
"""At once, of an engine in this process."""

_ENGINE_OPTIONS: Mapping[str, object] = {
    # As many large merges as cores, and a place that they leave to small ones: see schema.py. The engine's own
    # are two threads, whatever the machine, and two merges for each, which takes memory and no time less.
    "background_pool_size": MERGES,
    "background_merges_mutations_concurrency_ratio": 1,
    # How often it looks how much memory it has: its own 50 ms are a quarter of what an idle server does.
    "memory_worker_period_ms": 250,
}
"""Of the engine in this process."""

# Which member of a oneof was sent: 0, "" and false are values, and differ from none.
_PROTOBUF_SETTINGS: dict[str, object] = {
    "input_format_protobuf_oneof_presence": 1,
    # A fifth less work for each insert: what is sent twice is told apart when it is read and merged anyway, and
    # the plan of the view is as good as it was written.
    "optimize_on_insert": 0,
    # Indexes are made when parts are merged; until then the few new parts are read through.
    "materialize_skip_indexes_on_insert": 0,
    "query_plan_enable_optimizations": 0,
}

_GLOB = frozenset("*?{}")
"""Signs in a file's name that the engine would take for a pattern."""

_CHUNK_BYTES = 2**20

NO_SPACE: Final = frozenset({243})
"""ClickHouse's code of NOT_ENOUGH_SPACE."""

_CREATE_STEPS_TABLE = """
CREATE TABLE IF NOT EXISTS schema_steps (schema String, number UInt32, title String, applied DateTime('UTC'))
ENGINE = MergeTree ORDER BY (schema, number)
"""


class WarehouseError(Unavailable):
    """The engine refused or failed; nothing of the statement is visible."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        """ClickHouse's error code, or None when the engine did not answer."""


class Step(NamedTuple):
    """One numbered change of the schema. Its statements are idempotent: a killed process runs them again."""

    number: int
    title: str
    statements: tuple[str, ...]


class ProtobufSchema(NamedTuple):
    """The text of a .proto file, and the message of it that is a row."""

    text: str
    message: str


class Warehouse:
    """A pool of clients on one engine. Every method may be called from any thread."""

    def __init__(self, connect: "_Connect", clients: "Clients", name: str, folder: Path | None = None) -> None:
        self._connect = connect
        self._clients = clients
        self._folder = folder
        self._beside = ThreadPoolExecutor(clients.size, thread_name_prefix="windlass-read")
        self._remembered = Remembered()
        self._filled: set[tuple[str, str]] = set()
        self.name = name
        """What to call this warehouse in messages; holds no password."""

    @property
    def embedded(self) -> bool:
        """Whether the engine is in this process, which then is the only one that uses it."""
        return self._folder is not None

    @classmethod
    def open(cls, url: str, *, clients: int = 4) -> "Warehouse":
        """Open ``chdb:///absolute/folder`` or ``clickhouse://user:password@host:8123/database``.

        ``clickhouses://`` is the same over TLS. Raises ConfigurationError when the URL is not understood or
        the folder cannot be used (another process owns it), Unavailable when the server does not answer.
        """
        # A folder as it is: it may have signs in its name that mean something in other URLs.
        if url.startswith("chdb:///"):
            return cls._open_chdb(Path(url.removeprefix("chdb://")), clients)
        parts = urlsplit(url)
        if parts.scheme in {"clickhouse", "clickhouses"} and parts.hostname:
            return cls._open_server(parts, clients)
        raise ConfigurationError(
            f"The warehouse URL {_without_password(parts)!r} is not understood; "
            "use chdb:///absolute/folder or clickhouse://user:password@host:8123/database."
        )

    def query(
        self, sql: str, parameters: Parameters | None = None, *, formats: Mapping[str, str] | None = None
    ) -> list[Row]:
        """Return the rows of a SELECT; parameters are written ``{name:Type}`` and bound by the engine.

        ``formats`` say of columns how the driver gives them: a time as ``int``, which is ticks since 1970, and
        texts as ``bytes``.
        """
        with self._client() as client:
            result = client.query(sql, parameters=dict(parameters or {}), column_formats=dict(formats or {}))
        names = result.column_names
        return [dict(zip(names, row, strict=True)) for row in result.result_rows]

    def remembered(self, table: str, key: str, read: Callable[[], _T]) -> _T:
        """Return what a read of a table gives, from memory while nothing comes into it by `insert`.

        For what nothing else changes. An engine that other processes write to is asked each time.
        """
        return self._remembered.get(table, key, read) if self.embedded else read()

    def has_rows(self, table: str, project: str) -> bool:
        """Tell whether a project has rows in a table, or had some: without, nothing need be looked for."""
        if (table, project) not in self._filled:
            sql = f"SELECT 1 FROM {table} WHERE project = {{project:String}} LIMIT 1"  # noqa: S608
            if not self.remembered(table, f"rows of {project}", lambda: self.query(sql, {"project": project})):
                return False
            self._filled.add((table, project))
        return True

    def records(self, sql: str, parameters: Parameters, fields: "np.dtype[np.void]") -> "NDArray[np.void]":
        """Return the rows of a SELECT of numbers as an array of records, as the engine packs them.

        ``fields`` are the columns with their types: millions of rows take their bytes and no objects.
        """
        import numpy as np

        with self._client() as client:
            packed = client.raw_query(sql, parameters=dict(parameters), fmt="RowBinary")
        return np.frombuffer(packed, dtype=fields)

    def warm_up(self) -> None:
        """Connect every client now, so that no read waits for it. Raises Unavailable."""
        with self._translated():
            self._clients.connect_all()

    def begin(self, read: Callable[[], _T]) -> Future[_T]:
        """Start a read beside those of the caller, for what a statement takes is mostly its analysis, on one core.

        What is begun must not begin another and wait for it. Raises Unavailable when the warehouse is closed.
        """
        try:
            return self._beside.submit(read)
        except RuntimeError as error:
            raise Unavailable(CLOSED) from error

    def execute(self, sql: str, parameters: Parameters | None = None) -> None:
        """Run a statement without a result."""
        with self._client() as client:
            client.command(sql, parameters=dict(parameters or {}))

    def write_file(
        self, sql: str, parameters: Parameters, file: Path, *, data_format: str, settings: Parameters
    ) -> None:
        """Write what a SELECT gives into a new file, in a format of the engine, piece by piece."""
        with self._client() as client:
            if self._folder is None:
                with (
                    file.open("wb") as opened,
                    client.raw_stream(
                        sql, parameters=dict(parameters), settings=dict(settings), fmt=data_format
                    ) as stream,
                ):
                    shutil.copyfileobj(stream, opened)
            else:
                clause = ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items())
                target = f"INTO OUTFILE {_quoted(file)} FORMAT {data_format}"
                client.command(f"{sql} SETTINGS {clause} {target}", parameters=dict(parameters))

    def query_alone(self, sql: str, *, database: str, settings: Parameters, data_format: str) -> bytes:
        """Return what somebody else's SELECT gives, in a format of the engine.

        It runs in a session of its own, in which no setting can be changed: a session keeps what its statements
        set and, after an error, what was to be written.
        """
        from clickhouse_connect.driver.exceptions import ClickHouseError

        try:
            client = self._connect(database=database, settings={**_SETTINGS, **settings, "readonly": 1})
            try:
                return client.raw_query(sql, fmt=data_format)
            finally:
                client.close()
        except ClickHouseError as error:
            raise _warehouse_error(self.name, error) from error

    def insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Insert rows (names to JSON-like values and datetimes); committed on return, all of them or none."""
        if not rows:
            return
        data = b"\n".join(orjson.dumps(dict(row)) for row in rows)
        self._remembered.forget(table)
        try:
            self._insert(table, data, "JSONEachRow", {})
        finally:
            self._remembered.forget(table)

    def insert_protobuf(self, table: str, data: bytes, schema: ProtobufSchema) -> None:
        """Insert length-delimited protobuf messages, each a row; committed on return, all of them or none."""
        self._insert(table, data, "Protobuf", self._protobuf_settings(schema))

    def insert_protobuf_files(self, table: str, files: Sequence[Path], schema: ProtobufSchema) -> None:
        """Insert files of length-delimited protobuf messages as one statement; committed on return.

        After an error a part of the rows may be there: insert them again, into a table where that does no harm.
        """
        if self._folder is None or any(_GLOB.intersection(str(file)) for file in files):
            self._insert(table, _chunks(files), "Protobuf", self._protobuf_settings(schema))
            return
        settings = {**_INSERT_SETTINGS, **self._protobuf_settings(schema)}
        clause = ", ".join(f"{name} = {_quoted(value)}" for name, value in settings.items())
        # As a glob, for a statement takes one name; the engine reads them itself, without a copy of ours.
        folder, names = files[0].parent, ",".join(file.name for file in files)
        assert all(file.parent == folder for file in files)
        pattern = _quoted(f"{folder}/{{{names}}}" if len(files) > 1 else str(files[0]))
        with self._client() as client:
            client.command(f"INSERT INTO `{table}` FROM INFILE {pattern} SETTINGS {clause} FORMAT Protobuf")

    def _protobuf_settings(self, schema: ProtobufSchema) -> dict[str, object]:
        return {**_PROTOBUF_SETTINGS, **self._schema_settings(schema)}

    def _insert(self, table: str, data: bytes | Generator[bytes], data_format: str, settings: Parameters) -> None:
        # Not by chDB's streaming insert: it loses the errors of materialized views, and so rows in silence.
        with self._client() as client:
            client.raw_insert(table, insert_block=data, fmt=data_format, settings={**_INSERT_SETTINGS, **settings})

    def _schema_settings(self, schema: ProtobufSchema) -> Parameters:
        if self._folder is None:
            source = {"format_schema_source": "string", "format_schema": schema.text}
            return {**source, "format_schema_message_name": schema.message}
        # Given as text, chDB would keep it in a folder `__cache__` of whatever the working folder is.
        file = self._folder / "format_schemas" / f"{digest(schema.text).removeprefix('sha256:')}.proto"
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            temporary = file.with_suffix(f".{threading.get_ident()}")
            temporary.write_text(schema.text, encoding="utf-8")
            temporary.replace(file)
        return {"format_schema": str(file), "format_schema_message_name": schema.message}

    def apply_steps(self, schemas: Mapping[str, Sequence[Step]]) -> None:
        """Run the steps of each noun's schema that this warehouse has not seen, in order, and record each.

        Raises ConfigurationError, and runs none, when the warehouse was written by a newer windlass.
        """
        self.execute(_CREATE_STEPS_TABLE)
        rows = self.query("SELECT schema, toInt64(max(number)) AS number FROM schema_steps GROUP BY schema")
        done = {str(row["schema"]): cast("int", row["number"]) for row in rows}
        for schema, steps in schemas.items():
            newest = max(step.number for step in steps)
            if done.get(schema, 0) > newest:
                raise ConfigurationError(
                    f"The warehouse {self.name} has {schema} schema step {done[schema]}, and this windlass knows "
                    f"{newest}: it was written by a newer version. Upgrade windlass, or open another data folder."
                )
        for schema, steps in schemas.items():
            self._run_steps(schema, [step for step in sorted(steps) if step.number > done.get(schema, 0)])
        if self.embedded:
            # Not when this was opened: the engine starts them with its first table.
            let_others_go_first(MERGES, self.execute)

    def _run_steps(self, schema: str, steps: Sequence[Step]) -> None:
        for step in steps:
            for statement in step.statements:
                self.execute(statement)
            self.execute(
                "INSERT INTO schema_steps SELECT {schema:String}, {number:UInt32}, {title:String}, now('UTC')",
                {"schema": schema, "number": step.number, "title": step.title},
            )

    def close(self) -> None:
        """Close every client; a statement under way is waited for."""
        self._beside.shutdown()
        self._clients.close()

    @contextlib.contextmanager
    def _client(self) -> Iterator["Client"]:
        with self._translated():
            client = self._clients.take()
            try:
                yield client
            finally:
                self._clients.give_back(client)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise what the driver raises as errors of ours."""
        from clickhouse_connect.driver.exceptions import ClickHouseError

        try:
            yield
        except ClickHouseError as error:
            raise _warehouse_error(self.name, error) from error
        except OSError as error:
            # The client hands inserts over through a temporary file: its disk may be full.
            raise WarehouseError(
                f"The warehouse {self.name} could not be written: {error.strerror}. "
                "Free disk space, then try again."
            ) from error

    @classmethod
    def _open_chdb(cls, folder: Path, clients: int) -> "Warehouse":
        # Heavy (0.5 s, 230 MB), and needed only by the process that owns the data folder.
        import_engine()
        import clickhouse_connect
        from clickhouse_connect.driver.exceptions import ClickHouseError

        name = f"in {folder}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            connect = partial(
                clickhouse_connect.get_client,
                interface="chdb",
                path=str(folder),
                settings=dict(_SETTINGS),
                chdb_options=dict(_ENGINE_OPTIONS),
            )
            pool = Clients(connect, clients)
        except OSError as error:
            raise ConfigurationError(f"The warehouse folder {folder} cannot be used: {error.strerror}.") from error
        except (ClickHouseError, RuntimeError) as error:
            raise ConfigurationError(
                f"The warehouse {name} cannot be opened: {_first_line(error)}. One process owns a data folder: "
                "stop the other windlass, or choose another folder with --data."
            ) from error
        return cls(connect, pool, name, folder)

    @classmethod
    def _open_server(cls, parts: SplitResult, clients: int) -> "Warehouse":
        import clickhouse_connect
        from clickhouse_connect.driver.exceptions import ClickHouseError

        name = f"at {parts.hostname}"
        secure = parts.scheme == "clickhouses"

        connect = partial(
            clickhouse_connect.get_client,
            host=parts.hostname,
            port=parts.port or (8443 if secure else 8123),
            username=unquote(parts.username or "default"),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.strip("/")) or "default",
            secure=secure,
            settings=dict(_SETTINGS),
            # Sessions serialise on the server, and nothing here needs one.
            autogenerate_session_id=False,
        )
        try:
            pool = Clients(connect, clients)
        except ClickHouseError as error:
            raise _warehouse_error(name, error) from error
        return cls(connect, pool, name)


def _chunks(files: Sequence[Path]) -> Generator[bytes]:
    for path in files:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


def _quoted(value: object) -> str:
    """Write a setting's value or a file's name as a literal."""
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _warehouse_error(name: str, error: Exception) -> WarehouseError:
    code = getattr(error, "code", None)
    sentence = _first_line(error)
    if code is None:
        return WarehouseError(f"The warehouse {name} does not answer: {sentence}. Try again when it does.")
    if code in NO_SPACE:
        return WarehouseError(f"The warehouse {name} has no space left: free disk space, then try again.", code)
    return WarehouseError(f"The warehouse {name} refused a statement: {sentence}.", code)


def _first_line(error: Exception) -> str:
    """Return the engine's own sentence: no stack trace, and short, for it may quote what it could not read."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].removeprefix("Code: ").strip()[:300].rstrip(".:")


def _without_password(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl()
