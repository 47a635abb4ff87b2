import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.telemetry.agents import MS, Doing, agent, model, tool, trace_of, wrapper
from tests.telemetry.sending import START_NS, Plain, request, span, trace_id
from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.graphs.flows import flow_of_traces, sequences_of_traces
from windlass.telemetry.graphs.models import Flow, FlowEdge, StepSequence
from windlass.telemetry.graphs.selection import Selection
from windlass.telemetry.graphs.trace_graph import graph_of_trace
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

START = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START_NS // 1000)
HOUR_NS = 3_600 * 10**9
OURS: dict[str, Plain] = {"windlass.release": "sha256:1", "windlass.release.name": "shop"}


def selection(**more: Any) -> Selection:
    return Selection(**{"since": START, "until": START + timedelta(hours=1), "traces": 100, **more})


def store(
    writer: Writer,
    number: int,
    *doings: Doing,
    start_ns: int | None = None,
    says: Mapping[str, Plain] | None = None,
) -> None:
    """Store a trace, each of its spans delivered twice."""
    at = START_NS + number * 1000 * MS if start_ns is None else start_ns
    spans = request(*trace_of(number, *doings, start_ns=at, says={**OURS, **(says or {})}))
    writer.write_spans("shop", spans)
    writer.write_spans("shop", spans)


def edge(flow: Flow, source: str, target: str) -> FlowEdge:
    (found,) = (each for each in flow.edges if (each.source, each.target) == (source, target))
    return found


def test_the_graph_of_two_traces_is_what_one_counts_by_hand(warehouse: Warehouse, writer: Writer) -> None:
    # start -> shop -> gpt -> find! -> gpt -> find -> gpt -> end
    store(
        writer,
        1,
        agent(
            "shop",
            model(cost=1.0, takes_ms=100),
            tool("find", error=True, takes_ms=20),
            wrapper("round", model(cost=2.0, takes_ms=200), tool("find", takes_ms=40), takes_ms=6),
            model(takes_ms=300),
        ),
    )
    # start -> shop -> gpt -> end
    store(writer, 2, agent("shop", model(cost=4.0, takes_ms=400)))
    flow = flow_of_traces(warehouse, "shop", selection())

    assert (flow.matching, flow.traces, flow.without_steps, flow.shortened) == (2, 2, 0, 0)
    assert {(each.source, each.target): each.count for each in flow.edges} == {
        ("start", "agent:shop"): 2,
        ("agent:shop", "model:gpt"): 2,
        ("model:gpt", "tool:find"): 2,
        ("tool:find", "model:gpt"): 2,
        ("model:gpt", "end"): 2,
    }
    assert {node.id: (node.count, node.traces, node.failures) for node in flow.nodes} == {
        "start": (2, 2, 0),
        "agent:shop": (2, 2, 0),
        "model:gpt": (4, 2, 0),
        "tool:find": (2, 1, 1),
        "end": (2, 2, 0),
    }
    gpt = next(node for node in flow.nodes if node.id == "model:gpt")
    # In the one trace it came after the agent and twice after the tool, of which one call failed.
    assert gpt.count_squares == 3**2 + 1
    find_node = next(node for node in flow.nodes if node.id == "tool:find")
    assert (find_node.failure_squares, find_node.failure_products, find_node.count_squares) == (1, 2, 4)
    assert (gpt.duration_p50_s, gpt.cost_usd) == (0.25, 7.0)
    assert gpt.duration_p95_s == pytest.approx(0.385)

    found = edge(flow, "model:gpt", "tool:find")
    assert (found.traces, found.failures, found.examples) == (1, 1, [trace_id(1)])
    assert (found.duration_p50_s, found.cost_usd) == (0.03, None)
    # gpt was left 3 times in the one trace and once in the other.
    assert (found.leaving, found.leaving_traces) == (4, 2)
    assert (found.count_squares, found.products, found.leaving_squares) == (4, 6, 10)
    ended = edge(flow, "model:gpt", "end")
    assert (ended.count_squares, ended.products, ended.leaving_squares) == (2, 4, 10)
    assert (ended.duration_p50_s, ended.gap_p50_s) == (None, None)

    # From the failed find to the model in the wrapper 3 ms, from the other out of it 3 ms.
    assert edge(flow, "tool:find", "model:gpt").gap_p50_s == pytest.approx(0.003)
    assert edge(flow, "agent:shop", "model:gpt").gap_p50_s == 0
    assert edge(flow, "start", "agent:shop").gap_p50_s is None

    shop, gpt_id, find = "agent:shop", "model:gpt", "tool:find"
    assert flow.sequences == [
        StepSequence((shop, gpt_id), (False, False), 1, (trace_id(2),)),
        StepSequence(
            (shop, gpt_id, find, gpt_id, find, gpt_id),
            (False, False, True, False, False, False),
            1,
            (trace_id(1),),
        ),
    ]
    assert sequences_of_traces(warehouse, "shop", selection()).sequences == flow.sequences


def test_only_the_newest_traces_are_looked_at_and_it_is_said_how_many_there_are(
    warehouse: Warehouse, writer: Writer
) -> None:
    for number in range(1, 6):
        store(writer, number, model(f"m{number}"))
    flow = flow_of_traces(warehouse, "shop", selection(traces=2))
    assert (flow.matching, flow.traces) == (5, 2)
    assert {node.id for node in flow.nodes} == {"start", "end", "model:m4", "model:m5"}


def test_traces_are_chosen_by_release_environment_run_project_and_time(
    warehouse: Warehouse, writer: Writer
) -> None:
    store(writer, 1, model("ours"))
    store(writer, 2, model("staging"), says={"windlass.environment": "staging"})
    store(writer, 3, model("run"), says={"windlass.run": "r1"})
    store(writer, 4, model("other"), says={"windlass.release": "sha256:2", "windlass.release.name": "bot"})
    store(writer, 5, model("later"), start_ns=START_NS + HOUR_NS)
    store(writer, 6, model("earlier"), start_ns=START_NS - 1)
    store(writer, 7, wrapper("nothing"))

    def models(**more: str) -> set[str]:
        flow = flow_of_traces(warehouse, "shop", selection(**more))
        return {node.id.removeprefix("model:") for node in flow.nodes if node.id.startswith("model:")}

    assert models() == {"ours", "staging", "run", "other"}
    assert models(release="shop") == models(release="sha256:1") == {"ours", "staging", "run"}
    assert models(environment="staging") == {"staging"}
    assert models(run="r1") == {"run"}
    assert models(release="nothing") == set()
    assert flow_of_traces(warehouse, "shop", selection()).without_steps == 1
    assert flow_of_traces(warehouse, "another", selection()) == Flow(0, 0, 0, 0, [], [], [])


def test_parents_in_a_ring_or_after_their_children_or_unknown_lose_no_step(
    warehouse: Warehouse, writer: Writer
) -> None:
    def step(number: int, parent: int, name: str) -> Span:
        return span(
            1,
            number,
            parent=parent,
            name=f"chat {name}",
            start_ns=START_NS + number * MS,
            attributes={"gen_ai.operation.name": "chat"},
        )

    spans = [step(1, 2, "a"), step(2, 1, "b"), step(3, 3, "c"), step(4, 99, "d"), step(5, 4, "e")]
    writer.write_spans("shop", request(*spans))
    (sequence,) = flow_of_traces(warehouse, "shop", selection()).sequences
    assert sequence.steps == tuple(f"model:{name}" for name in "abcde")


@pytest.mark.slow
def test_the_warehouse_and_the_graph_of_a_trace_read_steps_in_the_same_order(
    warehouse: Warehouse, writer: Writer
) -> None:
    choose = random.Random(7)

    def anything(depth: int) -> Doing:
        kind = choose.choice((agent, tool, wrapper))
        within = [anything(depth - 1) for _ in range(choose.randint(0, 3))] if depth else []
        return kind(f"n{choose.randint(1, 5)}", *within, at_ms=choose.randint(0, 8), error=choose.random() < 0.3)

    for number in range(1, 30):
        store(writer, number, anything(4), anything(3))
    flow = flow_of_traces(warehouse, "shop", selection())
    read = {sequence.examples[0]: sequence for sequence in flow.sequences if sequence.traces == 1}
    assert len(read) > 15
    for trace, sequence in read.items():
        steps = graph_of_trace(get_trace(warehouse, "shop", trace)).steps
        assert sequence.steps == tuple(step.step for step in steps)
        assert sequence.failed == tuple(step.failed for step in steps)


def test_what_calls_cost_is_computed_where_their_spans_do_not_say(warehouse: Warehouse, writer: Writer) -> None:
    class Penny:
        def look_up(self, project: str, models: Iterable[CalledModel]) -> Mapping[CalledModel, Listing]:
            rate = Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1e6, 0, 0, 0, 0, 0)
            return {model: Listing(rates=(rate,), own=0, source="test", listed_as="") for model in models}

    store(writer, 1, agent("shop", model(), model(cost=0.5)), says={"gen_ai.usage.input_tokens": 3})

    unpriced = edge(flow_of_traces(warehouse, "shop", selection()), "agent:shop", "model:gpt")
    flow = flow_of_traces(warehouse, "shop", selection(), lists=Penny())

    assert unpriced.cost_usd is None
    assert edge(flow, "agent:shop", "model:gpt").cost_usd == 3.0
    assert edge(flow, "model:gpt", "model:gpt").cost_usd == 0.5
    assert edge(flow, "start", "agent:shop").cost_usd is None
