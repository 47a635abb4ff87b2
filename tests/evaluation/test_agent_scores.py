"""Scores of each agent in samples of several."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.evaluation.agent_scores import AgentScores, agent_scores
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Prediction, SampleResult
from windlass.evaluation.spans import attributes_of, encode_samples
from windlass.evaluation.store import WarehouseSamples
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.agent_steps import (
    INVOCATION,
    MODEL,
    OTHER,
    STEPS,
    TOOL,
    StepPiece,
    ToolStep,
    hash_of_agent,
    steps_of_run,
)
from windlass.telemetry.writer import Writer

SECOND = 1_000_000_000

TRACES = {"t1": "1" * 32, "t2": "2" * 32}
KINDS = {"chat": MODEL, "execute_tool": TOOL, "invoke_agent": INVOCATION, "": OTHER}


class Step(NamedTuple):
    """A span of a sample."""

    span_id: str
    operation: str = ""
    parent: str = ""
    start_s: float = 0
    agent: str = ""
    tool: str = ""
    arguments: str = ""
    duration_ns: int = SECOND
    failed: bool = False
    input_tokens: float = math.nan
    output_tokens: float = math.nan
    cost_usd: float = math.nan
    trace_id: str = "t1"


def steps_of(steps: Iterable[Step]) -> list[StepPiece]:
    """Return spans as the warehouse gives them, in two pieces."""
    steps = list(steps)
    return [piece_of([each for each in steps if each.trace_id == name]) for name in TRACES]


def piece_of(steps: Sequence[Step]) -> StepPiece:
    records = [
        (
            *halves(each),
            hash_of_agent(each.span_id),
            hash_of_agent(each.parent),
            KINDS[each.operation],
            hash_of_agent(each.agent),
            int(each.start_s * SECOND),
            each.duration_ns,
            each.failed,
            each.input_tokens,
            each.output_tokens,
            each.cost_usd,
            0,
            0,
        )
        for each in steps
    ]
    tools = [
        ToolStep(
            halves(each),
            hash_of_agent(each.span_id),
            each.tool,
            each.arguments,
            int(each.start_s * SECOND),
            each.failed,
        )
        for each in steps
        if each.operation == "execute_tool"
    ]
    agents = {each.agent for each in steps if each.agent}
    return StepPiece(
        np.array(records, dtype=STEPS), sorted(agents), lambda: sorted(tools, key=lambda each: each.start_ns)
    )


def halves(step: Step) -> tuple[int, int]:
    trace_id = TRACES[step.trace_id]
    return int(trace_id[:16], 16), int(trace_id[16:], 16)


def sample(item: str = "a", trace_id: str = "t1", repeat: int = 1) -> SampleResult:
    return SampleResult(item, TRACES[trace_id], "1" * 16, 0, 1, Prediction("answer"), repeat=repeat)


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
    Step("root"),
    Step("boss", "invoke_agent", "root", 0, agent="boss", duration_ns=10 * SECOND),
    Step("m1", "chat", "boss", 1, input_tokens=10, output_tokens=1, cost_usd=0.25),
    Step("sub", "invoke_agent", "boss", 2, agent="searcher", duration_ns=3 * SECOND),
    Step("wrapped", "", "sub", 2),
    Step("m2", "chat", "wrapped", 2, input_tokens=5, output_tokens=2),
    Step("tool", "execute_tool", "wrapped", 3, tool="search", arguments='{"q": "x"}'),
    Step("named", "execute_tool", "boss", 6, agent="writer", tool="write", failed=True),
]


def means(scores: AgentScores) -> dict[str, float | None]:
    return {name: metric.mean for name, metric in scores.metrics.items()}


def by_agent(items: list[Item], samples: list[SampleResult], steps: list[Step]) -> dict[str, AgentScores]:
    repeats = max(each.repeat for each in samples)
    scores = scores_of_results(samples, ItemIndex(item.id for item in items))
    return {each.agent: each for each in agent_scores(items, scores, steps_of(steps), repeats)}


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
    partly = [*TEAM, Step("m3", "chat", "boss", 8, input_tokens=1, output_tokens=1)]
    assert means(by_agent([ITEM], [sample()], partly)["boss"])["cost_usd"] is None


def test_time_that_two_invocations_share_counts_once() -> None:
    invocations = [
        Step("one", "invoke_agent", "", 0, agent="a", duration_ns=4 * SECOND),
        Step("inner", "invoke_agent", "one", 1, agent="a", duration_ns=SECOND),
        Step("two", "invoke_agent", "", 3, agent="a", duration_ns=2 * SECOND),
        Step("later", "invoke_agent", "", 9, agent="a", duration_ns=SECOND),
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
    circle = [Step("x", "chat", "y", 0), Step("y", "", "x", 1)]
    assert list(by_agent([ITEM], [sample()], circle)) == [""]


def test_means_are_over_the_items_in_which_an_agent_took_part() -> None:
    other = [each._replace(trace_id="t2") for each in TEAM[:3]]
    items = [ITEM, Item(id="b", input="?"), Item(id="c", input="?")]
    found = by_agent(items, [sample(), sample("b", "t2")], [*TEAM, *other])
    assert (found["boss"].items, found["searcher"].items) == (2, 1)
    assert (found["boss"].metrics["cost_usd"].n, found["boss"].metrics["cost_usd"].missing) == (2, 0)


def test_repeats_of_an_item_are_one_item() -> None:
    again = [each._replace(trace_id="t2", input_tokens=30) for each in TEAM[:3]]
    found = by_agent([ITEM], [sample(), sample("a", "t2", 2)], [*TEAM, *again])
    metric = found["boss"].metrics["input_tokens"]
    assert metric.mean == pytest.approx(20)
    assert metric.n == 1


def test_spans_read_in_pieces_say_the_same_and_the_last_delivery_counts(
    writer: Writer, warehouse: Warehouse
) -> None:
    items = [PLANNED.model_copy(update={"id": f"q{number}"}) for number in range(7)]
    samples = [
        SampleResult(
            item.id, f"{number + 1:032x}", f"{1:016x}", 10**18 + number // 2, 2 * 10**18, Prediction("answer")
        )
        for number, item in enumerate(items)
    ]

    def below(result: SampleResult, tokens: int) -> list[Span]:
        def span(number: int, parent: int, name: str, numbers: dict[str, int], **said: str) -> Span:
            found = Span(
                trace_id=bytes.fromhex(result.trace_id),
                span_id=number.to_bytes(8, "big"),
                parent_span_id=parent.to_bytes(8, "big"),
                name=name,
                start_time_unix_nano=10**18 + number,
                end_time_unix_nano=10**18 + number + SECOND,
                attributes=attributes_of({"gen_ai.operation.name": name, **said}),
            )
            for key, value in numbers.items():
                found.attributes.add(key=key).value.int_value = value
            return found

        asked = {"gen_ai.tool.name": "search", "gen_ai.tool.call.arguments": '{"q": "x"}'}
        counts = {"gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": 1}
        return [
            span(2, 1, "invoke_agent", {}, **{"gen_ai.agent.name": "searcher"}),
            span(3, 2, "chat", counts, **{"gen_ai.request.model": "nobody-has-a-price"}),
            span(4, 2, "execute_tool", {}, **asked),
        ]

    for tokens in (1, 30):
        spans = [span for result in samples for span in below(result, tokens)]
        written = list(zip(items, samples, strict=True))
        writer.write_spans("default", encode_samples(written, {"windlass.run": "r"}, spans))
    store = WarehouseSamples(writer, warehouse, project="default", run="r", release="sha256:a")
    scores = store.scores(ItemIndex(item.id for item in items))

    def read(samples: int, spans: int) -> dict[str, AgentScores]:
        steps = steps_of_run(warehouse, "default", "r", samples=samples, spans=spans)
        return {each.agent: each for each in agent_scores(items, scores, steps)}

    at_once = read(1000, 1000)
    assert read(3, 1000) == at_once
    assert read(1000, 5) == at_once
    assert (at_once["searcher"].items, at_once["writer"].items) == (7, 7)
    searcher = means(at_once["searcher"])
    assert (searcher["input_tokens"], searcher["model_calls"], searcher["cost_usd"]) == (30, 1, None)
    assert searcher["trajectory_exact_match"] == 1
    assert means(at_once["writer"])["trajectory_recall"] == 0
