"""`windlass runs`."""

from typing import Annotated

import typer

from windlass.cli import run_evidence, run_shapes
from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, number, print_table
from windlass.cli.run import finish
from windlass.cli.run_options import (
    MaxCost,
    MaxTokens,
    ModelConcurrency,
    RequestsPerMinute,
    Timeout,
    TokensPerMinute,
    given,
)

app = typer.Typer(no_args_is_help=True, help="List and show evaluation runs, cancel one, or go on with one.")

RunId = Annotated[str, typer.Argument(help="The run: run-….")]


@app.command("list")
def list_runs(
    release: Annotated[str | None, typer.Option("--release", help="Only runs of this release.")] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only runs on this dataset.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="The newest so many.")] = 20,
    data: Data = None,
) -> None:
    """List runs, newest first."""
    with connect(data) as client:
        runs = client.get("/runs", release=release, dataset=dataset, limit=limit)["items"]
    print_table(
        ("run", "release", "dataset", "state", "samples", "failed", "created"),
        (
            (
                run["id"],
                f"{run['release']['name']} {run['release']['number']}",
                f"{run['dataset']['name']} {run['dataset']['number']}",
                run["state"],
                f"{run['finished_items']} of {run['items'] * run['repeats']}",
                run["failed_items"],
                moment(run["created"]),
            )
            for run in runs
        ),
        right=("samples", "failed"),
    )


@app.command("agents")
def agents(run: RunId, data: Data = None) -> None:
    """Show what each agent spent in a run's samples, and how its tool calls met those of the reference."""
    with connect(data) as client:
        found = client.get(f"/runs/{run}/agents")["items"]
    print_table(
        ("agent", "metric", "mean", "95 % interval", "n", "missing"),
        (
            (
                each["agent"] or MISSING,
                name,
                number(metric["mean"]),
                f"{number(metric['low'])} to {number(metric['high'])}",
                metric["n"],
                metric["missing"],
            )
            for each in found
            for name, metric in each["metrics"].items()
        ),
        right=("mean", "n", "missing"),
    )


app.command("show")(run_shapes.show)
app.command("slices")(run_shapes.slices)
app.command("noise")(run_evidence.noise)
app.command("human")(run_evidence.human)


@app.command("cancel")
def cancel(run: RunId, data: Data = None) -> None:
    """End a run after the calls in flight; what is finished stays."""
    with connect(data) as client:
        cancelled = client.post(f"/runs/{run}/cancel", {})
    print(
        f"{run} is cancelled, with {cancelled['finished_items']} of {cancelled['items'] * cancelled['repeats']} "
        f"samples; "
        f"`windlass runs resume {run}` goes on with it."
    )


@app.command("resume")
def resume(
    run: RunId,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    timeout: Timeout = None,
    requests_per_minute: RequestsPerMinute = None,
    tokens_per_minute: TokensPerMinute = None,
    model_concurrency: ModelConcurrency = None,
    data: Data = None,
) -> None:
    """Go on with a run that was cancelled, stopped or failed, or whose samples did: as `windlass eval` does.

    Options that are given replace those it had. Samples that took too long, or whose provider failed, are asked
    again; what was finished is not.
    """
    options = given(
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        timeout_s=timeout,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        model_concurrency=model_concurrency,
    )
    with connect(data) as client:
        finish(client, client.post(f"/runs/{run}/resume", options))
