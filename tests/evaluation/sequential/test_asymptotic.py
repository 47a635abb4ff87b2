import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import halfnorm

from windlass.evaluation.sequential.asymptotic import START, Drift

LEVEL = 0.025


def drift(values: np.ndarray, sizes: np.ndarray | None = None, planned: int = 1000) -> Drift:
    return Drift(values, np.ones_like(values) if sizes is None else sizes, planned)


def test_the_evidence_is_that_of_all_drifts_of_one_sign() -> None:
    half = np.random.default_rng(0).normal(0.1, 2, 150)
    # Without skewness there is nothing to correct.
    values = np.concatenate([half, 0.2 - half])
    made = drift(values)
    total, n = values.sum() / values.std(ddof=1), values.size
    mixed, _ = quad(
        lambda each: halfnorm.pdf(each, scale=made._scale) * math.exp(each * total - each**2 * n / 2), 0, 1
    )
    assert math.exp(made.log_wealth(0.0)[-1]) == pytest.approx(mixed, rel=1e-6)


def test_the_interval_tells_what_the_test_tells() -> None:
    values = np.random.default_rng(1).gamma(2, 1, 400)
    low = drift(values).lower_bound(400, LEVEL)
    assert low < values.mean()
    for mean, refused in ((low - 1e-6, True), (low + 1e-6, False)):
        assert (drift(values).log_wealth(mean)[-1] >= -math.log(LEVEL)) == refused


def test_skewness_takes_evidence_away_and_never_adds_any() -> None:
    values = np.random.default_rng(6).lognormal(0, 1, 600)
    made, turned = drift(values), drift(-values)
    assert made.lower_bound(600, LEVEL) < values.mean()
    # The mean of few losses that are large is lower than what most samples show.
    reach = values.mean() - made.lower_bound(600, LEVEL)
    assert -values.mean() - turned.lower_bound(600, LEVEL) > 1.1 * reach
    values[-1] = 200.0
    assert drift(-values).lower_bound(600, LEVEL) == -math.inf


def test_nothing_is_said_of_few_values_or_of_values_without_a_spread() -> None:
    few = np.random.default_rng(2).normal(50, 1, START)
    wealth = drift(few).log_wealth(0.0)
    assert wealth[:-1].tolist() == [0.0] * (START - 1)
    assert wealth[-1] > 10
    assert drift(few).lower_bound(START - 1, LEVEL) == -math.inf
    alike = np.full(300, 0.1)
    assert drift(alike).log_wealth(-5.0)[-1] == 0.0
    assert drift(alike).lower_bound(300, LEVEL) == -math.inf


def test_a_cluster_is_one_value() -> None:
    values = np.random.default_rng(3).normal(0, 1, (150, 4))
    shared = values + np.random.default_rng(4).normal(0, 2, (150, 1))
    clustered = drift(shared.sum(axis=1), np.full(150, 4.0), planned=150).lower_bound(150, LEVEL)
    single = drift(shared.ravel(), planned=600).lower_bound(600, LEVEL)
    assert clustered < single < shared.mean()


def test_it_is_wider_than_an_interval_that_is_looked_at_once_and_not_by_much() -> None:
    values = np.random.default_rng(5).normal(0, 1, 1000)
    once = 1.96 * values.std(ddof=1) / math.sqrt(1000)
    reach = values.mean() - drift(values).lower_bound(1000, LEVEL)
    assert 1.3 < reach / once < 1.7
