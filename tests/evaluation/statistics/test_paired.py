import csv
import math

import numpy as np
import pytest
import scipy.stats

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.statistics.binary_pairs import BinaryPairs, mcnemar_exact
from windlass.evaluation.statistics.bootstrap import bootstrap_interval
from windlass.evaluation.statistics.paired import (
    PairedDifference,
    holm,
    mean_estimate,
    paired_difference,
    t_quantile,
)
from windlass.evaluation.statistics.power import deciding_items, detectable_difference, needed_items
from windlass.evaluation.statistics.rates import clopper_pearson

# Student's own example ("The probable error of a mean", 1908; R's `sleep`): hours of sleep gained by ten
# patients under two drugs.
SLEEP_A = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_B = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def random_pairs(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    first = generator.normal(0.5, 0.3, n)
    return first, first + generator.normal(0.1, 0.2, n)


def test_t_quantiles_are_scipys_and_the_tables() -> None:
    assert t_quantile(0.975, 9) == pytest.approx(2.262157, abs=1e-6)


def test_a_mean_has_students_interval() -> None:
    estimate = mean_estimate(SLEEP_A)
    low, high = scipy.stats.t.interval(0.95, 9, np.mean(SLEEP_A), scipy.stats.sem(SLEEP_A))
    assert estimate.mean == pytest.approx(0.75)
    assert estimate.n == 10
    assert estimate.low == pytest.approx(low)
    assert estimate.high == pytest.approx(high)


def test_one_value_has_a_mean_and_no_interval() -> None:
    assert mean_estimate([0.4])[:4] == (0.4, None, None, 1)


def test_no_value_is_refused() -> None:
    with pytest.raises(InputError, match="no value to average"):
        mean_estimate([])


def test_a_score_that_is_not_finite_is_refused() -> None:
    with pytest.raises(InputError, match="not a finite number"):
        mean_estimate([0.1, float("nan")])


def test_pairs_must_be_aligned() -> None:
    with pytest.raises(InputError, match="2 values and the candidate 1"):
        paired_difference([1, 2], [1])


def test_without_clusters_the_paired_difference_is_students_paired_t_test() -> None:
    first, second = random_pairs(80)
    pairs = paired_difference(first, second)
    oracle = scipy.stats.ttest_rel(second, first)
    interval = pairs.interval()
    assert pairs.method == "t"
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(tuple(oracle.confidence_interval(0.95)))
    assert pairs.p_two_sided() == pytest.approx(oracle.pvalue)
    assert pairs.p_greater(0.05) == pytest.approx(
        scipy.stats.ttest_1samp(second - first, 0.05, alternative="greater").pvalue
    )
    assert pairs.p_less(0.15) == pytest.approx(
        scipy.stats.ttest_1samp(second - first, 0.15, alternative="less").pvalue
    )


def test_the_standard_error_of_student_1908_is_his() -> None:
    pairs = paired_difference(SLEEP_A, SLEEP_B)
    assert pairs.difference == pytest.approx(1.58)
    assert pairs.standard_error == pytest.approx(0.3889587, abs=1e-7)


def test_clusters_of_one_item_change_nothing() -> None:
    first, second = random_pairs(50)
    alone, clustered = paired_difference(first, second), paired_difference(first, second, range(50))
    assert clustered.standard_error == pytest.approx(alone.standard_error)


def test_the_clustered_error_is_the_formula_written_out() -> None:
    first, second = random_pairs(200)
    clusters = [number % 40 for number in range(200)]
    differences = second - first
    residuals = [
        sum(differences[number] - differences.mean() for number in range(200) if number % 40 == g)
        for g in range(40)
    ]
    expected = np.sqrt(40 / 39 * np.sum(np.square(residuals))) / 200
    assert paired_difference(first, second, clusters).standard_error == pytest.approx(expected)


def test_repeating_every_item_in_its_cluster_gains_no_certainty() -> None:
    first, second = random_pairs(40)
    once = paired_difference(first, second)
    tenfold = paired_difference(np.repeat(first, 10), np.repeat(second, 10), list(np.repeat(np.arange(40), 10)))
    assert tenfold.standard_error == pytest.approx(once.standard_error)
    assert tenfold.interval() == pytest.approx(once.interval())


def test_few_clusters_are_judged_by_flipping_signs_exactly_as_scipy_does() -> None:
    pairs = paired_difference(SLEEP_A, SLEEP_B)
    oracle = scipy.stats.permutation_test(
        (np.subtract(SLEEP_B, SLEEP_A),),
        np.mean,
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )
    assert pairs.method == "sign-flip"
    assert pairs.p_greater() == pytest.approx(oracle.pvalue)


@pytest.mark.parametrize("clusters", [8, 14, 20, 29])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.983])
def test_the_interval_of_few_clusters_is_its_test_turned_around(clusters: int, confidence: float) -> None:
    first, second = random_pairs(clusters, seed=clusters)
    pairs = paired_difference(first, second)
    interval = pairs.interval(confidence)
    assert interval is not None
    tail = (1 - confidence) / 2
    inside, outside = np.nextafter(interval.low, np.inf), np.nextafter(interval.low, -np.inf)
    assert pairs.p_greater(outside) <= tail < pairs.p_greater(inside)  # type: ignore[operator]
    inside, outside = np.nextafter(interval.high, -np.inf), np.nextafter(interval.high, np.inf)
    assert pairs.p_less(outside) <= tail < pairs.p_less(inside)  # type: ignore[operator]


def test_five_clusters_cannot_give_a_95_percent_interval() -> None:
    first, second = random_pairs(5)
    assert paired_difference(first, second).interval() is None


def test_one_cluster_says_nothing() -> None:
    pairs = paired_difference([0.1, 0.2, 0.3], [0.2, 0.4, 0.9], ["a", "a", "a"])
    assert (pairs.standard_error, pairs.interval(), pairs.p_greater()) == (None, None, None)


def test_equal_outcomes_on_few_items_are_no_certainty() -> None:
    values = [0.9, 0.4, 0.9, 0.6, 0.4] * 4
    pairs = paired_difference(values, values)
    interval = pairs.interval()
    # The exact bound on "no item of 20 differed", times the range of the values.
    assert interval is not None
    assert interval.high == pytest.approx(0.5 * clopper_pearson(0, 20).high)
    assert interval.low == -interval.high
    assert pairs.p_greater(interval.low) == pytest.approx(0.025)


def test_a_metric_that_never_varies_is_certain() -> None:
    pairs = paired_difference([0.0] * 10, [0.0] * 10)
    assert pairs.interval() == (0.0, 0.0)
    assert pairs.p_greater(-0.01) == 0.0


def test_yes_no_outcomes_have_tangos_interval() -> None:
    # Airway hyper-responsiveness of 21 children before and after stem-cell transplantation (Bentur 2009), the
    # worked example of Fagerland, Lydersen and Laake 2014: difference −0.286, Tango's interval −0.517 to −0.026.
    before = [1.0] * 8 + [0.0] * 13
    after = [1.0] + [0.0] * 7 + [1.0] + [0.0] * 12
    pairs = paired_difference(before, after)
    assert (pairs.method, pairs.binary) == ("score", BinaryPairs(gains=1, losses=7, n=21))
    assert pairs.difference == pytest.approx(-6 / 21)
    interval = pairs.interval()
    assert interval is not None
    assert interval.low == pytest.approx(-0.517, abs=5e-4)
    # His upper bound is −0.026, but McNemar's exact test (p = 0.070) does not rule no difference out.
    assert interval.high == 0.0
    assert mcnemar_exact(7, 1) == pytest.approx(0.0703125)


@pytest.mark.parametrize("gains", [0, 1, 5, 12])
@pytest.mark.parametrize("losses", [0, 2, 9])
def test_a_yes_no_interval_is_its_test_turned_around(gains: int, losses: int) -> None:
    pairs = BinaryPairs(gains, losses, 40)
    for tail in (0.005, 0.025, 0.1):
        low = pairs.lower_bound(tail)
        assert pairs.p_greater(low - 1e-9) <= tail < pairs.p_greater(low + 1e-9)


def test_agreement_on_every_item_is_no_certainty_either() -> None:
    interval = paired_difference([1.0] * 15, [1.0] * 15).interval()
    # z² / (n + z²)
    assert interval == pytest.approx((-0.2038833, 0.2038833))


def test_the_bootstrap_agrees_with_the_t_interval_and_with_scipy() -> None:
    first, second = random_pairs(120)
    pairs = paired_difference(first, second)
    ours, t_interval = bootstrap_interval(pairs, resamples=10_000), pairs.interval()
    oracle = scipy.stats.bootstrap((second - first,), np.mean, method="BCa", rng=np.random.default_rng(0))
    assert ours is not None
    assert t_interval is not None
    assert ours == pytest.approx(tuple(oracle.confidence_interval), abs=0.002)
    assert ours.width == pytest.approx(t_interval.width, rel=0.1)


def test_holm_is_the_textbook_procedure() -> None:
    decisions = holm([0.01, 0.04, 0.03, 0.005], 0.05)
    assert [rejected for rejected, _ in decisions] == [True, False, False, True]
    assert [level for _, level in decisions] == pytest.approx([0.05 / 3, 0.025, 0.025, 0.0125])


def test_clopper_pearson_is_scipys() -> None:
    for successes, n in [(0, 10), (1, 10), (7, 20), (20, 20), (421, 1319)]:
        exact = scipy.stats.binomtest(successes, n).proportion_ci(method="exact")
        assert clopper_pearson(successes, n) == pytest.approx((exact.low, exact.high))
    assert clopper_pearson(100, 100).low == pytest.approx(0.025 ** (1 / 100))


def test_mcnemar_is_the_binomial_test_on_discordant_pairs() -> None:
    assert mcnemar_exact(59, 6) == pytest.approx(scipy.stats.binomtest(6, 65).pvalue)
    assert mcnemar_exact(2, 9, one_sided=True) == pytest.approx(
        scipy.stats.binomtest(9, 11, alternative="greater").pvalue
    )
    assert mcnemar_exact(0, 0) == 1.0


def test_needed_items_is_the_usual_formula() -> None:
    # (1.959964 + 0.841621)² · 0.25 / 0.05² = 784.9
    assert needed_items(0.25, 0.05) == 785
    assert needed_items(0.25, 0.0) is None


def test_the_deciding_number_of_items_decides() -> None:
    generator = np.random.default_rng(5)
    first, second = random_pairs(60, seed=5)
    pairs = paired_difference(first, second)
    bound = pairs.difference - 0.03
    interval = pairs.interval()
    assert interval is not None
    assert interval.low < bound
    needed = deciding_items(pairs, bound)
    assert needed is not None
    noise = np.std(second - first, ddof=1)
    decided = 0
    for _ in range(200):
        drawn = generator.normal(pairs.difference, noise, needed)
        repeated = paired_difference(np.zeros(needed), drawn).interval()
        assert repeated is not None
        decided += repeated.low > bound
    assert 0.7 < decided / 200 < 0.9


def test_the_detectable_difference_is_the_formula() -> None:
    pairs = paired_difference(*random_pairs(40))
    assert pairs.standard_error is not None
    quantiles = scipy.stats.t.ppf(0.975, 39) + scipy.stats.t.ppf(0.8, 39)
    assert detectable_difference(pairs) == pytest.approx(quantiles * pairs.standard_error)


def gsm8k() -> tuple[np.ndarray, np.ndarray]:
    file = real_data("gsm8k_two_models/gsm8k_responses.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = ("mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    mixtral, gpt_4 = (np.array([row[name] == "True" for row in rows], dtype=float) for name in names)
    return mixtral, gpt_4


def test_two_real_models_on_gsm8k_differ_by_22_points() -> None:
    mixtral, gpt_4 = gsm8k()
    pairs = paired_difference(mixtral, gpt_4)
    assert (mixtral.mean(), gpt_4.mean()) == pytest.approx((0.6384, 0.8567), abs=5e-5)
    assert pairs.difference == pytest.approx(0.2183, abs=5e-5)
    assert pairs.standard_error == pytest.approx(0.0155, abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("clusters", "size"), [(12, 5), (25, 4), (60, 1), (100, 10)])
def test_95_percent_intervals_cover_the_truth(clusters: int, size: int) -> None:
    generator = np.random.default_rng(clusters)
    covered = 0
    repeats = 600
    for _ in range(repeats):
        shared = np.repeat(generator.normal(0, 0.2, clusters), size)
        differences = 0.07 + shared + generator.normal(0, 0.3, clusters * size)
        interval = of_differences(differences, list(np.repeat(np.arange(clusters), size))).interval()
        assert interval is not None
        covered += interval.low <= 0.07 <= interval.high
    # Three standard errors of the simulation.
    assert abs(covered / repeats - 0.95) <= 3 * np.sqrt(0.95 * 0.05 / repeats)


@pytest.mark.slow
def test_binary_outcomes_are_covered_too() -> None:
    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(2000):
        first = generator.random(60) < 0.7
        second = np.where(generator.random(60) < 0.2, generator.random(60) < 0.5, first)
        truth = 0.2 * (0.5 - 0.7)
        interval = paired_difference(first.astype(float), second.astype(float)).interval()
        assert interval is not None
        covered += interval.low <= truth <= interval.high
    assert covered / 2000 >= 0.93


def of_differences(differences: np.ndarray, clusters: list[int]) -> PairedDifference:
    return paired_difference(np.zeros_like(differences), differences, clusters)


def test_mcnemar_s_p_of_very_many_pairs_is_that_of_whole_numbers() -> None:
    fewer, n = 2_960, 6_000
    exact = sum(math.comb(n, count) for count in range(fewer + 1)) / 2**n
    assert mcnemar_exact(fewer, n - fewer, one_sided=True) == pytest.approx(exact, rel=1e-9)
    assert mcnemar_exact(fewer, n - fewer) == pytest.approx(2 * exact, rel=1e-9)
    assert mcnemar_exact(0, 400_000) == 0.0
    assert mcnemar_exact(200_000, 200_000) == 1.0
