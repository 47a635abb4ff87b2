"""The page of prices in a real browser, over exported calls of models."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.telemetry.sending import trace_id
from windlass.client import Client

from .browser import Window, window
from .money import HOUSE, LONG, expect_refused, row, section, send_calls
from .processes import Server

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("prices")]


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    send_calls(server)
    with server.client() as client:
        yield client


@pytest.fixture
def desk(chromium: Browser, server: Server, api: Client) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


def model_of(api: Client, name: str) -> dict[str, Any]:
    models: list[dict[str, Any]] = api.get("/prices")["models"]
    return next(model for model in models if model["request_model"] == name)


def test_a_model_without_a_price_stands_first_and_is_given_one_which_prices_its_past(
    desk: Window, api: Client
) -> None:
    desk.visit("/settings/prices", HOUSE, "gpt-4o-mini")
    unpriced, called = section(desk, "No price"), section(desk, "Models that were called")
    expect(row(unpriced, LONG)).to_contain_text("no price")
    expect(row(unpriced, HOUSE)).to_contain_text("no price")
    expect(unpriced).not_to_contain_text("$0.00")
    expect(row(called, "gpt-4o-mini")).to_contain_text("$0.63")
    expect(row(called, "gpt-4o-mini")).to_contain_text("genai-prices")
    expect(row(called, "priced-by-itself")).to_contain_text("stated by its spans")

    desk.page.get_by_role("button", name=f"Give {HOUSE} a price").click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Input", exact=True)).to_be_visible()
    dialog.get_by_role("combobox", name="Model, or a pattern with *").fill("house-*")
    expect(dialog.get_by_text(f"Fits 1 model that was called: {HOUSE}.")).to_be_visible()
    dialog.get_by_role("textbox", name="Input", exact=True).fill("0.125")
    dialog.get_by_role("textbox", name="Output", exact=True).fill("1")
    dialog.get_by_role("textbox", name="Reason", exact=True).fill("machine hours of May")
    desk.keep("prices-given")
    dialog.get_by_role("button", name="Save the price").click()

    result = desk.main.get_by_role("log")
    expect(result).to_contain_text("History was priced again: the calls of 1 model have another price.")
    expect(row(result, HOUSE)).to_contain_text("no price")
    expect(row(result, HOUSE)).to_contain_text("$0.45")
    expect(row(section(desk, "Your own prices"), "house-*")).to_contain_text("$0.125")
    desk.keep("prices-saved")
    assert model_of(api, HOUSE)["cost_usd"] == pytest.approx(2 * 0.225)
    (entry,) = api.get("/audit", action="prices:set")["items"]
    assert entry["reason"] == "machine hours of May"


def test_a_price_that_cannot_be_right_stays_in_the_form_with_the_servers_sentence_at_its_field(
    desk: Window, api: Client
) -> None:
    desk.visit("/settings/prices", HOUSE)
    desk.page.get_by_role("button", name="Add a price").click()
    dialog = desk.page.get_by_role("dialog")
    model = dialog.get_by_role("combobox", name="Model, or a pattern with *")
    expect(model).to_be_focused()
    desk.page.keyboard.type("house-*")
    wrong = dialog.get_by_role("textbox", name="Input", exact=True)
    wrong.fill("-3")
    desk.page.keyboard.press("Enter")
    expect(dialog.get_by_text("Input should be greater than or equal to 0.")).to_be_visible()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    desk.keep("prices-wrong")
    expect_refused(desk, 422)
    wrong.fill("three")
    desk.page.keyboard.press("Enter")
    expect(
        dialog.get_by_text("Input should be a valid number, unable to parse string as a number.")
    ).to_be_visible()
    expect_refused(desk, 422)
    assert api.get("/prices")["overrides"]["items"] == []
    wrong.fill("3")
    desk.page.keyboard.press("Enter")
    missing = dialog.get_by_role("textbox", name="Output", exact=True)
    expect(missing).to_have_attribute("aria-invalid", "true")
    expect_refused(desk, 422)
    missing.fill("0")
    desk.page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert [(each["model"], each["input"]) for each in api.get("/prices")["overrides"]["items"]] == [
        ("house-*", 3)
    ]


def test_a_list_that_somebody_else_changed_is_not_replaced_and_the_edit_is_kept(desk: Window, api: Client) -> None:
    first = api.put("/prices", {"items": [{"model": HOUSE, "input": 1}]})["overrides"]["digest"]
    desk.visit("/settings/prices", HOUSE)
    desk.page.get_by_role("button", name=f"Edit the price of {HOUSE}").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Input", exact=True).fill("2")
    other = {"model": "gpt-4o-mini", "input": 5}
    api.put("/prices", {"items": [{"model": HOUSE, "input": 1}, other], "expected": first})
    dialog.get_by_role("button", name="Save the price").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else changed the prices meanwhile.")
    desk.keep("prices-conflict")
    expect_refused(desk, 409)
    expect(dialog.get_by_role("textbox", name="Input", exact=True)).to_have_value("2")
    dialog.get_by_role("button", name="Read the list again, keep my edit").click()
    dialog.get_by_role("button", name="Save the price").click()
    expect(dialog).to_have_count(0)
    saved = {each["model"]: each["input"] for each in api.get("/prices")["overrides"]["items"]}
    assert saved == {HOUSE: 2, "gpt-4o-mini": 5}


def test_a_price_is_removed_and_history_priced_again_with_a_result_in_words(desk: Window, api: Client) -> None:
    api.put("/prices", {"items": [{"model": HOUSE, "input": 1}, {"model": "gone-*", "input": 1}]})
    desk.visit("/settings/prices", HOUSE, "gone-*")
    desk.page.get_by_role("button", name=f"Remove the price of {HOUSE}").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    result = desk.main.get_by_role("log")
    expect(row(result, HOUSE)).to_contain_text("$2.00")
    expect(row(result, HOUSE)).to_contain_text("no price")
    expect(row(section(desk, "No price"), HOUSE)).to_be_visible()
    desk.main.get_by_role("button", name="Price history again").click()
    dialog = desk.page.get_by_role("dialog")
    desk.keep("prices-again")
    dialog.get_by_role("button", name="Price history again").click()
    expect(result).to_contain_text("Nothing changed: all 4 models have the prices that the lists say.")
    assert model_of(api, HOUSE)["price"] is None


def test_no_price_on_a_trace_leads_to_where_one_is_given(desk: Window) -> None:
    desk.visit(f"/traces/{trace_id(4)}", f"chat {HOUSE}")
    desk.main.get_by_role("link", name="no price").first.click()
    desk.page.wait_for_url("**/settings/prices")
    desk.wait_for(HOUSE)
