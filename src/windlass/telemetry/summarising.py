"""Summaries of traces of which nothing is at hand: few spans are read and summed up here, many by the engine."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Sequence
from typing import Final

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.costs import Priced
from windlass.telemetry.few_spans import MAIN_FIELDS, facts_of_few, has_each_once, select_few
from windlass.telemetry.models import TraceFields
from windlass.telemetry.previews import preview_input, preview_output
from windlass.telemetry.summaries import (
    NAMES,
    NO_SPAN,
    STATUSES,
    Bounds,
    edges,
    instant,
    integer,
    seconds,
    status_of_spans,
    where_within,
    within,
)
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE
from windlass.telemetry.trace_usage import USED, Usage, usage_of_few, usage_of_many

_READ: Final = tuple(dict.fromkeys((*NAMES, *COLUMNS_TO_PRICE)))


def summarise(
    warehouse: Warehouse, project: str, bounds: Sequence[Bounds], priced: Priced, *, has_many: bool = False
) -> dict[str, TraceFields]:
    """Return what is said of each of some traces, by trace id.

    Of a trace that is known to have many spans they need not be asked for in vain.
    """
    if not bounds:
        return {}
    rows = (_facts_of_many if has_many else _facts)(warehouse, project, bounds)
    usage = usage_of_few(rows, priced)
    long_ids = {str(row["id"]) for row in rows} - usage.keys()
    if long := [bound for bound in bounds if bound.trace_id in long_ids]:
        spans = _last_delivery(where_within(long))
        usage |= usage_of_many(warehouse, spans, within(project, long), priced)
    return {trace_id: _fields(row, usage[trace_id]) for row in rows if (trace_id := str(row["id"])) in usage}


def _facts(warehouse: Warehouse, project: str, bounds: Sequence[Bounds]) -> list[Row]:
    """Return the facts of some traces, with the spans that used something, where those are not many."""
    rows = warehouse.query(select_few(where_within(bounds)), within(project, bounds))
    few = {str(row["id"]): facts_of_few(row) for row in rows if has_each_once(row)}
    many = [bound for bound in bounds if bound.trace_id not in few]
    return [*few.values(), *_facts_of_many(warehouse, project, many)]


def _facts_of_many(warehouse: Warehouse, project: str, bounds: Sequence[Bounds]) -> list[Row]:
    return warehouse.query(_select_many(where_within(bounds)), within(project, bounds)) if bounds else []


def _last_delivery(where: str) -> str:
    """Return spans, each as it was last delivered."""
    return f"FROM spans WHERE {where} ORDER BY received DESC LIMIT 1 BY trace_id, span_id"


def _select_many(where: str) -> str:
    return f"""
SELECT
  lower(hex(trace_id)) AS id,
  toUnixTimestamp64Nano(min(start_time)) AS start_ns,
  argMin(({", ".join(MAIN_FIELDS)}), main_first) AS main,
  max(toUnixTimestamp64Nano(start_time) + greatest(duration, 0)) - start_ns AS whole_ns,
  count() AS span_count, countIf(status = 2) AS error_count, countIf(status = 1) AS ok_count,
  argMinIf(input_edges, main_first, input_edges != '') AS input_text,
  argMaxIf(output_edges, (NOT is_child, toUnixTimestamp64Nano(start_time) + duration), output_edges != '')
    AS output_text,
  ({", ".join(f"max({name})" for name in NAMES)}) AS greatest,
  {USED}
FROM (
  SELECT trace_id, span_id, name, operation, service, status, duration, {", ".join(_READ)},
    {edges("input")} AS input_edges, {edges("output")} AS output_edges,
    parent_span_id != {NO_SPAN} AS is_child, (is_child, start_time, span_id) AS main_first
  {_last_delivery(where)}
)
GROUP BY trace_id
"""


def _fields(row: Row, usage: Usage) -> TraceFields:
    main, greatest = row["main"], row["greatest"]
    assert isinstance(main, tuple)
    assert isinstance(greatest, list | tuple)
    name, operation, service, status, duration, is_child, *names = main
    return TraceFields.model_validate(
        {
            "trace_id": row["id"],
            "name": name,
            "start_time": instant(integer(row["start_ns"])),
            "duration_s": seconds(integer(row["whole_ns"]) if is_child else duration),
            "status": status_of_spans(row["error_count"], row["ok_count"]) if is_child else STATUSES[status],
            "span_count": row["span_count"],
            "error_count": row["error_count"],
            "input": preview_input(str(row["input_text"])),
            "output": preview_output(str(row["output_text"])),
            "operation": operation,
            "service": service,
            **{column: said or most for column, said, most in zip(NAMES, names, greatest, strict=True)},
            **usage._asdict(),
        }
    )
