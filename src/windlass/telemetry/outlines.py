"""One trace without its texts, for a tree and a timeline: of a large one, a fraction of its bytes and time."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from windlass.errors import InputError, NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.models import SpanOutline
from windlass.telemetry.scores import scores_of_traces
from windlass.telemetry.summaries import (
    NO_SPAN,
    STATUSES,
    Bounds,
    find_bounds,
    where_within,
    within,
)
from windlass.telemetry.summarising import summarise
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, COST_BASIS, Tariff
from windlass.telemetry.trace_usage import FEW

_COMPUTED: Final = {"span_id", "parent_span_id", "start_time", "duration_s", "status", "cost_usd", "cost_basis"}
_STORED: Final = tuple(name for name in SpanOutline.model_fields if name not in _COMPUTED)
_AS_STORED: Final = ", ".join(_STORED)
_COLUMNS: Final = ", ".join(
    dict.fromkeys(("span_id", "parent_span_id", "duration", "status", *_STORED, *COLUMNS_TO_PRICE))
)


def _outline(where: str, tariff: Tariff) -> str:
    once = f"SELECT {_COLUMNS} FROM spans WHERE {where} ORDER BY received DESC LIMIT 1 BY span_id"
    # The engine writes times and ids as they are answered; within, names differ: an alias would hide its column.
    return f"""
SELECT lower(hex(own_id)) AS span_id, if(above = {NO_SPAN}, NULL, lower(hex(above))) AS parent_span_id,
  formatDateTime(toDateTime64(start, 6, 'UTC'), '%Y-%m-%dT%H:%i:%S.%fZ', 'UTC') AS start_time,
  greatest(took, 0) / 1e9 AS duration_s, {list(STATUSES)}[code + 1] AS status,
  cost AS cost_usd, basis AS cost_basis, unmet, {_AS_STORED}
FROM (
  SELECT span_id AS own_id, parent_span_id AS above, start_time AS start, duration AS took, status AS code,
    cost, {COST_BASIS} AS basis, is_unmet AS unmet, {_AS_STORED}
  FROM ({tariff.priced(once)})
)
ORDER BY start, own_id
"""


def bounds_of_trace(warehouse: Warehouse, project: str, trace_id: str) -> Bounds:
    """Return where a trace lies. Raises InputError for what is no trace id, NotFound."""
    trace_id = trace_id.lower()
    if not re.fullmatch("[0-9a-f]{32}", trace_id):
        raise InputError(f"{trace_id!r} is not a trace id; one has 32 hexadecimal digits.")
    found = find_bounds(warehouse, project, [trace_id])
    if not found:
        raise NotFound(f"There is no trace {trace_id} in this project.")
    return found[0]


def get_outline(
    warehouse: Warehouse, project: str, trace_id: str, *, lists: Lists | None = None
) -> Mapping[str, object]:
    """Return the fields of a TraceOutline. Raises InputError for what is no trace id, NotFound.

    They are not made into models: to validate 20,000 spans takes longer than to read them.
    """
    priced = Priced(warehouse, project, lists)
    bounds = bounds_of_trace(warehouse, project, trace_id)
    where = where_within([bounds])
    rows = priced.query(partial(_outline, where), where, within(project, [bounds]))
    for row in rows:
        del row["unmet"]
    summaries = summarise(warehouse, project, [bounds], priced, has_many=len(rows) > FEW)
    summary = summaries.get(bounds.trace_id)
    if summary is None:
        raise NotFound(f"There is no trace {bounds.trace_id} in this project.")
    scores = scores_of_traces(warehouse, project, [bounds.trace_id])
    return {
        **summary.model_dump(),
        "spans": rows,
        "scores": [score.model_dump() for score in scores],
    }
