import csv
from collections.abc import Iterable, Sequence

import numpy as np
import pytest

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.gates.deciding import Decision, decide
from windlass.evaluation.gates.rules import GateRule, Requirement, parse_rule
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult

BETTER = GateRule(primary=Requirement(metric="f1", kind="superiority"))
NO_WORSE = GateRule(primary=Requirement(metric="f1", kind="non_inferiority", margin=0.02))

Values = Iterable[float | None]


def results(**metrics: Values) -> dict[str, SampleResult]:
    columns = {name: list(values) for name, values in metrics.items()}
    count = len(next(iter(columns.values())))
    return {
        f"i{number}": SampleResult(
            item=f"i{number}",
            trace_id="t",
            span_id="s",
            start_ns=0,
            end_ns=1,
            prediction=Prediction(output="x"),
            judgements={name: Judgement(values[number]) for name, values in columns.items()},
        )
        for number in range(count)
    }


def failed(item: str) -> SampleResult:
    return SampleResult(item, "t", "s", 0, 1, prediction=None, error="broken", error_type="ValueError")


def gate(
    baseline: dict[str, SampleResult],
    candidate: dict[str, SampleResult],
    rule: GateRule = BETTER,
    *,
    pages: Sequence[str] | None = None,
    lower_is_better: Sequence[str] = (),
) -> Decision:
    metrics = {name for result in candidate.values() for name in result.judgements}
    items = {
        item: Item(id=item, input="?", metadata={"page": pages[number]} if pages else {})
        for number, item in enumerate(dict.fromkeys([*baseline, *candidate]))
    }
    directions = {name: name not in lower_is_better for name in metrics}
    return decide(baseline, candidate, rule, items=items, higher_is_better=directions)


def noisy(n: int, mean: float, spread: float = 0.1, seed: int = 0) -> list[float]:
    """Values whose mean and standard deviation are exact, so that a test says what it means."""
    drawn = np.random.default_rng(seed).normal(size=n)
    return list((drawn - drawn.mean()) / drawn.std(ddof=1) * spread + mean)


def test_a_better_candidate_passes() -> None:
    before = noisy(60, 0.5)
    decision = gate(results(f1=before), results(f1=np.add(before, noisy(60, 0.1, seed=1))))
    assert decision.outcome == "pass"
    assert decision.sentence == (
        "Pass: f1 is better by 0.1 (0.5 → 0.6; 95 % interval +0.0301 to +0.159; 60 items)."
    )


def test_a_worse_candidate_fails() -> None:
    before = noisy(60, 0.5)
    decision = gate(results(f1=before), results(f1=np.add(before, noisy(60, -0.1, seed=1))))
    assert decision.outcome == "fail"
    assert decision.sentence.startswith("Fail: f1 is worse by 0.1 (0.5 → 0.4; 95 % interval −0.159 to −0.0302;")
    assert decision.sentence.endswith(", not the improvement that the gate asks for.")


def test_an_open_question_names_the_number_of_items_that_would_settle_it() -> None:
    before = noisy(60, 0.5)
    decision = gate(results(f1=before), results(f1=np.add(before, noisy(60, 0.01, seed=1))))
    (check,) = decision.checks
    assert decision.outcome == check.outcome == "not_enough_data"
    # (1.96 + 0.84)² · 0.1² / 0.01² = 785, and what a loss of a whole point in no item seen could still hide.
    assert check.needed_n == 1039
    assert check.detectable == pytest.approx(0.076, abs=0.001)
    assert "which neither shows nor rules out an improvement; about" in decision.sentence
    assert decision.sentence.endswith("items would decide.")


def test_non_inferiority_has_three_outcomes_by_where_the_interval_lies() -> None:
    before = noisy(400, 0.5)
    change = noisy(400, 0.0, spread=0.05, seed=1)
    outcomes = [
        gate(results(f1=before), results(f1=np.add(before, change) + mean), NO_WORSE).outcome
        for mean in (0.0, -0.02, -0.05)
    ]
    assert outcomes == ["pass", "not_enough_data", "fail"]


def test_lower_is_better_turns_everything_around() -> None:
    before = noisy(80, 2.0)
    faster = np.add(before, noisy(80, -0.2, seed=1))
    rule = GateRule(primary=Requirement(metric="latency_s", kind="superiority"))
    decision = gate(results(latency_s=before), results(latency_s=faster), rule, lower_is_better=["latency_s"])
    (check,) = decision.checks
    assert decision.outcome == "pass"
    assert check.difference == pytest.approx(-0.2)
    assert check.low is not None
    assert check.high is not None
    assert check.low < -0.2 < check.high < 0
    assert "latency_s is better by 0.2 (2 → 1.8; 95 % interval −0.223 to −0.178" in decision.sentence
    slower = gate(results(latency_s=faster), results(latency_s=before), rule, lower_is_better=["latency_s"])
    assert slower.outcome == "fail"


GUARDED = GateRule(
    primary=Requirement(metric="f1", kind="superiority"),
    guardrails=[
        Requirement(metric="grounded", kind="non_inferiority", margin=0.05),
        Requirement(metric="cost", kind="non_inferiority", margin=0.01),
    ],
)


def guarded(grounded: float, cost: float) -> Decision:
    before = {name: noisy(600, 0.5, seed=seed) for seed, name in enumerate(("f1", "grounded", "cost"))}
    after = {
        "f1": np.add(before["f1"], noisy(600, 0.1, seed=5)),
        "grounded": np.add(before["grounded"], noisy(600, grounded, seed=6)),
        "cost": np.add(before["cost"], noisy(600, cost, spread=0.005, seed=7)),
    }
    return gate(results(**before), results(**after), GUARDED, lower_is_better=["cost"])


def test_all_guardrails_must_hold() -> None:
    assert guarded(0.0, 0.0).outcome == "pass"
    assert guarded(0.0, 0.0).sentence.endswith(", and all 2 guardrails held (grounded, cost).")
    assert guarded(-0.2, 0.0).outcome == "fail"
    assert guarded(0.0, 0.1).outcome == "fail"
    assert "cost is worse by 0.1" in guarded(0.0, 0.1).sentence
    assert guarded(-0.04, 0.0).outcome == "not_enough_data"


def test_guardrails_share_their_level_by_holm() -> None:
    decision = guarded(0.0, 0.0)
    assert [check.confidence for check in decision.checks] == pytest.approx([0.95, 0.975, 0.95])
    for check in decision.checks[1:]:
        assert check.low is not None
        assert check.high is not None
        assert (-check.high if check.metric == "cost" else check.low) > -check.margin


def test_an_interval_never_contradicts_its_outcome() -> None:
    generator = np.random.default_rng(11)
    for round_ in range(60):
        n = int(generator.integers(6, 80))
        before = {name: generator.random(n) for name in ("f1", "a", "b", "c")}
        after = {name: np.clip(values + generator.normal(-0.02, 0.15, n), 0, 1) for name, values in before.items()}
        rule = GateRule(
            primary=Requirement(metric="f1", kind="non_inferiority", margin=0.05),
            guardrails=[Requirement(metric=name, kind="non_inferiority", margin=0.05) for name in "abc"],
        )
        for check in gate(results(**before), results(**after), rule).checks:
            expected = "not_enough_data"
            if check.low is not None and check.high is not None:
                expected = "pass" if check.low > -0.05 else "fail" if check.high < -0.05 else expected
            assert check.outcome == expected, (round_, check)


def test_clusters_widen_the_interval_and_are_named() -> None:
    pages = [f"page-{number % 12}" for number in range(120)]
    of_page = dict(zip(dict.fromkeys(pages), noisy(12, 0.05), strict=True))
    before = noisy(120, 0.5)
    after = [value + of_page[page] for value, page in zip(before, pages, strict=True)]
    alone = gate(results(f1=before), results(f1=after))
    clustered = gate(
        results(f1=before), results(f1=after), BETTER.model_copy(update={"cluster": "page"}), pages=pages
    )
    assert alone.outcome == "pass"
    assert clustered.outcome == "not_enough_data"
    assert clustered.checks[0].method == "bounded"
    assert "120 items in 12 clusters" in clustered.sentence


def test_an_item_without_its_cluster_is_refused() -> None:
    with pytest.raises(InputError, match="belong together by 'page', but the item 'i0' has no such metadata"):
        gate(results(f1=[0.1, 0.2]), results(f1=[0.1, 0.2]), BETTER.model_copy(update={"cluster": "page"}))


def test_a_metric_that_was_not_evaluated_is_refused() -> None:
    with pytest.raises(
        InputError, match="asks for the metric 'f1', which the runs do not both have; they have bleu"
    ):
        gate(results(bleu=[0.1]), results(bleu=[0.2]))


def test_pairs_missing_on_one_side_are_reported_and_too_many_keep_it_from_passing() -> None:
    before = noisy(60, 0.5)
    after = [*np.add(before, 0.2)[:50], *[None] * 10]
    decision = gate(results(f1=before), results(f1=after))
    (check,) = decision.checks
    assert (check.n, check.missing, check.outcome) == (50, 10, "not_enough_data")
    assert decision.sentence.endswith(
        "but 10 of 60 items have a value on one side only, more than the 5% allowed: "
        "what is left may flatter one side."
    )
    few = gate(results(f1=before), results(f1=[*np.add(before, 0.2)[:58], None, None]))
    assert (few.outcome, few.checks[0].missing) == ("pass", 2)


def test_a_metric_undefined_on_both_sides_is_coverage_and_not_loss() -> None:
    before, after = noisy(60, 0.5), noisy(60, 0.7)
    before[:20], after[:20] = [None] * 20, [None] * 20  # type: ignore[list-item]
    decision = gate(results(f1=before), results(f1=after))
    assert (decision.outcome, decision.checks[0].undefined, decision.checks[0].missing) == ("pass", 20, 0)


def test_a_candidate_that_errs_more_fails_whatever_it_scores() -> None:
    before, after = results(f1=noisy(60, 0.5)), results(f1=noisy(60, 0.9))
    after.update({f"i{number}": failed(f"i{number}") for number in range(12)})
    decision = gate(before, after)
    assert decision.outcome == "fail"
    assert decision.sentence == (
        "Fail: the candidate fails on 12 of 60 items and the baseline on 0, more than chance explains."
    )
    assert (decision.pairs.paired, decision.pairs.candidate_errors, decision.pairs.baseline_errors) == (48, 12, 0)


def test_one_error_alone_decides_nothing() -> None:
    before, after = results(f1=noisy(60, 0.5)), results(f1=noisy(60, 0.7))
    after["i3"] = failed("i3")
    assert gate(before, after).outcome == "pass"


def test_items_that_a_run_never_got_to_are_counted() -> None:
    before, after = results(f1=noisy(60, 0.5)), results(f1=noisy(60, 0.7))
    del after["i0"]
    decision = gate(before, after)
    assert (decision.pairs.items, decision.pairs.absent, decision.checks[0].missing) == (60, 1, 1)


def test_no_pair_at_all_is_not_enough_data() -> None:
    decision = gate(results(f1=[0.1, None]), results(f1=[None, 0.1]))
    assert decision.outcome == "not_enough_data"
    assert "f1 has no item with a value in both runs" in decision.sentence


def test_a_handful_of_items_is_not_enough_however_good_they_look() -> None:
    decision = gate(results(f1=[0.1, 0.2, 0.15]), results(f1=[0.9, 0.95, 0.8]))
    assert decision.outcome == "not_enough_data"
    assert "too few items for an interval" in decision.sentence
    assert decision.checks[0].needed_n == 8


def test_the_same_release_twice_is_no_worse_only_with_enough_items() -> None:
    few, many = noisy(60, 0.5), noisy(400, 0.5)
    assert gate(results(f1=few), results(f1=few), NO_WORSE).outcome == "not_enough_data"
    assert gate(results(f1=many), results(f1=many), NO_WORSE).outcome == "pass"


def test_a_few_items_without_a_loss_show_no_tight_margin_and_the_verdict_says_how_many_would() -> None:
    before = noisy(15, 0.5)
    after = list(np.add(before, noisy(15, 0.0, spread=0.001, seed=1)))
    decision = gate(results(f1=before), results(f1=after), NO_WORSE)
    (check,) = decision.checks
    # t alone is sure of it; one item in thirty that loses everything is in no more than 40 % of such samples.
    assert (check.outcome, check.method) == ("not_enough_data", "bounded")
    assert check.needed_n == pytest.approx(184, abs=2)
    assert "about 18" in decision.sentence


def test_amounts_of_few_items_are_not_decided_on_and_the_check_asks_for_their_range() -> None:
    slow, fast = ([float(v) for v in np.random.default_rng(s).gamma(8, m, 15)] for s, m in ((0, 0.2), (1, 0.1)))
    rule = parse_rule({"primary": {"metric": "latency_s", "kind": "superiority"}})
    decision = gate(results(latency_s=slow), results(latency_s=fast), rule, lower_is_better=["latency_s"])
    (check,) = decision.checks
    assert (check.outcome, check.withheld, check.needed_n) == ("not_enough_data", True, 72)
    assert "declare the range under ranges, bound a percentile, or evaluate 72 items" in decision.sentence
    ranged = rule.model_copy(update={"ranges": {"latency_s": [0, 4]}})
    known = gate(results(latency_s=slow), results(latency_s=fast), ranged, lower_is_better=["latency_s"])
    assert (known.checks[0].method, known.checks[0].warning) == ("bounded", None)
    beyond = rule.model_copy(update={"ranges": {"latency_s": [0, 1]}})
    with pytest.raises(InputError, match="beyond the range from 0 to 1 that the rule declares"):
        gate(results(latency_s=slow), results(latency_s=fast), beyond, lower_is_better=["latency_s"])


def test_a_decision_is_the_same_every_time() -> None:
    before, after = results(f1=noisy(25, 0.5)), results(f1=noisy(25, 0.55, seed=3))
    assert gate(before, after) == gate(before, after)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "primary: Field required"),
        ({"primary": {"metric": "f1", "kind": "better"}}, r"primary\.kind"),
        ({"primary": {"metric": "f1", "kind": "superiority", "margin": -1}}, r"primary\.margin"),
        ({"primary": {"metric": "f1", "kind": "superiority"}, "level": 0.9}, "level: Extra inputs"),
        (
            {"primary": {"metric": "f1", "kind": "non_inferiority"}},
            "primary: non_inferiority needs a margin above 0",
        ),
        ("strict", "This is no gate rule"),
    ],
)
def test_a_bad_rule_is_refused_with_its_field(rule: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_rule(rule)


def gsm8k() -> tuple[dict[str, SampleResult], dict[str, SampleResult]]:
    file = real_data("gsm8k_two_models/gsm8k_responses.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = ("mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    mixtral, gpt_4 = (results(f1=[float(row[name] == "True") for row in rows]) for name in names)
    return mixtral, gpt_4


def test_gpt_4_passes_and_mixtral_fails_on_real_answers() -> None:
    mixtral, gpt_4 = gsm8k()
    passed, refused = gate(mixtral, gpt_4, NO_WORSE), gate(gpt_4, mixtral, NO_WORSE)
    assert passed.sentence == (
        "Pass: f1 is better by 0.218 (0.638 → 0.857; 95 % interval +0.188 to +0.249; 1,319 items)."
    )
    assert refused.outcome == "fail"
    assert refused.sentence.endswith("1,319 items), worse than the 0.02 allowed.")


@pytest.mark.slow
def test_halves_of_one_real_model_hardly_ever_fail_against_each_other() -> None:
    mixtral, _ = gsm8k()
    values = np.array([result.judgements["f1"].value for result in mixtral.values()], dtype=float)
    generator = np.random.default_rng(0)
    outcomes = []
    for _ in range(1000):
        order = generator.permutation(values.size)
        half = values.size // 2
        decision = gate(results(f1=values[order[:half]]), results(f1=values[order[half : 2 * half]]), NO_WORSE)
        outcomes.append(decision.outcome)
    assert outcomes.count("fail") <= 50


@pytest.mark.slow
@pytest.mark.parametrize("items", [15, 60, 200])
def test_a_candidate_on_the_margin_passes_no_more_often_than_promised(items: int) -> None:
    generator = np.random.default_rng(items)
    passed = 0
    rounds = 1500
    for _ in range(rounds):
        before = generator.beta(2, 2, items)
        # Exactly as much worse as is just not allowed.
        after = before + generator.normal(-0.02, 0.1, items)
        passed += gate(results(f1=before), results(f1=after), NO_WORSE).outcome == "pass"
    # 2.5 % promised; three standard errors of the simulation above it.
    assert passed / rounds <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / rounds)


@pytest.mark.slow
@pytest.mark.parametrize("items", [10, 25, 60, 200])
@pytest.mark.parametrize("differing", [0.05, 0.25, 0.5])
def test_yes_no_outcomes_keep_the_promise_however_few_pairs_differ(items: int, differing: float) -> None:
    generator = np.random.default_rng(items)
    # The truth: of the items that may differ, 0.7 were right before and 0.5 are after.
    rule = GateRule(primary=Requirement(metric="f1", kind="non_inferiority", margin=0.2 * differing))
    passed = 0
    rounds = 1000
    for _ in range(rounds):
        before = (generator.random(items) < 0.7).astype(float)
        again = (generator.random(items) < 0.5).astype(float)
        after = np.where(generator.random(items) < differing, again, before)
        passed += gate(results(f1=before), results(f1=after), rule).outcome == "pass"
    assert passed / rounds <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / rounds)
