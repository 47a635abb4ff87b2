"""`windlass prices`."""

from datetime import datetime
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, dollars, print_table

app = typer.Typer(no_args_is_help=True, help="Show what models cost, set prices of your own, recost history.")

Dollars = Annotated[float | None, typer.Option(min=0, show_default=False)]


@app.command("list")
def list_prices(data: Data = None) -> None:
    """List the models that were called: price in dollars a million tokens, calls, what they cost."""
    with connect(data) as client:
        models = client.get("/prices")["models"]
    if not models:
        print("No model was called yet; send traces to /v1/traces, or run `windlass demo`.")
        return
    print_table(
        ("provider", "model", "input", "output", "from", "source", "calls", "tokens", "cost"),
        (
            (
                model["provider"] or MISSING,
                model["response_model"] or model["request_model"] or MISSING,
                *_price(model["price"]),
                model["calls"],
                model["input_tokens"] + model["output_tokens"],
                dollars(model["cost_usd"]),
            )
            for model in models
        ),
        right=("input", "output", "calls", "tokens", "cost"),
    )


@app.command("set")
def set_price(
    model: Annotated[str, typer.Argument(help="The model's name, or a pattern with *.")],
    price_of_input: Annotated[float, typer.Option("--input", min=0, help="US dollars a million tokens.")],
    price_of_output: Annotated[float, typer.Option("--output", min=0)] = 0.0,
    cache_read: Dollars = None,
    cache_write: Dollars = None,
    reasoning: Dollars = None,
    provider: Annotated[str, typer.Option("--provider", help="Only of this provider, as spans name it.")] = "",
    valid_from: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (UTC) of this price.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit chain.")] = "",
    data: Data = None,
) -> None:
    """Set a price of your own, instead of the one for the same model and day, and recost history."""
    price = {
        "provider": provider,
        "model": model,
        "input": price_of_input,
        "output": price_of_output,
        "cache_read": cache_read,
        "cache_write": cache_write,
        "reasoning": reasoning,
        "valid_from": valid_from.date().isoformat() if valid_from else None,
    }
    with connect(data) as client:
        before = client.get("/prices")["overrides"]
        others = [each for each in before["items"] if _place(each) != _place(price)]
        body = {"items": [*others, price], "expected": before["digest"] or "", "reason": reason}
        answer = client.put("/prices", body)
    _print_recosting(answer["recosting"])


@app.command("remove")
def remove_price(
    model: Annotated[str, typer.Argument(help="The model's name or pattern, as it was set.")],
    provider: Annotated[str, typer.Option("--provider", help="As it was set.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the audit chain.")] = "",
    data: Data = None,
) -> None:
    """Remove your own prices of a model, of every day, and recost history."""
    with connect(data) as client:
        before = client.get("/prices")["overrides"]
        others = [each for each in before["items"] if _place(each)[:2] != (provider, model.lower())]
        if len(others) == len(before["items"]):
            print(f"There is no price of your own for {model!r}.")
            return
        body = {"items": others, "expected": before["digest"] or "", "reason": reason}
        answer = client.put("/prices", body)
    _print_recosting(answer["recosting"])


@app.command("recost")
def recost(data: Data = None) -> None:
    """Price all of history by what the lists say now, and show what that changes."""
    with connect(data) as client:
        recosting = client.post("/prices/recost", {})
    _print_recosting(recosting)


def _price(price: dict[str, Any] | None) -> tuple[str, str, str, str]:
    if price is None:
        return MISSING, MISSING, MISSING, "no price"
    since = price["since"][:10] if price["since"] else MISSING
    return f"${price['input']:g}", f"${price['output']:g}", since, price["source"]


def _place(price: dict[str, Any]) -> tuple[str, str, str | None]:
    """Return what a price stands for: of two with the same, the newer replaces the older."""
    return price["provider"], price["model"].lower(), price["valid_from"]


def _print_recosting(recosting: dict[str, Any]) -> None:
    changes = recosting["changes"]
    if not changes:
        print(f"Nothing changed: all models ({recosting['models']}) have the prices that the lists say.")
        return
    print_table(
        ("provider", "model", "calls", "before", "after", "source"),
        (
            (
                change["provider"] or MISSING,
                change["model"] or MISSING,
                change["calls"],
                dollars(change["before_usd"]),
                dollars(change["after_usd"]),
                change["source"] or "no price",
            )
            for change in changes
        ),
        right=("calls", "before", "after"),
    )
