"""`windlass eval`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import number, print_table


def evaluate(
    release: Annotated[str, typer.Argument(help="The release: name@what.")],
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset: name@what.")],
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="An evaluator's name; again for more. [default: all that fit]"),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=1000, help="Samples in flight at once.")
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache", help="Give answers again that models gave to the same calls before.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0.001, help="Longest seconds for one sample. [default: 600]"),
    ] = None,
    requests_per_minute: Annotated[
        int | None, typer.Option("--requests-per-minute", min=1, help="Ceiling of calls of each model.")
    ] = None,
    tokens_per_minute: Annotated[
        int | None, typer.Option("--tokens-per-minute", min=1, help="Ceiling of tokens of each model.")
    ] = None,
    model_concurrency: Annotated[
        int | None, typer.Option("--model-concurrency", min=1, help="Ceiling of calls of each model at once.")
    ] = None,
    data: Data = None,
) -> None:
    """Evaluate a release on a dataset: exit 0 when the run finished, 2 when it could not."""
    from windlass.delivery.runs import follow_run, start_run
    from windlass.errors import ProviderError

    with connect(data) as client:
        options = {
            "cache": cache or None,
            "timeout_s": timeout,
            "requests_per_minute": requests_per_minute,
            "tokens_per_minute": tokens_per_minute,
            "model_concurrency": model_concurrency,
        }
        run = start_run(client, release, dataset, evaluators=evaluator, concurrency=concurrency, options=options)
        run = follow_run(client, run["id"], f"{run['release']['name']} {run['release']['number']}")
    print_run(run)
    if run["state"] != "finished":
        why = run["error"] or "somebody ended it before its last sample; evaluate again."
        raise ProviderError(f"The run {run['id']} is {run['state']}: {why}")


def print_run(run: dict[str, object]) -> None:
    """Print a run's metrics with their intervals."""
    metrics = run["metrics"]
    assert isinstance(metrics, dict)
    done = f"{run['finished_items']} of {run['items']} samples, {run['failed_items']} failed"
    print(f"run {run['id']}: {run['state']}, {done}")
    print_table(
        ("metric", "mean", "95 % interval", "n", "missing"),
        (
            (
                name,
                number(metric["mean"]),
                f"{number(metric['low'])} to {number(metric['high'])}",
                metric["n"],
                metric["missing"],
            )
            for name, metric in metrics.items()
        ),
        right=("mean", "n", "missing"),
    )
