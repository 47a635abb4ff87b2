"""Scores of each agent in runs of several: what each spent, and its tool calls against those it should have made.

A call of a model or a tool is of the agent that its span names (`gen_ai.agent.name`), else of the nearest one
above it that is named; one below no agent is of the agent "". The definitions are in docs/reference/runs.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.results import MetricSummary, summarise
from windlass.evaluation.samples import Item, Judgement, SampleResult
from windlass.evaluation.tool_schemas import Schemas, schemas_of, with_defaults
from windlass.evaluation.trajectories import Comparison, ToolCall, Trajectory, read_trajectory
from windlass.telemetry.agent_steps import AgentStep
from windlass.telemetry.conventions import MODEL_CALLS

_INVOCATION: Final = "invoke_agent"
_TOOL: Final = "execute_tool"


class AgentScores(BaseModel):
    """One agent over the items of a run in which it was at work, or should have been."""

    agent: str
    """Empty for what was called by none."""
    items: int
    metrics: dict[str, MetricSummary]


@dataclass
class _Work:
    """What one agent did in one sample."""

    models: list[AgentStep] = field(default_factory=list)
    tools: list[AgentStep] = field(default_factory=list)
    invocations: list[AgentStep] = field(default_factory=list)
    wanted: list[ToolCall] | None = None
    """Its calls of the reference; None where the reference names no agents."""


def agent_scores(
    items: Sequence[Item], samples: Iterable[SampleResult], steps: Iterable[AgentStep], repeats: int = 1
) -> list[AgentScores]:
    """Return the scores of each agent, by name."""
    by_id = {item.id: item for item in items}
    of_trace = _by_trace(steps)
    judged: defaultdict[str, dict[str, SampleResult]] = defaultdict(dict)
    for sample in samples:
        item = by_id.get(sample.item)
        wanted = _wanted(item) if item is not None else None
        schemas = _schemas(item) if item is not None and wanted is not None else {}
        for agent, work in _works(of_trace.get(sample.trace_id, ()), wanted).items():
            judged[agent][sample.key] = _judged(sample, _judgements(work, schemas))
    return [_scores(agent, judged[agent], items, repeats) for agent in sorted(judged)]


def _judged(sample: SampleResult, judgements: Mapping[str, Judgement]) -> SampleResult:
    return SampleResult(
        item=sample.item,
        trace_id=sample.trace_id,
        span_id=sample.span_id,
        start_ns=sample.start_ns,
        end_ns=sample.end_ns,
        prediction=sample.prediction,
        error=sample.error,
        error_type=sample.error_type,
        attempts=sample.attempts,
        judgements=judgements,
        repeat=sample.repeat,
    )


def _scores(agent: str, results: Mapping[str, SampleResult], items: Sequence[Item], repeats: int) -> AgentScores:
    present = {result.item for result in results.values()}
    there = [item for item in items if item.id in present]
    names = list(dict.fromkeys(name for result in results.values() for name in result.judgements))
    return AgentScores(agent=agent, items=len(there), metrics=summarise(results, there, names, repeats))


def _by_trace(steps: Iterable[AgentStep]) -> Mapping[str, list[AgentStep]]:
    grouped: defaultdict[str, list[AgentStep]] = defaultdict(list)
    for step in steps:
        grouped[step.trace_id].append(step)
    return grouped


def _wanted(item: Item) -> list[ToolCall] | None:
    """Return the reference's calls where it says whose they are."""
    try:
        calls = read_trajectory(item.metadata[REFERENCE]) if REFERENCE in item.metadata else ()
    except InputError:
        return None
    return list(calls) if any(call.agent for call in calls) else None


def _schemas(item: Item) -> Schemas:
    """Return what the item says of its tools; nothing where it says that wrongly, which the evaluators tell."""
    try:
        return schemas_of(item.metadata)
    except InputError:
        return {}


def _works(steps: Sequence[AgentStep], wanted: Sequence[ToolCall] | None) -> dict[str, _Work]:
    works: defaultdict[str, _Work] = defaultdict(_Work)
    owners = _owners(steps)
    for step in steps:
        if step.operation in MODEL_CALLS:
            works[owners[step.span_id]].models.append(step)
        elif step.operation == _TOOL:
            works[owners[step.span_id]].tools.append(step)
        elif step.operation == _INVOCATION:
            works[owners[step.span_id]].invocations.append(step)
    for agent in {call.agent for call in wanted or ()} | works.keys() if wanted is not None else ():
        works[agent].wanted = [call for call in wanted or () if call.agent == agent]
    return dict(works)


def _owners(steps: Sequence[AgentStep]) -> dict[str, str]:
    """Return the agent of each span: the one it names, else the nearest named above it."""
    by_id = {step.span_id: step for step in steps}
    owners: dict[str, str] = {}
    for step in steps:
        path: list[str] = []
        at: AgentStep | None = step
        while at is not None and at.span_id not in owners and not at.agent and at.span_id not in path:
            path.append(at.span_id)
            at = by_id.get(at.parent_span_id)
        owner = "" if at is None or at.span_id in path else owners.get(at.span_id, at.agent)
        owners.update(dict.fromkeys(path, owner))
        owners.setdefault(step.span_id, owner)
    return owners


def _judgements(work: _Work, schemas: Schemas) -> dict[str, Judgement]:
    found = {
        "latency_s": _latency(work.invocations),
        "input_tokens": _sum([call.input_tokens for call in work.models]),
        "output_tokens": _sum([call.output_tokens for call in work.models]),
        "cost_usd": _sum([call.cost_usd for call in work.models]),
        "model_calls": float(len(work.models)),
        "tool_calls": float(len(work.tools)),
        "failed_tool_calls": float(sum(call.failed for call in work.tools)),
    }
    if work.wanted is not None:
        made, wanted = (with_defaults(calls, schemas) for calls in (_calls(work.tools), work.wanted))
        comparison = Comparison.of(made, wanted)
        found |= {name: measure(comparison) for name, measure in _MATCHES.items()}
    return {name: _judgement(value) for name, value in found.items()}


_MATCHES: Final[Mapping[str, Callable[[Comparison], float | None]]] = {
    "trajectory_exact_match": Comparison.exact_match,
    "trajectory_in_order_match": Comparison.in_order_match,
    "trajectory_any_order_match": Comparison.any_order_match,
    "trajectory_precision": Comparison.precision,
    "trajectory_recall": Comparison.recall,
    "trajectory_f1": Comparison.f1,
}


def _judgement(value: float | None) -> Judgement:
    return Judgement(value) if value is not None else Judgement(None, "undefined")


def _sum(values: Sequence[float | None]) -> float | None:
    """Return the sum; None where one is not known, or there is none: what is not known is not 0."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _latency(invocations: Sequence[AgentStep]) -> float | None:
    """Return the seconds in which one of the invocations was under way: those at the same time count once."""
    if not invocations:
        return None
    total, until = 0, 0
    for step in sorted(invocations, key=lambda step: step.start_ns):
        end = step.start_ns + step.duration_ns
        total += max(end - max(step.start_ns, until), 0)
        until = max(until, end)
    return total / 1e9


def _calls(tools: Sequence[AgentStep]) -> Trajectory:
    return [
        call
        for step in tools
        for call in read_trajectory(
            [
                {
                    "tool_name": step.tool or "?",
                    "tool_input": step.arguments,
                    "outcome": "failed" if step.failed else "done",
                }
            ]
        )
    ]
