"""Graphs in a real browser: agents that loop, fail and hand over, of two releases."""

import time
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.telemetry.agents import Doing, agent, memory, model, retrieval, tool, trace_of
from tests.telemetry.sending import request, trace_id

from .browser import Window, window
from .conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

TRACES = 24
FIRST = 0xA6E27 << 104
"""Of the trace ids, so that their beginnings tell them apart from those of the demo."""
AGO_NS = 3 * 3600 * 10**9
"""Earlier than the demo's own, which other tests look at as the newest."""


class Agents(NamedTuple):
    old: str
    new: str
    numbers: tuple[int, int]
    """Of the old and the new version."""
    failing: str
    """Id of a trace with a failure and a retry."""


def doings(number: int, *, new: bool) -> list[Doing]:
    failing = number % 4 == 0
    search = [model("small", cost=0.001), tool("find_order", error=failing, takes_ms=40)]
    if failing:
        search += [model("small", cost=0.001), tool("find_order")]
    rounds = [each for _ in range(1 + number % 3) for each in (model("small", cost=0.001), tool("open_order"))]
    decide = tool("check_policy") if new else tool("escalate")
    return [
        agent("triage", memory("search_memory", "customers"), retrieval("help-centre"), *search, *rounds),
        agent("refunds", model("large", cost=0.02, takes_ms=400), decide, model("large", cost=0.02)),
    ]


def push_release(demo: Demo, instructions: str) -> dict[str, Any]:
    with demo.client() as client:
        body = {"messages": [{"role": "system", "template": instructions}], "input": {}}
        client.post("/artifacts/prompt/support", {"body": body})
        client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
        release = {"prompts": {"answer": "prompt/support"}, "model": "model/scripted"}
        version: dict[str, Any] = client.post("/artifacts/release/support", {"body": release})
        return version


@pytest.fixture
def agents(demo: Demo) -> Agents:
    """Traces of two releases; those of the new one check the policy where the old one escalates."""
    pushed = [push_release(demo, says) for says in ("Be kind.", "Be kind and careful.")]
    old, new = (str(version["digest"]) for version in pushed)
    made = Agents(old, new, (pushed[0]["number"], pushed[1]["number"]), trace_id(FIRST + TRACES + 4))
    with demo.client() as client:
        if client.get("/graph", release=new)["scope"]["traces"] == TRACES:
            return made
        start_ns = time.time_ns() - AGO_NS
        spans = [
            span
            for place, digest in enumerate((old, new))
            for number in range(TRACES)
            for span in trace_of(
                FIRST + place * TRACES + number,
                *doings(number, new=digest == new),
                start_ns=start_ns + number * 10**9,
                says={"windlass.release": digest, "windlass.environment": "staging"},
            )
        ]
        client.send_traces(request(*spans).SerializeToString())
        deadline = time.monotonic() + 30
        while client.get("/graph", release=new)["scope"]["traces"] < TRACES:
            assert time.monotonic() < deadline, "the traces cannot be read"
            time.sleep(0.1)
    return made


def canvas(seen: Window) -> Locator:
    """The drawing, once it is laid out."""
    region = seen.main.get_by_role("region", name="Steps and what follows them")
    expect(region.get_by_role("button", name="find_order").first).to_be_visible()
    return region


@pytest.mark.slow
@pytest.mark.looks
def test_graphs_show_their_data_and_no_fault_in_each_look(chromium: Browser, url: str, agents: Agents) -> None:
    places = {
        "graph": f"/graph?release={agents.new}",
        "graph-difference": f"/graph?release={agents.new}&against={agents.old}",
        "graph-edge": f"/graph?release={agents.new}&source=model:small&target=tool:find_order",
        "graph-trace": f"/traces/{agents.failing}?view=graph",
    }
    found = []
    with window(chromium, url) as seen:
        for title, path in places.items():
            seen.visit(path)
            for _ in seen.looks():
                expect(seen.main.locator(".react-flow__node").first).to_be_visible()
                found += seen.seen(title)
        seen.assert_clean()
    assert found == []


def test_an_edge_of_the_drawing_opens_its_figures_and_leads_to_a_trace_that_failed(
    chromium: Browser, url: str, agents: Agents
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(f"{url}/graph?release={agents.new}")
        canvas(seen).get_by_role("button", name="model small → tool find_order").click()
        panel = seen.page.get_by_role("complementary")
        expect(panel.get_by_text("After model small comes tool find_order in")).to_be_visible()
        # 6 of 24 traces failed once and then tried again: 6 of 30 calls.
        expect(panel.get_by_text("20.0%").first).to_be_visible()
        assert "source=model:small" in seen.page.url
        panel.get_by_role("link").first.click()
        seen.page.wait_for_url("**/traces/*")
        seen.wait_for("1 span failed")
        seen.assert_clean()


def test_the_keyboard_reaches_every_edge_in_the_table_and_closes_what_it_opened(
    chromium: Browser, url: str, agents: Agents
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(f"{url}/graph?release={agents.new}")
        canvas(seen)
        table = seen.main.get_by_role("table").first
        table.get_by_role("button", name="tool check_policy").focus()
        seen.page.keyboard.press("Enter")
        panel = seen.page.get_by_role("complementary")
        expect(panel.get_by_text("After model large comes tool check_policy in")).to_be_visible()
        seen.page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(seen.main.get_by_text("Retry").first).to_be_visible()
        expect(seen.main.get_by_text("up to 3 times in a row").first).to_be_visible()
        seen.assert_clean()


def test_two_releases_are_chosen_and_what_came_and_went_is_said_first(
    chromium: Browser, url: str, agents: Agents
) -> None:
    with window(chromium, url) as seen:
        seen.page.goto(f"{url}/graph")
        canvas(seen)
        seen.page.get_by_role("combobox", name="Release").select_option(agents.new)
        seen.page.get_by_role("combobox", name="Against").select_option(agents.old)
        old, new = agents.numbers
        seen.wait_for(f"Base: support@{old} · 24 traces", f"Candidate: support@{new} · 24 traces")
        rows = seen.main.get_by_role("table").get_by_role("row")
        expect(rows.nth(1)).to_contain_text("added")
        words = [rows.nth(place).inner_text().split()[:2] for place in range(1, 5)]
        assert sorted(word[1] if word[0] in "+−" else word[0] for word in words) == [
            "added",
            "added",
            "vanished",
            "vanished",
        ]
        region = canvas(seen)
        expect(region.get_by_role("img", name="vanished").first).to_be_visible()
        seen.assert_clean()


def test_a_trace_is_a_graph_whose_steps_lead_back_to_the_timeline(
    chromium: Browser, url: str, agents: Agents
) -> None:
    with window(chromium, url) as seen:
        seen.visit(f"/traces/{agents.failing}", "execute_tool find_order")
        seen.page.get_by_role("link", name="Graph", exact=True).last.click()
        region = seen.main.get_by_role("region", name="Who called whom")
        region.get_by_role("button", name="tool 2 50% failed find_order").click()
        panel = seen.page.get_by_role("complementary")
        expect(panel.get_by_text("failed", exact=True)).to_be_visible()
        expect(seen.main.get_by_role("cell", name="hand-off")).to_be_visible()
        panel.get_by_role("button", name="Span 1").click()
        seen.wait_for("execute_tool find_order")
        assert "span=" in seen.page.url
        assert "view=" not in seen.page.url
        seen.assert_clean()


def test_a_graph_of_nothing_says_what_would_fill_it(chromium: Browser, url: str) -> None:
    with window(chromium, url) as seen:
        seen.visit("/graph?release=nobody", "No agent has been seen in this time")
        seen.keep("graph-empty")
        seen.visit("/graph?against=nobody", "Choose a release")
        seen.assert_clean()
