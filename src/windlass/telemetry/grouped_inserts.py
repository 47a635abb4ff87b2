"""Inserts of few rows from many threads, made together: one costs tens of milliseconds however small it is."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import NamedTuple

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse, WarehouseError

_Row = Mapping[str, object]

DATA_ERRORS = frozenset(
    {6, 26, 27, 32, 33, 36, 38, 41, 53, 69, 70, 72, 117, 128, 131, 190, 321, 395, 436, 437, 444}
)
"""Codes with which ClickHouse says that it cannot read what it was given; any other is the engine's trouble."""


class _Waiting(NamedTuple):
    rows: Sequence[_Row]
    done: Future[None]


class GroupedInserts:
    """Inserts into one table. Whoever comes while an insert is under way waits, and is in the next."""

    def __init__(self, warehouse: Warehouse, table: str) -> None:
        self._warehouse = warehouse
        self._table = table
        self._waiting: list[_Waiting] = []
        self._changing = threading.Lock()
        self._inserting = threading.Lock()

    def insert(self, rows: Sequence[_Row]) -> None:
        """Commit rows, all of them or none.

        Raises InputError when the warehouse cannot read them, Unavailable when it fails.
        """
        if not rows:
            return
        own = _Waiting(rows, Future())
        with self._changing:
            self._waiting.append(own)
        with self._inserting:
            if not own.done.done():
                self._insert_all()
        own.done.result()

    def _insert_all(self) -> None:
        with self._changing:
            group, self._waiting = self._waiting, []
        error = self._insert([row for waiting in group for row in waiting.rows])
        for waiting in group:
            # One that cannot be read must not take the others with it.
            own = self._insert(waiting.rows) if isinstance(error, InputError) and len(group) > 1 else error
            if own is None:
                waiting.done.set_result(None)
            else:
                waiting.done.set_exception(own)

    def _insert(self, rows: Sequence[_Row]) -> Exception | None:
        try:
            self._warehouse.insert(self._table, rows)
        except WarehouseError as error:
            if error.code in DATA_ERRORS:
                return InputError(f"The rows cannot be stored: {error.message}")
            return error
        except Exception as error:  # noqa: BLE001 - whoever waits must be told, whatever a driver raises
            return error
        return None
