"""Scores of each agent in runs of several: what each spent, and its tool calls against those it should have made.

The definitions are in docs/reference/runs.md.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from pydantic import BaseModel

from windlass.evaluation.agent_trajectories import MATCHES, Held, References, hold, not_held
from windlass.evaluation.agent_work import AMOUNTS, NOBODY, Rows, Steps, joined, work_of
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_scores import Floats, Mask, RunScores, ScoreColumn
from windlass.evaluation.samples import Item
from windlass.evaluation.score_summaries import summarise_scores
from windlass.evaluation.text_columns import TextColumn
from windlass.telemetry.agent_steps import STEPS, RunSteps, StepPiece


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
    work = joined(piece.work for piece in pieces)
    judged = np.concatenate([np.empty(0, dtype=np.bool_), *(piece.judged for piece in pieces)])
    matches = {name: np.concatenate([np.empty(0), *(piece.matches[name] for piece in pieces)]) for name in MATCHES}
    found = [
        _scores(
            names[agent], scores, work.rows, work.agents == agent, {**work.amounts, **matches}, judged, repeats
        )
        for agent in np.unique(work.agents).tolist()
    ]
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


def _scores(
    agent: str,
    scores: RunScores,
    rows: Rows,
    mine: Mask,
    amounts: Mapping[str, Floats],
    judged: Mask,
    repeats: int,
) -> AgentScores:
    """Return the scores of one agent; its are the rows of ``mine``."""
    order = np.flatnonzero(mine)
    order = order[np.argsort(rows[order], kind="stable")]
    always, sometimes = np.ones(order.size, dtype=np.bool_), judged[order]
    nothing = TextColumn.empty(order.size)
    metrics = [*AMOUNTS, *(MATCHES if sometimes.any() else ())]
    columns = {
        name: ScoreColumn(sometimes if name in MATCHES else always, amounts[name][order], nothing)
        for name in metrics
    }
    own = scores.at_rows(rows[order], columns)
    there = own.has_item()
    return AgentScores(
        agent=agent, items=int(there.sum()), metrics=summarise_scores(own, metrics, repeats, among=there)
    )
