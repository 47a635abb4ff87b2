"""Scores of each agent in runs of several: what each spent, and its tool calls against those it should have made.

The definitions are in docs/reference/runs.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from windlass.telemetry.agent_steps import STEPS, StepPiece, hash_of_agent

_Kind = TypeVar("_Kind", bound=np.generic)


class AgentScores(BaseModel):
    """One agent over the items of a run in which it was at work, or should have been."""

    agent: str
    """Empty for what was called by none."""
    items: int
    metrics: dict[str, MetricSummary]


def agent_scores(
    items: Sequence[Item], scores: RunScores, steps: Iterable[StepPiece], repeats: int = 1
) -> list[AgentScores]:
    """Return the scores of each agent, by name."""
    names = {NOBODY: ""}
    pieces = list(_held(References.of(items), scores, steps, names))
    agents = sorted({agent for piece in pieces for agent in np.unique(piece.work.agents).tolist()})
    found = [_scores(names[agent], agent, scores, pieces, repeats) for agent in agents]
    return sorted(found, key=lambda each: each.agent)


def _held(
    references: References, scores: RunScores, steps: Iterable[StepPiece], names: dict[int, str]
) -> Iterator[Held]:
    """Give the work of all samples, piece by piece; ``names`` gets those of the agents by their hashes."""
    wanted = references.rows(scores)
    seen = np.zeros(len(scores), dtype=np.bool_)
    for piece in steps:
        names.update((hash_of_agent(name), name) for name in piece.agents)
        spans = Steps(piece.records, scores.of_traces, seen)
        here = np.unique(spans.rows)
        seen[here] = True
        yield _of_piece(piece, spans, here[wanted[here]], references, scores, names)
    # Samples of which no span is left: whoever should have been at work in them was not.
    unseen = np.flatnonzero(wanted & ~seen)
    if unseen.size:
        nothing = StepPiece(np.empty(0, dtype=STEPS), (), list)
        yield _of_piece(nothing, Steps(nothing.records, scores.of_traces, seen), unseen, references, scores, names)


def _of_piece(
    piece: StepPiece,
    spans: Steps,
    rows: Rows,
    references: References,
    scores: RunScores,
    names: dict[int, str],
) -> Held:
    owners = spans.owners()
    work = work_of(spans, owners)
    if not rows.size:
        return not_held(work)
    return hold(work, spans, owners, piece.read_tools(), scores, references, rows, names)


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
