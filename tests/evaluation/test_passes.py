from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.errors import InputError
from windlass.evaluation.pass_rates import pass_at_k, pass_hat_k
from windlass.evaluation.passes import all_pass_rates, pass_rates


@given(st.integers(1, 7), st.data())
def test_both_are_the_shares_of_the_choices_of_k_repeats(repeats: int, data: st.DataObject) -> None:
    passes, k = data.draw(st.integers(0, repeats)), data.draw(st.integers(1, repeats))
    tries = [position < passes for position in range(repeats)]
    choices = list(combinations(tries, k))
    assert pass_hat_k(passes, repeats, k) == pytest.approx(sum(map(all, choices)) / len(choices))
    assert pass_at_k(passes, repeats, k) == pytest.approx(sum(map(any, choices)) / len(choices))


@pytest.mark.parametrize("function", [pass_hat_k, pass_at_k])
def test_more_tries_than_repeats_are_refused(function: object) -> None:
    assert callable(function)
    with pytest.raises(InputError, match=r"pass\^5 and pass@5 need 5 repeats of an item, and there are 4\."):
        function(2, 4, 5)
    with pytest.raises(InputError, match="k ≥ 1"):
        function(2, 4, 0)
    with pytest.raises(InputError, match="5 of 4"):
        function(5, 4, 1)


def test_they_are_means_over_items_however_often_each_was_repeated() -> None:
    rates = pass_rates([[1, 1, 0, 0], [1, 1], [0, 0, 0]], 2)
    assert rates.n == 3
    assert rates.pass_hat.mean == pytest.approx((1 / 6 + 1 + 0) / 3)
    assert rates.pass_at.mean == pytest.approx((5 / 6 + 1 + 0) / 3)


def test_an_item_with_too_few_values_is_left_out_and_counted() -> None:
    values = [[1, 1, 1], [1], []]
    assert [(each.k, each.n) for each in all_pass_rates(values, 3)] == [(1, 2), (2, 1), (3, 1)]
    assert all_pass_rates([[1.0], [0.0]], 4)[0].n == 2
    with pytest.raises(InputError, match="need 4 repeats of an item, and there are 3"):
        pass_rates(values, 4)


def test_a_metric_of_other_values_has_none() -> None:
    assert all_pass_rates([[0.5, 1.0]], 2) == []
    assert all_pass_rates([[]], 2) == []
    with pytest.raises(InputError, match="0 or 1 on every sample"):
        pass_rates([[0.5, 1.0]], 1)


def test_of_many_repeats_the_first_ten_and_all_are_told() -> None:
    assert [each.k for each in all_pass_rates([[1.0] * 25], 25)] == [*range(1, 11), 25]


def test_the_interval_is_within_0_and_1_and_never_certain() -> None:
    whole = pass_rates([[1, 1]] * 10, 2).pass_hat
    # Clopper and Pearson: 0.025^(1/10).
    assert (whole.mean, whole.high) == (1.0, 1.0)
    assert whole.low == pytest.approx(0.025**0.1)
    none = pass_rates([[0, 0]] * 10, 2).pass_at
    assert (none.mean, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025**0.1)
    same = pass_rates([[1, 0]] * 10, 1).pass_hat
    assert same.low is not None
    assert same.high is not None
    assert 0 < same.low < same.mean == 0.5 < same.high < 1
    assert pass_rates([[1, 0]], 1).pass_hat.low is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    # Items differ in how hard they are: E[p²] of a uniform p is 1/3.
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(300):
        chances = generator.uniform(size=50)
        values = [list(map(float, generator.uniform(size=4) < chance)) for chance in chances]
        rate = pass_rates(values, 2).pass_hat
        assert rate.low is not None
        assert rate.high is not None
        held += rate.low <= 1 / 3 <= rate.high
    assert 0.91 <= held / 300 <= 0.98
