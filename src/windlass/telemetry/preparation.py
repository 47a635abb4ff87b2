"""Bringing a warehouse to this version's schema: the tables of every noun of telemetry, and the inbox of spans."""

from typing import Final

from windlass.storage.warehouse import Warehouse
from windlass.telemetry import costs, media_uses, metric_points, sampling, schema, scores, span_events
from windlass.telemetry.rollups import schema as rollups

_SCHEMAS: Final = {
    "telemetry": schema.STEPS,
    "scores": scores.STEPS,
    "prices": costs.STEPS,
    "sampling": sampling.STEPS,
    "span_events": span_events.STEPS,
    "metric_points": metric_points.STEPS,
    "media_uses": media_uses.STEPS,
    "rollups": rollups.STEPS,
}


def prepare(warehouse: Warehouse) -> schema.Inbox:
    """Make what is missing, and return where spans go; cheap when all is there.

    Raises ConfigurationError when the warehouse was written by a newer windlass.
    """
    warehouse.apply_steps(_SCHEMAS)
    return schema.make_inbox(warehouse)
