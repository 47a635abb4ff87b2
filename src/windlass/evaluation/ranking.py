"""Ranks from battles: strengths with intervals, the ranks that these allow, and win rates.

Battles on one item are not independent: intervals come from resampling whole items. Rank intervals hold for all
players together: a player is placed above another only where the difference of their log strengths exceeds its
standard error by the quantile of the largest such ratio over all pairs (Mogstad, Romano, Shaikh and Wilhelm 2024,
"Inference for Ranks", Review of Economic Studies).
"""

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.statistics.bradley_terry import (
    Bools,
    Fit,
    Floats,
    beaten,
    fit,
    pairs_of,
    reachable,
    win_probabilities,
)
from windlass.evaluation.statistics.paired import t_quantile
from windlass.evaluation.wording.language import say, say_count

Winner = Literal["first", "second", "tie"]
Prior = Literal["none", "unmet", "unbeaten", "lossless", "ties"]

RESAMPLES: Final = 1000
FEWEST_CLUSTERS: Final = 5
"""Resamples of fewer items are mostly the same few, and their quantiles say nothing."""
SEED: Final = 20_080_911

_COLUMNS: Final[dict[Winner, int]] = {"first": 0, "second": 1, "tie": 2}


class Battle(NamedTuple):
    """Two players met on an item."""

    first: str
    second: str
    winner: Winner
    cluster: str
    """The item: battles on one rise and fall together."""


class RankedPlayer(BaseModel):
    name: str
    strength: float
    """Log strength; the mean over the players is 0."""
    low: float | None
    high: float | None
    """Null where the data give no bound: too few items, or a player who never lost (or never won)."""
    rank: int
    """By strength."""
    best_rank: int
    worst_rank: int
    """All that the data allow: intervals that hold for all players together."""
    win_rate: float
    """What it may expect against the others on average, a tie counting one half."""
    battles: int
    wins: int
    losses: int
    ties: int


class PairRate(BaseModel):
    """How two players met."""

    first: str
    second: str
    wins: int
    """Of the first."""
    losses: int
    ties: int
    expected: float
    """What the first may expect of the next battle, a tie counting one half."""


class Ranking(BaseModel):
    players: list[RankedPlayer]
    """Strongest first."""
    pairs: list[PairRate]
    battles: int
    clusters: int
    """Items with a battle."""
    tie_weight: float
    """Davidson's ν; 0 where no battle was a tie."""
    confidence: float
    prior: Prior
    """Why a weak prior had to keep the strengths finite, where it had to: some never met even through a third,
    some were never beaten by or tied with one below them, some never lost and ties do not say how far above the
    others they are, or every battle was a tie."""
    prior_names: list[str]
    """Of whom that is so."""
    few_clusters: bool
    """Whether there are too few items for intervals."""
    note: str
    """The same in a sentence or two; empty where the strengths and intervals are the data's alone."""


def rank(
    players: Sequence[str],
    battles: Sequence[Battle],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Ranking | None:
    """Rank players by their battles; None where there is no battle yet.

    Raises InputError for fewer than two players, one named twice, and a battle of somebody else.
    """
    if len(players) < 2 or len(set(players)) < len(players):
        raise InputError("A ranking needs at least two players, each named once.")
    if not battles:
        return None
    counts, clusters = _counts(players, battles)
    total = counts.sum(axis=0)
    point = fit(total[None], len(players))
    resampled = _resample(counts, len(players), resamples, seed) if clusters >= FEWEST_CLUSTERS else None
    spread = resampled if resampled is not None and np.ptp(resampled.strengths, axis=0).max() > 0 else None
    low, high = _intervals(spread, confidence, len(players), clusters)
    _open(total, len(players), low, high, finite=bool(point.finite[0]))
    above = _above(point, spread, confidence) if spread is not None else _swept(counts, len(players), confidence)
    expected = win_probabilities(point.strengths[0], float(point.ties[0]))
    prior, names = _prior(players, total, finite=bool(point.finite[0]))
    return Ranking(
        players=_players(players, total, point, (low, high), above, expected),
        pairs=_pairs(players, total, expected),
        battles=len(battles),
        clusters=clusters,
        tie_weight=float(point.ties[0]),
        confidence=confidence,
        prior=prior,
        prior_names=names,
        few_clusters=clusters < FEWEST_CLUSTERS,
        note=ranking_note(prior, names, clusters),
    )


def rank_set(ranking: Ranking, place: int) -> list[str]:
    """Return the players who may have a rank, as far as the data say."""
    return [each.name for each in ranking.players if each.best_rank <= place <= each.worst_rank]


def _counts(players: Sequence[str], battles: Iterable[Battle]) -> tuple[Floats, int]:
    """Return wins, losses and ties of every pair for each cluster."""
    places = {name: place for place, name in enumerate(players)}
    number = {tuple(pair): place for place, pair in enumerate(pairs_of(len(players)).tolist())}
    clusters: dict[str, int] = {}
    found: list[tuple[int, int, int]] = []
    for battle in battles:
        try:
            first, second = places[battle.first], places[battle.second]
            pair = number[min(first, second), max(first, second)]
        except KeyError as error:
            raise InputError(
                f"A battle of {battle.first!r} and {battle.second!r} is none of two players here: "
                f"{', '.join(players)}."
            ) from error
        column = _COLUMNS[battle.winner]
        turned = column if column == 2 or first < second else 1 - column
        found.append((clusters.setdefault(battle.cluster, len(clusters)), pair, turned))
    counts = np.zeros((len(clusters), len(number), 3))
    np.add.at(counts, tuple(np.array(found).T), 1.0)
    return counts, len(clusters)


def _resample(counts: Floats, players: int, resamples: int, seed: int) -> Fit:
    clusters = len(counts)
    drawn = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    tables = (drawn @ counts.reshape(clusters, -1)).reshape(resamples, -1, 3)
    return fit(tables, players)


def _intervals(
    spread: Fit | None, confidence: float, players: int, clusters: int
) -> tuple[list[float | None], list[float | None]]:
    if spread is None:
        return [None] * players, [None] * players
    # Percentiles of resamples are too narrow by √((n−1)/n) and know no t: Hesterberg (2015) widens their tails.
    reach = t_quantile(1 - (1 - confidence) / 2, clusters - 1) * math.sqrt(clusters / (clusters - 1))
    tail = NormalDist().cdf(-reach)
    low, high = np.quantile(spread.strengths, [tail, 1 - tail], axis=0)
    return list(map(float, low)), list(map(float, high))


def _open(total: Floats, players: int, low: list[float | None], high: list[float | None], *, finite: bool) -> None:
    """Take away the bounds that only the prior gives: above who was never beaten, below who never won."""
    reached = reachable(total[None], players)[0]
    if not finite and reached.all():
        reached = beaten(total[None], players)[0]
    for player in range(players):
        if not reached[:, player].all():
            high[player] = None
        if not reached[player].all():
            low[player] = None


def _above(point: Fit, spread: Fit, confidence: float) -> Bools:
    """Tell whom (row) the data place above whom (column), all pairs together at the confidence."""
    gaps = point.strengths[0][:, None] - point.strengths[0][None, :]
    drawn = spread.strengths[:, :, None] - spread.strengths[:, None, :]
    errors = drawn.std(axis=0, ddof=1)
    errors[errors == 0] = np.inf
    largest = (np.abs(drawn - gaps) / errors).max(axis=(1, 2))
    return np.asarray(gaps / errors > np.quantile(largest, confidence))


def _swept(counts: Floats, players: int, confidence: float) -> Bools:
    """Do the same where resamples do not vary, for each pair went one way on every item: by a sign test.

    Items are its trials, and the level is divided by the number of pairs.
    """
    above = np.zeros((players, players), dtype=bool)
    pairs = pairs_of(players)
    for (first, second), of_pair in zip(pairs.tolist(), counts.transpose(1, 0, 2), strict=True):
        met = of_pair[of_pair.sum(axis=1) > 0]
        lead = np.sign(met[:, 0] - met[:, 1])
        if len(met) and 0.5 ** len(met) <= (1 - confidence) / 2 / len(pairs):
            above[first, second] = bool((lead > 0).all())
            above[second, first] = bool((lead < 0).all())
    return above


def _players(
    players: Sequence[str],
    total: Floats,
    point: Fit,
    bounds: tuple[list[float | None], list[float | None]],
    above: Bools,
    expected: Floats,
) -> list[RankedPlayer]:
    order = sorted(range(len(players)), key=lambda place: (-point.strengths[0][place], players[place]))
    ranked = []
    for place, player in enumerate(order, 1):
        wins, losses, ties = _record(total, len(players), player)
        others = np.delete(expected[player], player)
        ranked.append(
            RankedPlayer(
                name=players[player],
                strength=float(point.strengths[0][player]),
                low=bounds[0][player],
                high=bounds[1][player],
                rank=place,
                best_rank=1 + int(above[:, player].sum()),
                worst_rank=len(players) - int(above[player].sum()),
                win_rate=float(others.mean()),
                battles=wins + losses + ties,
                wins=wins,
                losses=losses,
                ties=ties,
            )
        )
    return ranked


def _record(total: Floats, players: int, player: int) -> tuple[int, int, int]:
    pairs = pairs_of(players)
    first, second = total[pairs[:, 0] == player].sum(axis=0), total[pairs[:, 1] == player].sum(axis=0)
    return int(first[0] + second[1]), int(first[1] + second[0]), int(first[2] + second[2])


def _pairs(players: Sequence[str], total: Floats, expected: Floats) -> list[PairRate]:
    return [
        PairRate(
            first=players[first],
            second=players[second],
            wins=int(wins),
            losses=int(losses),
            ties=int(ties),
            expected=float(expected[first, second]),
        )
        for (first, second), (wins, losses, ties) in zip(pairs_of(len(players)).tolist(), total, strict=True)
    ]


def _prior(players: Sequence[str], total: Floats, *, finite: bool) -> tuple[Prior, list[str]]:
    """Say why the data alone give no finite strengths, and of whom."""
    if finite:
        return "none", []
    reached = reachable(total[None], len(players))[0]
    unmet = [players[i] for i in range(len(players)) if not (reached[i] | reached[:, i]).all()]
    if unmet:
        return "unmet", unmet
    unbeaten = [name for place, name in enumerate(players) if not reached[:, place].all()]
    if unbeaten:
        return "unbeaten", unbeaten
    records = [_record(total, len(players), place) for place in range(len(players))]
    lossless = [name for name, (wins, losses, _) in zip(players, records, strict=True) if wins and not losses]
    return ("lossless", lossless) if lossless else ("ties", [])


def ranking_note(prior: Prior, names: Sequence[str], clusters: int) -> str:
    """Say why strengths or intervals are not the data's alone; empty where they are."""
    told = [_prior_words(prior, names)] if prior != "none" else []
    if clusters < FEWEST_CLUSTERS:
        told.append(
            say(
                "Battles on {n} of at least {least} items are too few for intervals.",
                n=clusters,
                least=FEWEST_CLUSTERS,
            )
        )
    return " ".join(told)


def _prior_words(prior: Prior, names: Sequence[str]) -> str:
    if prior == "ties":
        return say("A weak prior keeps the strengths finite: every battle was a tie.")
    who = _named(names)
    if prior == "unmet":
        return say(
            "A weak prior keeps the strengths finite: {names} did not meet all others, not even through battles "
            "with a third.",
            names=who,
        )
    if prior == "lossless":
        return say(
            "A weak prior keeps the strengths finite: {names} never lost, and how far above the others is not "
            "told by ties.",
            names=who,
        )
    return say_count(
        len(names),
        "A weak prior keeps the strengths finite: {names} was never beaten by, or tied with, some that are "
        "ranked below.",
        "A weak prior keeps the strengths finite: {names} were never beaten by, or tied with, some that are "
        "ranked below.",
        names=who,
    )


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return say("{some} and {last}", some=", ".join(names[:-1]), last=names[-1])
