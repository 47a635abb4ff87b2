"""Prices and erasure in a real browser, over exported calls of models."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.telemetry.otlp import Plain, request, span, trace_id
from windlass.client import Client

from .browser import Language, Scheme, Window, window
from .otlp import HEADERS
from .processes import Processes, Server, eventually

pytestmark = [pytest.mark.browser]

SECOND = 1_000_000_000
PHONE = 375
HOUSE = "house-llama"
LONG = "accounts/our-company/deployedModels/llama-v3p3-70b-instruct-with-a-name-that-nobody-shortened-20261101"


def call(number: int, model: str, *, provider: str = "openai", user: str = "ada", **more: Plain) -> object:
    """Return a trace of one call of a model, with 1,000,000 tokens in and 100,000 out."""
    attributes: dict[str, Plain] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 1_000_000,
        "gen_ai.usage.output_tokens": 100_000,
        "user.id": user,
        "gen_ai.conversation.id": f"chat of {user}",
        **more,
    }
    start_ns = time.time_ns() - (3600 + number) * SECOND
    return span(number, 1, name=f"chat {model}", start_ns=start_ns, attributes=attributes)


CALLS = (
    call(1, "gpt-4o-mini"),
    call(2, "gpt-4o-mini"),
    call(3, "gpt-4o-mini", user="bob"),
    call(4, HOUSE, provider="vllm"),
    call(5, HOUSE, provider="vllm", user="bob"),
    call(6, LONG, provider="fireworks", user="bob"),
    call(7, "priced-by-itself", provider="gateway", user="bob", **{"windlass.cost_usd": 0.25}),
)


def serve(processes: Processes, data: Path) -> Server:
    """Start a server that has the calls."""
    started = processes.serve(data)
    body = request(*CALLS).SerializeToString()  # type: ignore[arg-type]
    with httpx2.Client() as client:
        assert client.post(f"{started.url}/v1/traces", content=body, headers=HEADERS).status_code == 200
    with started.client() as api:
        eventually(lambda: len(api.get("/traces")["items"]) == len(CALLS) or None, "the traces")
    return started


@pytest.fixture
def server(processes: Processes, tmp_path: Path) -> Server:
    """A server of its own for each test, for each changes what the next would see."""
    return serve(processes, tmp_path / "data")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server to look at: with prices of its own and a past erasure."""
    folder = tmp_path_factory.mktemp("money")
    processes = Processes(folder)
    try:
        started = serve(processes, folder / "data")
        price: dict[str, object] = {"model": "gpt-4o-*", "provider": "openai", "input": 0.125, "output": 0.6}
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86_400))
        dated = {**price, "model": LONG, "provider": "", "valid_from": later, "cache_read": 0.01}
        subject = {"kind": "trace", "id": trace_id(2)}
        with started.client() as api:
            api.put("/prices", {"items": [price, dated]})
            api.post("/erasures", {"subject": subject, "reason": "ticket 480 " * 12})
        yield started
    finally:
        processes.close()


@pytest.fixture
def api(server: Server) -> Iterator[Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def desk(chromium: Browser, server: Server) -> Iterator[Window]:
    with window(chromium, server.url) as opened:
        yield opened
        opened.assert_clean()


def section(desk: Window, title: str) -> Locator:
    """Return what stands under a heading."""
    heading = desk.page.get_by_role("heading", name=title, exact=True)
    return desk.main.locator("section").filter(has=heading).first


def row(place: Locator, text: str) -> Locator:
    return place.get_by_role("row").filter(has_text=text)


def model_of(api: Client, name: str) -> dict[str, Any]:
    models: list[dict[str, Any]] = api.get("/prices")["models"]
    return next(model for model in models if model["request_model"] == name)


def expect_refused(desk: Window, status: int) -> None:
    """The refusal was asked for; nothing else may have gone wrong."""
    assert desk.problems
    assert all(str(status) in problem for problem in desk.problems), desk.problems
    desk.problems.clear()


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


def test_a_user_is_counted_then_erased_and_the_receipt_stands_in_the_audit_chain(
    desk: Window, api: Client
) -> None:
    desk.visit("/users/ada", "ada")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.page.wait_for_url("**/settings/erasure?user=ada")
    desk.wait_for("3 traces of it are held.")
    expect(row(desk.main, "Spans").first).to_contain_text("3")
    submit = desk.main.get_by_role("button", name="Erase 3 traces for ever")
    expect(submit).to_be_disabled()
    desk.keep("erasure-counted")
    assert len(api.get("/traces")["items"]) == len(CALLS)

    typed = desk.main.get_by_role("textbox", name="Type the id to confirm")
    reason = desk.main.get_by_role("textbox", name="Reason")
    typed.fill("bob")
    reason.fill("asked for by ada")
    expect(submit).to_be_disabled()
    typed.fill("ada")
    submit.click()
    expect(
        desk.main.get_by_text("The reason names the subject; the audit chain keeps it for ever")
    ).to_be_visible()
    desk.keep("erasure-reason")
    expect_refused(desk, 422)
    assert len(api.get("/traces")["items"]) == len(CALLS)

    reason.fill("ticket 481")
    submit.click()
    receipt = desk.main.get_by_role("region", name="Receipt")
    expect(receipt.get_by_role("heading", name="Erased. Nothing is left of it.")).to_be_focused()
    expect(row(receipt, "Spans").first).to_contain_text("3")
    desk.page.wait_for_url("**/settings/erasure")
    assert [item["user"] for item in api.get("/traces")["items"]] == ["bob"] * (len(CALLS) - 3)
    (entry,) = api.get("/audit", action="erasure:create")["items"]
    assert entry["reason"] == "ticket 481"
    expect(row(section(desk, "Past erasures"), "ticket 481")).to_be_visible()
    with desk.page.expect_download() as download:
        receipt.get_by_role("button", name="Save the receipt").click()
    saved = download.value.path().read_text(encoding="utf-8")
    assert entry["hash"] in saved
    assert '"ada"' not in saved
    desk.keep("erasure-receipt")
    receipt.get_by_role("link", name=f"Entry {entry['seq']} of the audit chain").click()
    desk.page.wait_for_url(f"**/audit?entry={entry['seq']}")
    expect(desk.page.get_by_role("complementary")).to_contain_text(entry["resource"])


def test_a_link_to_an_old_entry_of_the_audit_chain_opens_it_though_the_list_does_not_reach_it(
    desk: Window, api: Client
) -> None:
    subject = {"kind": "trace", "id": trace_id(1)}
    erased = api.post("/erasures", {"subject": subject, "reason": "ticket 480"})
    for number in range(120):
        api.put("/views/traces/view", {"query": f"q={number}"})
    (entry,) = api.get("/audit", action="erasure:create")["items"]
    assert entry["seq"] not in {each["seq"] for each in api.get("/audit", limit=100)["items"]}
    desk.visit("/settings/erasure", "ticket 480")
    desk.main.get_by_role("link", name=f"Open entry {entry['seq']} of the audit chain").click()
    desk.page.wait_for_url(f"**/audit?entry={entry['seq']}")
    expect(desk.page.get_by_role("complementary")).to_contain_text(f"erasure/{erased['id']}")


def test_a_session_and_a_trace_lead_to_their_erasure_and_a_wrong_id_is_told_at_its_field(desk: Window) -> None:
    desk.visit("/sessions/chat%20of%20bob", "chat of bob")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.wait_for("4 traces of it are held.")
    expect(desk.main.get_by_role("textbox", name="Session id")).to_have_value("chat of bob")
    desk.visit(f"/traces/{trace_id(1)}", "chat gpt-4o-mini")
    desk.main.get_by_role("link", name="Erase…").click()
    desk.wait_for("1 trace of it is held.")
    desk.main.get_by_role("textbox", name="Trace id").fill("abc")
    desk.page.keyboard.press("Enter")
    expect(desk.main.get_by_text("'abc' is not a trace id; one has 32 hexadecimal digits")).to_be_visible()
    desk.keep("erasure-wrong")
    expect_refused(desk, 422)
    desk.main.get_by_role("combobox", name="Erase").select_option("user")
    desk.main.get_by_role("textbox", name="User id").fill("nobody")
    desk.page.keyboard.press("Enter")
    desk.wait_for("Nothing is held of it")
    desk.keep("erasure-nothing")


def test_who_may_only_look_is_told_so_and_offered_nothing(desk: Window, api: Client) -> None:
    key = api.post("/keys", {"name": "eve", "role": "viewer"})["key"]
    desk.page.request.post(f"{desk.url}/api/v1/session", data={"key": key})
    desk.visit("/settings/prices", "Your role may look at prices", HOUSE)
    expect(desk.main.get_by_role("button", name=re.compile("price", re.IGNORECASE))).to_have_count(0)
    desk.keep("prices-viewer")
    desk.visit("/settings/erasure?user=ada", "Erasing takes the role admin; yours is viewer.")
    expect(desk.main.get_by_role("textbox")).to_have_count(0)
    desk.keep("erasure-viewer")
    desk.visit("/users/ada", "ada")
    expect(desk.main.get_by_role("link", name="Erase…")).to_have_count(0)


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1440), ("ko", "dark", 1440), ("en", "dark", PHONE), ("ko", "light", PHONE)],
)
def test_prices_and_erasure_show_no_fault_in_each_language_theme_and_width(
    chromium: Browser, settled: Server, language: Language, scheme: Scheme, width: int
) -> None:
    places = (
        ("prices", "/settings/prices", HOUSE),
        ("erasure", "/settings/erasure", "ticket 480"),
        ("erasure-of-user", "/settings/erasure?user=bob", "ticket 480"),
    )
    found = []
    height = 812 if width == PHONE else 900
    with window(chromium, settled.url, language=language, scheme=scheme, width=width, height=height) as seen:
        for title, path, text in places:
            seen.visit(path, *([text] if width != PHONE else []))
            seen.keep(title)
            seen.assert_fits()
            found += [f"{title}: {fault}" for fault in seen.accessibility_faults()]
        seen.visit("/settings/prices")
        seen.main.get_by_role("button", name=re.compile(f"^Give {HOUSE}|^{HOUSE}에")).click()
        expect(seen.page.get_by_role("dialog")).to_be_visible()
        seen.keep("prices-dialog")
        found += [f"dialog: {fault}" for fault in seen.accessibility_faults()]
        seen.assert_clean()
    assert found == []
