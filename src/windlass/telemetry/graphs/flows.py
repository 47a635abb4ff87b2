"""The graph of the steps of many traces: what follows what, how often, how long, how dear, how often failing."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import math
from typing import Any, Final

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.graphs.models import Flow, FlowEdge, FlowNode, StepSequence
from windlass.telemetry.graphs.patterns import EXAMPLES
from windlass.telemetry.graphs.selection import Selected, Selection, select_traces
from windlass.telemetry.graphs.steps import END, START
from windlass.telemetry.summaries import integer

MOST_ROWS: Final = 2_000
"""Nodes of a graph, and edges of it: the most frequent."""

_FIGURES: Final = f"""
, sequences AS (
  SELECT trace_id, first_ns, steps, arrayConcat(['{START}'], steps.4, ['{END}']) AS names
  FROM walked WHERE notEmpty(steps)
),
transitions AS (
  SELECT trace_id, first_ns, names[place] AS source, names[place + 1] AS target, steps[place] AS step,
    if(target = '{END}', NULL, step.5) AS duration_ns, step.7 AS cost, step.6 AS failed,
    if(target = '{END}' OR source = '{START}', NULL,
      greatest(step.1 - steps[place - 1].1 - steps[place - 1].5, 0)) AS gap_ns
  FROM sequences ARRAY JOIN arrayEnumerate(arrayPopBack(names)) AS place
),
by_trace AS (
  SELECT trace_id, source, target, any(first_ns) AS first_ns, count() AS times,
    sum(times) OVER (PARTITION BY trace_id, source) AS leaving, sum(failed) AS failures, sum(cost) AS cost_usd,
    sum(times) OVER (PARTITION BY trace_id, target) AS node_times,
    sum(failures) OVER (PARTITION BY trace_id, target) AS node_failures,
    quantilesExactInclusiveState(0.5, 0.95)(duration_ns) AS durations,
    quantilesExactInclusiveState(0.5, 0.95)(gap_ns) AS gaps
  FROM transitions GROUP BY trace_id, source, target
)
SELECT source, target, grouping(source) AS any_source, grouping(target) AS any_target,
  sum(times) AS count, uniqExact(trace_id) AS traces, sum(by_trace.failures) AS failures,
  sum(by_trace.cost_usd) AS cost_usd,
  quantilesExactInclusiveMerge(0.5, 0.95)(durations) AS durations_ns,
  quantilesExactInclusiveMerge(0.5, 0.95)(gaps) AS gaps_ns,
  sum(times * leaving) AS products,
  if(any_source = 1, sum(times * node_times), sum(times * times)) AS count_squares,
  if(any_source = 1, sum(by_trace.failures * node_failures), sum(by_trace.failures * by_trace.failures))
    AS failure_squares,
  if(any_source = 1, sum(by_trace.failures * node_times), sum(by_trace.failures * times)) AS failure_products,
  arrayMap(example -> lower(hex(example)), arraySlice(arrayDistinct(
    arrayReverseSort(groupUniqArray((by_trace.failures > 0, first_ns, trace_id))).3), 1, {EXAMPLES})) AS examples
FROM by_trace
GROUP BY GROUPING SETS ((source, target), (target), (source))
ORDER BY count DESC, source, target
LIMIT {MOST_ROWS} BY any_source, any_target
"""

_SEQUENCES: Final = f"""
SELECT steps.4 AS names, steps.6 AS failed, count() AS traces, countIf(shortened) AS shortened,
  arrayMap(example -> lower(hex(example)), arraySlice(
    arrayReverseSort(groupArray((first_ns, trace_id))).2, 1, {EXAMPLES})) AS examples
FROM walked
GROUP BY names, failed
ORDER BY traces DESC, names, failed
"""


def flow_of_traces(
    warehouse: Warehouse, project: str, selection: Selection, *, lists: Lists | None = None
) -> Flow:
    """Return the graph of the steps of some traces, and their sequences; ``lists`` price models that are new."""
    selected = select_traces(warehouse, project, selection)
    if selected.matching:
        Priced(warehouse, project, lists).meet(selected.spans, selected.parameters)
    sequences, without, shortened = _sequences(warehouse, selected)
    nodes, edges = _graph(warehouse, selected) if sequences else ([], [])
    return Flow(
        matching=selected.matching,
        traces=sum(sequence.traces for sequence in sequences) + without,
        without_steps=without,
        shortened=shortened,
        nodes=nodes,
        edges=edges,
        sequences=sequences,
    )


def sequences_of_traces(warehouse: Warehouse, project: str, selection: Selection) -> Flow:
    """Return the sequences of some traces alone, in a graph without nodes and edges."""
    selected = select_traces(warehouse, project, selection)
    sequences, without, shortened = _sequences(warehouse, selected)
    traces = sum(sequence.traces for sequence in sequences) + without
    return Flow(selected.matching, traces, without, shortened, [], [], sequences)


def _sequences(warehouse: Warehouse, selected: Selected) -> tuple[list[StepSequence], int, int]:
    """Return the different sequences, how many traces have no step, and how many have too many spans."""
    if not selected.matching:
        return [], 0, 0
    rows = warehouse.query(selected.statement + _SEQUENCES, selected.parameters)
    sequences = [_sequence(row) for row in rows]
    return (
        [sequence for sequence in sequences if sequence.steps],
        sum(sequence.traces for sequence in sequences if not sequence.steps),
        sum(integer(row["shortened"]) for row in rows),
    )


def _sequence(row: Row) -> StepSequence:
    return StepSequence(
        tuple(map(str, _items(row["names"]))),
        tuple(map(bool, _items(row["failed"]))),
        integer(row["traces"]),
        tuple(map(str, _items(row["examples"]))),
    )


def _graph(warehouse: Warehouse, selected: Selected) -> tuple[list[FlowNode], list[FlowEdge]]:
    rows = warehouse.query(selected.statement + _FIGURES, selected.parameters)
    leaving = {str(row["source"]): row for row in rows if row["any_target"]}
    nodes = [_node(row) for row in rows if row["any_source"]]
    if nodes:
        nodes.insert(0, _start(leaving[START]))
    edges = [
        _edge(row, leaving[str(row["source"])])
        for row in rows
        if not row["any_source"] and not row["any_target"] and str(row["source"]) in leaving
    ]
    return nodes, edges


def _start(row: Row) -> FlowNode:
    traces = integer(row["traces"])
    return FlowNode(
        id=START,
        count=traces,
        traces=traces,
        failures=0,
        failure_squares=0,
        failure_products=0,
        count_squares=traces,
        duration_p50_s=None,
        duration_p95_s=None,
        cost_usd=None,
        examples=[],
    )


def _node(row: Row) -> FlowNode:
    return FlowNode(id=str(row["target"]), **_figures(row))


def _edge(row: Row, leaving: Row) -> FlowEdge:
    gap_p50, gap_p95 = map(_seconds, _items(row["gaps_ns"]))
    return FlowEdge(
        source=str(row["source"]),
        target=str(row["target"]),
        gap_p50_s=gap_p50,
        gap_p95_s=gap_p95,
        leaving=integer(leaving["count"]),
        leaving_traces=integer(leaving["traces"]),
        products=integer(row["products"]),
        leaving_squares=integer(leaving["products"]),
        **_figures(row),
    )


def _figures(row: Row) -> dict[str, Any]:
    p50, p95 = map(_seconds, _items(row["durations_ns"]))
    return {
        "count": row["count"],
        "traces": row["traces"],
        "failures": row["failures"],
        **{name: integer(row[name]) for name in ("failure_squares", "failure_products", "count_squares")},
        "duration_p50_s": p50,
        "duration_p95_s": p95,
        "cost_usd": row["cost_usd"],
        "examples": [str(example) for example in _items(row["examples"])],
    }


def _seconds(nanoseconds: object) -> float | None:
    """Return a quantile; that of nothing is no number."""
    if not isinstance(nanoseconds, int | float) or math.isnan(nanoseconds):
        return None
    return nanoseconds / 1e9


def _items(value: object) -> list[object]:
    assert isinstance(value, list | tuple)
    return list(value)
