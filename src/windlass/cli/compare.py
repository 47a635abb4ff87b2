"""`windlass compare`."""

from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.gate import EXIT_CODES
from windlass.cli.output import MISSING, number, print_table, signed

_STANDINGS = {
    "front": "on the front",
    "dominated_as_seen": "dominated as seen, not for certain",
    "dominated": "dominated",
    "unknown": MISSING,
}


def compare(
    runs: Annotated[
        list[str], typer.Argument(help="Two or more runs, or releases (name@what) by their newest finished run.")
    ],
    metric: Annotated[
        str | None, typer.Option("--metric", help="Of the quality. [default: the first that all have]")
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option(
            "--cost", help="Of the cost: cost_usd, latency_s, output_tokens, … [default: the first known]"
        ),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option("--margin", help="How much worse than the reference is good enough, in units of the metric."),
    ] = None,
    reference: Annotated[
        str, typer.Option("--reference", help="The one that a candidate must not be worse than.")
    ] = "best",
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only runs on this dataset (name@what) count.")
    ] = None,
    confidence: Annotated[float, typer.Option("--confidence", help="Of the intervals and the tests.")] = 0.95,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="The metadata field whose equal values make items one group.")
    ] = None,
    data: Data = None,
) -> None:
    """Compare runs by quality and cost; with --margin, find the cheapest that is good enough.

    With --margin it exits as a gate does: 0 when one cheaper than the reference is good enough, 1 when none is,
    3 when there is not enough data to tell; without it 0.
    """
    with connect(data) as client:
        found = client.get(
            "/runs/frontier",
            run=runs,
            metric=metric,
            cost=cost,
            margin=margin,
            reference=reference,
            dataset=dataset,
            confidence=confidence,
            cluster=cluster,
        )
    _print_frontier(found)
    if found["outcome"] is not None:
        raise typer.Exit(EXIT_CODES[found["outcome"]])


def _print_frontier(found: dict[str, Any]) -> None:
    metric, cost = found["metric"], found["cost"]
    if found["sentence"]:
        print(found["sentence"])
    print_table(
        ("release", metric, "95 % interval", cost, "95 % interval", "", f"{metric} against", "", "run"),
        (
            (
                f"{each['run']['release']['name']} {each['run']['release']['number']}",
                *_mean(each, metric, 3),
                *_mean(each, cost, 4),
                _STANDINGS[each["standing"]],
                *_against(each, found),
                each["run"]["id"],
            )
            for each in found["candidates"]
        ),
        right=(metric, cost),
    )


def _mean(candidate: dict[str, Any], metric: str, digits: int) -> tuple[str, str]:
    summary = candidate["run"]["metrics"].get(metric) or {"mean": None, "low": None, "high": None}
    bounds = f"{number(summary['low'], digits)} to {number(summary['high'], digits)}"
    return number(summary["mean"], digits), bounds


def _against(candidate: dict[str, Any], found: dict[str, Any]) -> tuple[str, str]:
    """Return the difference to the reference with its interval, and what it says."""
    if candidate["run"]["id"] == found["reference"]:
        return "(reference)", ""
    check = candidate["check"]
    if check is None:
        return MISSING, ""
    outcome = check["outcome"].replace("_", " ")
    needed = f", about {check['needed_n']:,} items would decide" if check["needed_n"] else ""
    interval = f"{signed(check['difference'])} ({signed(check['low'])} to {signed(check['high'])})"
    return interval, outcome + needed
