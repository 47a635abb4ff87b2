"""Our statistics say what statsmodels, scipy and written-out formulas say, to nine digits.

What statsmodels says was recorded by ``record.py``; ppi-python's is in ``test_prediction_powered``.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from windlass.evaluation.statistics.binary_pairs import BinaryPairs, mcnemar_exact
from windlass.evaluation.statistics.bootstrap import bootstrap_interval
from windlass.evaluation.statistics.clustered_rates import ClusteredRate, difference_interval
from windlass.evaluation.statistics.discoveries import benjamini_hochberg
from windlass.evaluation.statistics.paired import Interval, holm, paired_difference
from windlass.evaluation.statistics.power import detectable_difference, needed_items
from windlass.evaluation.statistics.rates import clopper_pearson
from windlass.evaluation.statistics.resampling import resampled_means

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "recorded.json").read_text(encoding="utf-8")
)
EXACT = 1e-9


def test_clopper_pearson_is_statsmodels_s() -> None:
    for case in RECORDED["proportions"]:
        counted = (case["successes"], case["n"], case["confidence"])
        assert clopper_pearson(*counted) == pytest.approx(case["beta"], abs=EXACT)


def test_the_exact_mcnemar_test_is_statsmodels_s() -> None:
    for case in RECORDED["mcnemar"]:
        assert mcnemar_exact(case["losses"], case["gains"]) == pytest.approx(case["p_value"], abs=EXACT)


def test_holm_and_benjamini_hochberg_are_statsmodels_s() -> None:
    for case in RECORDED["adjusted"]:
        assert [rejects for rejects, _ in holm(case["p_values"], 0.05)] == case["holm_rejects"]
        assert benjamini_hochberg(case["p_values"]) == pytest.approx(case["benjamini_hochberg"], abs=EXACT)


def test_the_clustered_error_is_that_of_a_regression_on_a_constant() -> None:
    for case in RECORDED["clustered"]:
        differences = np.array(case["differences"])
        found = paired_difference(np.zeros_like(differences), differences, case["clusters"])
        assert found.difference == pytest.approx(case["mean"], abs=EXACT)
        assert found.standard_error == pytest.approx(case["standard_error"], abs=EXACT)


class Independent(ClusteredRate):
    """A rate with the interval of independent trials that Newcombe made differences of, the score test's."""

    def interval(self, confidence: float = 0.95) -> Interval:
        bounds = scipy.stats.binomtest(self.successes, self.trials).proportion_ci(confidence, "wilson")
        return Interval(bounds.low, bounds.high)


def test_the_difference_of_two_rates_is_newcombe_s() -> None:
    for case in RECORDED["two_proportions"]:
        base, candidate = (
            Independent(successes, n, n, successes, successes, n)
            for successes, n in (case["base"], case["candidate"])
        )
        assert difference_interval(base, candidate) == pytest.approx(case["newcombe"], abs=EXACT)


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("skewed", [False, True])
def test_the_bca_bootstrap_is_scipy_s_on_the_same_resamples(size: int, *, skewed: bool) -> None:
    generator = np.random.default_rng(size + 2 * skewed)
    differences = generator.exponential(0.2, 60 * size) if skewed else generator.normal(0.1, 0.3, 60 * size)
    # Of clusters of one size the mean is that of the clusters' means: scipy has no clusters.
    clusters = np.repeat(np.arange(60), size)
    pairs = paired_difference(np.zeros_like(differences), differences, list(clusters))
    means = (differences.reshape(60, size).mean(axis=1),)
    # Its own resamples are ours: of a bootstrap that went before.
    before = scipy.stats.bootstrap(means, np.mean, n_resamples=2, method="percentile", rng=0)
    (before.bootstrap_distribution,) = resampled_means([(pairs.sums, pairs.sizes)], 2000, pairs.seed)
    oracle = scipy.stats.bootstrap(
        means, np.mean, n_resamples=0, method="BCa", bootstrap_result=before
    ).confidence_interval
    assert bootstrap_interval(pairs, widened=False) == pytest.approx((oracle.low, oracle.high), abs=EXACT)


def profile_score(gains: int, losses: int, n: int, null: float) -> float:
    """Tango's score by brute force: the likelihood of the discordant pairs maximised under the null."""

    def unlikely(lost: float) -> float:
        gained, same = lost + null, 1 - 2 * lost - null
        counted = ((gains, gained), (losses, lost), (n - gains - losses, same))
        return -sum(count * math.log(max(chance, 1e-300)) for count, chance in counted)

    bounds = (max(0.0, -null), (1 - null) / 2)
    lost: float = scipy.optimize.minimize_scalar(
        unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}
    ).x
    return float((gains - losses - n * null) / np.sqrt(n * (2 * lost + null - null**2)))


@pytest.mark.parametrize("counts", [(5, 2, 40), (12, 9, 60), (1, 7, 21), (30, 3, 200)])
@pytest.mark.parametrize("null", [-0.1, -0.02, 0.03, 0.2])
def test_tango_s_score_is_the_likelihood_s_own(counts: tuple[int, int, int], null: float) -> None:
    # The search for the likelihood's top ends where it is flat, at half the digits of a double.
    assert BinaryPairs(*counts)._score(null) == pytest.approx(profile_score(*counts, null), abs=1e-5)


def test_needed_items_and_detectable_effect_agree_with_the_power_of_the_test_itself() -> None:
    generator = np.random.default_rng(4)
    pairs = paired_difference(np.zeros(400), generator.normal(0.02, 0.3, 400))
    assert pairs.standard_error is not None
    effect = detectable_difference(pairs)
    assert effect is not None
    # The t test's power by its noncentral distribution.
    reach = scipy.stats.t.ppf(0.975, 399)
    power = scipy.stats.nct.sf(reach, 399, effect / pairs.standard_error)
    assert power == pytest.approx(0.8, abs=0.001)
    needed = needed_items(400 * pairs.standard_error**2, effect)
    assert needed == pytest.approx(400, abs=4)
