import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from windlass.evaluation.sequential.betting import Bets

LEVEL = 0.025

clusters = st.lists(st.lists(st.floats(-1, 1), min_size=0, max_size=3), min_size=1, max_size=30)


def bets(values: list[list[float]], *, planned: int = 100, largest: int = 3) -> Bets:
    """Bet on clusters of values between −1 and 1."""
    sums, sizes = np.array([sum(each) for each in values]), np.array([float(len(each)) for each in values])
    return Bets(sums, sizes, -1.0, 1.0, largest, planned)


def singles(*values: float, planned: int = 100) -> Bets:
    return bets([[value] for value in values], planned=planned, largest=1)


def test_wealth_is_the_mean_of_what_each_share_won() -> None:
    made = singles(1.0, -1.0, 0.5, 0.0, 1.0)
    wealth = np.mean([[np.prod([1 + f * (v + 0.1) / 0.9 for v in (1, -1, 0.5, 0, 1)]) for f in made.shares]])
    assert math.exp(made.log_wealth(-0.1)[-1]) == pytest.approx(wealth)


def test_shares_are_halved_down_to_the_best_for_the_longest_game() -> None:
    assert singles(0.0, planned=10).shares.tolist() == [0.9, 0.45]
    assert singles(0.0, planned=1319).shares.tolist() == [0.9, 0.45, 0.225, 0.1125, 0.05625]


@pytest.mark.parametrize("mean", [-0.4, 0.0, 0.3])
def test_nobody_expects_to_win_where_the_mean_is_what_is_bet_against(mean: float) -> None:
    gain = (1 + mean) / 2  # the chance of 1, against −1
    expected = 0.0
    for values in itertools.product((1.0, -1.0), repeat=8):
        chance = math.prod(gain if value > 0 else 1 - gain for value in values)
        expected += chance * math.exp(singles(*values).log_wealth(mean)[-1])
    assert expected == pytest.approx(1.0)


def test_nobody_expects_to_win_on_clusters_of_different_sizes_either() -> None:
    kinds = [([1.0], 0.5), ([0.0, 0.0, -1.0], 0.3), ([0.5, -0.5], 0.2)]
    # The mean of the values: their expected sum by their expected number.
    mean = sum(sum(values) * chance for values, chance in kinds) / sum(len(v) * chance for v, chance in kinds)
    expected = sum(
        math.prod(chance for _, chance in drawn)
        * math.exp(bets([values for values, _ in drawn]).log_wealth(mean)[-1])
        for drawn in itertools.product(kinds, repeat=5)
    )
    assert expected == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(clusters)
def test_it_is_never_shown_to_be_above_and_below_at_once(values: list[list[float]]) -> None:
    made = bets(values)
    for bound in (-0.5, -0.02, 0.0, 0.3):
        above, below = made.log_wealth(bound), made.mirrored.log_wealth(-bound)
        assert not ((above > 1e-9) & (below > 1e-9)).any()


@settings(deadline=None, max_examples=60)
@given(clusters)
def test_the_interval_holds_the_mean_seen_and_tells_what_the_test_tells(values: list[list[float]]) -> None:
    made = bets(values)
    n = len(values)
    low, high = made.lower_bound(n, LEVEL), 0.0 - made.mirrored.lower_bound(n, LEVEL)
    if made.sizes.sum():
        assert low - 1e-9 <= made.sums.sum() / made.sizes.sum() <= high + 1e-9
    for bound in (-0.5, -0.02, 0.0, 0.3):
        if abs(bound - low) > 1e-8:
            assert (made.log_wealth(bound)[-1] >= -math.log(LEVEL)) == (bound < low)


@settings(deadline=None, max_examples=40)
@given(clusters, st.randoms())
def test_what_was_won_does_not_depend_on_the_order(values: list[list[float]], random: "st.Random") -> None:  # type: ignore[name-defined]
    shuffled = values[:]
    random.shuffle(shuffled)
    assert bets(values).log_wealth(0.1)[-1] == pytest.approx(bets(shuffled).log_wealth(0.1)[-1], abs=1e-9)


def test_it_takes_few_of_what_is_clear_and_many_of_what_is_close() -> None:
    always = singles(*[1.0] * 20)
    assert int((always.log_wealth(0.0) >= -math.log(LEVEL)).argmax()) + 1 == 8
    # Nothing ever differs: within two points only after hundreds.
    alike = singles(*[0.0] * 1000, planned=1000)
    assert int((alike.log_wealth(-0.02) >= -math.log(LEVEL)).argmax()) + 1 == 286


def test_without_a_value_nothing_is_known() -> None:
    nothing = bets([[], []])
    assert nothing.log_wealth(0.0).tolist() == [0.0, 0.0]
    assert (nothing.lower_bound(2, LEVEL), nothing.mirrored.lower_bound(2, LEVEL)) == (-1.0, -1.0)
