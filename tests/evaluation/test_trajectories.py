"""Trajectories against their references."""

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.trajectories import (
    Comparison,
    ToolCall,
    parameter_key_match,
    parameter_match,
    read_trajectory,
    single_tool_use,
    tool_name_match,
)

ADK = json.loads((Path(__file__).parent / "adk" / "trajectories.json").read_text(encoding="utf-8"))

LETTERS = st.lists(st.sampled_from("abc").map(ToolCall), max_size=6)


def calls(names: str) -> list[ToolCall]:
    return [ToolCall(name) for name in names]


def compared(predicted: str, reference: str) -> Comparison:
    return Comparison.of(calls(predicted), calls(reference))


def test_matches_are_those_of_adk_to_the_last_one_of_240_cases() -> None:
    matches = {
        "exact": Comparison.exact_match,
        "in_order": Comparison.in_order_match,
        "any_order": Comparison.any_order_match,
    }
    for case in ADK["cases"]:
        for name, match in matches.items():
            for suffix, ignore_args in (("", False), ("_without_args", True)):
                sides = (read_trajectory(case["predicted"]), read_trajectory(case["reference"]))
                comparison = Comparison.of(*sides, compat="adk", ignore_args=ignore_args)
                assert match(comparison) == case["scores"][name + suffix], (name, case)


def test_the_cases_of_adk_have_every_outcome_of_every_match() -> None:
    for name in ADK["cases"][0]["scores"]:
        assert {case["scores"][name] for case in ADK["cases"]} == {0.0, 1.0}, name


def test_true_is_one_for_adk_and_no_number_for_us() -> None:
    sides = ([ToolCall("f", {"x": True})], [ToolCall("f", {"x": 1})])
    assert Comparison.of(*sides, compat="adk").exact_match() == 1
    assert Comparison.of(*sides).exact_match() == 0
    assert Comparison.of([ToolCall("f", {"x": 1.0})], [ToolCall("f", {"x": 1})]).exact_match() == 1


@pytest.mark.parametrize(
    ("predicted", "reference", "exact", "in_order", "any_order", "precision", "recall", "f1", "edits"),
    [
        ("", "", 1, 1, 1, 1, 1, 1, 0),
        ("a", "", 0, 1, 1, 0, None, None, 1),
        ("", "a", 0, 0, 0, 0, 0, 0, 1),
        ("ab", "ab", 1, 1, 1, 1, 1, 1, 0),
        ("axb", "ab", 0, 1, 1, 2 / 3, 1, 0.8, 1 / 3),
        ("ba", "ab", 0, 0, 1, 1, 1, 1, 1),
        ("aa", "a", 0, 1, 1, 0.5, 1, 2 / 3, 0.5),
        ("a", "aa", 0, 0, 0, 1, 0.5, 2 / 3, 0.5),
    ],
)
def test_definitions_at_their_edges(
    predicted: str,
    reference: str,
    exact: float,
    in_order: float,
    any_order: float,
    precision: float,
    recall: float | None,
    f1: float | None,
    edits: float,
) -> None:
    comparison = compared(predicted, reference)
    assert comparison.exact_match() == exact
    assert comparison.in_order_match() == in_order
    assert comparison.any_order_match() == any_order
    assert comparison.precision() == pytest.approx(precision)
    assert comparison.recall() == (None if recall is None else pytest.approx(recall))
    assert comparison.f1() == (None if f1 is None else pytest.approx(f1))
    assert comparison.edit_distance() == pytest.approx(edits)


def generated(seed: int, count: int = 240) -> list[tuple[list[ToolCall], list[ToolCall]]]:
    """Return trajectories with references that are alike more often than not."""
    dice = random.Random(seed)

    def call() -> ToolCall:
        return ToolCall(dice.choice("ab"), {"x": dice.choice([1, 2, "1", [1], {"deep": None}])})

    cases = []
    for _ in range(count):
        reference = [call() for _ in range(dice.randint(0, 5))]
        predicted = [each if dice.random() < 0.8 else call() for each in reference]
        predicted += [dice.choice(predicted) if predicted else call() for _ in range(dice.randint(0, 2))]
        if dice.random() < 0.3:
            dice.shuffle(predicted)
        cases.append((predicted, reference))
    return cases


def share(part: int, whole: int, other: int) -> float | None:
    """Return part / whole to the last digit; of nothing, whether the other side is empty too."""
    return float(Fraction(part, whole)) if whole else float(not other)


def is_subsequence(some: list[ToolCall], within: list[ToolCall]) -> bool:
    if not some:
        return True
    place = next((at for at, call in enumerate(within) if call == some[0]), None)
    return place is not None and is_subsequence(some[1:], within[place + 1 :])


def test_the_numbers_of_vertex_are_its_formulas_to_the_last_digit_in_240_generated_cases() -> None:
    seen = set()
    for predicted, reference in generated(7):
        comparison = Comparison.of(predicted, reference, compat="vertex")
        found = [call for call in predicted if call in reference]
        wanted = [call for call in reference if call in predicted]
        assert comparison.exact_match() == float(predicted == reference)
        assert comparison.in_order_match() == float(is_subsequence(reference, predicted))
        assert comparison.any_order_match() == float(len(wanted) == len(reference))
        assert comparison.precision() == share(len(found), len(predicted), len(reference))
        if reference or not predicted:
            assert comparison.recall() == share(len(wanted), len(reference), len(predicted))
        assert single_tool_use(predicted, "a") == float("a" in [call.tool_name for call in predicted])
        seen.add((comparison.exact_match(), comparison.in_order_match(), comparison.any_order_match()))
    assert seen == {(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)}


def test_our_own_numbers_count_a_call_as_often_as_it_is_made_in_240_generated_cases() -> None:
    differing = 0
    for predicted, reference in generated(8):
        comparison = Comparison.of(predicted, reference)
        left, shared = list(reference), 0
        for call in predicted:
            if call in left:
                left.remove(call)
                shared += 1
        assert comparison.any_order_match() == float(not left)
        assert comparison.precision() == share(shared, len(predicted), len(reference))
        if reference or not predicted:
            recall = share(shared, len(reference), len(predicted))
            assert comparison.recall() == recall
        differing += comparison.precision() != Comparison.of(predicted, reference, compat="vertex").precision()
    assert differing > 10, "the cases have calls that are made more often than they should be"


def test_vertex_asks_only_whether_a_call_is_there() -> None:
    twice = Comparison.of(calls("aab"), calls("ab"), compat="vertex")
    once = Comparison.of(calls("a"), calls("aa"), compat="vertex")
    assert (twice.precision(), twice.recall()) == (1, 1)
    assert (once.any_order_match(), once.recall()) == (1, 1)


@given(LETTERS, LETTERS)
def test_one_match_implies_the_next(predicted: list[ToolCall], reference: list[ToolCall]) -> None:
    comparison = Comparison.of(predicted, reference)
    exact, in_order, any_order = (
        comparison.exact_match(),
        comparison.in_order_match(),
        comparison.any_order_match(),
    )
    assert exact <= in_order <= any_order
    assert (comparison.edit_distance() == 0) == bool(exact)
    if any_order and reference:
        assert comparison.recall() == 1
    # An edit adds, leaves out or replaces one call, so as many calls are not shared at most.
    longest = max(len(predicted), len(reference))
    shared = comparison.precision() * len(predicted)
    assert comparison.edit_distance() * longest >= longest - shared - 1e-9


def test_a_call_that_never_ran_is_no_part_of_the_trajectory() -> None:
    tried = [ToolCall("pay", outcome="denied"), ToolCall("ask"), ToolCall("find", outcome="failed")]
    assert Comparison.of(tried, calls("")).precision() == 0
    assert Comparison.of(tried, [ToolCall("ask"), ToolCall("find")]).exact_match() == 1
    assert single_tool_use(tried, "pay") == 0
    assert single_tool_use(tried, "find") == 1


def test_tools_and_their_arguments_are_matched_place_by_place() -> None:
    made = [ToolCall("find", {"from": "ICN", "max": 99.5}), ToolCall("pay", {}), ToolCall("ask")]
    wanted = [ToolCall("find", {"from": "ICN", "max": 100, "day": "Mo"}), ToolCall("pay", {})]
    assert tool_name_match(made, wanted) == pytest.approx(2 / 3)
    assert parameter_key_match(made, wanted) == pytest.approx((2 / 3 + 1) / 3)
    assert parameter_match(made, wanted) == pytest.approx((1 / 3 + 1) / 3)
    assert parameter_match(made, wanted, tolerance=0.01) == pytest.approx((2 / 3 + 1) / 3)
    assert tool_name_match([], []) == parameter_match([], []) == 1
    assert parameter_match([ToolCall("f", {"x": True})], [ToolCall("f", {"x": 1})]) == 0


def test_calls_are_read_as_datasets_of_others_write_them() -> None:
    ours, adk, openai = read_trajectory(
        [
            {"tool_name": "f", "tool_input": {"x": 1}},
            {"name": "f", "args": {"x": 1}},
            {"name": "f", "arguments": '{"x": 1}'},
        ]
    )
    assert ours == adk == openai == ToolCall("f", {"x": 1})


def test_an_input_that_is_no_object_is_kept_and_equal_to_none() -> None:
    broken = read_trajectory([{"name": "f", "arguments": '{"x": '}])
    assert Comparison.of(broken, [ToolCall("f", {"x": 1})]).exact_match() == 0
    assert Comparison.of(broken, [ToolCall("f")]).exact_match() == 0
    assert tool_name_match(broken, [ToolCall("f")]) == 1


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"tool_name": "f"}, "is a list of tool calls, this is a dict"),
        ([{"tool_input": {}}], "Call 1 of a trajectory names no tool"),
        (["f"], "Call 1 of a trajectory names no tool"),
        ([{"name": "f"}, {"name": "g", "outcome": "lost"}], "Call 2 of a trajectory has the outcome 'lost'"),
    ],
)
def test_what_is_no_trajectory_is_refused(value: object, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_trajectory(value)


def test_real_agents_that_succeed_make_more_of_the_calls_they_should() -> None:
    recall: dict[bool, list[float]] = {True: [], False: []}
    for run in _real_runs():
        wanted = read_trajectory([_action(each) for each in run["info"]["task"]["actions"]])
        of_run = Comparison.of(read_trajectory(_calls_of(run["traj"])), wanted).recall()
        if of_run is not None:
            recall[run["reward"] == 1].append(of_run)
    right, wrong = (sum(values) / len(values) for values in (recall[True], recall[False]))
    assert right > 0.7
    assert wrong < 0.4


def _real_runs() -> list[dict[str, Any]]:
    file = real_data("tau_bench/gpt-4o-airline.json")
    runs: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return runs


def _action(action: dict[str, Any]) -> dict[str, Any]:
    return {"name": action["name"], "args": action["kwargs"]}


def _calls_of(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call["function"] for message in messages for call in message.get("tool_calls") or []]
