"""What was said in some traces, whole: the turns of a conversation are read, where a list only hints."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Sequence
from typing import Final, NamedTuple

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.previews import said_input, said_output
from windlass.telemetry.summaries import NO_SPAN, Bounds, where_within, within


class Said(NamedTuple):
    """The texts of one trace."""

    input: str
    output: str


_SAID: Final = f"""
SELECT lower(hex(trace_id)) AS id,
  argMinIf(input, (NOT is_root, start_time, span_id), input != '') AS asked,
  argMaxIf(output, (is_root, toUnixTimestamp64Nano(start_time) + duration), output != '') AS answered
FROM (
  SELECT trace_id, span_id, start_time, duration, input, output, parent_span_id = {NO_SPAN} AS is_root
  FROM spans WHERE {{where}}
  ORDER BY received DESC LIMIT 1 BY trace_id, span_id
)
GROUP BY trace_id
"""


def said_in(warehouse: Warehouse, project: str, bounds: Sequence[Bounds]) -> dict[str, Said]:
    """Return what was asked and answered in each of some traces, by trace id."""
    if not bounds:
        return {}
    rows = warehouse.query(_SAID.format(where=where_within(bounds)), within(project, bounds))
    return {str(row["id"]): Said(said_input(str(row["asked"])), said_output(str(row["answered"]))) for row in rows}
