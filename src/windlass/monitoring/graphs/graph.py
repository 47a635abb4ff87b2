"""The graph of a release: what the warehouse counted, with intervals, and the patterns in it."""

from typing import Any, Final

from windlass.evaluation.statistics.clustered_rates import ClusteredRate
from windlass.monitoring.graphs.models import Edge, Graph, Node, Rate, Scope
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists
from windlass.telemetry.graphs.flows import flow_of_traces
from windlass.telemetry.graphs.models import Flow, FlowEdge, StepFigures
from windlass.telemetry.graphs.patterns import find_loops, find_retries, find_variants
from windlass.telemetry.graphs.selection import Selection
from windlass.telemetry.graphs.steps import END, START, kind_and_name

_MOST: Final = 20
"""Loops, retries and variants of a kind that are listed."""


def graph_of(warehouse: Warehouse, project: str, selection: Selection, *, lists: Lists | None = None) -> Graph:
    """Return the graph of the steps of some traces."""
    flow = flow_of_traces(warehouse, project, selection, lists=lists)
    variants = find_variants(flow.sequences)
    return Graph(
        scope=scope_of(selection, flow),
        nodes=[
            Node(id=node.id, kind=kind, name=name, **figures_of(node, can_fail=node.id not in {START, END}))
            for node in flow.nodes
            for kind, name in [kind_and_name(node.id)]
        ],
        edges=[_edge(edge) for edge in flow.edges],
        loops=find_loops(flow.sequences)[:_MOST],
        retries=find_retries(flow.sequences)[:_MOST],
        variants=variants[:_MOST],
        rare_variants=variants[: _MOST - 1 : -1][:_MOST],
        variant_count=len(variants),
    )


def scope_of(selection: Selection, flow: Flow) -> Scope:
    return Scope(
        release=selection.release,
        environment=selection.environment,
        run=selection.run,
        since=selection.since,
        until=selection.until,
        matching=flow.matching,
        traces=flow.traces,
        sampled=flow.matching > flow.traces,
        without_steps=flow.without_steps,
        shortened=flow.shortened,
    )


def _edge(edge: FlowEdge) -> Edge:
    return Edge(
        source=edge.source,
        target=edge.target,
        probability=probability_of(transition_of(edge)),
        gap_p50_s=edge.gap_p50_s,
        gap_p95_s=edge.gap_p95_s,
        **figures_of(edge, can_fail=edge.target != END),
    )


def figures_of(step: StepFigures, *, can_fail: bool) -> dict[str, Any]:
    """Return the fields of Figures."""
    return {
        "count": step.count,
        "traces": step.traces,
        "failures": _failures(step) if can_fail else None,
        "duration_p50_s": step.duration_p50_s,
        "duration_p95_s": step.duration_p95_s,
        "cost_usd": step.cost_usd,
        "examples": step.examples,
    }


def _failures(step: StepFigures) -> Rate:
    """Return how often the step failed; traces are the clusters."""
    return probability_of(
        ClusteredRate(
            successes=step.failures,
            trials=step.count,
            clusters=step.traces,
            squares=step.failure_squares,
            products=step.failure_products,
            trial_squares=step.count_squares,
        )
    )


def transition_of(edge: FlowEdge) -> ClusteredRate:
    """Return how often the edge was taken where its source was left; traces are the clusters."""
    return ClusteredRate(
        successes=edge.count,
        trials=edge.leaving,
        clusters=edge.leaving_traces,
        squares=edge.count_squares,
        products=edge.products,
        trial_squares=edge.leaving_squares,
    )


def probability_of(transition: ClusteredRate) -> Rate:
    low, high = transition.interval()
    return Rate(rate=transition.rate, low=low, high=high, n=transition.trials)
