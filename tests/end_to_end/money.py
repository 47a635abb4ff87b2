"""Calls of models with and without a price, and what their pages show."""

import time

import httpx2
from playwright.sync_api import Locator

from tests.telemetry.sending import Plain, request, span

from .browser import Window
from .otlp import HEADERS
from .processes import Server, eventually

SECOND = 1_000_000_000
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


def send_calls(server: Server) -> None:
    """Export the calls, and wait until they can be read."""
    body = request(*CALLS).SerializeToString()  # type: ignore[arg-type]
    with httpx2.Client() as client:
        assert client.post(f"{server.url}/v1/traces", content=body, headers=HEADERS).status_code == 200
    with server.client() as api:
        eventually(lambda: len(api.get("/traces")["items"]) == len(CALLS) or None, "the traces")


def section(desk: Window, title: str) -> Locator:
    """Return what stands under a heading."""
    heading = desk.page.get_by_role("heading", name=title, exact=True)
    return desk.main.locator("section").filter(has=heading).first


def row(place: Locator, text: str) -> Locator:
    return place.get_by_role("row").filter(has_text=text)


def expect_refused(desk: Window, status: int) -> None:
    """The refusal was asked for; nothing else may have gone wrong."""
    assert desk.problems
    assert all(str(status) in problem for problem in desk.problems), desk.problems
    desk.problems.clear()
