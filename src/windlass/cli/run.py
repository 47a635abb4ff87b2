"""`windlass eval`."""

from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import number, print_table


def evaluate(
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset: name@what.")],
    release: Annotated[
        str | None,
        typer.Argument(help="The release: name@what; with --outputs it may be left out.", show_default=False),
    ] = None,
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="An evaluator's name; again for more. [default: all that fit]"),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=1000, help="Samples in flight at once.")
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=1000, help="How often each item is asked.")] = 1,
    outputs: Annotated[
        str | None,
        typer.Option(
            "--outputs",
            help="A column of the dataset with recorded outputs: they are scored, and no model is asked.",
            show_default=False,
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Evaluate a release on a dataset: exit 0 when the run finished, 2 when it could not."""
    from windlass.delivery.runs import follow_run, push_recorded, start_run
    from windlass.errors import InputError, ProviderError

    with connect(data) as client:
        if release is None:
            if outputs is None:
                raise InputError("Name the release to evaluate, or with `--outputs` a column of recorded outputs.")
            release, dataset = push_recorded(client, dataset, outputs)
        run = start_run(
            client,
            release,
            dataset,
            evaluators=evaluator,
            concurrency=concurrency,
            repeats=repeats,
            outputs=outputs,
        )
        run = follow_run(client, run["id"], f"{run['release']['name']} {run['release']['number']}")
    print_run(run)
    if run["state"] != "finished":
        why = run["error"] or "somebody ended it before its last sample; evaluate again."
        raise ProviderError(f"The run {run['id']} is {run['state']}: {why}")


def print_run(run: dict[str, object]) -> None:
    """Print a run's metrics with their intervals."""
    metrics = run["metrics"]
    assert isinstance(metrics, dict)
    items, repeats = run["items"], run["repeats"]
    assert isinstance(items, int)
    assert isinstance(repeats, int)
    done = f"{run['finished_items']} of {items * repeats} samples, {run['failed_items']} failed"
    print(f"run {run['id']}: {run['state']}, {done}")
    print_table(
        ("metric", "mean", "95 % interval", "n", "missing"),
        (
            (
                name,
                number(metric["mean"]),
                _bounds(metric),
                metric["n"],
                metric["missing"],
            )
            for name, metric in metrics.items()
        ),
        right=("mean", "n", "missing"),
    )
    print_passes(metrics)


def print_passes(metrics: dict[str, Any]) -> None:
    """Print pass^k and pass@k of the metrics that have them."""
    rows = [
        (name, each["k"], *_rate(each["pass_hat"]), *_rate(each["pass_at"]), each["n"])
        for name, metric in metrics.items()
        for each in (metric.get("repeats") or {}).get("passes", ())
    ]
    if rows:
        print_table(
            ("metric", "k", "pass^k", "95 % interval", "pass@k", "95 % interval", "n"),
            rows,
            right=("k", "pass^k", "pass@k", "n"),
        )


def _rate(rate: dict[str, Any]) -> tuple[str, str]:
    return number(rate["mean"]), _bounds(rate)


def _bounds(rate: dict[str, Any]) -> str:
    return f"{number(rate['low'])} to {number(rate['high'])}"
