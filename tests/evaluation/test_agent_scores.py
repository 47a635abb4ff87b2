"""Scores of each agent in samples of several."""

import pytest

from windlass.evaluation.agent_scores import AgentScores, agent_scores
from windlass.evaluation.samples import Item, Prediction, SampleResult
from windlass.telemetry.agent_steps import AgentStep

SECOND = 1_000_000_000


def step(span_id: str, operation: str = "", parent: str = "", start_s: float = 0, **said: object) -> AgentStep:
    values = {
        "trace_id": "t1",
        "agent": "",
        "tool": "",
        "arguments": "",
        "duration_ns": SECOND,
        "failed": False,
        "input_tokens": None,
        "output_tokens": None,
        "cost_usd": None,
        "cost_basis": "no_tokens",
        **said,
    }
    return AgentStep.model_validate(
        {
            "span_id": span_id,
            "operation": operation,
            "parent_span_id": parent,
            "start_ns": int(start_s * SECOND),
            **values,
        }
    )


def sample(item: str = "a", trace_id: str = "t1", repeat: int = 1) -> SampleResult:
    return SampleResult(item, trace_id, "s", 0, 1, Prediction("answer"), repeat=repeat)


ITEM = Item(id="a", input="?")

PLANNED = Item(
    id="a",
    input="?",
    metadata={
        "reference_trajectory": [
            {"tool_name": "search", "tool_input": {"q": "x"}, "agent": "searcher"},
            {"tool_name": "write", "agent": "writer"},
        ]
    },
)

TEAM = [
    step("root"),
    step("boss", "invoke_agent", "root", 0, agent="boss", duration_ns=10 * SECOND),
    step("m1", "chat", "boss", 1, input_tokens=10, output_tokens=1, cost_usd=0.25),
    step("sub", "invoke_agent", "boss", 2, agent="searcher", duration_ns=3 * SECOND),
    step("wrapped", "", "sub", 2),
    step("m2", "chat", "wrapped", 2, input_tokens=5, output_tokens=2),
    step("tool", "execute_tool", "wrapped", 3, tool="search", arguments='{"q": "x"}'),
    step("named", "execute_tool", "boss", 6, agent="writer", tool="write", failed=True),
]


def means(scores: AgentScores) -> dict[str, float | None]:
    return {name: metric.mean for name, metric in scores.metrics.items()}


def by_agent(items: list[Item], samples: list[SampleResult], steps: list[AgentStep]) -> dict[str, AgentScores]:
    repeats = max(each.repeat for each in samples)
    return {each.agent: each for each in agent_scores(items, samples, steps, repeats)}


def test_a_call_is_of_the_agent_it_names_else_of_the_nearest_above() -> None:
    found = by_agent([ITEM], [sample()], TEAM)
    calls = {agent: (means(each)["model_calls"], means(each)["tool_calls"]) for agent, each in found.items()}
    assert calls == {
        "boss": (1, 0),
        "searcher": (1, 1),
        "writer": (0, 1),
    }
    assert found["writer"].metrics["failed_tool_calls"].mean == 1


def test_tokens_and_cost_are_of_its_own_calls_and_what_is_not_known_is_not_zero() -> None:
    found = by_agent([ITEM], [sample()], TEAM)
    boss, searcher, writer = means(found["boss"]), means(found["searcher"]), found["writer"].metrics
    assert (boss["input_tokens"], boss["output_tokens"], boss["cost_usd"]) == (10, 1, 0.25)
    assert (searcher["input_tokens"], searcher["cost_usd"]) == (5, None)
    assert (writer["cost_usd"].mean, writer["cost_usd"].missing_why) == (None, {"undefined": 1})
    partly = [*TEAM, step("m3", "chat", "boss", 8, input_tokens=1, output_tokens=1)]
    assert means(by_agent([ITEM], [sample()], partly)["boss"])["cost_usd"] is None


def test_time_that_two_invocations_share_counts_once() -> None:
    invocations = [
        step("one", "invoke_agent", "", 0, agent="a", duration_ns=4 * SECOND),
        step("inner", "invoke_agent", "one", 1, agent="a", duration_ns=SECOND),
        step("two", "invoke_agent", "", 3, agent="a", duration_ns=2 * SECOND),
        step("later", "invoke_agent", "", 9, agent="a", duration_ns=SECOND),
    ]
    assert means(by_agent([ITEM], [sample()], invocations)["a"])["latency_s"] == 6.0
    assert means(by_agent([ITEM], [sample()], TEAM)["writer"])["latency_s"] is None


def test_an_agent_s_calls_are_held_against_those_that_the_reference_gives_it() -> None:
    found = by_agent([PLANNED], [sample()], TEAM)
    assert means(found["searcher"])["trajectory_exact_match"] == 1
    assert means(found["writer"])["trajectory_recall"] == 1
    # The boss was to call no tool, and called none.
    assert (means(found["boss"])["trajectory_exact_match"], means(found["boss"])["trajectory_recall"]) == (1, 1)


def test_an_agent_that_was_to_work_and_did_not_is_there_with_nothing() -> None:
    found = by_agent([PLANNED], [sample()], TEAM[:3])
    assert (means(found["searcher"])["trajectory_recall"], means(found["searcher"])["model_calls"]) == (0, 0)


def test_a_reference_that_names_no_agents_says_nothing_of_them() -> None:
    plain = Item(id="a", input="?", metadata={"reference_trajectory": [{"tool_name": "search"}]})
    broken = Item(id="a", input="?", metadata={"reference_trajectory": "search"})
    for item in (plain, broken):
        assert "trajectory_recall" not in by_agent([item], [sample()], TEAM)["searcher"].metrics


def test_what_is_called_below_no_agent_is_of_nobody_and_circles_end() -> None:
    circle = [step("x", "chat", "y", 0), step("y", "", "x", 1)]
    assert list(by_agent([ITEM], [sample()], circle)) == [""]


def test_means_are_over_the_items_in_which_an_agent_took_part() -> None:
    other = [each.model_copy(update={"trace_id": "t2"}) for each in TEAM[:3]]
    items = [ITEM, Item(id="b", input="?"), Item(id="c", input="?")]
    found = by_agent(items, [sample(), sample("b", "t2")], [*TEAM, *other])
    assert (found["boss"].items, found["searcher"].items) == (2, 1)
    assert (found["boss"].metrics["cost_usd"].n, found["boss"].metrics["cost_usd"].missing) == (2, 0)


def test_repeats_of_an_item_are_one_item() -> None:
    again = [each.model_copy(update={"trace_id": "t2", "input_tokens": 30}) for each in TEAM[:3]]
    found = by_agent([ITEM], [sample(), sample("a", "t2", 2)], [*TEAM, *again])
    metric = found["boss"].metrics["input_tokens"]
    assert metric.mean == pytest.approx(20)
    assert metric.n == 1
