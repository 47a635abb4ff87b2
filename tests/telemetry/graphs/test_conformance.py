import pytest
from pydantic import ValidationError

from windlass.telemetry.graphs.conformance import find_violations, matches
from windlass.telemetry.graphs.models import AllowedGraph, Violation

STEPS = ("agent:shop", "model:gpt", "tool:search", "model:gpt", "tool:search", "model:gpt")


def test_a_graph_that_asks_for_nothing_allows_everything() -> None:
    assert find_violations(AllowedGraph(), STEPS) == []
    assert find_violations(AllowedGraph(), ()) == []


def test_every_edge_that_is_not_allowed_is_named_with_how_often_it_was_there() -> None:
    allowed = AllowedGraph(
        allowed=[("start", "agent:*"), ("agent:*", "model:*"), ("model:*", "tool:search"), ("model:*", "end")]
    )
    assert find_violations(allowed, STEPS) == [
        Violation(rule="not_allowed", source="tool:search", target="model:gpt", times=2)
    ]


def test_what_is_forbidden_is_so_even_where_it_is_allowed() -> None:
    graph = AllowedGraph(allowed=[("*", "*")], forbidden=[("tool:search", "*")])
    assert find_violations(graph, STEPS) == [
        Violation(rule="forbidden", source="tool:search", target="model:gpt", times=2)
    ]


def test_a_step_that_is_required_and_one_that_comes_too_often_are_violations() -> None:
    graph = AllowedGraph(required=["tool:verify", "model:*"], max_repeats={"tool:*": 1, "model:gpt": 3})
    assert find_violations(graph, STEPS) == [
        Violation(rule="missing", source="", target="tool:verify", times=0),
        Violation(rule="too_often", source="", target="tool:search", times=2),
    ]


@pytest.mark.parametrize(
    ("pattern", "step", "same"),
    [
        ("tool:a", "tool:a", True),
        ("tool:a", "tool:ab", False),
        ("tool:*", "tool:", True),
        ("*", "anything", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "ac", False),
        ("a*a", "a", False),
        ("tool:[x]", "tool:x", False),
        ("*" * 40 + "z", "y" * 4000, False),
    ],
)
def test_a_star_stands_for_anything_and_every_other_sign_for_itself(pattern: str, step: str, same: bool) -> None:
    assert matches(pattern, step) is same


@pytest.mark.parametrize("wrong", [{"alowed": []}, {"max_repeats": {"tool:a": -1}}, {"allowed": [["one"]]}])
def test_what_is_no_allowed_graph_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        AllowedGraph.model_validate(wrong)
