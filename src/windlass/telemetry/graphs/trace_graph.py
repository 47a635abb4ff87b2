"""The graph of one trace: who called whom, who handed over to whom, what was given back."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.graphs.models import EdgeKind, StepSequence, TraceEdge, TraceGraph, TraceNode, TraceStep
from windlass.telemetry.graphs.patterns import find_loops, find_retries
from windlass.telemetry.graphs.steps import START, caller_of, kind_and_name, step_of
from windlass.telemetry.graphs.walk import MOST_SPANS, Visit, walk
from windlass.telemetry.models import Span, Trace
from windlass.telemetry.summaries import ends_at


class _Meeting(NamedTuple):
    """One call, hand-off or return, and the span that it is about."""

    source: str
    target: str
    kind: EdgeKind
    span: Span


@dataclass
class _Figures:
    spans: list[Span] = field(default_factory=list)

    @property
    def failures(self) -> int:
        return sum(span.status == "error" for span in self.spans)

    @property
    def duration_s(self) -> float:
        return sum(span.duration_s for span in self.spans)

    @property
    def cost_usd(self) -> float | None:
        # What other spans than calls of models say may be a total of these.
        stated = [
            span.cost_usd for span in self.spans if span.operation in MODEL_CALLS and span.cost_usd is not None
        ]
        return sum(stated) if stated else None


def graph_of_trace(trace: Trace) -> TraceGraph:
    """Return the graph of a trace; one without steps has no node."""
    visits = walk(trace.spans)
    steps = [
        TraceStep(
            step=step,
            span_id=visit.span.span_id,
            failed=visit.span.status == "error",
            duration_s=visit.span.duration_s,
        )
        for visit in visits
        if (step := step_of(visit.span))
    ]
    sequence = StepSequence(
        tuple(step.step for step in steps), tuple(step.failed for step in steps), 1, (trace.trace_id,)
    )
    return TraceGraph(
        trace_id=trace.trace_id,
        nodes=_nodes(visits),
        edges=_edges(visits),
        steps=steps,
        loops=find_loops([sequence]),
        retries=find_retries([sequence]),
        shortened=len(trace.spans) > MOST_SPANS,
    )


def _nodes(visits: Sequence[Visit]) -> list[TraceNode]:
    found: dict[str, _Figures] = defaultdict(_Figures)
    for visit in visits:
        if node := caller_of(visit.span):
            found[node].spans.append(visit.span)
    nodes = [_node(node, figures) for node, figures in found.items()]
    return [_node(START, _Figures()), *nodes] if nodes else []


def _node(node: str, figures: _Figures) -> TraceNode:
    kind, name = kind_and_name(node)
    return TraceNode(
        id=node,
        kind=kind,
        name=name,
        count=len(figures.spans),
        failures=figures.failures,
        duration_s=figures.duration_s,
        cost_usd=figures.cost_usd,
        span_ids=[span.span_id for span in figures.spans],
    )


def _edges(visits: Sequence[Visit]) -> list[TraceEdge]:
    found: dict[tuple[str, str, EdgeKind], _Figures] = defaultdict(_Figures)
    # Who follows an agent may also say so by a link: that is one hand-off.
    handed = {(each.source, each.target, each.span.span_id): each for each in (*_sequels(visits), *_links(visits))}
    for meeting in (*_calls(visits), *handed.values()):
        found[meeting.source, meeting.target, meeting.kind].spans.append(meeting.span)
    return [
        TraceEdge(
            source=source,
            target=target,
            kind=kind,
            count=len(figures.spans),
            failures=figures.failures,
            duration_s=figures.duration_s,
        )
        for (source, target, kind), figures in found.items()
    ]


def _calls(visits: Sequence[Visit]) -> Iterator[_Meeting]:
    for visit in visits:
        if called := caller_of(visit.span):
            caller = START if visit.caller is None else caller_of(visits[visit.caller].span)
            yield _Meeting(caller, called, "call", visit.span)
            yield _Meeting(called, caller, "return", visit.span)


def _sequels(visits: Sequence[Visit]) -> Iterator[_Meeting]:
    """Give each agent that began after another, of the same caller, had ended."""
    before: dict[int | None, Span] = {}
    for visit in visits:
        agent = step_of(visit.span)
        if not agent.startswith("agent:"):
            continue
        earlier = before.get(visit.caller)
        if earlier and step_of(earlier) != agent and ends_at(earlier) <= visit.span.start_time:
            yield _Meeting(step_of(earlier), agent, "hand_off", visit.span)
        before[visit.caller] = visit.span


def _links(visits: Sequence[Visit]) -> Iterator[_Meeting]:
    """Give each agent that says by a link which other agent of the trace it goes on from."""
    agents = {visit.span.span_id: agent for visit in visits if (agent := step_of(visit.span)).startswith("agent:")}
    for visit in visits:
        agent = agents.get(visit.span.span_id, "")
        for link in visit.span.links if agent else ():
            earlier = agents.get(link.span_id, "")
            if earlier not in {"", agent}:
                yield _Meeting(earlier, agent, "hand_off", visit.span)
