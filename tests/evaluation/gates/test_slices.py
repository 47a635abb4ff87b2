"""Slices that must not regress, and the report of all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from tests.evaluation.gates.test_deciding import noisy, results
from windlass.errors import InputError
from windlass.evaluation.gates.deciding import Decision, decide
from windlass.evaluation.gates.power_curves import power_curve
from windlass.evaluation.gates.rules import parse_rule
from windlass.evaluation.grouping import grouping_fields
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.binary_pairs import BinaryPairs
from windlass.evaluation.statistics.discoveries import benjamini_hochberg

TOPICS = ("billing", "delivery", "returns", "taxes")


def items_by(topics: Sequence[object], **more: Sequence[object]) -> dict[str, Item]:
    columns: Mapping[str, Sequence[object]] = {"topic": topics, **more}
    return {
        f"i{number}": Item(id=f"i{number}", input="?", metadata={name: of[number] for name, of in columns.items()})
        for number in range(len(topics))
    }


def sliced(
    before: dict[str, SampleResult], after: dict[str, SampleResult], items: dict[str, Item], **rule: Any
) -> Decision:
    asked = {"primary": {"metric": "f1", "kind": "non_inferiority", "margin": 0.1}, **rule}
    return decide(before, after, parse_rule(asked), items=items, higher_is_better={"f1": True})


def one_worse(count: int = 160, loss: float = 0.3) -> tuple[dict[str, Any], dict[str, Any], dict[str, Item]]:
    """A candidate that is a little better everywhere but on returns."""
    topics = [TOPICS[number % 4] for number in range(count)]
    before = np.array(noisy(count, 0.6))
    after = before + np.array(noisy(count, 0.05, 0.05, seed=1))
    after[[topic == "returns" for topic in topics]] -= loss
    return results(f1=before), results(f1=after), items_by(topics)


SLICES = [{"by": "topic", "metric": "f1", "margin": 0.1}]


def test_a_loss_on_one_slice_fails_the_gate_though_the_average_holds() -> None:
    before, after, items = one_worse()
    assert sliced(before, after, items).outcome == "pass"
    decision = sliced(before, after, items, slices=SLICES)
    assert decision.outcome == "fail"
    assert decision.sentence.startswith("Fail: f1 on topic=returns is worse by 0.2")
    assert [check.slice.value for check in decision.checks if check.slice] == list(TOPICS)
    failed = [check for check in decision.checks if check.outcome == "fail"]
    assert [(check.role, check.n) for check in failed] == [("guardrail", 40)]


def test_slices_share_their_level_with_the_guardrails_by_holm() -> None:
    before, after, items = one_worse(loss=0.0)
    guardrails = [{"metric": "f1", "kind": "non_inferiority", "margin": 0.2}]
    decision = sliced(before, after, items, slices=SLICES, guardrails=guardrails)
    assert decision.outcome == "pass"
    tails = sorted((1 - check.confidence) / 2 for check in decision.checks[1:])
    assert tails == pytest.approx([0.025 / 5, 0.025 / 4, 0.025 / 3, 0.025 / 2, 0.025])


def test_a_thin_slice_says_so_and_blocks_only_where_no_least_number_is_set() -> None:
    topics = ["billing"] * 60 + ["returns"] * 4
    items = items_by(topics)
    values = results(f1=noisy(64, 0.5)), results(f1=np.add(noisy(64, 0.5), noisy(64, 0.05, 0.02, seed=2)))
    blocked = sliced(*values, items, slices=SLICES)
    assert blocked.outcome == "not_enough_data"
    assert "topic=returns" in blocked.sentence
    assert "of that slice would decide" in blocked.sentence
    decision = sliced(*values, items, slices=[{**SLICES[0], "min_items": 10}])
    assert decision.outcome == "pass"
    assert decision.sentence.endswith("; 1 slice of too few items has no say.")
    thin = decision.checks[-1]
    assert thin.slice is not None
    assert (thin.slice.value, thin.outcome, thin.blocking, thin.n) == ("returns", "not_enough_data", False, 4)
    # It takes no share of the level either.
    assert decision.checks[1].confidence == pytest.approx(0.95)


def test_only_the_values_that_are_named_are_asked_about() -> None:
    before, after, items = one_worse()
    assert sliced(before, after, items, slices=[{**SLICES[0], "values": ["taxes"]}]).outcome == "pass"


def test_a_slice_without_an_item_is_refused() -> None:
    before, after, items = one_worse()
    with pytest.raises(InputError, match="slices are by 'country', which no item has"):
        sliced(before, after, items, slices=[{**SLICES[0], "by": "country"}])
    with pytest.raises(InputError, match=r"topic=refunds, which has no item; there are billing, delivery"):
        sliced(before, after, items, slices=[{**SLICES[0], "values": ["refunds"]}])


def test_the_report_names_the_slice_that_lost_and_adjusts_over_all_rows() -> None:
    before, after, items = one_worse()
    report = sliced(before, after, items).slices
    assert report[0].value == "returns"
    assert {row.field for row in report} == {"topic"}
    lost = report[0]
    assert lost.n == 40
    assert lost.difference == pytest.approx(-0.25, abs=0.03)
    assert lost.low is not None
    assert lost.high is not None
    assert lost.low < lost.difference < lost.high < 0
    expected = benjamini_hochberg([row.p_value or 0 for row in report])
    assert [row.adjusted_p for row in report] == pytest.approx(expected)


def test_slices_are_of_fields_that_group_the_items() -> None:
    items = items_by(
        [TOPICS[number % 4] for number in range(40)],
        id=[f"one-{number}" for number in range(40)],
        language=["en"] * 40,
        urgent=[number % 2 == 0 for number in range(40)],
        score=[0.5] * 40,
        tags=[["short", "new"] if number % 2 else ["long"] for number in range(40)],
    )
    assert list(grouping_fields(list(items.values()))) == ["topic", "urgent", "tags"]


def test_the_worst_items_are_those_that_lost_most() -> None:
    before = results(f1=noisy(40, 0.5))
    after = results(f1=noisy(40, 0.5))
    lost = results(f1=[*noisy(40, 0.5)[:38], 0.0, -0.4])
    after.update({item: lost[item] for item in ("i38", "i39")})
    decision = sliced(before, after, items_by(["t"] * 40))
    assert [each.item for each in decision.worst] == ["i39", "i38"]
    assert decision.worst[0].candidate == -0.4
    assert decision.worst[0].candidate_trace == "t"


def test_pairs_that_all_agree_need_as_many_items_as_the_score_test_does() -> None:
    same = results(f1=[1.0] * 24)
    (check, *_) = sliced(same, same, items_by(["t"] * 24)).checks
    assert check.outcome == "not_enough_data"
    needed = check.needed_n
    assert needed is not None
    assert BinaryPairs(0, 0, needed).lower_bound(0.025) > -0.1
    assert BinaryPairs(0, 0, needed - 1).lower_bound(0.025) <= -0.1


def test_the_chance_of_a_decision_grows_with_the_items_to_eighty_percent_where_it_is_needed() -> None:
    before = noisy(60, 0.5)
    after = np.add(before, noisy(60, -0.09, seed=1))
    (check, *_) = sliced(results(f1=before), results(f1=after), items_by(["t"] * 60)).checks
    curve = power_curve(check)
    assert curve is not None
    chances = [point.passes for point in curve.points]
    assert chances == sorted(chances)
    assert check.needed_n is not None
    nearest = min(curve.points, key=lambda point: abs(point.n - (check.needed_n or 0)))
    assert nearest.passes == pytest.approx(0.8, abs=0.05)
    assert all(point.fails < 0.025 for point in curve.points)
    assert curve.needed_n == check.needed_n
