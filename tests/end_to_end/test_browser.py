"""The web UI in a real browser, over a server that ran the demo."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from .browser import Window, window
from .conftest import Demo

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

NAME = "guide-to-mlops"


@pytest.fixture
def desk(chromium: Browser, url: str) -> Iterator[Window]:
    """A wide window in English and light; what should not happen in it fails the test."""
    with window(chromium, url) as opened:
        yield opened
        opened.assert_clean()


class Place(NamedTuple):
    """A page, and texts from the data that it shows once it is loaded."""

    title: str
    path: str
    texts: tuple[str, ...]


class Facts(NamedTuple):
    """What the demo made, by which pages are addressed."""

    runs: dict[str, dict[str, Any]]
    verdict: dict[str, Any]
    trace: dict[str, Any]
    """The newest of production."""
    digests: dict[str, str]


@pytest.fixture
def facts(demo: Demo) -> Facts:
    with demo.client() as client:
        digests = {
            label: str(client.get(f"/artifacts/release/{NAME}/versions/{label}")["digest"])
            for label in ("baseline", "better", "worse")
        }
        by_digest = {run["release"]["digest"]: run for run in client.get("/runs")["items"]}
        verdicts = {verdict["candidate"]["digest"]: verdict for verdict in client.get("/verdicts")["items"]}
        trace = client.get("/traces", environment="production", limit=1)["items"][0]
    runs = {label: by_digest[digest] for label, digest in digests.items()}
    return Facts(runs, verdicts[digests["better"]], trace, digests)


@pytest.fixture
def places(facts: Facts) -> list[Place]:
    better, baseline = facts.runs["better"]["id"], facts.runs["baseline"]["id"]
    release = f"/releases/{NAME}/better"
    return [
        Place("overview", "/", (NAME, "production", "@2")),
        Place("traces", "/traces", (facts.trace["input"],)),
        Place("trace", f"/traces/{facts.trace['trace_id']}", ("retrieval guide", "chat extractive")),
        Place("releases", "/releases", (NAME, "better", "worse")),
        Place("release", release, (NAME, "guide-answer", "guide-model")),
        Place("release-changes", f"{release}?tab=changes&against={facts.digests['baseline']}", ("retrieval.k",)),
        Place("release-evidence", f"{release}?tab=evidence", ("guide-questions",)),
        Place("runs", "/runs", (NAME, "guide-questions")),
        Place("run", f"/runs/{better}", ("ndcg_at_10", "changes-01")),
        Place("compare", f"/runs/compare?baseline={baseline}&candidate={better}", ("ndcg_at_10", "token_f1")),
        Place("verdict", f"/verdicts/{facts.verdict['id']}", ("ndcg_at_10", "groundedness")),
        Place("dashboard", "/dashboard", (NAME, "extractive")),
        Place("audit", "/audit", ("verdict:give", "environment:promote")),
    ]


@pytest.mark.looks
def test_every_page_shows_its_data_without_an_error_a_foreign_request_or_a_fault_that_axe_finds_in_each_look(
    chromium: Browser, url: str, places: list[Place]
) -> None:
    with window(chromium, url) as seen:
        found = [fault for place in places for fault in seen.look_at(place.title, place.path, *place.texts)]
        seen.assert_clean()
    assert found == []


def test_korean_is_korean(chromium: Browser, url: str) -> None:
    with window(chromium, url, "ko") as seen:
        seen.visit("/", NAME)
        for word in ("개요", "릴리스", "실행", "트레이스", "대시보드", "감사"):
            expect(seen.page.get_by_role("navigation").get_by_text(word, exact=True)).to_be_visible()
        seen.assert_clean()


def test_the_keyboard_opens_the_command_palette_which_leads_to_pages_and_changes_language_and_theme(
    desk: Window,
) -> None:
    desk.visit("/", NAME)
    field = desk.page.get_by_role("combobox", name="Search or jump to")
    desk.page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    desk.keep("palette")
    desk.page.keyboard.type("audit")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/audit")
    desk.wait_for("verdict:give")
    expect(field).to_have_count(0)

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type(f"{NAME}@better")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url(f"**/releases/{NAME}/better")
    desk.wait_for("guide-answer")

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.press("Escape")
    expect(field).to_have_count(0)

    desk.page.keyboard.press("/")
    desk.page.keyboard.type("dark")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert desk.is_dark()

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("한국어")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("html")).to_have_attribute("lang", "ko")
    desk.page.reload()
    desk.wait_for("guide-answer")
    assert desk.page.evaluate("document.documentElement.lang") == "ko"
    assert desk.is_dark()


def test_a_trace_opens_from_the_list_and_shows_its_spans_and_messages(desk: Window, facts: Facts) -> None:
    asked = facts.trace["input"]
    desk.visit("/traces", asked)
    desk.main.get_by_text(asked).first.click()
    panel = desk.page.get_by_role("complementary")
    expect(panel.get_by_text("chat extractive").first).to_be_visible()
    desk.keep("traces-panel")
    desk.page.keyboard.press("f")
    desk.page.wait_for_url("**/traces/*")
    desk.wait_for("retrieval guide", "chat extractive")
    desk.main.get_by_text("chat extractive").first.click()
    expect(desk.main.get_by_text("System instructions").first).to_be_visible()
    desk.keep("trace-span")


def test_a_sample_of_a_run_opens_beside_the_list(desk: Window, facts: Facts) -> None:
    desk.visit(f"/runs/{facts.runs['better']['id']}", "changes-01")
    desk.main.get_by_text("changes-01").first.click()
    expect(desk.page.get_by_role("complementary").get_by_text("Reference").first).to_be_visible()
    desk.keep("run-sample")


def test_an_address_that_is_no_page_and_a_thing_that_is_not_there_say_so(chromium: Browser, url: str) -> None:
    with window(chromium, url) as seen:
        seen.visit("/no/such/page", "There is no such page")
        seen.keep("not-found")
        seen.assert_clean()
        seen.visit("/runs/run-0000000000000000", "There is no run")
        seen.keep("no-run")
        assert all("404" in problem for problem in seen.problems)


def deployed(demo: Demo) -> str:
    with demo.client() as client:
        (production,) = (each for each in client.get("/environments")["items"] if each["name"] == "production")
    return str(production["deployments"][0]["digest"])


@pytest.fixture
def put_back(demo: Demo, facts: Facts) -> Iterator[None]:
    """Whatever the test did, the better release runs in production after it."""
    yield
    if deployed(demo) != facts.digests["better"]:
        with demo.client() as client:
            client.post("/environments/production/promote", {"release": f"{NAME}@better", "reason": "put back"})


@pytest.mark.usefixtures("put_back")
def test_a_release_is_promoted_and_rolled_back_by_dialog_and_the_audit_page_shows_both_with_their_reasons(
    desk: Window, demo: Demo, facts: Facts
) -> None:
    page = desk.page
    desk.visit(f"/releases/{NAME}/baseline", "guide-answer")
    page.get_by_role("button", name="Promote", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Replaces @2, which runs in production now.")).to_be_visible()
    dialog.get_by_role("textbox", name="Reason").fill("a drill of the web UI")
    desk.keep("promote-dialog")
    dialog.get_by_role("button", name="Promote to production").click()
    expect(dialog).to_have_count(0)
    roll_back = page.get_by_role("button", name="Roll back", exact=True)
    expect(roll_back).to_be_visible()
    assert deployed(demo) == facts.digests["baseline"]

    roll_back.click()
    expect(dialog.get_by_text(f"production goes back to {NAME}@2, which ran there before.")).to_be_visible()
    dialog.get_by_role("textbox", name="Reason").fill("the drill is over")
    desk.keep("rollback-dialog")
    dialog.get_by_role("button", name="Roll back production").click()
    expect(dialog).to_have_count(0)
    expect(roll_back).to_have_count(0)
    assert deployed(demo) == facts.digests["better"]

    page.get_by_role("navigation").get_by_role("link", name="Audit").click()
    desk.wait_for("environment:rollback", "a drill of the web UI", "the drill is over", "Verified")
    desk.keep("audit-after")


_COMMONEST_COLOUR = """
(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) {
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}
"""
"""That of the lines of a chart's grid."""


def test_charts_turn_dark_with_the_system(desk: Window) -> None:
    desk.visit("/dashboard", NAME, "extractive")
    canvas = desk.main.locator("canvas").first
    lightness = [sum(map(int, str(canvas.evaluate(_COMMONEST_COLOUR)).split(","))) / 3 for _ in desk.looks()]
    assert lightness[0] > 200
    assert lightness[-1] < 80


def test_a_chart_is_made_with_the_server_s_advice_saved_for_all_taken_away_and_leads_to_its_traces(
    desk: Window, demo: Demo
) -> None:
    page, main = desk.page, desk.main
    desk.visit("/dashboard", NAME, "extractive")
    page.get_by_role("button", name="Add a chart").click()
    panel = page.get_by_role("complementary", name="New chart")
    panel.get_by_role("textbox", name="Title").fill("Slow answers")
    panel.get_by_role("combobox", name="Measure").select_option("latency_p99_s")
    expect(panel.get_by_role("img", name="Slow answers")).to_be_visible()
    conditions = panel.get_by_role("textbox", name="Conditions, one a line")
    conditions.fill("colour=red")
    expect(panel.get_by_role("alert")).to_contain_text("There is no field 'colour'; there are agent,")
    desk.keep("dashboard-editor-advice")
    # The refusal was asked for; nothing else may have gone wrong.
    assert all("422" in problem for problem in desk.problems)
    desk.problems.clear()
    conditions.fill("run=")
    expect(panel.get_by_role("img", name="Slow answers")).to_be_visible()
    panel.get_by_role("button", name="Save the chart").click()
    expect(panel).to_have_count(0)

    page.reload()
    desk.wait_for("Slow answers", "extractive")
    with demo.client() as client:
        saved = client.get("/charts")
        assert (saved["version"], saved["charts"][-1]["title"]) == (1, "Slow answers")
        assert client.get("/audit")["items"][0]["action"] == "dashboard:save"
        (measured,) = client.post("/charts/measure", saved["charts"][-1]["chart"])["series"]
    requests = measured["n"]

    menu = main.get_by_role("button", name="Actions for Slow answers")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Save as CSV").click()
    csv = download.value.path().read_text(encoding="utf-8").splitlines()
    assert csv[0] == "time,measure,series,value,n,unknown"
    assert sum(int(row.split(",")[4]) for row in csv[1:]) == requests
    menu.click()
    page.get_by_role("menuitem", name="Show as a table").click()
    expect(main.get_by_role("region", name="Slow answers")).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(main.get_by_text("Removed “Slow answers”.")).to_be_visible()
    expect(menu).to_have_count(0)
    main.get_by_role("button", name="Undo").click()
    expect(menu).to_be_visible()
    menu.click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(menu).to_have_count(0)

    main.get_by_role("link", name=f"Requests: {requests}").first.click()
    page.wait_for_url("**/traces?**")
    desk.wait_for(f"That is all: {requests} traces.")


def test_the_compare_page_orders_samples_by_the_metric_that_is_chosen(desk: Window, facts: Facts) -> None:
    runs = facts.runs
    desk.visit(f"/runs/compare?baseline={runs['baseline']['id']}&candidate={runs['worse']['id']}", "ndcg_at_10")
    chooser = desk.page.get_by_role("combobox", name="Metric that orders the samples")
    chooser.select_option("token_f1")
    desk.page.wait_for_url("**metric=token_f1**")
    desk.wait_for("token_f1")
    desk.keep("compare-worse")
