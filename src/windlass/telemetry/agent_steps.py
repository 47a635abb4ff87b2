"""What the spans of a run's samples say of agents: who was at work, and what was called."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from typing import Final

from pydantic import BaseModel

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.summaries import NO_SPAN, integer
from windlass.telemetry.tariffs import COST_BASIS, Tariff

MOST_SPANS: Final = 1_000_000
"""Spans of a run that are read, from its first on: what a question may cost is bounded."""

EVALUATOR: Final = "windlass.evaluator"
"""On spans of judges, which are no part of what is judged."""


class AgentStep(BaseModel):
    """One span of a sample."""

    trace_id: str
    span_id: str
    parent_span_id: str
    operation: str
    agent: str
    """As the span itself says; empty where it does not."""
    tool: str
    arguments: str
    """Of a tool call, JSON as the span has it."""
    start_ns: int
    duration_ns: int
    failed: bool
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    cost_basis: str


def steps_of_run(warehouse: Warehouse, project: str, run: str, lists: Lists | None = None) -> list[AgentStep]:
    """Return the spans of a run's samples in the order of their start, those of judges aside."""
    rows = warehouse.query(_BOUNDS, {"project": project, "run": run})
    if not rows or not integer(rows[0]["samples"]):
        return []
    bounds = {"first": integer(rows[0]["first_ns"]), "last": integer(rows[0]["last_ns"])}
    parameters = {"project": project, "run": run, **bounds, "most": MOST_SPANS}
    found = Priced(warehouse, project, lists).query(_steps, _MEANT, parameters)
    # A span that was delivered twice is there twice until the engine merges: the last one counts.
    found.sort(key=lambda row: integer(row["received_ns"]))
    last = {(row["trace_id"], row["span_id"]): row for row in found}
    steps = [_step(row) for row in last.values()]
    return sorted(steps, key=lambda step: (step.start_ns, step.span_id))


_OF_RUN: Final = "project = {project:String} AND run = {run:String} AND item != ''"

_BOUNDS: Final = f"""
SELECT count() AS samples, toUnixTimestamp64Nano(min(start_time)) AS first_ns,
  max(toUnixTimestamp64Nano(start_time) + toInt64(duration)) AS last_ns
FROM spans WHERE {_OF_RUN}
"""

_MEANT: Final = f"""
project = {{project:String}}
AND start_time >= fromUnixTimestamp64Nano({{first:Int64}}, 'UTC')
AND start_time <= fromUnixTimestamp64Nano({{last:Int64}}, 'UTC')
AND trace_id IN (SELECT trace_id FROM spans WHERE {_OF_RUN})
AND NOT mapContains(attributes, '{EVALUATOR}')
"""


def _steps(tariff: Tariff) -> str:
    return f"""
SELECT lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id,
  if(parent_span_id = {NO_SPAN}, '', lower(hex(parent_span_id))) AS parent_span_id, operation, agent, tool,
  if(operation = 'execute_tool', input, '') AS arguments, toUnixTimestamp64Nano(start_time) AS start_ns,
  duration AS duration_ns, status = 2 AS failed, input_tokens, output_tokens, cost, {COST_BASIS} AS cost_basis,
  is_unmet AS unmet, toUnixTimestamp64Nano(received) AS received_ns
FROM ({tariff.priced(f"SELECT * FROM spans WHERE {_MEANT}")})
ORDER BY start_ns LIMIT {{most:UInt64}}
"""


def _step(row: Row) -> AgentStep:
    return AgentStep.model_validate({**row, "cost_usd": row["cost"], "failed": bool(row["failed"])})
