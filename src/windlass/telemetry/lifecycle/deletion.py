"""Deleting traces from every table that holds telemetry, down to the files of the engine."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from windlass.errors import Unavailable
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.holdings import HOLDINGS, SPANS, Holding
from windlass.telemetry.lifecycle.subjects import NAMED_BY_ATTRIBUTES, Subject
from windlass.telemetry.rollups.minutes import MINUTE, changing
from windlass.telemetry.rollups.rolling import delete_rollups
from windlass.telemetry.rollups.spans import TABLE
from windlass.telemetry.summaries import integer

Counts = dict[str, int]
"""Rows by table."""

Between = Callable[[], None]
"""Is called between statements that take long; what it raises leaves the rest to the next time."""

_AT_ONCE: Final = 5_000
"""Traces of one mutation: each writes the parts that it touches anew, and its text is kept with the table."""

_NO_PARTITION: Final = "none"
"""Dropping it drops nothing, and has the engine remove at once the parts that no longer count."""

_PATIENCE_S: Final = 60.0


def go_on() -> None:
    """Let nothing come between."""


def count_rows(
    warehouse: Warehouse, project: str, traces: Sequence[str], holdings: Sequence[Holding] = HOLDINGS
) -> Counts:
    """Return how many rows of some traces each table has."""
    counts: Counter[str] = Counter({holding.table: 0 for holding in holdings})
    for holding in holdings:
        for some in _batches(traces):
            (row,) = warehouse.query(
                f"SELECT count() AS n FROM {holding.table} WHERE {holding.of_traces}",
                {"project": project, "traces": some},
            )
            counts[holding.table] += int(str(row["n"]))
    return dict(counts)


def delete_traces(
    warehouse: Warehouse,
    project: str,
    traces: Sequence[str],
    holdings: Sequence[Holding] = HOLDINGS,
    *,
    between: Between = go_on,
) -> None:
    """Delete every row of some traces, and the figures that they are in; on return no query sees one."""
    for some in _batches(traces):
        between()
        minutes = _minutes_of(warehouse, project, some)
        with changing(warehouse, project, minutes):
            # Before the spans, by which their minutes are found: what was cut off here is found again.
            delete_rollups(warehouse, project, minutes)
            for holding in holdings:
                if holding.ids == "none":
                    continue
                between()
                warehouse.execute(
                    f"ALTER TABLE {holding.table} DELETE WHERE {holding.of_traces} SETTINGS mutations_sync = 2",
                    {"project": project, "traces": some},
                )


def _minutes_of(warehouse: Warehouse, project: str, traces: Sequence[str]) -> set[int]:
    rows = warehouse.query(
        f"SELECT DISTINCT toInt64({MINUTE}) AS minute FROM spans WHERE {SPANS.of_traces}",
        {"project": project, "traces": traces},
    )
    return {integer(row["minute"]) for row in rows}


def count_named(
    warehouse: Warehouse,
    project: str,
    subject: Subject,
    traces: Sequence[str],
    holdings: Sequence[Holding] = HOLDINGS,
) -> Counts:
    """Return how many rows each table has that name a subject themselves and are of none of some traces."""
    counts = {}
    for holding in _naming(subject, holdings):
        (row,) = warehouse.query(
            f"SELECT count() AS n FROM {holding.table} WHERE {_named(subject, holding)} "
            f"AND {holding.trace} NOT IN {{traces:Array(String)}}",
            {**_naming_parameters(project, subject), "traces": list(traces)},
        )
        counts[holding.table] = int(str(row["n"]))
    return counts


def delete_named(
    warehouse: Warehouse,
    project: str,
    subject: Subject,
    holdings: Sequence[Holding] = HOLDINGS,
    *,
    between: Between = go_on,
) -> None:
    """Delete the rows that name a subject themselves."""
    for holding in _naming(subject, holdings):
        between()
        warehouse.execute(
            f"ALTER TABLE {holding.table} DELETE WHERE {_named(subject, holding)} SETTINGS mutations_sync = 2",
            _naming_parameters(project, subject),
        )


def _naming(subject: Subject, holdings: Sequence[Holding]) -> list[Holding]:
    return [
        holding
        for holding in holdings
        if subject.kind in holding.names or (holding.attributes and subject.attributes)
    ]


def _named(subject: Subject, holding: Holding) -> str:
    tests = []
    if subject.kind in holding.names:
        tests.append(f"{holding.names[subject.kind]} = {{id:String}}")
    if holding.attributes:
        tests.append(NAMED_BY_ATTRIBUTES)
    return f"project = {{project:String}} AND ({' OR '.join(tests)})"


def _naming_parameters(project: str, subject: Subject) -> dict[str, object]:
    return {
        "project": project,
        "id": subject.id,
        "texts": subject.typed_texts,
        "names": list(subject.attributes),
    }


def remove_old_parts(
    warehouse: Warehouse, holdings: Sequence[Holding] = HOLDINGS, *, between: Between = go_on
) -> None:
    """Remove the files in which rows stand that were deleted; on return they are gone.

    The engine keeps a part for minutes after another took its place, and an embedded one that idles for longer.
    Raises Unavailable when a query still reads one after a minute.
    """
    tables = [*(holding.table for holding in holdings), TABLE]
    # The engine keeps the texts of mutations that are done, in which the ids stand.
    warehouse.execute(
        "KILL MUTATION WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND is_done SYNC",
        {"tables": tables},
    )
    hurried = _hurried(warehouse, tables)
    try:
        until = time.monotonic() + _PATIENCE_S
        while old := _old_parts(warehouse, tables):
            between()
            if time.monotonic() > until:
                raise Unavailable(
                    f"Old parts of {', '.join(old)} are still read by a query; what was deleted lies in them. "
                    "Erase again when it has ended."
                )
            for table in old:
                if table not in hurried:
                    hurried.add(table)
                    warehouse.execute(f"ALTER TABLE {table} MODIFY SETTING old_parts_lifetime = 0")
                warehouse.execute(f"ALTER TABLE {table} DROP PARTITION ID '{_NO_PARTITION}'")
            time.sleep(0.05)
    finally:
        for table in hurried:
            warehouse.execute(f"ALTER TABLE {table} RESET SETTING old_parts_lifetime")


def _hurried(warehouse: Warehouse, tables: Sequence[str]) -> set[str]:
    """Return those tables that a process which was killed meanwhile left removing old parts at once."""
    rows = warehouse.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)} "
        "AND position(create_table_query, 'old_parts_lifetime') > 0",
        {"tables": tables},
    )
    return {str(row["name"]) for row in rows}


def _old_parts(warehouse: Warehouse, tables: Sequence[str]) -> list[str]:
    """Return those tables that have parts which no longer count."""
    rows = warehouse.query(
        "SELECT DISTINCT table FROM system.parts "
        "WHERE database = currentDatabase() AND NOT active AND table IN {tables:Array(String)}",
        {"tables": tables},
    )
    return sorted(str(row["table"]) for row in rows)


def _batches(traces: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(traces), _AT_ONCE):
        yield list(traces[start : start + _AT_ONCE])
