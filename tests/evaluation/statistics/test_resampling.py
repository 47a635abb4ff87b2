"""The bootstrap of many clusters, held against the plain one and against what is known."""

import numpy as np
import pytest

from windlass.evaluation.statistics.binary_pairs import mcnemar_exact
from windlass.evaluation.statistics.bootstrap import bootstrap_interval, bootstrap_intervals
from windlass.evaluation.statistics.paired import paired_difference
from windlass.evaluation.statistics.resampling import WEIGHED_FROM, resampled_means

SKEWED = np.random.default_rng(3).lognormal(0, 1, 4000)


def spread(means: np.ndarray) -> float:
    return float(means.std())


@pytest.mark.parametrize("count", [WEIGHED_FROM, 4000, 20_000])
def test_weighed_resamples_spread_as_the_mean_does(count: int) -> None:
    values = np.random.default_rng(count).lognormal(0, 1, count)
    (means,) = resampled_means([(values, np.ones(count))], 2000, 7)
    assert means.mean() == pytest.approx(values.mean(), rel=0.005)
    # 2,000 resamples tell a standard deviation to about 1.6 %, 5,000 groups to 1 %.
    assert spread(means) == pytest.approx(values.std() / np.sqrt(count), rel=0.06)
    # The distribution of a skewed mean is skewed, too, by the skewness over √n.
    third = ((means - means.mean()) ** 3).mean() / spread(means) ** 3
    skewness = ((values - values.mean()) ** 3).mean() / values.std() ** 3
    assert third == pytest.approx(skewness / np.sqrt(count), abs=0.2)


def test_weights_and_draws_give_the_same_interval() -> None:
    half = SKEWED[: WEIGHED_FROM - 1]
    drawn = bootstrap_interval(paired_difference(np.zeros_like(half), half), resamples=4000)
    more = SKEWED[:WEIGHED_FROM]
    weighed = bootstrap_interval(paired_difference(np.zeros_like(more), more), resamples=4000)
    assert drawn is not None
    assert weighed is not None
    assert weighed.width == pytest.approx(drawn.width, rel=0.06)
    assert weighed.low == pytest.approx(drawn.low, abs=0.1 * drawn.width)


def test_clusters_of_unlike_sizes_are_weighed_by_their_items() -> None:
    generator = np.random.default_rng(4)
    clusters = np.repeat(np.arange(1500), generator.integers(1, 5, 1500))
    values = generator.normal(0, 1, clusters.size) + generator.normal(0, 1, 1500)[clusters]
    pairs = paired_difference(np.zeros_like(values), values, clusters)
    interval, plain = bootstrap_interval(pairs, resamples=4000), pairs.interval()
    assert interval is not None
    assert plain is not None
    assert interval.width == pytest.approx(plain.width, rel=0.06)


def test_several_intervals_at_once_are_those_of_each_alone() -> None:
    zeros = np.zeros(1200)
    several = [paired_difference(zeros, SKEWED[start : start + 1200], seed=5) for start in (0, 1200)]
    few = paired_difference(zeros[:40], SKEWED[:40], seed=5)
    together = bootstrap_intervals([*several, few], [0.95, 0.9, 0.95])
    assert together == [
        bootstrap_interval(several[0]),
        bootstrap_interval(several[1], 0.9),
        bootstrap_interval(few),
    ]


@pytest.mark.parametrize(("first", "second"), [(480, 521), (500, 501), (0, 1001), (1001, 0)])
def test_mcnemar_of_many_pairs_is_what_counting_gives(first: int, second: int) -> None:
    from scipy import stats

    one_sided = stats.binomtest(first, first + second, 0.5, alternative="less").pvalue
    assert mcnemar_exact(first, second, one_sided=True) == pytest.approx(one_sided)
    both = stats.binomtest(first, first + second, 0.5).pvalue
    assert mcnemar_exact(first, second) == pytest.approx(both)
