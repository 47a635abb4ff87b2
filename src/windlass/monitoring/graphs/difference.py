"""Two releases, edge by edge: what one does after a step that the other does not, or not as often."""

from collections.abc import Mapping
from typing import Final

from windlass.evaluation.statistics.clustered_rates import ClusteredRate, difference_interval, difference_p
from windlass.evaluation.statistics.discoveries import benjamini_hochberg
from windlass.monitoring.graphs.graph import figures_of, probability_of, scope_of, transition_of
from windlass.monitoring.graphs.models import (
    Change,
    EdgeDifference,
    EdgeSide,
    GraphDifference,
    NodeDifference,
)
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists
from windlass.telemetry.graphs.flows import flow_of_traces
from windlass.telemetry.graphs.models import Flow, FlowEdge
from windlass.telemetry.graphs.selection import Selection
from windlass.telemetry.graphs.steps import END, kind_and_name

CONFIDENCE: Final = 0.95

_Ends = tuple[str, str]


def difference_of(
    warehouse: Warehouse, project: str, base: Selection, candidate: Selection, *, lists: Lists | None = None
) -> GraphDifference:
    """Lay the graph of the candidate's traces over that of the base's."""
    before, after = (flow_of_traces(warehouse, project, each, lists=lists) for each in (base, candidate))
    return GraphDifference(
        confidence=CONFIDENCE,
        base=scope_of(base, before),
        candidate=scope_of(candidate, after),
        nodes=_nodes(before, after),
        edges=compare_edges(before.edges, after.edges),
    )


def _nodes(before: Flow, after: Flow) -> list[NodeDifference]:
    counts = [{node.id: node.count for node in flow.nodes} for flow in (before, after)]
    differences = []
    for step in dict.fromkeys(step for side in counts for step in side):
        kind, name = kind_and_name(step)
        base, candidate = (side.get(step, 0) for side in counts)
        change = _presence(base, candidate)
        differences.append(
            NodeDifference(
                id=step, kind=kind, name=name, change=change, base_count=base, candidate_count=candidate
            )
        )
    return differences


def compare_edges(before: list[FlowEdge], after: list[FlowEdge]) -> list[EdgeDifference]:
    """Return the differences of all edges: those added and vanished first, then by adjusted p value."""
    sides = [{(edge.source, edge.target): edge for edge in edges} for edges in (before, after)]
    leaving = [_leaving(edges) for edges in (before, after)]
    compared = [
        _difference(ends, (sides[0].get(ends), leaving[0]), (sides[1].get(ends), leaving[1]))
        for ends in dict.fromkeys(ends for side in sides for ends in side)
    ]
    tested = [difference for difference in compared if difference.p is not None]
    adjusted = benjamini_hochberg([difference.p for difference in tested if difference.p is not None])
    for difference, p in zip(tested, adjusted, strict=True):
        difference.p_adjusted = p
        if difference.change == "same" and p <= 1 - CONFIDENCE + 1e-12:
            difference.change = "changed"
    return sorted(compared, key=_rank)


def _leaving(edges: list[FlowEdge]) -> dict[str, ClusteredRate]:
    """Return of each step that was left how often it was, as the rate of an edge that was never taken."""
    return {
        edge.source: ClusteredRate(0, edge.leaving, edge.leaving_traces, 0, 0, edge.leaving_squares)
        for edge in edges
    }


_Side = tuple[FlowEdge | None, Mapping[str, ClusteredRate]]


def _difference(ends: _Ends, base: _Side, candidate: _Side) -> EdgeDifference:
    before, after = (transition_of(edge) if edge else leaving.get(ends[0]) for edge, leaving in (base, candidate))
    found = EdgeDifference(
        source=ends[0],
        target=ends[1],
        change=_presence(base[0].count if base[0] else 0, candidate[0].count if candidate[0] else 0),
        base=_edge_side(base[0], before),
        candidate=_edge_side(candidate[0], after),
        difference=None,
        low=None,
        high=None,
        p=None,
        p_adjusted=None,
    )
    if before is not None and after is not None:
        found.difference = after.rate - before.rate
        found.low, found.high = difference_interval(before, after, CONFIDENCE)
        found.p = difference_p(before, after)
    return found


def _edge_side(edge: FlowEdge | None, transition: ClusteredRate | None) -> EdgeSide:
    probability = probability_of(transition) if transition else None
    if edge is None:
        return EdgeSide(
            count=0,
            traces=0,
            probability=probability,
            failures=None,
            duration_p50_s=None,
            duration_p95_s=None,
            cost_usd=None,
            examples=[],
        )
    return EdgeSide(probability=probability, **figures_of(edge, can_fail=edge.target != END))


def _presence(base: int, candidate: int) -> Change:
    if base == 0:
        return "added"
    return "vanished" if candidate == 0 else "same"


def _rank(difference: EdgeDifference) -> tuple[bool, float, int, _Ends]:
    came_or_went = difference.change in {"added", "vanished"}
    p = 1.0 if difference.p_adjusted is None else difference.p_adjusted
    seen = difference.base.count + difference.candidate.count
    return (not came_or_went, 0.0 if came_or_went else p, -seen, (difference.source, difference.target))
