"""Graphs as they are asked for."""

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from windlass.telemetry.graphs.steps import NodeKind

EdgeKind = Literal["call", "hand_off", "return"]


class StepSequence(NamedTuple):
    """What some traces did, step by step."""

    steps: tuple[str, ...]
    failed: tuple[bool, ...]
    """Of each step."""
    traces: int
    examples: tuple[str, ...]
    """Ids of some of these traces, the newest first."""


class Loop(BaseModel):
    """Steps that came several times in a row."""

    steps: list[str]
    """Ids of the steps that repeat, in their order, from the least one on: a ring has no beginning."""
    longest: int
    """The most times in a row that they came."""
    count: int
    """How often they came more than once in a row."""
    traces: int
    examples: list[str]


class Retry(BaseModel):
    """A step that failed and came again: at once, or after one call of a model, which decided so."""

    step: str
    count: int
    recovered: int
    """Retries that did not fail."""
    traces: int
    examples: list[str]


class Variant(BaseModel):
    """A way through: the steps of a trace with repetitions in a row counted as one."""

    steps: list[str]
    traces: int
    share: float
    failed: int
    """Traces with a step that failed."""
    examples: list[str]


class TraceNode(BaseModel):
    id: str
    kind: NodeKind
    name: str
    count: int
    failures: int
    duration_s: float
    """Of all its spans together."""
    cost_usd: float | None
    span_ids: list[str]


class TraceEdge(BaseModel):
    source: str
    target: str
    kind: EdgeKind
    """``call``: the source ran the target; ``hand_off``: one agent went on where another ended;
    ``return``: the source ended and gave back to the target."""
    count: int
    failures: int
    duration_s: float
    """Of the spans that were called, handed over to or returned from, together."""


class TraceStep(BaseModel):
    step: str
    span_id: str
    failed: bool
    duration_s: float


class TraceGraph(BaseModel):
    """Who called whom in one trace, and its steps in the order in which they are read."""

    trace_id: str
    nodes: list[TraceNode]
    edges: list[TraceEdge]
    steps: list[TraceStep]
    loops: list[Loop]
    retries: list[Retry]
    shortened: bool
    """Whether the trace has more spans than are looked at."""


class Violation(BaseModel):
    rule: Literal["not_allowed", "forbidden", "missing", "too_often"]
    source: str
    """Of an edge; empty for a rule about a step."""
    target: str
    """Of an edge; the step that is missing or came too often."""
    times: int
    """How often the edge or the step was there."""


@dataclass(frozen=True, kw_only=True)
class StepFigures:
    count: int
    traces: int
    failures: int
    failure_squares: int
    """Σ f² over traces, f failures in a trace. The variance between traces needs it and the next two."""
    failure_products: int
    """Σ f·n over traces, n times in a trace."""
    count_squares: int
    """Σ n² over traces."""
    duration_p50_s: float | None
    duration_p95_s: float | None
    cost_usd: float | None
    """Of calls of models; null when unknown."""
    examples: list[str]
    """Ids of traces: those in which it failed before others, then the newest."""


@dataclass(frozen=True, kw_only=True)
class FlowNode(StepFigures):
    """A step of many traces."""

    id: str


@dataclass(frozen=True, kw_only=True)
class FlowEdge(StepFigures):
    """A step that came directly after another; the figures are those of the second one."""

    source: str
    target: str
    gap_p50_s: float | None
    """From the end of the first to the start of the second; 0 where the second ran within the first."""
    gap_p95_s: float | None
    leaving: int
    """How often anything came after the source."""
    leaving_traces: int
    products: int
    """Σ n·m over traces, n times this edge in a trace, m times anything came after the source."""
    leaving_squares: int
    """Σ m² over traces."""


class Flow(NamedTuple):
    """The steps of many traces as a graph, and the sequences that it is made of."""

    matching: int
    """Traces that are meant."""
    traces: int
    """The newest of them, which were looked at."""
    without_steps: int
    shortened: int
    """Traces of which only the first spans were looked at."""
    nodes: list[FlowNode]
    edges: list[FlowEdge]
    sequences: list[StepSequence]


class AllowedGraph(BaseModel):
    """What agents may do: steps are named ``kind:name``, ``start`` and ``end``; ``*`` stands for anything."""

    model_config = ConfigDict(extra="forbid")

    allowed: list[tuple[str, str]] | None = None
    """Edges, source and target; when given, every other edge is a violation."""
    forbidden: list[tuple[str, str]] = Field(default_factory=list)
    required: list[str] = Field(default_factory=list)
    """Steps that every trace must have."""
    max_repeats: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    """How often a step may come in one trace."""
