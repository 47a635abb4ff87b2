"""Asking once, before anybody does, what every list asks."""

from typing import Final

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Priced
from windlass.telemetry.event_texts import said_by_trace
from windlass.telemetry.summaries import Bounds
from windlass.telemetry.summarising import summarise
from windlass.telemetry.traces import list_traces

_NOBODY: Final = ""
"""No project has this name."""
_NOWHERE: Final = Bounds("0" * 32, 0, 0)


def rehearse(warehouse: Warehouse) -> None:
    """Have the engine's code for the statements of a list read in, which takes as long again as the first of them.

    Raises Unavailable when the warehouse is closed or away.
    """
    list_traces(warehouse, _NOBODY)
    summarise(warehouse, _NOBODY, [_NOWHERE], Priced(warehouse, _NOBODY))
    said_by_trace(warehouse, _NOBODY, [_NOWHERE.trace_id])
