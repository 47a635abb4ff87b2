"""Rankings: against statsmodels, by hand, and where the data say too little."""

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.ranking import Battle, Winner, rank, rank_set
from windlass.evaluation.statistics.bradley_terry import Floats, fit, pairs_of, win_probabilities

PLAYERS = ("a", "b", "c", "d")
MODELS = ("bloom-7b", "cerebras-gpt-6.7B", "llama-7b", "opt-7b", "pythia-6.9b")


def drawn(
    strengths: Floats, ties: float, battles: int, chance: Generator, *, items: int = 40, spread: float = 0.0
) -> list[Battle]:
    """Draw battles; ``spread`` is how much a player's strength differs from item to item."""
    names = [str(place) for place in range(len(strengths))]
    of_items = (
        strengths + chance.normal(0, spread, (items, len(strengths))) if spread else np.tile(strengths, (items, 1))
    )
    found = []
    for number in range(battles):
        first, second = chance.choice(len(strengths), 2, replace=False)
        item = number % items
        gap = of_items[item, first] - of_items[item, second]
        weights = np.array([np.exp(gap / 2), np.exp(-gap / 2), ties])
        winner: Winner = ("first", "second", "tie")[chance.choice(3, p=weights / weights.sum())]
        found.append(Battle(names[first], names[second], winner, f"item {item}"))
    return found


def fought(*records: str) -> list[Battle]:
    """Read "a>b" as a win of a, "a=b" as a tie; each battle on an item of its own."""
    battles = []
    for number, record in enumerate(records):
        winner: Winner = "tie" if "=" in record else "first"
        battles.append(Battle(record[0], record[2], winner, f"item {number}"))
    return battles


def test_strengths_without_ties_are_those_of_a_logistic_regression() -> None:
    # statsmodels 0.15: GLM of the wins on the differences of players, Binomial, the last player 0, then centred.
    counts = np.zeros((1, 6, 3))
    counts[0, :, :2] = [[31, 12], [25, 40], [18, 44], [9, 22], [37, 15], [50, 21]]
    found = fit(counts, 4)
    regression = [-0.17668659783829044, -0.17102464815803375, 0.5322123418433446, -0.18450109584702046]
    np.testing.assert_allclose(found.strengths[0], regression, atol=1e-9)
    assert found.ties[0] == 0
    assert found.finite[0]


def test_two_players_with_ties_have_the_strengths_that_one_computes_by_hand() -> None:
    # Of two players the fit is exact: 8, 2 and 10 ties give p1/p2 = 8/2 and ν = 10/√(8·2).
    found = fit(np.array([[[8.0, 2.0, 10.0]]]), 2)
    np.testing.assert_allclose(found.strengths[0], [np.log(4) / 2, -np.log(4) / 2], atol=1e-10)
    assert found.ties[0] == pytest.approx(10 / 4, abs=1e-9)
    expected = win_probabilities(found.strengths[0], float(found.ties[0]))
    np.testing.assert_allclose(expected, [[0.5, 0.65], [0.35, 0.5]], atol=1e-10)


def test_three_players_with_ties_solve_davidsons_equations() -> None:
    # Davidson (1970), (2.7) and (2.8): observed and expected scores of each player agree, and so do the ties.
    counts = np.array([[[7.0, 2.0, 3.0], [4.0, 5.0, 1.0], [2.0, 8.0, 6.0]]])
    found = fit(counts, 3)
    strengths, ties = np.exp(found.strengths[0]), found.ties[0]
    scores, expected, tied = np.zeros(3), np.zeros(3), 0.0
    for (i, j), (wins, losses, draws) in zip(pairs_of(3), counts[0], strict=True):
        total = strengths[i] + strengths[j] + ties * np.sqrt(strengths[i] * strengths[j])
        n, chance_of_tie = wins + losses + draws, ties * np.sqrt(strengths[i] * strengths[j]) / total
        scores[i] += wins + draws / 2
        scores[j] += losses + draws / 2
        expected[i] += n * (strengths[i] / total + chance_of_tie / 2)
        expected[j] += n * (strengths[j] / total + chance_of_tie / 2)
        tied += n * chance_of_tie
    np.testing.assert_allclose(expected, scores, atol=1e-9)
    assert tied == pytest.approx(10, abs=1e-9)
    assert found.strengths[0].mean() == pytest.approx(0, abs=1e-12)


def test_it_does_not_matter_who_is_named_first() -> None:
    battles = drawn(np.array([0.8, 0.0, -0.5]), 0.4, 200, default_rng(2))
    other: dict[Winner, Winner] = {"first": "second", "second": "first", "tie": "tie"}
    turned = [Battle(each.second, each.first, other[each.winner], each.cluster) for each in battles]
    assert rank(["0", "1", "2"], battles) == rank(["0", "1", "2"], turned)


def test_a_clear_order_is_found_with_its_ranks_and_records() -> None:
    battles = drawn(np.array([1.5, 0.0, -1.5]), 0.3, 600, default_rng(3), items=60)
    ranking = rank(["0", "1", "2"], battles)
    assert ranking is not None
    assert [each.name for each in ranking.players] == ["0", "1", "2"]
    assert [(each.rank, each.best_rank, each.worst_rank) for each in ranking.players] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 3),
    ]
    assert all(each.low is not None and each.low < each.strength for each in ranking.players)
    assert all(each.battles == each.wins + each.losses + each.ties for each in ranking.players)
    assert sum(each.battles for each in ranking.players) == 2 * ranking.battles == 1200
    assert (ranking.clusters, ranking.note) == (60, "")
    assert rank_set(ranking, 1) == ["0"]
    assert ranking == rank(["0", "1", "2"], battles)


def test_equal_players_may_have_each_others_ranks() -> None:
    ranking = rank(["0", "1", "2"], drawn(np.zeros(3), 0.3, 90, default_rng(4)))
    assert ranking is not None
    assert rank_set(ranking, 1) == [each.name for each in ranking.players]
    assert {(each.best_rank, each.worst_rank) for each in ranking.players} == {(1, 3)}


def test_whole_items_are_resampled() -> None:
    # The same battle ten times on each item says what one on each item says: intervals must not shrink.
    battles = drawn(np.array([0.4, -0.4]), 0.2, 40, default_rng(6))
    once = rank(["0", "1"], battles)
    tenfold = rank(["0", "1"], battles * 10)
    assert once is not None
    assert tenfold is not None
    assert once.players[0].low == pytest.approx(tenfold.players[0].low, abs=1e-6)
    assert once.players[0].high == pytest.approx(tenfold.players[0].high, abs=1e-6)


def test_who_never_lost_has_a_finite_strength_and_no_upper_bound() -> None:
    battles = fought(*["a>b"] * 6, *["a>c"] * 6, *["b>c", "c>b", "b>c"] * 3)
    ranking = rank(["a", "b", "c"], battles)
    assert ranking is not None
    best = ranking.players[0]
    assert best.name == "a"
    assert np.isfinite(best.strength)
    assert (best.low is not None, best.high) == (True, None)
    assert ranking.note == (
        "A weak prior keeps the strengths finite: a was never beaten by, or tied with, some that are ranked below."
    )


def test_ties_do_not_say_how_far_above_is_who_never_lost() -> None:
    ranking = rank(["a", "b"], fought(*["a>b"] * 6, *["a=b"] * 6))
    assert ranking is not None
    best, other = ranking.players
    assert (ranking.prior, ranking.prior_names, best.name) == ("lossless", ["a"], "a")
    assert ranking.note.startswith("A weak prior keeps the strengths finite: a never lost, and how far above")
    assert 0 < best.strength < 5
    assert (best.high, other.low) == (None, None)
    # One loss, and the data speak for themselves.
    beaten = rank(["a", "b"], fought(*["a>b"] * 6, "b>a", *["a=b"] * 6))
    assert beaten is not None
    assert beaten.prior == "none"
    assert beaten.players[0].strength == pytest.approx(np.log(6) / 2)


@pytest.mark.parametrize(
    ("battles", "finite"),
    [
        # In a circle of wins strengths are bounded, and so is what ties weigh.
        (("a>b", "b>c", "c>a", "a=d"), True),
        # Two wins in a row, and a tie of the first and the last: no strengths are as far apart as both ask.
        (("a>b", "b>c", "a=c"), True),
        (("a>b", "a=b", "b=c"), False),
        (("a>b", "a=b", "a>c", "b=c", "a=c"), False),
    ],
    ids=str,
)
def test_ties_bind_where_no_strengths_fit_ever_better(battles: tuple[str, ...], *, finite: bool) -> None:
    ranking = rank(list("abcd" if "d" in "".join(battles) else "abc"), fought(*battles))
    assert ranking is not None
    assert (ranking.prior == "none") == finite
    assert all(abs(each.strength) < 10 for each in ranking.players)


def test_who_won_on_every_item_is_placed_above_once_there_are_enough_of_them() -> None:
    few, enough = rank(["a", "b"], fought(*["b>a"] * 5)), rank(["a", "b"], fought(*["b>a"] * 6))
    assert few is not None
    assert enough is not None
    # One half to the power of 5 is more than 2.5 %, to that of 6 less.
    assert [(each.name, each.best_rank, each.worst_rank) for each in few.players] == [("b", 1, 2), ("a", 1, 2)]
    assert [(each.name, each.best_rank, each.worst_rank) for each in enough.players] == [("b", 1, 1), ("a", 2, 2)]


def test_players_who_never_met_are_named() -> None:
    ranking = rank(["a", "b", "c", "d"], fought("a>b", "b>a", "c>d", "d>c", "a=b", "c=d"))
    assert ranking is not None
    assert "a, b, c and d did not meet all others, not even through battles with a third" in ranking.note
    assert [each.strength for each in ranking.players] == pytest.approx([0] * 4, abs=1e-9)


def test_ties_alone_and_few_items_are_said() -> None:
    ties = rank(["a", "b"], fought("a=b", "a=b"))
    assert ties is not None
    assert ties.note == (
        "A weak prior keeps the strengths finite: every battle was a tie. "
        "Battles on 2 of at least 5 items are too few for intervals."
    )
    assert [each.strength for each in ties.players] == pytest.approx([0, 0])
    assert [each.low for each in ties.players] == [None, None]
    assert {(each.best_rank, each.worst_rank) for each in ties.players} == {(1, 2)}


def test_what_cannot_be_ranked_is_none_or_refused() -> None:
    assert rank(["a", "b"], []) is None
    with pytest.raises(InputError, match="at least two players"):
        rank(["a"], fought("a=b"))
    with pytest.raises(InputError, match="each named once"):
        rank(["a", "a"], fought("a=b"))
    with pytest.raises(InputError, match="is none of two players here: a, b"):
        rank(["a", "b"], fought("a>c"))


def test_five_models_that_people_compared_are_ranked_by_people_and_by_a_judge() -> None:
    pairs = _pandalm("testset-v1.json")
    votes = ([pair[f"annotator{person}"] for person in (1, 2, 3)] for pair in pairs)
    people = rank(MODELS, _battles(pairs, [_most(each) for each in votes]))
    judge = rank(
        MODELS, _battles(pairs, [each["pandalm_result"] for each in _pandalm("pandalm-7b-testset-v1.json")])
    )
    assert people is not None
    assert judge is not None
    order = ["llama-7b", "pythia-6.9b", "bloom-7b", "opt-7b", "cerebras-gpt-6.7B"]
    assert [each.name for each in people.players] == order
    assert (people.battles, people.clusters) == (999, 170)
    assert [(each.best_rank, each.worst_rank) for each in people.players] == [
        (1, 1),
        (2, 4),
        (2, 4),
        (2, 5),
        (4, 5),
    ]
    best = people.players[0]
    assert (best.wins, best.losses, best.ties) == (281, 103, 37)
    assert best.strength == pytest.approx(0.819, abs=0.001)
    # PandaLM-7B has the same first and last, and is less sure of both.
    assert [judge.players[place].name for place in (0, -1)] == ["llama-7b", "cerebras-gpt-6.7B"]
    assert (judge.players[0].best_rank, judge.players[0].worst_rank) == (1, 3)


def _pandalm(name: str) -> list[dict[str, Any]]:
    file = real_data(f"pandalm/{name}")
    pairs: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return pairs


def _most(votes: list[int]) -> int:
    """Return what two of three said, or a tie."""
    return next((vote for vote in votes if votes.count(vote) > 1), 0)


def _battles(pairs: list[dict[str, Any]], verdicts: list[int]) -> list[Battle]:
    winners: tuple[Winner, ...] = ("tie", "first", "second")
    return [
        Battle(first, second, winners[verdict], pair["instruction"] + pair["input"])
        for pair, verdict in zip(pairs, verdicts, strict=True)
        for first, second in [pair["cmp_key"].split("_")]
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("items", "spread"), [(30, 0.0), (30, 1.0), (100, 0.0), (100, 1.0)])
def test_intervals_and_rank_sets_cover_what_is_true(items: int, spread: float) -> None:
    """Four players, one battle of every pair on each item; figures in docs/reference/statistics.md."""
    strengths = np.array([0.6, 0.2, -0.2, -0.6])
    truth = _marginal(strengths, 0.5, spread)
    chance = default_rng(items)
    held = ranks = 0
    repeats = 300
    for _ in range(repeats):
        ranking = rank(PLAYERS, _round(strengths, 0.5, items, spread, chance), resamples=400)
        assert ranking is not None
        of = {each.name: each for each in ranking.players}
        for place, name in enumerate(PLAYERS):
            low, high = of[name].low, of[name].high
            held += (low is None or low <= truth[place]) and (high is None or truth[place] <= high)
        ranks += all(of[name].best_rank <= place <= of[name].worst_rank for place, name in enumerate(PLAYERS, 1))
    print(f"{items} items, spread {spread}: intervals {held / repeats / 4:.3f}, rank sets {ranks / repeats:.3f}")
    assert 0.91 <= held / repeats / 4 <= 0.98
    assert ranks / repeats >= 0.93


def _round(strengths: Floats, ties: float, items: int, spread: float, chance: Generator) -> list[Battle]:
    battles = []
    for item in range(items):
        here = strengths + chance.normal(0, spread, len(strengths)) if spread else strengths
        for i, j in combinations(range(len(strengths)), 2):
            weights = np.array([np.exp((here[i] - here[j]) / 2), np.exp((here[j] - here[i]) / 2), ties])
            winner: Winner = ("first", "second", "tie")[chance.choice(3, p=weights / weights.sum())]
            battles.append(Battle(PLAYERS[i], PLAYERS[j], winner, str(item)))
    return battles


def _marginal(strengths: Floats, ties: float, spread: float) -> Floats:
    """Return what the estimates tend to: with items that differ, strengths as seen over many items."""
    if not spread:
        return strengths
    battles = _round(strengths, ties, 40_000, spread, default_rng(1))
    ranking = rank(PLAYERS, battles, resamples=2)
    assert ranking is not None
    of = {each.name: each.strength for each in ranking.players}
    return np.array([of[name] for name in PLAYERS])
