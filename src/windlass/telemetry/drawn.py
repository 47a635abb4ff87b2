"""What was said in some traces, as they are drawn for a dataset: whole, and with how many each stands for."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Sequence
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.summaries import NO_SPAN, Bounds, where_within, within
from windlass.telemetry.values import decode_text


class Drawn(NamedTuple):
    """One trace, described by its root span or, without it, by its earliest."""

    trace_id: str
    span_id: str
    input: str
    output: str
    release: str
    release_name: str
    environment: str
    is_evaluation: bool
    """Whether it is a sample of an evaluation run, or a judge that was tried: nobody asked it in earnest."""
    weight: float
    """How many traces it stands for, among all that its sender had: see sampling.py; 0 for one kept on purpose."""


_NAMES: Final = ("release", "release_name", "environment")
_EVALUATOR: Final = "windlass.evaluator"
"""Attribute of a judge's spans."""
_OF_NAMES: Final = ", ".join(
    f"if(argMin({name}, main_first) != '', argMin({name}, main_first), max({name})) AS of_{name}"
    for name in _NAMES
)

_DRAWN: Final = f"""
SELECT lower(hex(trace_id)) AS id, lower(hex(argMin(span_id, main_first))) AS span,
  argMinIf(input, main_first, input != '') AS asked,
  argMaxIf(output, (is_root, toUnixTimestamp64Nano(start_time) + duration), output != '') AS answered,
  argMin(weight, main_first) AS stands_for, {_OF_NAMES},
  max(run) != '' OR argMin(mapContains(attributes, '{_EVALUATOR}'), main_first) AS evaluating
FROM (
  SELECT trace_id, span_id, start_time, duration, input, output, weight, run, attributes, {", ".join(_NAMES)},
    parent_span_id = {NO_SPAN} AS is_root, (NOT is_root, start_time, span_id) AS main_first
  FROM spans WHERE {{where}}
  ORDER BY received DESC LIMIT 1 BY trace_id, span_id
)
GROUP BY trace_id
"""


def read_drawn(warehouse: Warehouse, project: str, bounds: Sequence[Bounds]) -> list[Drawn]:
    """Return what was said in some traces, in no order."""
    if not bounds:
        return []
    return [
        Drawn(
            trace_id=str(row["id"]),
            span_id=str(row["span"]),
            input=decode_text(str(row["asked"])),
            output=decode_text(str(row["answered"])),
            release=str(row["of_release"]),
            release_name=str(row["of_release_name"]),
            environment=str(row["of_environment"]),
            is_evaluation=bool(row["evaluating"]),
            weight=float(str(row["stands_for"])),
        )
        for row in warehouse.query(_DRAWN.format(where=where_within(bounds)), within(project, bounds))
    ]
