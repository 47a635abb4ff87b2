"""Graphs over real HTTP, of traces that are known."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.live import Project
from tests.telemetry.agents import Doing, agent, model, tool, trace_of
from tests.telemetry.sending import request, trace_id
from windlass.errors import InputError, NotFound
from windlass.evaluation.statistics.rates import clopper_pearson

GPT, FIND, BUY, SHOP = "model:gpt", "tool:find", "tool:buy", "agent:shop"


def send(project: Project, first: int, traces: Sequence[Doing], release: str = "shop") -> None:
    """Store traces of a release that have just ended, so that they can be read on return."""
    ago = datetime.now(UTC) - timedelta(minutes=10)
    start_ns = int(ago.timestamp()) * 10**9
    spans = [
        each
        for number, doing in enumerate(traces, first)
        for each in trace_of(
            number, doing, start_ns=start_ns + number * 10**6, says={"windlass.release.name": release}
        )
    ]
    project.live.services.writer.write_spans(project.name, request(*spans))


def finding(times: int, *, failing: bool = False) -> Doing:
    rounds = [each for _ in range(times) for each in (model(cost=0.1), tool("find", error=failing))]
    return agent("shop", *rounds, model(cost=0.2))


def buying() -> Doing:
    return agent("shop", model(), tool("buy"))


def by_ends(edges: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(edge["source"], edge["target"]): edge for edge in edges}


def test_a_graph_has_rates_with_their_intervals_and_the_patterns_in_it(project: Project) -> None:
    send(project, 1, [finding(1)] * 6 + [finding(3, failing=True)] * 2 + [buying()])
    graph = project.client.get("/graph", release="shop")
    scope = graph["scope"]
    assert (scope["release"], scope["matching"], scope["traces"], scope["sampled"]) == ("shop", 9, 9, False)
    edges = by_ends(graph["edges"])
    found = edges[GPT, FIND]
    assert (found["count"], found["traces"]) == (12, 8)
    # gpt was left twice in six traces, four times in two, and once in one: 21 times.
    assert found["probability"]["rate"] == pytest.approx(12 / 21)
    assert found["probability"]["low"] < 12 / 21 < found["probability"]["high"]
    assert (found["failures"]["rate"], found["failures"]["n"]) == (0.5, 12)
    # Traces count, not calls: an interval of twelve calls would be narrower.
    alone = clopper_pearson(6, 12)
    assert found["failures"]["low"] < alone.low < alone.high < found["failures"]["high"]
    # The traces in which it failed come first.
    assert set(found["examples"][:2]) == {trace_id(7), trace_id(8)}
    assert edges[GPT, "end"]["failures"] is None
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert (nodes[FIND]["kind"], nodes[FIND]["name"], nodes["start"]["count"]) == ("tool", "find", 9)
    assert nodes[GPT]["cost_usd"] == pytest.approx(8 * 0.2 + 12 * 0.1)
    assert nodes[FIND]["cost_usd"] is None

    (loop,) = graph["loops"]
    assert (loop["steps"], loop["longest"], loop["traces"]) == ([GPT, FIND], 3, 2)
    (retry,) = graph["retries"]
    assert (retry["step"], retry["count"], retry["recovered"]) == (FIND, 4, 0)
    assert [(each["steps"], each["traces"]) for each in graph["variants"]] == [
        ([SHOP, GPT, FIND, GPT], 8),
        ([SHOP, GPT, BUY], 1),
    ]
    assert (graph["variant_count"], graph["rare_variants"]) == (2, [])


def test_the_rare_ways_through_are_those_that_are_not_among_the_frequent(project: Project) -> None:
    frequent = [agent("shop", tool(f"t{number:02}")) for number in range(20) for _ in range(2)]
    send(project, 1, [*frequent, buying(), finding(1)])
    graph = project.client.get("/graph")
    assert (len(graph["variants"]), graph["variant_count"]) == (20, 22)
    assert sorted(each["steps"][-1] for each in graph["rare_variants"]) == [GPT, BUY]


def test_a_graph_of_many_traces_says_that_it_looked_at_the_newest(project: Project) -> None:
    send(project, 1, [finding(1)] * 5)
    scope = project.client.get("/graph", traces=3)["scope"]
    assert (scope["matching"], scope["traces"], scope["sampled"]) == (5, 3, True)


def test_a_graph_of_nothing_is_empty(project: Project) -> None:
    graph = project.client.get("/graph", release="nobody")
    assert (graph["nodes"], graph["edges"], graph["variants"], graph["scope"]["traces"]) == ([], [], [], 0)


def test_a_release_can_be_named_by_what_picks_its_version(project: Project) -> None:
    version = project.push_release("adder")
    spans = trace_of(1, buying(), start_ns=int(datetime.now(UTC).timestamp() - 60) * 10**9)
    for span in spans:
        span.attributes.add(key="windlass.release").value.string_value = version["digest"]
    project.live.services.writer.write_spans(project.name, request(*spans))
    scope = project.client.get("/graph", release="adder@latest")["scope"]
    assert (scope["release"], scope["traces"]) == (version["digest"], 1)
    with pytest.raises(NotFound):
        project.client.get("/graph", release="adder@nine")


def test_a_period_that_ends_before_it_begins_is_refused(project: Project) -> None:
    with pytest.raises(InputError, match="`from` is not before `to`"):
        project.client.get("/graph", **{"from": "2026-05-02T00:00:00Z", "to": "2026-05-01T00:00:00Z"})


def test_the_difference_shows_added_and_vanished_edges_first_and_the_changed_with_an_interval(
    project: Project,
) -> None:
    checking = agent("shop", model(), tool("check"), tool("find"), model())
    send(project, 1, [finding(1)] * 22 + [finding(3)] * 22 + [buying()], release="old")
    send(project, 101, [finding(1)] * 42 + [checking] * 4, release="new")
    difference = project.client.get("/graph/difference", base="old", candidate="new")
    assert difference["exploratory"] is True
    assert (difference["base"]["traces"], difference["candidate"]["traces"]) == (45, 46)
    assert {each["change"] for each in difference["edges"][:4]} == {"added", "vanished"}
    edges = by_ends(difference["edges"])
    assert {ends for ends, edge in edges.items() if edge["change"] == "added"} == {
        (GPT, "tool:check"),
        ("tool:check", FIND),
    }
    assert {ends for ends, edge in edges.items() if edge["change"] == "vanished"} == {
        (GPT, BUY),
        (BUY, "end"),
    }
    # Nothing can be said of what comes after a step that the other release does not have.
    assert edges["tool:check", FIND]["difference"] is None
    assert edges["tool:check", FIND]["base"]["probability"] is None
    assert edges["tool:check", FIND]["p_adjusted"] is None

    found = edges[GPT, FIND]
    assert found["change"] == "changed"
    assert found["difference"] == pytest.approx(42 / 92 - 88 / 133)
    assert found["low"] < found["difference"] < found["high"] < 0
    assert found["p"] < found["p_adjusted"] <= 0.05
    # Alone it would be one; among seven that were looked at it may be chance.
    ended = edges[GPT, "end"]
    assert (ended["low"] > 0, ended["p"] < 0.05) == (True, True)
    assert (ended["change"], ended["p_adjusted"] > 0.05) == ("same", True)
    assert edges["start", SHOP]["change"] == "same"
    changes = {node["id"]: node["change"] for node in difference["nodes"]}
    assert changes == {
        "start": "same",
        GPT: "same",
        FIND: "same",
        SHOP: "same",
        "end": "same",
        BUY: "vanished",
        "tool:check": "added",
    }


def test_a_release_against_itself_has_no_change(project: Project) -> None:
    send(project, 1, [finding(1)] * 5 + [buying()] * 5)
    difference = project.client.get("/graph/difference", base="shop", candidate="shop")
    assert {edge["change"] for edge in difference["edges"]} == {"same"}
    assert {edge["difference"] for edge in difference["edges"]} == {0.0}


def test_conformance_is_a_share_with_its_interval_and_the_violations_with_examples(project: Project) -> None:
    send(project, 1, [finding(1)] * 7 + [finding(4)] * 2 + [buying()])
    spec = {
        "allowed": [["start", "agent:*"], ["agent:*", GPT], [GPT, "tool:*"], ["tool:*", GPT], [GPT, "end"]],
        "max_repeats": {FIND: 3},
    }
    found = project.client.post("/graph/conformance", {"spec": spec, "release": "shop"})
    conforming = found["conforming"]
    assert (conforming["rate"], conforming["n"]) == (0.7, 10)
    # Clopper and Pearson's interval of 7 of 10.
    assert (conforming["low"], conforming["high"]) == (
        pytest.approx(0.3475, abs=1e-4),
        pytest.approx(0.9333, abs=1e-4),
    )
    assert found["violations"] == [
        {
            "rule": "too_often",
            "source": "",
            "target": FIND,
            "traces": 2,
            "most": 4,
            "examples": [trace_id(9), trace_id(8)],
        },
        {
            "rule": "not_allowed",
            "source": BUY,
            "target": "end",
            "traces": 1,
            "most": 1,
            "examples": [trace_id(10)],
        },
    ]
    assert [(path["traces"], path["steps"][-1]) for path in found["paths"]] == [(2, GPT), (1, BUY)]
    assert project.client.post("/graph/conformance", {"spec": {}, "release": "nobody"})["conforming"] is None
    with pytest.raises(InputError):
        project.client.post("/graph/conformance", {"spec": {"alowed": []}})


def test_the_graph_of_one_trace_is_asked_for_by_its_id(project: Project) -> None:
    send(project, 1, [finding(2)])
    graph = project.client.get(f"/traces/{trace_id(1)}/graph")
    assert {node["id"] for node in graph["nodes"]} == {"start", SHOP, GPT, FIND}
    assert [step["step"] for step in graph["steps"]] == [SHOP, GPT, FIND, GPT, FIND, GPT]
    with pytest.raises(NotFound):
        project.client.get(f"/traces/{trace_id(2)}/graph")
