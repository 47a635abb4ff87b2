"""The samples of an evaluation run: their root spans."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Sequence
from typing import Final

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import REPEAT
from windlass.telemetry.models import SampleSpan
from windlass.telemetry.run_parts import IN_PART, WHOLE, Part
from windlass.telemetry.summaries import NO_SPAN, STATUSES, instant, integer, seconds
from windlass.telemetry.traces import texts_of
from windlass.telemetry.values import decode_attributes

_COUNT: Final = f"""
SELECT count() AS samples FROM spans
WHERE project = {{project:String}} AND run = {{run:String}} AND item != '' AND parent_span_id = {NO_SPAN}
"""


def _samples(meant: str) -> str:
    return f"""
    SELECT item, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
      toUnixTimestamp64Nano(start_time) AS start_ns, duration, status, status_message, input, output,
      release, release_name, input_tokens, output_tokens, cost_usd, attributes
    FROM (
      SELECT * FROM spans
      WHERE project = {{project:String}} AND run = {{run:String}} AND item != '' AND {meant}
      ORDER BY item, parent_span_id = {NO_SPAN} DESC, start_time DESC, received DESC
      LIMIT 1 BY item, attributes['{REPEAT}']
    )
    ORDER BY item
    """


_PAGE: Final = f"{_samples(f'item > {{after:String}} AND {IN_PART}')} LIMIT {{limit:UInt64}}"
_OF_ITEMS: Final = _samples("item IN {items:Array(String)}")


def list_samples(
    warehouse: Warehouse, project: str, run: str, *, after: str = "", limit: int = 1_000_000, part: Part = WHOLE
) -> list[SampleSpan]:
    """Return the root span of each sample of a run, by item; the newest where a sample was tried again.

    ``after`` is the item of the last sample of the page before, of a run without repeats.
    """
    parameters = {"project": project, "run": run, "after": after, "limit": limit}
    rows = warehouse.query(_PAGE, {**parameters, **part.parameters})
    return [_sample(row) for row in rows]


def samples_of_items(warehouse: Warehouse, project: str, run: str, items: Sequence[str]) -> list[SampleSpan]:
    """Return the root spans of the samples of some items, chosen in the same way."""
    if not items:
        return []
    rows = warehouse.query(_OF_ITEMS, {"project": project, "run": run, "items": list(items)})
    return [_sample(row) for row in rows]


def count_samples(warehouse: Warehouse, project: str, run: str) -> int:
    """Count the root spans of a run's samples, those included that were tried again."""
    [row] = warehouse.query(_COUNT, {"project": project, "run": run})
    return integer(row["samples"])


def _sample(row: Row) -> SampleSpan:
    return SampleSpan.model_validate(
        {
            **row,
            "trace_id": row["trace"],
            "span_id": row["span"],
            "start_time": instant(integer(row["start_ns"])),
            "duration_s": seconds(integer(row["duration"])),
            "status": STATUSES[integer(row["status"])],
            "attributes": decode_attributes(texts_of(row["attributes"])),
        }
    )
