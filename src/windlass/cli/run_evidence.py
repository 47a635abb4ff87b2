"""`windlass runs noise` and `windlass runs human`: how far a run's numbers are to be believed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, number, print_table, signed

if TYPE_CHECKING:
    from windlass.client import Client

JUDGE_ONLY = "judge-only"


def noise(
    run: Annotated[str, typer.Argument(help="A run, with --repeats or beside another of its release.")],
    other: Annotated[
        str | None, typer.Argument(help="Another run of the same release on the same data.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Show by how much a release differs from itself: below the floor a difference is not worth believing."""
    with connect(data) as client:
        print_noise(client, run, other)


def human(
    run: Annotated[str, typer.Argument(help="The run: run-….")],
    metric: Annotated[
        str | None, typer.Option("--metric", help="Only this metric. [default: all that are judged]")
    ] = None,
    queue: Annotated[
        str | None, typer.Option("--queue", help="The review queue whose labels count.", show_default=False)
    ] = None,
    question: Annotated[
        str | None,
        typer.Option("--question", help="What it asks. [default: the question called as the metric is]"),
    ] = None,
    field: Annotated[
        str | None, typer.Option("--field", help="Or a field of the items' metadata, such as labels.right.")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value", help="What an answer is worth, ANSWER=NUMBER; again for more.", show_default=False
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Show a run's judged metrics as people's labels of some samples correct them."""
    asked = {"metric": metric, "queue": queue, "question": question, "field": field, "value": value}
    with connect(data) as client:
        found = client.get(f"/runs/{run}/human", **{name: each for name, each in asked.items() if each})["items"]
    if not found:
        print("No metric of this run was judged by a model.")
        return
    print_table(
        ("metric", "labels", "mean", "95 % interval", "judge alone", "weight", "labelled", "of", "worth"),
        (row for judged in found for row in _judged_rows(judged)),
        right=("mean", "judge alone", "weight", "labelled", "of", "worth"),
    )


def print_noise(client: "Client", run: str, other: str | None) -> None:
    """Print the noise floor of two runs, or of one run's repeats."""
    found = client.get(f"/runs/{run}/noise", **({"other": other} if other else {}))
    between = " and ".join(each["id"] for each in found["runs"])
    print(f"noise of {found['runs'][0]['release']['name']} {found['runs'][0]['release']['number']}: {between}")
    print_table(
        ("metric", "floor", "difference", "items that flip", "95 % interval", "from try to try", "n"),
        (
            (
                metric["name"],
                number(metric["floor"]),
                signed(metric["difference"]),
                f"{metric['flips']:.1%}",
                f"{metric['flips_low']:.1%} to {metric['flips_high']:.1%}",
                f"±{number(metric['deviation'])}",
                metric["n"],
            )
            for metric in found["metrics"]
        ),
        right=("floor", "difference", "items that flip", "from try to try", "n"),
    )
    print("A difference below the floor is what two runs of one release show by chance alone.")


def whose_word(check: Mapping[str, Any]) -> str:
    """Say in brackets whose word a check of a verdict is, where a judge has one."""
    if check.get("human"):
        return f" ({check['human']['labelled']} labelled by people)"
    return f" ({JUDGE_ONLY})" if check.get("judge_only") else ""


def _judged_rows(judged: Mapping[str, Any]) -> list[tuple[object, ...]]:
    name, alone = judged["metric"], number(judged["judge_mean"])
    if not judged["corrected"]:
        bounds = f"{number(judged['judge_low'])} to {number(judged['judge_high'])}"
        return [(name, JUDGE_ONLY, alone, bounds, alone, MISSING, 0, MISSING, MISSING)]
    return [
        (
            name,
            each["labels"].get("field") or f"{each['labels']['queue']}/{each['labels'].get('question') or name}",
            number(each["mean"]),
            f"{number(each['low'])} to {number(each['high'])}",
            alone,
            number(each["weight"], 2),
            each["labelled"],
            each["labelled"] + each["unlabelled"],
            number(each["effective_labels"], 0),
        )
        for each in judged["corrected"]
    ]
