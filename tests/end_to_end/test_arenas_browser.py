"""Arenas in a real browser: voted in by keyboard, then read; and a report opened without its server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from windlass.client import Client

from .browser import Window, window
from .processes import Server, eventually

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("arenas")]

QUESTIONS = ("How long may I send it back?", "반품은 며칠까지 가능한가요?", "Who pays for the parcel?")
ANSWERS = {
    "short": "Thirty days.",
    "long": "**Thirty days** from delivery.\n\n1. Pack it.\n2. Print the label.\n3. Bring it to any shop, " * 4,
    "wrong": "I am not sure; 잘 모르겠습니다.",
}


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    """Three runs that recorded answers to three questions, and no arena yet."""
    items = [
        {"id": f"q{number}", "input": {"question": text}, "reference": "Thirty days.", "metadata": ANSWERS}
        for number, text in enumerate(QUESTIONS)
    ]
    with server.client() as client:
        client.post("/datasets/returns", {"items": items})
        for column in ANSWERS:
            entry = {"entry": f"dataset/returns:{column}", "digest": "sha256:" + "0" * 64}
            client.post(f"/artifacts/release/{column}-answers", {"body": {"code": entry}})
            body = {
                "release": f"{column}-answers@latest",
                "dataset": "returns@latest",
                "outputs": f"metadata.{column}",
            }
            run = client.post("/runs", {**body, "evaluators": ["token_f1"]})["id"]
            eventually(lambda run=run: client.get(f"/runs/{run}")["state"] == "finished" or None, "the run")  # type: ignore[misc]
        yield client


def runs_of(api: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sorted(api.get("/runs")["items"], key=lambda run: str(run["created"]))
    return found


def vote(opened: Window, left: int) -> None:
    """Vote for the longer answer by its key, until none is left."""
    for number in range(left):
        sides = opened.main.locator("[data-answer]")
        expect(sides).to_have_count(2)
        lengths = [len(text) for text in sides.all_inner_texts()]
        opened.page.keyboard.press("1" if lengths[0] > lengths[1] else "2")
        opened.wait_for("Before: you preferred" if number < left else "You have seen all battles")


def test_an_arena_is_voted_in_by_keyboard_and_read(chromium: Browser, server: Server, api: Client) -> None:
    faults: list[str] = []
    with window(chromium, server.url) as opened:
        faults += opened.look_at("arenas-empty", "/arenas", "windlass arena create NAME RUN RUN")
        runs = [run["id"] for run in runs_of(api)]
        api.post("/arenas", {"name": "returns", "runs": runs, "guidelines": "Be **fair**."})
        faults += opened.look_at("arenas-battle", "/arenas/returns/vote", "Answer 1", "Guidelines")
        opened.assert_clean()
    with window(chromium, server.url) as opened:
        opened.visit("/arenas/returns/vote", "Answer 2")
        assert "answers@" not in opened.main.inner_text()
        opened.page.keyboard.press("s")
        opened.wait_until_quiet()
        vote(opened, 8)
        opened.wait_for("You have seen all battles", "8 votes of people are in")
        opened.main.get_by_role("link", name="Leaderboard").click()
        opened.wait_for("By people", "long-answers@1", "Expected win rates, row against column")
        rows = opened.main.get_by_role("table").first.get_by_role("row")
        expect(rows.nth(1)).to_contain_text("long-answers@1")
        faults += opened.look_at("arenas-board", "/arenas/returns", "long-answers@1")
        opened.assert_clean()
    assert faults == []


def test_a_report_opens_without_its_server_or_scripts(
    chromium: Browser, server: Server, api: Client, tmp_path: Path
) -> None:
    first, second, _ = (run["id"] for run in runs_of(api))
    with window(chromium, server.url) as opened:
        opened.visit(f"/runs/compare?baseline={first}&candidate={second}", "token_f1")
        with opened.page.expect_download() as downloading:
            opened.main.get_by_role("link", name="Report").click()
        file = tmp_path / "report.html"
        downloading.value.save_as(file)
        opened.assert_clean()
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("long-answers@1 against short-answers@1")
    expect(page.get_by_text("반품은 며칠까지 가능한가요?").first).to_be_visible()
    assert page.locator("main").evaluate("(main) => main.scrollWidth <= innerWidth")
    assert asked == [file.as_uri()]
    context.close()
