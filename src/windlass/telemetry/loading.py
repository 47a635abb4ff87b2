"""From the spool into the warehouse: segments as one insert; of one that it refuses, what can be stored."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from windlass.errors import InputError, Unavailable
from windlass.storage.warehouse import Warehouse, WarehouseError
from windlass.telemetry.grouped_inserts import DATA_ERRORS
from windlass.telemetry.rows import Row, clean_row, split_rows
from windlass.telemetry.schema import Inbox
from windlass.telemetry.spool import Segment, Spool

_log = logging.getLogger(__name__)


class Refused(NamedTuple):
    row: Row
    error: InputError


class Loading:
    """For one thread. Everything here raises Unavailable when the engine fails."""

    def __init__(self, warehouse: Warehouse, spool: Spool) -> None:
        self._warehouse = warehouse
        self._spool = spool
        self.refused = 0
        """Spans that were acknowledged and that the warehouse could not store: they are set aside in the spool."""

    def load(self, segments: Sequence[Segment]) -> bool:
        """Insert segments of one inbox; return whether the engine could read all of them.

        When it could not, a part of them may be there all the same, which does no harm: see ``Spool``.
        """
        table, schema = segments[0].inbox
        files = [segment.path for segment in segments]
        return _refusal(lambda: self._warehouse.insert_protobuf_files(table, files, schema)) is None

    def load_what_can_be_read(self, segment: Segment) -> list[Refused]:
        """Insert the rows of a segment that the engine can read; set aside, count and return the others."""
        rows, refused = [], []
        for row in split_rows(segment.path.read_bytes()):
            try:
                rows.append(Row(row.place, clean_row(row.data)))
            except InputError as error:
                refused.append(Refused(row, error))
        refused += self._insert_halves(segment.inbox, rows)
        if refused:
            kept = self._spool.set_aside(segment, b"".join(bad.row.data for bad in refused))
            self.refused += len(refused)
            _log.error("%d spans cannot be stored, and are kept in %s: %s", len(refused), kept, refused[0].error)
        return refused

    def _insert_halves(self, inbox: Inbox, rows: list[Row]) -> list[Refused]:
        """Insert rows, halving what fails; return the rows that fail alone."""
        if not rows:
            return []
        data = b"".join(row.data for row in rows)
        error = _refusal(lambda: self._warehouse.insert_protobuf(inbox.table, data, inbox.schema))
        if error is None:
            return []
        if len(rows) == 1:
            return [Refused(rows[0], error)]
        half = len(rows) // 2
        return [*self._insert_halves(inbox, rows[:half]), *self._insert_halves(inbox, rows[half:])]


def _refusal(insert: Callable[[], None]) -> InputError | None:
    """Insert; return why the engine cannot read what it was given. Raises Unavailable for any other failure."""
    try:
        insert()
    except WarehouseError as error:
        if error.code in DATA_ERRORS:
            return InputError(f"The spans cannot be stored: {error.message}")
        raise
    except Exception as error:
        # The thread must outlive whatever a driver raises.
        raise Unavailable(f"The spans could not be written: {type(error).__name__}: {error}.") from error
    return None
