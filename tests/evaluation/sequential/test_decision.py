"""Gates of a sequential rule, on samples that are there."""

from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.gates.test_deciding import failed, gsm8k, results
from windlass.canonical import canonical_json
from windlass.errors import InputError
from windlass.evaluation.gates.deciding import Decision, decide
from windlass.evaluation.gates.rules import GateRule, parse_rule
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.sequential.order import Plan
from windlass.evaluation.sequential.report import SequentialReport
from windlass.evaluation.sequential.watching import watch

Samples = dict[str, SampleResult]


def rule(metric: str = "f1", kind: str = "non_inferiority", margin: float = 0.02, **more: object) -> GateRule:
    sequential = more.pop("sequential", {})
    return parse_rule(
        {"primary": {"metric": metric, "kind": kind, "margin": margin}, "sequential": sequential, **more}
    )


def gate(
    baseline: Samples,
    candidate: Samples,
    asked: GateRule,
    *,
    seed: str = "sha256:data",
    done: Iterable[set[str] | None] = (),
    lower: Sequence[str] = (),
    pages: int | None = None,
) -> tuple[Decision, SequentialReport]:
    items = {
        item: Item(id=item, input="?", metadata={"page": place // pages} if pages else {})
        for place, item in enumerate(dict.fromkeys([*baseline, *candidate]))
    }
    metrics = {name for result in [*baseline.values(), *candidate.values()] for name in result.judgements}
    decision = decide(
        baseline,
        candidate,
        asked,
        items=items,
        higher_is_better={name: name not in lower for name in metrics},
        seed=seed,
        done=done,
    )
    assert decision.sequential is not None
    return decision, decision.sequential


def yes_no(right: float, n: int = 300, seed: int = 0) -> list[float]:
    return [float(value) for value in np.random.default_rng(seed).random(n) < right]


def test_gpt_4_passes_and_mixtral_fails_after_few_real_answers() -> None:
    mixtral, gpt_4 = gsm8k()
    passed, report = gate(mixtral, gpt_4, rule())
    assert (passed.outcome, report.n, report.of, report.saved) == ("pass", 15, 1319, 1304)
    assert passed.sentence.endswith("Decided after 15 of 1,319 items; the 1,304 others were not needed.")
    assert passed.checks[0].low is not None
    assert passed.checks[0].low > -0.02
    refused, report = gate(gpt_4, mixtral, rule())
    assert (refused.outcome, report.decided) == ("fail", True)
    assert report.n < 100


def test_how_many_real_answers_it_takes_in_sixty_orders() -> None:
    mixtral, gpt_4 = gsm8k()
    items = [Item(id=item, input="?") for item in mixtral]

    def stops(before: Samples, after: Samples) -> list[tuple[str, int]]:
        watched = (
            watch(before, after, rule(), items=items, higher_is_better={"f1": True}, seed=str(seed))
            for seed in range(60)
        )
        return [(each.stop.outcome, each.stop.clusters) for each in watched if each.stop is not None]

    better, worse = stops(mixtral, gpt_4), stops(gpt_4, mixtral)
    assert ({outcome for outcome, _ in better}, {outcome for outcome, _ in worse}) == ({"pass"}, {"fail"})
    assert (len(better), len(worse)) == (60, 60)
    assert [float(np.median([n for _, n in each])) for each in (better, worse)] == [54.5, 73.5]
    assert [max(n for _, n in each) for each in (better, worse)] == [150, 225]


def test_a_group_looks_at_the_planned_times_with_the_boundaries_of_the_tables() -> None:
    mixtral, gpt_4 = gsm8k()
    passed, report = gate(mixtral, gpt_4, rule(sequential={"mode": "group"}))
    assert (passed.outcome, report.n, passed.checks[0].method) == ("pass", 264, "score")
    assert [look.n for look in report.planned] == [264, 528, 792, 1056, 1319]
    assert [look.z for look in report.planned] == pytest.approx([4.875, 3.356, 2.680, 2.290, 2.031], abs=0.002)
    alike, report = gate(mixtral, mixtral, rule(sequential={"mode": "group", "boundary": "pocock"}))
    assert (alike.outcome, report.n) == ("pass", 528)


def test_what_comes_after_the_decision_has_no_say() -> None:
    before, after = yes_no(0.4), yes_no(0.8, seed=1)
    whole, report = gate(results(f1=before), results(f1=after), rule())
    assert whole.outcome == "pass"
    # The first moment at which everything that decided is there, and any later one, decide the same.
    order = _order(300)
    for reached in (report.n, report.n + 30, 300):
        there = set(order[:reached])
        part, again = gate(results(f1=before), results(f1=after), rule(), done=[there, None])
        assert (again, part.checks) == (report, whole.checks)
    early, again = gate(results(f1=before), results(f1=after), rule(), done=[set(order[: report.n - 1])])
    assert (early.outcome, again.n, again.decided) == ("not_enough_data", report.n - 1, False)
    assert early.sentence.endswith(f"{report.n - 1} of 300 items were looked at.")


def _order(count: int) -> list[str]:
    plan = Plan.of([Item(id=f"i{number}", input="?") for number in range(count)], None, "sha256:data")
    return [item.id for members in plan.clusters for item in members]


@settings(deadline=None, max_examples=10)
@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(0, 1000))
def test_a_sequence_only_narrows_and_agrees_with_the_outcome(before: float, after: float, seed: int) -> None:
    decision, report = gate(
        results(f1=yes_no(before, 60, seed)), results(f1=yes_no(after, 60, seed + 1)), rule(margin=0.1)
    )
    (check,) = report.checks
    ends = [(look.low, look.high) for look in check.looks]
    assert all(low is not None and high is not None for low, high in ends)
    lows, highs = zip(*ends, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)
    assert (decision.outcome == "pass") == (lows[-1] > check.bound)
    assert (decision.outcome == "fail") == (highs[-1] < check.bound)
    assert (decision.checks[0].low, decision.checks[0].high) == ends[-1]


def test_guardrails_share_their_level_and_all_must_be_shown() -> None:
    better = {"f1": yes_no(0.3, 600), "polite": yes_no(0.9, 600, 1), "safe": yes_no(0.95, 600, 2)}
    after = {**better, "f1": yes_no(0.8, 600, 3)}
    guardrails = [{"metric": name, "kind": "non_inferiority", "margin": 0.05} for name in ("polite", "safe")]
    decision, report = gate(results(**better), results(**after), rule(guardrails=guardrails))
    assert decision.outcome == "pass"
    primary, *others = report.checks
    # Both were equal throughout: one was shown at half of the level first, the other at the whole.
    assert primary.shown_after is not None
    assert primary.shown_after < report.n
    assert sorted(check.confidence for check in others) == pytest.approx([0.95, 0.975])
    assert [check.outcome for check in decision.checks] == ["pass", "pass", "pass"]
    after["safe"] = yes_no(0.6, 600, 4)
    decision, report = gate(results(**better), results(**after), rule(guardrails=guardrails))
    assert decision.outcome == "fail"
    assert [check.outcome for check in decision.checks if check.metric == "safe"] == ["fail"]


def test_a_candidate_that_fails_on_more_items_fails_early() -> None:
    before = results(f1=yes_no(0.5))
    after = {item: failed(item) if place % 2 else result for place, (item, result) in enumerate(before.items())}
    for mode in ("anytime", "group"):
        decision, report = gate(before, after, rule(sequential={"mode": mode}))
        assert (decision.outcome, report.decided) == ("fail", True)
        assert report.n < 300
        assert "the candidate fails on" in decision.sentence


def test_too_many_missing_values_keep_it_from_passing_until_they_are_few() -> None:
    order = _order(200)
    before, after = results(f1=[0.0] * 200), results(f1=[1.0] * 200)
    for item in order[:3]:
        after[item] = results(f1=[None])["i0"]
    _, report = gate(before, after, rule())
    # Three of sixty are the 5 % that are allowed; without them ten items would do.
    assert report.n == 60


def test_clusters_are_looked_at_whole() -> None:
    before, after = results(f1=yes_no(0.3)), results(f1=yes_no(0.9, seed=1))
    _, single = gate(before, after, rule())
    decision, report = gate(before, after, rule(cluster="page"), pages=5)
    assert (decision.outcome, report.n % 5) == ("pass", 0)
    assert decision.checks[0].clusters == report.n // 5
    assert report.n > single.n


def test_lower_is_better_where_it_is() -> None:
    slow, fast = ([float(v) for v in np.random.default_rng(s).gamma(4, m, 400)] for s, m in ((0, 1.0), (1, 0.5)))
    asked = rule("latency_s", "superiority", 0.0)
    decision, report = gate(results(latency_s=slow), results(latency_s=fast), asked, lower=["latency_s"])
    assert (decision.outcome, decision.checks[0].method) == ("pass", "asymptotic")
    assert decision.checks[0].warning is not None
    assert "declare a range" in decision.checks[0].warning
    last = report.checks[0].looks[-1]
    assert last.high is not None
    assert last.high < 0
    bounded = rule("latency_s", "superiority", 0.0, sequential={"ranges": {"latency_s": [0, 30]}})
    decision, _ = gate(results(latency_s=fast), results(latency_s=slow), bounded, lower=["latency_s"])
    assert (decision.outcome, decision.checks[0].method) == ("fail", "betting")


def test_a_value_beyond_the_range_that_is_bet_on_is_refused() -> None:
    message = "f1 of the item 'i1' is 4, beyond the range from 0 to 1 that the gate bets on: declare the range"
    with pytest.raises(InputError, match=message):
        gate(results(f1=[0.5, 0.5]), results(f1=[0.5, 4.0]), rule())
    wide = rule(sequential={"ranges": {"f1": [1, 5]}})
    assert gate(results(f1=[1.0, 3.0]), results(f1=[5.0, 4.0]), wide)[0].outcome == "not_enough_data"


def test_a_rule_that_does_not_look_is_as_it_was() -> None:
    plain = parse_rule({"primary": {"metric": "f1", "kind": "superiority"}})
    assert b"sequential" not in canonical_json(plain.model_dump(mode="json"))
    with pytest.raises(InputError, match=r"sequential\.ranges: the range of f1 is none"):
        rule(sequential={"ranges": {"f1": [1, 0]}})
    with pytest.raises(InputError, match="a group has at most 50 looks"):
        rule(sequential={"mode": "group", "looks": 51})


@pytest.mark.parametrize(
    "asked",
    [
        {"min_coverage": 0.9},
        {"slices": [{"metric": "f1", "by": "page", "margin": 0.1}]},
        {"guardrails": [{"metric": "f1", "kind": "non_inferiority", "margin_ratio": 0.1}]},
        {"guardrails": [{"metric": "f1", "kind": "at_least", "bound": 0.5}]},
    ],
)
def test_what_has_no_test_for_every_moment_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(InputError, match="sequential goes with margins in units of the metric"):
        rule(**asked)  # type: ignore[arg-type]


def test_no_item_that_both_runs_have_decides_nothing() -> None:
    decision, report = gate(results(f1=[0.5] * 3), results(f1=[0.7] * 3), rule(), done=[set()])
    assert (decision.outcome, report.n, report.checks[0].looks) == ("not_enough_data", 0, [])
