"""Graphs of many traces as they are asked for."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from windlass.telemetry.graphs.models import Loop, Retry, Variant, Violation
from windlass.telemetry.graphs.steps import NodeKind


class Rate(BaseModel):
    """A share with its 95 % interval."""

    rate: float
    low: float
    high: float
    n: int


class Scope(BaseModel):
    """Which traces a graph was made of."""

    release: str | None
    """Its digest or name; null for every release."""
    environment: str | None
    run: str | None
    since: datetime
    until: datetime
    matching: int
    """Traces that are meant."""
    traces: int
    """Traces that were looked at: where there are more, the newest."""
    sampled: bool
    """Whether there are more traces than were looked at."""
    without_steps: int
    """Of the traces looked at, those in which no agent, model, tool, retrieval or memory was seen."""
    shortened: int
    """Of the traces looked at, those of which only the first spans were, for they have too many."""


class Figures(BaseModel):
    count: int
    traces: int
    failures: Rate | None
    """Share of steps that failed, with Clopper and Pearson's interval; null where nothing can fail."""
    duration_p50_s: float | None
    duration_p95_s: float | None
    cost_usd: float | None
    """Of calls of models; null when unknown."""
    examples: list[str]
    """Ids of traces: those in which it failed before others, then the newest."""


class Node(Figures):
    id: str
    kind: NodeKind
    name: str


class Edge(Figures):
    """One step directly after another; the figures are those of the second one."""

    source: str
    target: str
    probability: Rate
    """Share of what came after the source, with an interval that knows of traces."""
    gap_p50_s: float | None
    """From the end of the first to the start of the second; 0 where the second ran within the first."""
    gap_p95_s: float | None


class Graph(BaseModel):
    """What follows what in the traces of a release."""

    scope: Scope
    nodes: list[Node]
    edges: list[Edge]
    loops: list[Loop]
    retries: list[Retry]
    variants: list[Variant]
    """The most frequent ways through."""
    rare_variants: list[Variant]
    """The least frequent of the others, where there are others."""
    variant_count: int


class EdgeSide(BaseModel):
    """An edge in one of two releases."""

    count: int
    traces: int
    probability: Rate | None
    """Null where the source itself was never left."""
    failures: Rate | None
    duration_p50_s: float | None
    duration_p95_s: float | None
    cost_usd: float | None
    examples: list[str]


Change = Literal["added", "vanished", "changed", "same"]


class EdgeDifference(BaseModel):
    source: str
    target: str
    change: Change
    """``changed`` when the adjusted p value is at most 0.05; added and vanished whatever it is."""
    base: EdgeSide
    candidate: EdgeSide
    difference: float | None
    """Of the transition probabilities, candidate minus base; null where a release never left the source."""
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    """By Benjamini and Hochberg over all edges that both releases could have taken."""


class NodeDifference(BaseModel):
    id: str
    kind: NodeKind
    name: str
    change: Change
    """Never ``changed``: what differs is how a step is reached and left."""
    base_count: int
    candidate_count: int


class GraphDifference(BaseModel):
    """Two graphs over each other. It explores: a gate decides by evaluation runs, not by this."""

    exploratory: Literal[True] = True
    confidence: float
    base: Scope
    candidate: Scope
    nodes: list[NodeDifference]
    edges: list[EdgeDifference]
    """Added and vanished ones first, then by adjusted p value."""


class ViolationSummary(BaseModel):
    """One rule that was broken, over all traces."""

    rule: Literal["not_allowed", "forbidden", "missing", "too_often"]
    source: str
    target: str
    traces: int
    most: int
    """The most times in one trace."""
    examples: list[str]


class ViolatingPath(BaseModel):
    """A sequence of steps that breaks rules, and which of them."""

    steps: list[str]
    traces: int
    violations: list[Violation]
    examples: list[str]


class Conformance(BaseModel):
    scope: Scope
    conforming: Rate | None
    """Share of the traces with steps that broke no rule; null where there is none."""
    violations: list[ViolationSummary]
    paths: list[ViolatingPath]
    """The most frequent sequences that break rules."""
