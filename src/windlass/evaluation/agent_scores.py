"""Scores of each agent in runs of several: what each spent, and its tool calls against those it should have made.

The definitions are in docs/reference/runs.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from windlass.evaluation.agent_trajectories import MATCHES, Held, References, hold, not_held
from windlass.evaluation.agent_work import AMOUNTS, NOBODY, Rows, Steps, work_of
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_scores import RunScores, ScoreColumn
from windlass.evaluation.samples import Item
from windlass.evaluation.score_summaries import summarise_scores
from windlass.evaluation.text_columns import TextColumn
from windlass.telemetry.agent_steps import STEPS, RunSteps, StepPiece

_Kind = TypeVar("_Kind", bound=np.generic)


class AgentScores(BaseModel):
    """One agent over the items of a run in which it was at work, or should have been."""

    agent: str
    """Empty for what was called by none."""
    items: int
    metrics: dict[str, MetricSummary]


def agent_scores(items: Sequence[Item], scores: RunScores, steps: RunSteps, repeats: int = 1) -> list[AgentScores]:
    """Return the scores of each agent, by name."""
    names = _Names(steps.agents)
    pieces = list(_held(References.of(items), scores, steps, names))
    agents = sorted({agent for piece in pieces for agent in np.unique(piece.work.agents).tolist()})
    found = [_scores(names[agent], agent, scores, pieces, repeats) for agent in agents]
    return sorted(found, key=lambda each: each.agent)


class _Names:
    """The names of agents by their hashes: those of spans, and those that only references have."""

    def __init__(self, of_spans: Mapping[int, str]) -> None:
        self._names = {NOBODY: "", **of_spans}
        self._hashes = {name: number for number, name in self._names.items()}

    def __getitem__(self, number: int) -> str:
        return self._names[number]

    def hash_of(self, name: str) -> int:
        """Return the hash of a name; one that no span has gets a number that no hash has."""
        if name not in self._hashes:
            number = next(free for free in range(1, len(self._names) + 2) if free not in self._names)
            self._names[number] = name
            self._hashes[name] = number
        return self._hashes[name]


def _held(references: References, scores: RunScores, steps: RunSteps, names: _Names) -> Iterator[Held]:
    wanted = references.rows(scores)
    seen = np.zeros(len(scores), dtype=np.bool_)
    for piece in steps.pieces:
        spans = Steps(piece.records, scores.of_traces)
        here = np.unique(spans.rows)
        rows = here[wanted[here]]
        seen[rows] = True
        yield _of_piece(piece, spans, rows, references, scores, names)
    # Samples of which no span is left: whoever should have been at work in them was not.
    unseen = np.flatnonzero(wanted & ~seen)
    if unseen.size:
        nothing = Steps(np.empty(0, dtype=STEPS), scores.of_traces)
        yield _of_piece(StepPiece(np.empty(0, dtype=STEPS), list), nothing, unseen, references, scores, names)


def _of_piece(
    piece: StepPiece, spans: Steps, rows: Rows, references: References, scores: RunScores, names: _Names
) -> Held:
    owners = spans.owners()
    work = work_of(spans, owners)
    if not rows.size:
        return not_held(work)
    return hold(work, spans, owners, piece.read_tools(), scores, references, rows, names.hash_of)


def _scores(name: str, agent: int, scores: RunScores, pieces: Sequence[Held], repeats: int) -> AgentScores:
    """Return the scores of one agent; of its metrics one at a time is a column of the whole run."""
    places = [np.flatnonzero(piece.work.agents == agent) for piece in pieces]

    def whole(read: Callable[[Held], NDArray[_Kind]]) -> NDArray[_Kind]:
        return np.concatenate([read(piece)[at] for piece, at in zip(pieces, places, strict=True)])

    rows = whole(lambda piece: piece.work.rows)
    order = np.argsort(rows, kind="stable")
    own = scores.at_rows(rows[order], {})
    always, sometimes = np.ones(order.size, dtype=np.bool_), whole(lambda piece: piece.judged)[order]
    there, nothing = own.has_item(), TextColumn.empty(order.size)

    def summary(metric: str) -> MetricSummary:
        values = whole(lambda piece: piece.values(metric))[order]
        column = ScoreColumn(sometimes if metric in MATCHES else always, values, nothing)
        return summarise_scores(replace(own, columns={metric: column}), [metric], repeats, among=there)[metric]

    metrics = [*AMOUNTS, *(MATCHES if sometimes.any() else ())]
    return AgentScores(agent=name, items=int(there.sum()), metrics={metric: summary(metric) for metric in metrics})
