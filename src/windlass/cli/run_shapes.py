"""`windlass runs show` and `windlass runs slices`: how the scores of a run lie."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import number, print_table
from windlass.cli.run import print_failure, print_run
from windlass.evaluation.wording.reasons import reasons_line

if TYPE_CHECKING:
    from windlass.client import Client

_BARS: Final = "▁▂▃▄▅▆▇█"

RunId = Annotated[str, typer.Argument(help="The run: run-….")]


def show(run: RunId, data: Data = None) -> None:
    """Show a run: its metrics with intervals, how each lies over the items, and why values are missing."""
    with connect(data) as client:
        found = client.get(f"/runs/{run}")
        shapes = client.get(f"/runs/{run}/distributions")["items"]
        _print_shown(client, found, shapes)


def _print_shown(client: "Client", found: dict[str, Any], shapes: Sequence[dict[str, Any]]) -> None:
    release, dataset = found["release"], found["dataset"]
    print(f"{release['name']}@{release['number']} on {dataset['name']}@{dataset['number']}, by {found['by']}")
    print_run(found)
    print_failure(client, found)
    if found["error"]:
        print(found["error"])
    print_table(
        ("metric", "from", "distribution", "to", "5 %", "median", "95 %", "without a value"),
        (
            (
                each["metric"],
                number(each["least"]),
                _drawn(each["bins"]),
                number(each["greatest"]),
                number(each["p5"]),
                number(each["median"]),
                number(each["p95"]),
                _why(found["metrics"].get(each["metric"])),
            )
            for each in shapes
        ),
        right=("from", "5 %", "median", "95 %"),
    )


def slices(
    run: RunId,
    metric: Annotated[
        str | None, typer.Option("--metric", help="Which metric. [default: the run's first]", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Show a metric on each slice of a run's items, by the metadata that groups them; the worst first."""
    with connect(data) as client:
        found = client.get(f"/runs/{run}/slice-means", metric=metric)["items"]
    if not found:
        print("No metadata field puts the items into groups: of few values, with two items and more to each.")
        return
    print(f"{found[0]['metric']} of {run}; each interval is of its slice alone.")
    print_table(
        ("field", "value", "mean", "95 % interval", "n", "missing"),
        (
            (
                each["field"],
                each["value"],
                number(each["mean"]),
                f"{number(each['low'])} to {number(each['high'])}",
                each["n"],
                each["missing"],
            )
            for each in found
        ),
        right=("mean", "n", "missing"),
    )


def _drawn(bins: Sequence[dict[str, Any]]) -> str:
    """Return a bar for each bin; none for a bin without an item."""
    most = max((each["n"] for each in bins), default=0)
    return "".join(_BARS[round((len(_BARS) - 1) * each["n"] / most)] if each["n"] else " " for each in bins)


def _why(metric: dict[str, Any] | None) -> str:
    return reasons_line((metric or {}).get("missing_why") or {})
