"""The tables of rollups."""

from typing import Final

from windlass.storage.warehouse import Step
from windlass.telemetry.rollups import minutes, spans, traces

STEPS: Final = (
    Step(
        1,
        "figures of spans and traces by minute",
        (spans.STATEMENT, traces.STATEMENT, *minutes.STATEMENTS),
    ),
)
