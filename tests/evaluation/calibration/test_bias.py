import math
from collections.abc import Sequence

import numpy as np
import pytest
import statsmodels.api as sm

from windlass.evaluation.calibration.bias import consistency, null_answer, position_bias, verbosity_bias
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict, Order
from windlass.evaluation.calibration.logistic import fit_logistic

PAIRS = (-1.0, 1.0)


def pair(
    number: int, orders: tuple[Order, Order], people: float = 1.0, lengths: tuple[int, int] = (100, 100)
) -> JudgedItem:
    ours = {"first": 1, "tie": 0, "second": -1}[orders[0]] - {"first": 1, "tie": 0, "second": -1}[orders[1]]
    return JudgedItem(
        item=f"i{number}",
        labels={"ann": people},
        reference=people,
        verdicts=[JudgeVerdict(value=float(np.sign(ours)), orders=list(orders))],
        length=lengths[0],
        other_length=lengths[1],
    )


def graded(number: int, values: Sequence[float | None], people: float, length: int = 100) -> JudgedItem:
    verdicts = [JudgeVerdict(value=value, missing_why="" if value is not None else "error") for value in values]
    return JudgedItem(
        item=f"i{number}", labels={"ann": people}, reference=people, verdicts=verdicts, length=length
    )


def test_a_judge_that_prefers_what_comes_first_is_found_out() -> None:
    items = [pair(number, ("first", "first") if number % 5 else ("first", "second")) for number in range(100)]
    found = position_bias(items)
    assert found is not None
    assert found.first_preference.value == pytest.approx(0.4)
    assert found.first_preference.low is not None
    assert found.first_preference.low > 0.3
    assert found.order_consistency.value == pytest.approx(0.2)


def test_a_judge_that_goes_by_the_answers_has_no_position_bias() -> None:
    items = [pair(number, ("first", "second") if number % 2 else ("second", "first")) for number in range(100)]
    found = position_bias(items)
    assert found is not None
    assert found.first_preference.value == 0
    assert found.order_consistency.value == 1
    assert position_bias([graded(1, [1.0], 1.0)]) is None


def test_two_verdicts_on_one_pair_are_one_observation() -> None:
    generator = np.random.default_rng(2)
    words: list[Order] = ["first", "tie", "second"]
    drawn = [(words[one], words[other]) for one, other in generator.integers(0, 3, (200, 2))]
    found = position_bias([pair(number, orders) for number, orders in enumerate(drawn)])
    assert found is not None
    shares = np.array(
        [sum({"first": 1.0, "tie": 0.5, "second": 0.0}[word] for word in orders) / 2 for orders in drawn]
    )
    # A clustered standard error with a cluster a pair is that of the pairs' means.
    error = shares.std(ddof=1) / math.sqrt(len(shares))
    assert found.first_preference.value == pytest.approx(shares.mean() - 0.5)
    assert found.first_preference.high == pytest.approx(shares.mean() - 0.5 + 1.972 * error, abs=1e-4)


def test_a_judge_that_prefers_the_longer_is_found_out_beyond_what_people_prefer() -> None:
    items = []
    for number in range(100):
        longer_is_ours = number % 2 == 0
        orders: tuple[Order, Order] = ("first", "second") if longer_is_ours else ("second", "first")
        # People pick the longer answer in 60 of 100.
        people = 1.0 if longer_is_ours == (number % 10 < 6) else -1.0
        items.append(pair(number, orders, people, (200, 100) if longer_is_ours else (100, 200)))
    found = verbosity_bias(items, PAIRS)
    assert found is not None
    assert found.judge_picks_longer == 1
    assert found.people_pick_longer == pytest.approx(0.6)
    assert found.excess.value == pytest.approx(0.4)
    assert found.excess.low is not None
    assert found.excess.low > 0.25
    assert found.coefficient.value is None
    assert "no finite coefficient" in found.why_none


def test_the_length_coefficient_is_that_of_statsmodels_given_what_people_said() -> None:
    generator = np.random.default_rng(11)
    lengths, people = generator.integers(20, 900, 300), generator.integers(0, 2, 300)
    chance = 1 / (1 + np.exp(-(1.2 * np.log(lengths / 200) + 1.5 * people - 1)))
    said = (generator.random(300) < chance).astype(float)
    items = [
        graded(number, [float(each)], float(person), int(length))
        for number, (each, person, length) in enumerate(zip(said, people, lengths, strict=True))
    ]
    found = verbosity_bias(items, (0.0, 1.0))
    assert found is not None
    logs = np.log(lengths)
    fitted = sm.Logit(said, np.column_stack([logs / logs.std(), people, np.ones(300)])).fit(disp=0, tol=1e-14)
    low, high = fitted.conf_int()[0]
    assert found.coefficient.value == pytest.approx(fitted.params[0], abs=1e-9)
    assert found.coefficient.low == pytest.approx(low, abs=1e-7)
    assert found.coefficient.high == pytest.approx(high, abs=1e-7)
    assert (found.judge_picks_longer, found.excess.value) == (None, None)


def test_clustered_errors_of_the_regression_are_those_of_statsmodels() -> None:
    generator = np.random.default_rng(4)
    columns = generator.normal(size=(240, 2))
    groups = np.repeat(np.arange(40), 6)
    chosen = (generator.random(240) < 1 / (1 + np.exp(-columns @ [0.8, -0.4]))).astype(float)
    found = fit_logistic(columns, chosen, groups.tolist())
    assert found is not None
    fitted = sm.Logit(chosen, np.column_stack([columns, np.ones(240)])).fit(
        disp=0, tol=1e-14, cov_type="cluster", cov_kwds={"groups": groups}
    )
    assert found.coefficients == pytest.approx(fitted.params, abs=1e-9)
    assert found.errors == pytest.approx(fitted.bse, abs=1e-9)


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]),
        ([[1.0], [2.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1, 1]),
        ([[1.0]] * 4, [0, 1, 0, 1]),
        ([[1.0], [2.0], [3.0]], [1, 1, 1]),
    ],
    ids=["separated", "separated but for a tie", "constant", "all chosen"],
)
def test_what_has_no_finite_coefficient_has_none(columns: list[list[float]], chosen: list[int]) -> None:
    assert fit_logistic(np.array(columns), np.array(chosen, dtype=float)) is None


def test_a_judge_that_flips_is_found_out() -> None:
    # Three verdicts, one of them another, on every second item: two of its three pairs differ.
    items = [graded(number, [1.0, 1.0, float(number % 2)], 1.0) for number in range(100)]
    found = consistency(items)
    assert found is not None
    assert found.repeats == 3
    assert found.flip_rate.value == pytest.approx(1 / 3)
    assert found.flip_rate.low is not None
    assert found.flip_rate.low > 0.25
    steady = consistency([graded(number, [float(number % 3)] * 2, 1.0) for number in range(100)])
    assert steady is not None
    assert (steady.flip_rate.value, steady.flip_rate.low) == (0.0, 0.0)
    assert steady.flip_rate.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert consistency([graded(1, [1.0], 1.0)]) is None


def test_verdicts_that_did_not_come_are_no_flips() -> None:
    found = consistency([graded(number, [1.0, None], 1.0) for number in range(10)])
    assert found is not None
    assert (found.flip_rate.value, found.flip_rate.n) == (None, 0)


def test_an_empty_answer_that_wins_shows_with_its_exact_interval() -> None:
    none, some = null_answer(0, 20), null_answer(5, 20)
    assert none is not None
    assert some is not None
    assert (none.rate.value, none.rate.low) == (0.0, 0.0)
    assert none.rate.high == pytest.approx(1 - 0.025 ** (1 / 20))
    assert some.rate.value == 0.25
    assert null_answer(0, 0) is None
