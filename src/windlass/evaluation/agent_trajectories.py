"""Each agent's tool calls in a sample held against those that its item's reference gives it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from windlass.errors import InputError
from windlass.evaluation.agent_work import Hashes, Rows, Steps, Work
from windlass.evaluation.items_by_id import metadata_of
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.run_scores import Floats, Mask, RunScores
from windlass.evaluation.samples import Item
from windlass.evaluation.tool_schemas import Schemas, schemas_of, with_defaults
from windlass.evaluation.trajectories import Comparison, ToolCall, read_trajectory
from windlass.telemetry.agent_steps import ToolStep, hash_of_agent

Key: TypeAlias = tuple[int, int]
"""The row of a sample, and the hash of an agent."""

MATCHES: Final[Mapping[str, Callable[[Comparison], float | None]]] = {
    "trajectory_exact_match": Comparison.exact_match,
    "trajectory_in_order_match": Comparison.in_order_match,
    "trajectory_any_order_match": Comparison.any_order_match,
    "trajectory_precision": Comparison.precision,
    "trajectory_recall": Comparison.recall,
    "trajectory_f1": Comparison.f1,
}


class References(NamedTuple):
    """What the reference trajectories of items say of agents."""

    items: Sequence[Item]
    named: Mask
    """At an item's position, whether its reference names agents."""

    @classmethod
    def of(cls, items: Sequence[Item]) -> "References":
        found = (bool(_wanted(metadata)) for metadata in metadata_of(items))
        return cls(items, np.fromiter(found, np.bool_, len(items)))

    def rows(self, scores: RunScores) -> Mask:
        """Tell which samples are of such items."""
        return self.named[scores.positions]

    def wanted(self, position: int) -> tuple[Sequence[ToolCall], Schemas]:
        """Return the calls of an item's reference, and what the item says of its tools."""
        metadata = self.items[position].metadata
        return _wanted(metadata), _schemas(metadata)


class Held(NamedTuple):
    """The work of agents, with what its tool calls come to."""

    work: Work
    judged: Mask
    """Whether the reference of the item names agents."""
    matches: Mapping[str, Floats]

    def values(self, metric: str) -> Floats:
        return self.matches[metric] if metric in self.matches else self.work.amounts[metric]


def hold(
    work: Work,
    steps: Steps,
    owners: Hashes,
    tools: Sequence[ToolStep],
    scores: RunScores,
    references: References,
    rows: Rows,
    names: dict[int, str],
) -> Held:
    """Hold the calls of some samples, all of items whose references name agents, against those.

    An agent that was to call something and was not at work has called nothing; ``names`` gets its name, too.
    """
    at_work = set(zip(work.rows.tolist(), work.agents.tolist(), strict=True))
    calls = _by_agent(steps, owners, tools, scores)
    compared = _compared(at_work, calls, rows, scores, references, names)
    whole = _with_idle(work, [key for key in compared if key not in at_work])
    found = [compared.get(key) for key in zip(whole.rows.tolist(), whole.agents.tolist(), strict=True)]
    return Held(
        whole,
        np.fromiter((each is not None for each in found), np.bool_, len(found)),
        {
            name: np.array(
                [np.nan if each is None else _number(measure(each)) for each in found], dtype=np.float64
            )
            for name, measure in MATCHES.items()
        },
    )


def not_held(work: Work) -> Held:
    """Return work whose items have no reference that names agents."""
    nothing = np.full(work.rows.size, np.nan)
    return Held(work, np.zeros(work.rows.size, dtype=np.bool_), dict.fromkeys(MATCHES, nothing))


def _compared(
    at_work: Collection[Key],
    calls: Mapping[Key, Sequence[ToolCall]],
    rows: Rows,
    scores: RunScores,
    references: References,
    names: dict[int, str],
) -> dict[Key, Comparison]:
    """Compare, in some samples, the calls of all agents that were at work or should have been."""
    agents: defaultdict[int, list[int]] = defaultdict(list)
    for row, agent in at_work:
        agents[row].append(agent)
    found: dict[Key, Comparison] = {}
    for row in rows.tolist():
        wanted: defaultdict[int, list[ToolCall]] = defaultdict(list)
        reference, schemas = references.wanted(int(scores.positions[row]))
        for call in reference:
            agent = hash_of_agent(call.agent)
            names[agent] = call.agent
            wanted[agent].append(call)
        for agent in dict.fromkeys([*agents[row], *wanted]):
            both = (calls.get((row, agent), ()), wanted.get(agent, ()))
            found[row, agent] = Comparison.of(*(with_defaults(each, schemas) for each in both))
    return found


def _by_agent(
    steps: Steps, owners: Hashes, tools: Sequence[ToolStep], scores: RunScores
) -> Mapping[Key, list[ToolCall]]:
    traces = np.array([each.trace for each in tools], dtype=np.uint64).reshape(-1, 2)
    rows = scores.of_traces.find(traces[:, 0], traces[:, 1])
    places = steps.find(rows, np.array([each.span for each in tools], dtype=np.uint64))
    calls: defaultdict[Key, list[ToolCall]] = defaultdict(list)
    for tool, row, place in zip(tools, rows.tolist(), places.tolist(), strict=True):
        if place >= 0:
            calls[row, int(owners[place])].append(_call(tool))
    return calls


def _call(tool: ToolStep) -> ToolCall:
    said = {"tool_name": tool.tool or "?", "tool_input": tool.arguments}
    (call,) = read_trajectory([{**said, "outcome": "failed" if tool.failed else "done"}])
    return call


def _wanted(metadata: Mapping[str, object]) -> Sequence[ToolCall]:
    """Return the reference's calls where it says whose they are."""
    try:
        calls = read_trajectory(metadata[REFERENCE]) if REFERENCE in metadata else ()
    except InputError:
        return ()
    return calls if any(call.agent for call in calls) else ()


def _schemas(metadata: Mapping[str, object]) -> Schemas:
    """Return what an item says of its tools; nothing where it says that wrongly, which the evaluators tell."""
    try:
        return schemas_of(metadata)
    except InputError:
        return {}


def _with_idle(work: Work, added: Sequence[Key]) -> Work:
    """Return work with that of agents that did nothing: they called nothing, and what they took is not defined."""
    nothing = {name: 0.0 if name.endswith("_calls") else np.nan for name in work.amounts}
    return Work(
        np.concatenate([work.rows, np.array([row for row, _ in added], dtype=np.int64)]),
        np.concatenate([work.agents, np.array([agent for _, agent in added], dtype=np.uint64)]),
        {
            name: np.concatenate([values, np.full(len(added), nothing[name])])
            for name, values in work.amounts.items()
        },
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else value
