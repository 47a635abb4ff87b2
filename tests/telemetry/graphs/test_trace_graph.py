import pytest

from tests.telemetry.agents import Doing, agent, memory, model, retrieval, tool, trace_of, wrapper
from tests.telemetry.sending import request, trace_id
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.graphs.models import TraceGraph
from windlass.telemetry.graphs.trace_graph import graph_of_trace
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer


def graph(warehouse: Warehouse, writer: Writer, *doings: Doing) -> TraceGraph:
    spans = request(*trace_of(1, *doings))
    writer.write_spans("shop", spans)
    writer.write_spans("shop", spans)
    return graph_of_trace(get_trace(warehouse, "shop", trace_id(1)))


def edges(found: TraceGraph, kind: str) -> dict[tuple[str, str], int]:
    return {(edge.source, edge.target): edge.count for edge in found.edges if edge.kind == kind}


def test_the_graph_of_a_trace_says_who_called_whom_how_often_and_with_what_outcome(
    warehouse: Warehouse, writer: Writer
) -> None:
    found = graph(
        warehouse,
        writer,
        agent(
            "planner",
            memory("search_memory", "notes"),
            wrapper("loop", model(cost=0.5), tool("search", error=True)),
            wrapper("loop", model(cost=0.25), tool("search")),
            retrieval("guide"),
            memory("update_memory", "notes"),
        ),
    )
    planner = "agent:planner"
    assert edges(found, "call") == {
        ("start", planner): 1,
        (planner, "memory_read:notes"): 1,
        (planner, "model:gpt"): 2,
        (planner, "tool:search"): 2,
        (planner, "retrieval:guide"): 1,
        (planner, "memory_write:notes"): 1,
    }
    assert edges(found, "return") == {(target, source): n for (source, target), n in edges(found, "call").items()}
    assert edges(found, "hand_off") == {}
    by_id = {node.id: node for node in found.nodes}
    search = by_id["tool:search"]
    assert (search.kind, search.name, search.count, search.failures) == ("tool", "search", 2, 1)
    assert search.duration_s == pytest.approx(0.02)
    assert len(search.span_ids) == 2
    assert by_id["model:gpt"].cost_usd == 0.75
    assert by_id[planner].cost_usd is None
    (called,) = (edge for edge in found.edges if (edge.target, edge.kind) == ("tool:search", "call"))
    assert called.failures == 1
    assert called.duration_s == pytest.approx(0.02)
    assert [step.step.partition(":")[0] for step in found.steps] == [
        "agent",
        "memory_read",
        "model",
        "tool",
        "model",
        "tool",
        "retrieval",
        "memory_write",
    ]
    assert [loop.steps for loop in found.loops] == [["model:gpt", "tool:search"]]
    assert [(retry.step, retry.recovered) for retry in found.retries] == [("tool:search", 1)]
    assert not found.shortened


def test_an_agent_within_a_tool_is_called_and_one_that_goes_on_after_another_is_handed_over_to(
    warehouse: Warehouse, writer: Writer
) -> None:
    found = graph(
        warehouse,
        writer,
        Doing(
            "invoke_workflow support",
            "invoke_workflow",
            [
                agent("triage", tool("ask", agent("expert", model("o")))),
                agent("refunds", model()),
                agent("refunds", model()),
            ],
        ),
    )
    assert edges(found, "call") == {
        ("start", "workflow:support"): 1,
        ("workflow:support", "agent:triage"): 1,
        ("agent:triage", "tool:ask"): 1,
        ("tool:ask", "agent:expert"): 1,
        ("agent:expert", "model:o"): 1,
        ("workflow:support", "agent:refunds"): 2,
        ("agent:refunds", "model:gpt"): 2,
    }
    assert edges(found, "hand_off") == {("agent:triage", "agent:refunds"): 1}
    assert "workflow:support" not in {step.step for step in found.steps}


def test_agents_at_the_same_time_hand_nothing_over_and_are_read_one_after_the_other(
    warehouse: Warehouse, writer: Writer
) -> None:
    found = graph(
        warehouse,
        writer,
        agent(
            "lead",
            agent("a", model("m1", takes_ms=40), model("m2"), at_ms=10),
            agent("b", model("m3", takes_ms=40), model("m4"), at_ms=11),
        ),
    )
    assert edges(found, "hand_off") == {}
    assert [step.step for step in found.steps] == [
        "agent:lead",
        "agent:a",
        "model:m1",
        "model:m2",
        "agent:b",
        "model:m3",
        "model:m4",
    ]


def test_a_link_between_agents_is_a_hand_off_and_counts_once(warehouse: Warehouse, writer: Writer) -> None:
    spans = trace_of(1, agent("a", takes_ms=40, at_ms=0), agent("b", at_ms=10), agent("c", at_ms=60))
    by_name = {span.name: span for span in spans}
    for later, earlier in (("b", "a"), ("c", "b")):
        link = by_name[f"invoke_agent {later}"].links.add()
        link.trace_id, link.span_id = spans[0].trace_id, by_name[f"invoke_agent {earlier}"].span_id
    writer.write_spans("shop", request(*spans))
    found = graph_of_trace(get_trace(warehouse, "shop", trace_id(1)))
    assert edges(found, "hand_off") == {("agent:a", "agent:b"): 1, ("agent:b", "agent:c"): 1}


def test_a_trace_without_steps_has_an_empty_graph(warehouse: Warehouse, writer: Writer) -> None:
    found = graph(warehouse, writer, wrapper("GET /", wrapper("SELECT")))
    assert (found.nodes, found.edges, found.steps) == ([], [], [])
