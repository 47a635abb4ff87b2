"""Bounds, relative margins and amounts: what a gate says of them, held against other people's arithmetic."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.evaluation.gates.test_deciding import gate, noisy, results
from windlass.evaluation.gates.deciding import Decision
from windlass.evaluation.gates.rules import parse_rule
from windlass.evaluation.statistics.bounded_rates import bounded_rate, percentile_interval
from windlass.evaluation.statistics.paired import paired_difference
from windlass.evaluation.statistics.ratios import ratio_interval


def bound(metric: str, values: Iterable[float], **primary: Any) -> Decision:
    measured = results(**{metric: values})
    rule = parse_rule({"primary": {"metric": metric, **primary}})
    return gate(measured, measured, rule, lower_is_better=["cost_usd", "latency_s", "harmful"])


def test_a_bound_on_a_mean_has_three_outcomes_by_where_its_interval_lies() -> None:
    outcomes = [
        bound("latency_s", noisy(80, mean, 0.4), kind="at_most", bound=2.0).outcome for mean in (1.7, 2.0, 2.3)
    ]
    assert outcomes == ["pass", "not_enough_data", "fail"]
    passed = bound("latency_s", noisy(80, 1.7, 0.4), kind="at_most", bound=2.0)
    assert passed.sentence == "Pass: latency_s is 1.7 (95 % interval 1.61 to 1.79; 80 items)."
    # 1 − 0.025^(1/80): what more of all items cost is on one of eighty, all but surely.
    assert passed.checks[0].warning == (
        "its range is not known, so it rests on what these items show: what is large on fewer than 4.5% of all "
        "may be on none of them; declare the range under ranges, or bound a percentile"
    )
    open_ = bound("latency_s", noisy(80, 1.95, 0.4), kind="at_most", bound=2.0)
    assert open_.checks[0].caution is None
    # (1.96 + 0.84)² · 0.4² / 0.05²
    assert open_.checks[0].needed_n == 503
    assert open_.sentence.endswith("neither shows nor rules out at most 2; about 503 items would decide.")
    failed = bound("latency_s", noisy(80, 2.3, 0.4), kind="at_most", bound=2.0)
    assert failed.sentence.endswith("80 items), not at most 2.")


def test_a_bound_on_a_mean_is_the_one_sample_t_test() -> None:
    values = noisy(80, 0.83, 0.1, seed=4)
    (check,) = bound("f1", values, kind="at_least", bound=0.8).checks
    oracle = stats.ttest_1samp(values, 0.8, alternative="greater")
    interval = oracle.confidence_interval(0.975)
    assert check.level is not None
    assert check.p_value == pytest.approx(oracle.pvalue)
    assert check.level.low == pytest.approx(interval.low)
    assert (check.difference, check.low, check.high) == (None, None, None)


@pytest.mark.parametrize(("successes", "outcome"), [(60, "not_enough_data"), (100, "pass"), (80, "fail")])
def test_a_bound_on_a_rate_is_the_exact_binomial_test(successes: int, outcome: str) -> None:
    n = 60 if successes == 60 else 100
    values = [1.0] * successes + [0.0] * (n - successes)
    (check,) = bound("right", values, kind="at_least", bound=0.95).checks
    oracle = stats.binomtest(successes, n, 0.95, alternative="greater")
    assert (check.outcome, check.method) == (outcome, "exact")
    assert check.p_value == pytest.approx(oracle.pvalue)
    two_sided = stats.binomtest(successes, n).proportion_ci(0.95, "exact")
    assert check.level is not None
    assert (check.level.low, check.level.high) == pytest.approx((two_sided.low, two_sided.high))


def test_a_rate_at_most_a_bound_is_the_same_test_turned_around() -> None:
    (check,) = bound("harmful", [1.0] * 2 + [0.0] * 298, kind="at_most", bound=0.03).checks
    assert check.outcome == "pass"
    assert check.p_value == pytest.approx(stats.binomtest(2, 300, 0.03, alternative="less").pvalue)
    assert check.level is not None
    assert check.level.high is not None
    assert check.level.high < 0.03


def test_nothing_bad_in_sixty_items_does_not_show_less_than_one_percent() -> None:
    decision = bound("harmful", [0.0] * 60, kind="at_most", bound=0.01)
    assert decision.outcome == "not_enough_data"
    # 0.99^n ≤ 0.025 from 368 on.
    assert decision.checks[0].needed_n == pytest.approx(368, abs=1)


def test_clustered_trials_of_a_rate_count_as_fewer() -> None:
    generator = np.random.default_rng(5)
    of_cluster = generator.beta(2, 1, 40)
    outcomes = (generator.random((40, 10)) < of_cluster[:, None]).astype(float).ravel()
    clusters = np.repeat(np.arange(40), 10)
    alone, clustered = bounded_rate(outcomes, None), bounded_rate(outcomes, clusters)
    assert clustered.effective_n is not None
    assert clustered.effective_n < 0.8 * alone.n
    assert clustered.interval().width > alone.interval().width
    assert clustered.p_greater(0.55) > alone.p_greater(0.55)
    for tail in (0.01, 0.025, 0.2):
        # The p value is the interval turned around.
        assert clustered.p_greater(clustered.lower_bound(tail)) == pytest.approx(tail, rel=1e-6)


def test_alike_trials_of_a_cluster_are_one_trial() -> None:
    outcomes, clusters = np.ones(200), np.repeat(np.arange(10), 20)
    assert bounded_rate(outcomes, clusters).lower_bound(0.025) == pytest.approx(0.025 ** (1 / 10))


def test_a_percentile_is_held_against_a_bound_by_its_order_statistics() -> None:
    latencies = np.random.default_rng(8).lognormal(0, 0.4, 400)
    passed = bound("latency_s", latencies, kind="at_most", bound=3.0, percentile=95)
    failed = bound("latency_s", latencies, kind="at_most", bound=1.2, percentile=95)
    assert (passed.outcome, failed.outcome) == ("pass", "fail")
    assert "latency_s at its 95th percentile is" in passed.sentence
    (check,) = passed.checks
    level = check.level
    assert level is not None
    oracle = stats.quantile_test(latencies, p=0.95, alternative="two-sided").confidence_interval(0.95)
    assert level.low == pytest.approx(oracle.low, rel=0.02)
    assert level.high == pytest.approx(oracle.high, rel=0.02)
    assert level.value == pytest.approx(np.quantile(latencies, 0.95), rel=0.05)
    assert percentile_interval(latencies[:20], 0.95, None, 0.95)[1] is None


def test_a_relative_margin_is_said_of_the_ratio_of_the_means() -> None:
    before = np.random.default_rng(2).lognormal(0, 0.5, 120)

    def dearer(factor: float) -> Decision:
        after = before * factor + np.array(noisy(120, 0.0, 0.05, seed=3))
        rule = parse_rule({"primary": {"metric": "cost_usd", "kind": "non_inferiority", "margin_ratio": 0.1}})
        return gate(results(cost_usd=before), results(cost_usd=after), rule, lower_is_better=["cost_usd"])

    assert [dearer(factor).outcome for factor in (1.05, 1.1, 1.2)] == ["pass", "not_enough_data", "fail"]
    (check,) = dearer(1.05).checks
    assert check.ratio is not None
    assert check.ratio.value == pytest.approx(1.05, abs=0.001)
    assert check.ratio.high is not None
    assert check.ratio.high < 1.1
    assert "+5 % of the baseline; 95 % interval +4" in dearer(1.05).sentence
    assert dearer(1.2).sentence.endswith("120 items), worse than the 10 % allowed.")


def test_a_relative_margin_turns_with_what_is_better() -> None:
    before = np.array(noisy(300, 0.6, 0.1))
    rule = parse_rule({"primary": {"metric": "f1", "kind": "superiority", "margin_ratio": 0.05}})
    outcomes = [
        gate(results(f1=before), results(f1=before * factor + np.array(noisy(300, 0, 0.02, seed=1))), rule).outcome
        for factor in (1.1, 1.05, 1.0)
    ]
    assert outcomes == ["pass", "not_enough_data", "fail"]


def test_fiellers_interval_is_the_set_of_ratios_that_a_paired_t_test_does_not_reject() -> None:
    generator = np.random.default_rng(7)
    before = generator.lognormal(0, 0.6, 50)
    after = before * 1.1 + generator.normal(0, 0.3, 50)
    interval = ratio_interval(before, after, None, 0.95, seed=1)
    assert interval is not None
    for end, side in ((interval.low, "greater"), (interval.high, "less")):
        p = stats.ttest_1samp(after - end * before, 0, alternative=side).pvalue
        assert p == pytest.approx(0.025, rel=1e-6)


def test_with_few_clusters_the_ratio_is_that_of_sign_flips() -> None:
    generator = np.random.default_rng(9)
    before = generator.lognormal(0, 0.4, 12)
    after = before * generator.normal(1.1, 0.1, 12)
    interval = ratio_interval(before, after, None, 0.95, seed=1)
    assert interval is not None
    for ratio in (interval.low, interval.high):
        pairs = paired_difference(before * ratio, after, amount=True)
        p = min(value for value in (pairs.p_greater(), pairs.p_less()) if value is not None)
        assert p == pytest.approx(0.025, abs=0.001)


FREE = parse_rule(
    {
        "primary": {"metric": "f1", "kind": "superiority"},
        "guardrails": [
            {"metric": "cost_usd", "kind": "non_inferiority", "margin_ratio": 0.1},
            {"metric": "tool_calls", "kind": "non_inferiority", "margin": 0.5},
        ],
    }
)


def test_what_is_free_on_both_sides_costs_no_more() -> None:
    before = noisy(40, 0.5)
    better = list(np.add(before, noisy(40, 0.2, seed=1)))
    lower = ["cost_usd", "tool_calls"]
    same = {"cost_usd": [0.0] * 40, "tool_calls": [1.0] * 40}
    decision = gate(results(f1=before, **same), results(f1=better, **same), FREE, lower_is_better=lower)
    assert decision.outcome == "pass", decision.sentence
    dearer = {"cost_usd": [0.01] * 40, "tool_calls": [1.0] * 40}
    refused = gate(results(f1=before, **same), results(f1=better, **dearer), FREE, lower_is_better=lower)
    assert refused.outcome == "fail"


def test_amounts_of_nought_and_one_are_no_rates() -> None:
    zeros, ones = [0.0] * 40, [1.0] * 40
    rule = parse_rule({"primary": {"metric": "tool_calls", "kind": "superiority"}})
    decision = gate(results(tool_calls=ones), results(tool_calls=zeros), rule, lower_is_better=["tool_calls"])
    (check,) = decision.checks
    # Every item took one call less: no bound of a rate widens that, and no yes/no test is made of it.
    assert (check.outcome, check.method, check.low, check.high) == ("pass", "sign-flip", -1.0, -1.0)
    few = gate(results(tool_calls=[1.0] * 5), results(tool_calls=[0.0] * 5), rule, lower_is_better=["tool_calls"])
    assert (few.outcome, few.checks[0].needed_n) == ("not_enough_data", 6)
    mixed = paired_difference([0, 1, 1, 0, 1, 1], [1, 1, 0, 0, 0, 1], amount=True)
    assert mixed.method == "sign-flip"
    assert paired_difference([0, 1, 1, 0, 1, 1], [1, 1, 0, 0, 0, 1]).method == "score"


def test_too_little_coverage_keeps_a_gate_from_passing_and_the_sentence_says_so() -> None:
    before = noisy(90, 0.5)
    after = [*np.add(before, noisy(90, 0.3, seed=1))[:75], *[None] * 15]
    both = [*before[:75], *[None] * 15]
    asked: dict[str, object] = {"primary": {"metric": "f1", "kind": "superiority"}}
    assert gate(results(f1=both), results(f1=after), parse_rule(asked)).outcome == "pass"
    decision = gate(results(f1=both), results(f1=after), parse_rule({**asked, "min_coverage": 0.9}))
    assert decision.outcome == "not_enough_data"
    assert decision.sentence.endswith(
        "but the candidate has a value on 75 of 90 items, fewer than the 90% that min_coverage asks for."
    )
    (check,) = decision.checks
    assert check.candidate_coverage == pytest.approx(5 / 6)
    # What fails fails, however little is covered.
    worse = gate(results(f1=after), results(f1=both), parse_rule({**asked, "min_coverage": 0.9}))
    assert worse.outcome == "fail"


@pytest.mark.slow
@pytest.mark.parametrize("items", [20, 60])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.95])
def test_a_rate_on_its_bound_passes_no_more_often_than_promised(items: int, rate: float) -> None:
    outcomes = stats.binom.pmf(np.arange(items + 1), items, rate)
    passes = [
        bounded_rate(np.array([1.0] * hits + [0.0] * (items - hits)), None).p_greater(rate) <= 0.025
        for hits in range(items + 1)
    ]
    assert float(outcomes @ passes) <= 0.025


@pytest.mark.slow
def test_a_ratio_on_its_margin_passes_no_more_often_than_promised() -> None:
    generator = np.random.default_rng(12)
    passed, rounds = 0, 2000
    for _ in range(rounds):
        before = generator.lognormal(0, 0.3, 60)
        after = 1.1 * generator.lognormal(0, 0.3, 60)
        pairs = paired_difference(after, 1.1 * before, amount=True)
        p = pairs.p_greater()
        passed += p is not None and p <= 0.025
    assert passed / rounds <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / rounds)


def test_intervals_of_bounds_and_ratios_never_contradict_their_outcome() -> None:
    generator = np.random.default_rng(21)
    rule = parse_rule(
        {
            "primary": {"metric": "cost_usd", "kind": "non_inferiority", "margin_ratio": 0.1},
            "guardrails": [
                {"metric": "latency_s", "kind": "at_most", "bound": 1.1},
                {"metric": "right", "kind": "at_least", "bound": 0.7},
                {"metric": "latency_s", "kind": "at_most", "bound": 2.0, "percentile": 80},
            ],
        }
    )
    for round_ in range(60):
        n = int(generator.integers(8, 120))
        pages = [f"p{number % 9}" for number in range(n)] if round_ % 3 == 0 else None
        asked = rule.model_copy(update={"cluster": "page"}) if pages else rule
        measured = {
            "cost_usd": generator.lognormal(0, 0.3, n),
            "latency_s": generator.lognormal(0, 0.6, n),
            "right": (generator.random(n) < 0.75).astype(float),
        }
        before = {**measured, "cost_usd": measured["cost_usd"] * generator.normal(0.92, 0.2, n).clip(0.1)}
        lower = ["cost_usd", "latency_s"]
        checks = gate(results(**before), results(**measured), asked, pages=pages, lower_is_better=lower).checks
        for check in checks:
            shown, limit = (check.ratio, 1.1) if check.ratio else (check.level, check.bound or 0.0)
            assert shown is not None
            below = shown.high is not None and shown.high < limit + 1e-9
            above = shown.low is not None and shown.low > limit - 1e-9
            good, bad = (above, below) if check.kind == "at_least" else (below, above)
            expected = "pass" if good else "fail" if bad else "not_enough_data"
            if check.withheld:
                expected = "not_enough_data"
            assert check.outcome == expected, (round_, check)
