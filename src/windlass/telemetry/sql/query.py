"""Read-only SQL: a SELECT of somebody who may see a project, under limits, in the project's own views."""

import threading
from dataclasses import dataclass
from typing import Final, Literal

import orjson
from pydantic import BaseModel, JsonValue, ValidationError

from windlass.errors import InputError, Unavailable
from windlass.storage.warehouse import Warehouse, WarehouseError
from windlass.telemetry.sql.guard import check_statement
from windlass.telemetry.sql.views import open_views, quoted

FileFormat = Literal["csv", "jsonl", "parquet"]
SqlFormat = Literal["json"] | FileFormat

_ENGINE_FORMATS: Final = {
    "json": "JSONCompact",
    "csv": "CSVWithNames",
    "jsonl": "JSONEachRow",
    "parquet": "Parquet",
}

_AT_ONCE: Final = 2

_ORDERED: Final = {
    # A filter of the statement must see the project's rows and no other's: an error that quotes a value, or that
    # comes or does not, would tell of them. So no filter moves below that of the view.
    "query_plan_filter_push_down": 0,
    "query_plan_merge_filters": 0,
    "query_plan_optimize_prewhere": 0,
    "optimize_move_to_prewhere": 0,
    "enable_optimize_predicate_expression": 0,
}
_CLOSED: Final = {
    "allow_ddl": 0,
    "allow_introspection_functions": 0,
    "max_recursive_cte_evaluation_depth": 1000,
    "use_query_cache": 0,
    # The clock is looked at between blocks of rows, and not at all while names are resolved.
    "max_block_size": 8192,
    "max_expanded_ast_elements": 50_000,
    "function_range_max_elements_in_block": 10_000_000,
    "max_hyperscan_regexp_length": 1_000,
    "max_hyperscan_regexp_total_length": 10_000,
    # Else one value that a join repeats is looked through for each row, as constants are.
    "enable_lazy_columns_replication": 0,
    "output_format_json_validate_utf8": 1,
    "timeout_overflow_mode": "throw",
    "read_overflow_mode": "throw",
    "result_overflow_mode": "throw",
}


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """What one statement may use."""

    seconds: float = 30.0
    memory_bytes: int = 1024 * 2**20
    rows: int = 10_000
    """Of the answer."""
    result_bytes: int = 64 * 2**20
    read_rows: int = 100_000_000


class SqlColumn(BaseModel):
    name: str
    type: str
    """As ClickHouse writes it."""


class SqlAnswer(BaseModel):
    columns: list[SqlColumn]
    rows: list[list[JsonValue]]
    cut: bool
    """Whether there were more rows than are here."""


class ReadOnlySql:
    """Runs statements of read-only SQL, a few at once."""

    def __init__(self, warehouse: Warehouse, limits: SqlLimits | None = None) -> None:
        self._warehouse = warehouse
        self._limits = limits or SqlLimits()
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def query(self, project: str, sql: str) -> SqlAnswer:
        """Return the rows of a SELECT, as many as the limit allows.

        Raises InputError for a statement that is not allowed, cannot be read or needs more than a limit allows,
        Unavailable when as many as may run at once do.
        """
        most = self._limits.rows
        data = self._run(project, sql, "json", limit=most + 1)
        try:
            answer = orjson.loads(data)
            rows = answer["data"]
            return SqlAnswer(columns=answer["meta"], rows=rows[:most], cut=len(rows) > most)
        except (orjson.JSONDecodeError, ValidationError) as error:
            raise InputError("A value of the result nests too deeply for JSON; ask for a part of it.") from error

    def download(self, project: str, sql: str, data_format: FileFormat) -> bytes:
        """Return the result of a SELECT as a file, whole: more rows than the limit are an InputError."""
        return self._run(project, sql, data_format, limit=0)

    def _run(self, project: str, sql: str, data_format: SqlFormat, *, limit: int) -> bytes:
        text = check_statement(self._warehouse, sql)
        if not self._places.acquire(blocking=False):
            raise Unavailable(
                f"{_AT_ONCE} statements of SQL run already, which is the most; try again in a second."
            )
        try:
            database, tables = open_views(self._warehouse, project)
            settings = {
                **self._limit_settings(limit),
                **_ORDERED,
                **_CLOSED,
                "additional_table_filters": _only(project, tables),
            }
            data = self._warehouse.query_alone(
                text, database=database, settings=settings, data_format=_ENGINE_FORMATS[data_format]
            )
        except WarehouseError as error:
            raise self._refusal(error) from error
        finally:
            self._places.release()
        # chDB does not mind this limit itself; until here the one on memory holds.
        if len(data) > self._limits.result_bytes:
            raise self._too_long()
        return data

    def _limit_settings(self, limit: int) -> dict[str, object]:
        limits = self._limits
        return {
            "max_execution_time": limits.seconds,
            "max_memory_usage": limits.memory_bytes,
            "max_rows_to_read": limits.read_rows,
            "max_result_bytes": limits.result_bytes,
            # A list is cut, and says so; a file is whole or refused.
            "limit": limit,
            "max_result_rows": 0 if limit else limits.rows,
        }

    def _too_long(self) -> InputError:
        limits = self._limits
        return InputError(
            f"The result has more than {limits.rows} rows or {limits.result_bytes // 2**20} MiB; "
            "add a LIMIT, or aggregate."
        )

    def _refusal(self, error: WarehouseError) -> InputError | WarehouseError:
        limits = self._limits
        match error.code:
            case None:
                return error
            case 159 | 160:
                return InputError(f"The statement took longer than {limits.seconds:g} s; ask for less.")
            case 241:
                return InputError(
                    f"The statement needs more memory than {limits.memory_bytes // 2**20} MiB; ask for less."
                )
            case 158 | 307:
                return InputError(f"The statement reads more than {limits.read_rows} rows; join fewer of them.")
            case 396:
                return self._too_long()
            case _:
                reason = error.message.partition("DB::Exception: ")[2].partition(" In scope ")[0]
                return InputError(f"The statement was refused: {(reason or error.message).rstrip('.: ')}.")


def _only(project: str, tables: str) -> str:
    """Return a second filter on the tables themselves, should a statement ever get past the views."""
    condition = quoted(f"project = {quoted(project)}")
    return "{" + ", ".join(f"{quoted(f'{tables}.{table}')}: {condition}" for table in _TABLES) + "}"


_TABLES: Final = ("spans", "traces", "scores", "prices")
