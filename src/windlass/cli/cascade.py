"""`windlass cascade`."""

from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.gate import EXIT_CODES
from windlass.cli.output import number, print_table, signed

app = typer.Typer(no_args_is_help=True, help="Fit cascades: releases that ask a cheap one first.")


# A group, though it has one command: `windlass cascade` alone would fit something.
@app.callback()
def cascade() -> None:
    """Fit cascades: releases that ask a cheap one first."""


@app.command("fit")
def fit(
    cheap: Annotated[str, typer.Option("--cheap", help="The release (name@what) or run that is asked first.")],
    strong: Annotated[str, typer.Option("--strong", help="The one that is asked where the first is not sure.")],
    margin: Annotated[
        float,
        typer.Option("--margin", help="How much worse than the strong one is good enough."),
    ],
    metric: Annotated[
        str | None, typer.Option("--metric", help="Of the quality. [default: the first that both have]")
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option("--cost", help="Of the cost: cost_usd, latency_s, … [default: the first known]"),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only runs on this dataset (name@what) count.")
    ] = None,
    confidence: Annotated[float, typer.Option("--confidence", help="Of the intervals and the tests.")] = 0.95,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="The metadata field whose equal values make items one group.")
    ] = None,
    push: Annotated[
        str | None,
        typer.Option("--push", help="Push it as a release of this name, if it is good enough."),
    ] = None,
    data: Data = None,
) -> None:
    """Fit when a cheap release's answer is enough: exit 0 if it is found, 1 if not, 3 for not enough data."""
    request = {
        "cheap": cheap,
        "strong": strong,
        "margin": margin,
        "metric": metric,
        "cost": cost,
        "dataset": dataset,
        "confidence": confidence,
        "cluster": cluster,
    }
    with connect(data) as client:
        found = client.post("/cascades/fit", request)
        _print_fit(found)
        if push is not None and found["release"] is not None:
            body = {"body": found["release"], "message": f"fitted with a margin of {margin:g}"}
            version = client.post(f"/artifacts/release/{push}", body)
            print(f"release/{push}@{version['number']} {'pushed' if version['is_new'] else 'is there already'}")
        elif push is not None:
            print("nothing is pushed")
    raise typer.Exit(EXIT_CODES[found["outcome"]])


def _print_fit(found: dict[str, Any]) -> None:
    print(found["sentence"])
    metric, cost = found["metric"], found["cost"]
    names = [metric, cost, *(name for name in found["expected"] if name not in (metric, cost))]
    runs = (found["cheap"], found["strong"])
    print_table(
        ("", *map(_release, runs), "cascade", "interval"),
        (
            (
                name,
                *(number(run["metrics"].get(name, {}).get("mean"), 4) for run in runs),
                number(found["expected"][name]["mean"], 4),
                f"{number(found['expected'][name]['low'], 4)} to {number(found['expected'][name]['high'], 4)}",
            )
            for name in names
        ),
    )
    check, saved = found["check"], found["cost_difference"]
    print(f"{metric} against the strong one: {_interval(check)}")
    if saved is not None:
        print(f"{cost} against the strong one: {_interval(saved, 5)}")
    known = [f"{found['items'] - found['unsure']} of {found['items']} answers have a {found['measure']}"]
    if found["calibration_error"] is not None:
        known.append(f"calibration error {found['calibration_error']:.3f}")
    if found["apgr"] is not None:
        known.append(f"gap recovered {found['apgr']:.2f} (0.50 by chance)")
    print("; ".join(known))


def _release(run: dict[str, Any]) -> str:
    return f"{run['release']['name']} {run['release']['number']}"


def _interval(difference: dict[str, Any], digits: int = 3) -> str:
    bounds = f"{signed(difference['low'], digits)} to {signed(difference['high'], digits)}"
    return f"{signed(difference['difference'], digits)} ({bounds})"
