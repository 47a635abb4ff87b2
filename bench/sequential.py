"""What looking while it runs costs and promises: false passes under peeking, and how many items are needed.

    .venv/bin/python bench/sequential.py            # all of it, about two minutes of one core
    .venv/bin/python bench/sequential.py --rounds 200

Each line is one row as JSON. A candidate on the margin itself must pass in at most 2.5 % of the rounds, whenever
and however often somebody looks; what is better or worse is to be decided after few items.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from windlass.evaluation.sequential.asymptotic import Drift
from windlass.evaluation.sequential.betting import Bets
from windlass.evaluation.sequential.evidence import AnytimeEvidence, GroupEvidence, Look
from windlass.evaluation.statistics.paired import paired_difference

Floats = NDArray[np.float64]

TAIL = 0.025
MARGIN = 0.02


class Row(NamedTuple):
    data: str
    truth: float
    """The mean difference."""
    method: str
    items: int
    """Of the dataset."""
    passed: float
    failed: float
    median: float
    """Items until it was decided, or all of them."""
    mean: float
    rounds: int


@dataclass(frozen=True)
class Data:
    """Differences of items, with their mean, and the reach of a single one where it has any."""

    name: str
    truth: float
    draw: Callable[[np.random.Generator, int], Floats]
    reach: float | None = 1.0


class Outcome(NamedTuple):
    outcome: int
    """1 passed, −1 failed, 0 neither."""
    items: int


def pairs(name: str, gains: float, losses: float) -> Data:
    """Yes/no outcomes: the share of items that only the candidate, and only the baseline, gets right."""

    def draw(generator: np.random.Generator, items: int) -> Floats:
        chance = generator.random(items)
        return np.where(chance < gains, 1.0, np.where(chance < gains + losses, -1.0, 0.0))

    return Data(name, gains - losses, draw)


def skewed(name: str, truth: float, spread: float) -> Data:
    """Amounts that are rarely much worse: a log-normal with its mean moved to the truth."""

    def draw(generator: np.random.Generator, items: int) -> Floats:
        values: Floats = generator.lognormal(0.0, spread, items) - math.exp(spread**2 / 2)
        return truth - 0.2 * values

    return Data(name, truth, draw, reach=None)


def scores(name: str, truth: float) -> Data:
    """Scores between 0 and 1, most pairs alike and a few much worse."""

    def draw(generator: np.random.Generator, items: int) -> Floats:
        worse = generator.random(items) < 0.1
        values = np.where(worse, -generator.beta(2, 2, items), generator.normal(0.0, 0.05, items))
        return np.asarray(np.clip(values + 0.05 + truth, -1, 1))

    return Data(name, truth, draw)


def anytime(data: Data, values: Floats, planned: int) -> Outcome:
    """Look after every item."""
    ones = np.ones_like(values)
    if data.reach is None:
        process: Bets | Drift = Drift(values, ones, planned)
    else:
        process = Bets(values, ones, -data.reach, data.reach, 1, planned)
    evidence = AnytimeEvidence(process, -MARGIN, np.arange(1, values.size + 1))
    met, missed = (evidence.crossing(side, TAIL) or values.size + 1 for side in ("above", "below"))
    return _first(met, missed, values.size)


def group(looks: int) -> Callable[[Data, Floats, int], Outcome]:
    """Look so many times, by the boundaries."""
    fractions = tuple((place + 1) / looks for place in range(looks))

    def play(data: Data, values: Floats, _planned: int) -> Outcome:
        # Yes/no differences are told by their values, as a gate tells them.
        before, after = np.maximum(-values, 0.0), np.maximum(values, 0.0)
        ends = [round(values.size * fraction) for fraction in fractions]
        bounds = None if data.reach is None else (-data.reach, data.reach)
        seen = [
            Look(end, paired_difference(before[:end], after[:end], bounds=bounds, skewed=bounds is None))
            for end in ends
        ]
        evidence = GroupEvidence(seen, fractions, -MARGIN, "obrien_fleming")
        met, missed = (evidence.crossing(side, TAIL) or values.size + 1 for side in ("above", "below"))
        return _first(met, missed, values.size)

    return play


def peeking(looks: int) -> Callable[[Data, Floats, int], Outcome]:
    """Look so many times, with a t test at the full level each time: what nobody should do."""
    return lambda _data, values, _planned: _by_t(values, looks)


METHODS: dict[str, Callable[[Data, Floats, int], Outcome]] = {
    "once, at the end": group(1),
    "t test, 20 looks": peeking(20),
    "group, 5 looks": group(5),
    "anytime, every item": anytime,
}


def simulate(data: Data, method: str, *, items: int, rounds: int, seed: int = 0) -> Row:
    """Play a gate many times."""
    generator = np.random.default_rng(seed)
    ended = [METHODS[method](data, data.draw(generator, items), items) for _ in range(rounds)]
    needed = np.array([each.items for each in ended])
    return Row(
        data=data.name,
        truth=round(data.truth, 6),
        method=method,
        items=items,
        passed=sum(each.outcome > 0 for each in ended) / rounds,
        failed=sum(each.outcome < 0 for each in ended) / rounds,
        median=float(np.median(needed)),
        mean=float(needed.mean()),
        rounds=rounds,
    )


ON_THE_MARGIN = (
    pairs("yes/no, 2 % differ", 0.0, MARGIN),
    pairs("yes/no, 10 % differ", 0.05 - MARGIN / 2, 0.05 + MARGIN / 2),
    pairs("yes/no, 40 % differ", 0.2 - MARGIN / 2, 0.2 + MARGIN / 2),
    scores("scores, few much worse", -MARGIN),
    skewed("amounts, log-normal 0.5", -MARGIN, 0.5),
    skewed("amounts, log-normal 1", -MARGIN, 1.0),
)

ELSEWHERE = (
    pairs("yes/no, 36 % differ", 0.29, 0.07),
    pairs("yes/no, 20 % differ", 0.13, 0.07),
    pairs("yes/no, 10 % differ", 0.05, 0.05),
    pairs("yes/no, 20 % differ", 0.05, 0.15),
)


def promises(*, items: int, rounds: int) -> Iterator[Row]:
    """How often a candidate on the margin passes: 2.5 % at most is promised."""
    for data in ON_THE_MARGIN:
        for method in METHODS:
            yield simulate(data, method, items=items, rounds=rounds)


def costs(*, items: int, rounds: int) -> Iterator[Row]:
    """How many items it takes elsewhere."""
    for data in ELSEWHERE:
        for method in METHODS:
            if "20 looks" not in method:
                yield simulate(data, method, items=items, rounds=rounds)


def peeking_without_a_difference(*, looks: int, rounds: int) -> float:
    """How often a two-sided t test at 5 % finds a difference, sooner or later, where there is none."""
    generator = np.random.default_rng(0)
    ends = [50 * place for place in range(1, looks + 1)]
    found = 0
    for _ in range(rounds):
        values = generator.normal(size=ends[-1])
        found += any(abs(_t(values[:end], 0.0)) > stdtrit(end - 1, 1 - TAIL) for end in ends)
    return found / rounds


def _by_t(values: Floats, looks: int) -> Outcome:
    for place in range(1, looks + 1):
        end = round(values.size * place / looks)
        t = _t(values[:end], -MARGIN)
        if abs(t) > stdtrit(end - 1, 1 - TAIL):
            return Outcome(1 if t > 0 else -1, end)
    return Outcome(0, values.size)


def _t(values: Floats, mean: float) -> float:
    error = values.std(ddof=1) / math.sqrt(values.size)
    return float((values.mean() - mean) / error) if error > 0 else 0.0


def _first(met: int, missed: int, items: int) -> Outcome:
    if min(met, missed) > items:
        return Outcome(0, items)
    return Outcome(1, met) if met < missed else Outcome(-1, missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2000)
    options = parser.parse_args()
    alarms = peeking_without_a_difference(looks=20, rounds=options.rounds)
    print(json.dumps({"peeking_20_times_at_5_percent": alarms, "once": 0.05}))
    for row in (
        *promises(items=options.items, rounds=options.rounds),
        *costs(items=options.items, rounds=options.rounds),
    ):
        print(json.dumps(row._asdict()))


if __name__ == "__main__":
    main()
