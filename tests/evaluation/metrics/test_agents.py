"""How an agent went about its task."""

from collections.abc import Sequence
from typing import Any

import pytest

from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.metrics.agents import choice_accuracy, within_budget
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample
from windlass.evaluation.trajectories import Outcome, ToolCall
from windlass.models.completion import Usage


def calls(*names: str) -> tuple[ToolCall, ...]:
    """Return calls by name; a sign behind it says what became of one: `!` failed, `-` denied."""
    outcomes: dict[str, Outcome] = {"!": "failed", "-": "denied"}
    return tuple(ToolCall(name.rstrip("!-"), {}, outcomes.get(name[-1], "done")) for name in names)


def sample(trajectory: Sequence[ToolCall] | None, **more: Any) -> Sample:
    item = Item(id="1", input="?", metadata=more.pop("metadata", {}))
    return Sample.of(
        item, Prediction("done", trajectory=None if trajectory is None else tuple(trajectory), **more)
    )


def judged(name: str, trajectory: Sequence[ToolCall] | None, **more: Any) -> Judgement:
    judgement = BUILT_IN[name](sample(trajectory, **more))
    assert isinstance(judgement, Judgement)
    return judgement


@pytest.mark.parametrize(
    ("made", "reference", "accuracy"),
    [
        ("", "", 1),  # no tool was to be called, and none was
        ("a", "", 0),
        ("", "a", 0),
        ("a", "a", 1),
        ("b", "a", 1 / 2),  # it knew that one call was enough
        ("a b", "a", 1 / 2),  # the right tool, and then one too many
        ("a", "a b", 1 / 3),  # it stopped too early, so that the end is no right choice
        ("a b c", "a b c", 1),
        ("a c b", "a b c", 2 / 4),
        ("a- b", "a b", 1),  # what was denied was chosen
    ],
)
def test_every_choice_of_a_tool_and_of_no_more_tool_counts(made: str, reference: str, accuracy: float) -> None:
    trajectory, wanted = calls(*made.split()), calls(*reference.split())
    assert choice_accuracy(trajectory, wanted) == accuracy
    stored = [{"tool_name": call.tool_name, "tool_input": {}} for call in wanted]
    metadata = {"reference_trajectory": stored}
    assert judged("tool_choice_accuracy", trajectory, metadata=metadata).value == accuracy


@pytest.mark.parametrize(
    ("made", "recovered"),
    [
        ("a b", None),
        ("", None),
        ("a! a", 1),
        ("a!", 0),
        ("a! b", 0),
        ("a! a! a", 1),
        ("a! b! b", 1 / 2),
        ("a a!", 0),
    ],
)
def test_an_error_is_recovered_from_when_the_tool_does_its_work_later(made: str, recovered: float | None) -> None:
    assert judged("error_recovery", calls(*made.split())).value == recovered


def test_a_call_is_repeated_when_an_equal_one_was_done_before() -> None:
    search = ToolCall("search", {"q": "a", "n": 1})
    assert judged("repeated_calls", [search, ToolCall("search", {"n": 1.0, "q": "a"}), search]).value == 2
    assert judged("repeated_calls", [search, ToolCall("search", {"q": "b", "n": 1})]).value == 0
    assert judged("repeated_calls", [ToolCall("search", search.tool_input, "failed"), search]).value == 0
    assert judged("repeated_calls", []).value == 0


@pytest.mark.parametrize("name", ["tool_choice_accuracy", "error_recovery", "repeated_calls"])
def test_a_target_that_does_not_say_what_it_called_has_no_score(name: str) -> None:
    told = judged(name, None, metadata={"reference_trajectory": []})
    assert (told.value, told.label) == (None, "undefined")


@pytest.mark.parametrize(
    ("limits", "value", "explanation"),
    [
        ({"tool_calls": 2, "tokens": 30, "cost_usd": 0.5, "latency_s": 2}, 1, ""),
        ({"tool_calls": 1}, 0, "over: tool_calls 2 of 1"),
        ({"tokens": 29.0, "latency_s": 1.5}, 0, "over: tokens 30 of 29, latency_s 2 of 1.5"),
        ({"cost_usd": 0.1}, 0, "over: cost_usd 0.5 of 0.1"),
    ],
)
def test_a_budget_is_kept_when_every_limit_is(limits: dict[str, float], value: float, explanation: str) -> None:
    spent = sample(calls("a", "b!"), usage=Usage(10, 20), cost_usd=0.5, latency_s=2.0)
    assert within_budget(**limits)(spent) == Judgement(value, "", explanation)


def test_what_is_not_known_keeps_no_budget_but_may_break_it() -> None:
    nothing = sample(calls("a"))
    assert within_budget(tool_calls=1, cost_usd=1)(nothing) == Judgement(None, "undefined", "not known: cost_usd")
    assert within_budget(tool_calls=0, cost_usd=1)(nothing).value == 0
    assert within_budget(tokens=1, latency_s=1)(sample(None)).value is None


def test_a_budget_has_a_limit() -> None:
    with pytest.raises(InputError, match="at least one limit: tool_calls, tokens, cost_usd, latency_s"):
        within_budget()
