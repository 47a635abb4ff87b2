"""Strengths of players from battles: Bradley and Terry's model with Davidson's ties, by maximum likelihood.

With log strengths θ, P(i beats j) ∝ e^{(θi−θj)/2}, P(j beats i) ∝ e^{(θj−θi)/2} and P(tie) ∝ ν (Davidson 1970,
"On Extending the Bradley–Terry Model to Accommodate Ties"); without a tie in the data ν is 0 and the model is
Bradley and Terry's (1952). The log likelihood is concave in θ and log ν; Newton's method finds its maximum, and θ
has the mean 0.

Without ties the maximum is finite exactly when every player beat every other one directly or along a chain
(Ford 1957). A tie links both ways only where something bounds ν: two players of whom one wins or ties and never
loses lie as far apart as one likes, once ties weigh enough. Where the maximum is not finite, and where all battles
are ties, a normal prior of mean 0 and standard deviation ``PRIOR_SD`` on θ and log ν stands in: strengths are
finite then, and what they say of players who never lost is the prior's as much as the data's.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

PRIOR_SD: Final = 2.0
"""In log strength: one standard deviation between two players is odds of 17 to 1."""

_REACH: Final = 2.0
_STEPS: Final = 200
_HALVINGS: Final = 40
_TOLERANCE: Final = 1e-11


class Fit(NamedTuple):
    """Fits of several tables of counts at once, one a row."""

    strengths: Floats
    """Log strengths of the players, of mean 0."""
    ties: Floats
    """ν: how much ties weigh; 0 where there were none."""
    finite: Bools
    """Whether the data alone give finite strengths; else the prior helped."""


def pairs_of(players: int) -> NDArray[np.int64]:
    """Return the pairs of players, first below second, in the order of the counts."""
    return np.array([(i, j) for i in range(players) for j in range(i + 1, players)], dtype=np.int64).reshape(-1, 2)


def fit(counts: Floats, players: int) -> Fit:
    """Fit tables of counts, of the shape (tables, pairs, 3): wins of the first, wins of the second, ties.

    Raises InputError for fewer than two players and for a table without battles.
    """
    if players < 2:
        raise InputError("A ranking needs at least two players.")
    if (counts.sum(axis=(1, 2)) == 0).any():
        raise InputError("A ranking needs at least one battle.")
    return _fit(counts, players)


def win_probabilities(strengths: Floats, ties: float) -> Floats:
    """Return what each player (row) may expect against each other one (column), a tie counting one half."""
    gaps = strengths[:, None] - strengths[None, :]
    chances = _chances(gaps, np.full_like(gaps, np.log(ties) if ties > 0 else -np.inf))
    return chances[..., 0] + chances[..., 2] / 2


def connected(counts: Floats, players: int) -> Bools:
    """Tell of each table whether every player beat or tied with every other one, along a chain at least."""
    reached = reachable(counts, players)
    return np.asarray(reached.all(axis=(1, 2)))


def reachable(counts: Floats, players: int) -> Bools:
    """Tell whether the player of the row beat or tied with that of the column, directly or along a chain."""
    pairs = pairs_of(players)
    first, second = pairs[:, 0], pairs[:, 1]
    reached = np.broadcast_to(np.eye(players, dtype=bool), (len(counts), players, players)).copy()
    reached[:, first, second] |= (counts[:, :, 0] + counts[:, :, 2]) > 0
    reached[:, second, first] |= (counts[:, :, 1] + counts[:, :, 2]) > 0
    for _ in range(max(1, int(np.ceil(np.log2(players))))):
        reached = (reached.astype(np.float64) @ reached.astype(np.float64)) > 0
    return reached


def bounded_by_ties(counts: Floats, players: int) -> Bools:
    """Tell of each table whether ties bind players together: whether the weight of ties cannot grow without end.

    It can where strengths δ exist with δi − δj ≥ 2 for every win of i and |δi − δj| ≤ 2 for every tie: along them,
    as far as one likes, nothing that was seen gets less likely. These are difference constraints, which have a
    solution unless their shortest paths have a circle below 0.
    """
    pairs = pairs_of(players)
    first, second = pairs[:, 0], pairs[:, 1]
    tied = np.where(counts[:, :, 2] > 0, _REACH, np.inf)
    paths = np.full((len(counts), players, players), np.inf)
    paths[:, first, second] = np.where(counts[:, :, 0] > 0, -_REACH, tied)
    paths[:, second, first] = np.where(counts[:, :, 1] > 0, -_REACH, tied)
    for via in range(players):
        np.minimum(paths, paths[:, :, via, None] + paths[:, via, None, :], out=paths)
    return np.asarray((np.diagonal(paths, axis1=1, axis2=2) < 0).any(axis=1))


def beaten(counts: Floats, players: int) -> Bools:
    """Tell whether the player of the row beat that of the column, directly or along a chain."""
    return reachable(counts * np.array([1.0, 1.0, 0.0]), players)


def _fit(counts: Floats, players: int) -> Fit:
    pairs = pairs_of(players)
    decisive = counts[:, :, :2].sum(axis=(1, 2))
    has_ties = counts[:, :, 2].sum(axis=1) > 0
    finite = connected(counts, players) & (decisive > 0)
    finite &= ~has_ties | bounded_by_ties(counts, players)
    problem = _Problem(counts, pairs, players, has_ties, np.where(finite, 0.0, PRIOR_SD**-2))
    parameters = problem.solve()
    ties = np.where(has_ties, np.exp(parameters[:, -1]), 0.0)
    strengths = parameters[:, :-1] - parameters[:, :-1].mean(axis=1, keepdims=True)
    return Fit(strengths, ties, finite)


class _Problem:
    """The penalised log likelihoods of several tables; the parameters are θ and, last, log ν."""

    def __init__(
        self, counts: Floats, pairs: NDArray[np.int64], players: int, has_ties: Bools, precision: Floats
    ) -> None:
        self.counts = counts
        self.totals = counts.sum(axis=2)
        self.has_ties = has_ties
        self.precision = precision[:, None]
        self.design = np.zeros((len(pairs), players))
        self.design[np.arange(len(pairs)), pairs[:, 0]] = 1.0
        self.design[np.arange(len(pairs)), pairs[:, 1]] = -1.0

    def solve(self) -> Floats:
        tables, players = len(self.counts), self.design.shape[1]
        parameters = np.zeros((tables, players + 1))
        value = self.value(parameters)
        for _ in range(_STEPS):
            solved = np.linalg.solve(-self.curvature(parameters), self.slope(parameters)[..., None])
            step = np.asarray(solved[..., 0], dtype=np.float64)
            parameters, value = self._advance(parameters, value, step)
            if np.abs(step).max() < _TOLERANCE:
                break
        return parameters

    def value(self, parameters: Floats) -> Floats:
        gaps, log_ties = self._split(parameters)
        wins = (self.counts[:, :, 0] - self.counts[:, :, 1]) * gaps / 2
        ties = self.counts[:, :, 2] * np.where(self.has_ties[:, None], log_ties, 0.0)
        likelihood = (wins + ties - self.totals * _log_total(gaps, log_ties)).sum(axis=1)
        return np.asarray(likelihood - (self.precision * parameters**2).sum(axis=1) / 2)

    def slope(self, parameters: Floats) -> Floats:
        chances = _chances(*self._split(parameters))
        won = (self.counts[:, :, 0] - self.counts[:, :, 1]) / 2
        expected = self.totals * (chances[..., 0] - chances[..., 1]) / 2
        of_ties = (self.counts[:, :, 2] - self.totals * chances[..., 2]).sum(axis=1) * self.has_ties
        slope = np.concatenate([(won - expected) @ self.design, of_ties[:, None]], axis=1)
        return slope - self.precision * parameters

    def curvature(self, parameters: Floats) -> Floats:
        chances = _chances(*self._split(parameters))
        lead, tied = chances[..., 0] - chances[..., 1], chances[..., 2]
        players = self.design.shape[1]
        matrix = np.zeros((len(self.counts), players + 1, players + 1))
        of_gaps = self.totals * ((1 - tied) - lead**2) / 4
        matrix[:, :-1, :-1] = -np.einsum("tp,pi,pj->tij", of_gaps, self.design, self.design)
        # Only differences count: this holds the mean of θ where it is, at 0.
        matrix[:, :-1, :-1] -= self.totals.sum(axis=1)[:, None, None] / players**2
        mixed = (self.totals * tied * lead / 2) @ self.design * self.has_ties[:, None]
        matrix[:, :-1, -1] = matrix[:, -1, :-1] = mixed
        of_ties = (self.totals * tied * (1 - tied)).sum(axis=1)
        # Without ties their parameter has no say, and stays where it is.
        matrix[:, -1, -1] = -np.where(self.has_ties, of_ties, 1.0)
        places = np.arange(players + 1)
        matrix[:, places, places] -= self.precision
        return matrix

    def _split(self, parameters: Floats) -> tuple[Floats, Floats]:
        gaps = parameters[:, :-1] @ self.design.T
        log_ties = np.where(self.has_ties, parameters[:, -1], -np.inf)[:, None]
        return gaps, np.broadcast_to(log_ties, gaps.shape)

    def _advance(self, parameters: Floats, value: Floats, step: Floats) -> tuple[Floats, Floats]:
        """Go as far along each step as does not lose likelihood: Newton's own length overshoots at first."""
        length = np.ones(len(parameters))
        for _ in range(_HALVINGS):
            tried = parameters + length[:, None] * step
            reached = self.value(tried)
            worse = reached < value - 1e-12 * np.abs(value)
            if not worse.any():
                break
            length = np.where(worse, length / 2, length)
        return tried, reached


def _log_total(gaps: Floats, log_ties: Floats) -> Floats:
    return np.asarray(np.logaddexp(np.logaddexp(gaps / 2, -gaps / 2), log_ties))


def _chances(gaps: Floats, log_ties: Floats) -> Floats:
    """Return the chances that the first wins, that the second does, and of a tie."""
    total = _log_total(gaps, log_ties)
    return np.stack([np.exp(gaps / 2 - total), np.exp(-gaps / 2 - total), np.exp(log_ties - total)], axis=-1)
