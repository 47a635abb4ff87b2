"""`windlass reviews`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, number, print_table
from windlass.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Let people label outputs and data: review queues.")

Name = Annotated[str, typer.Argument(help="The review queue.")]
Sample = Annotated[
    int | None,
    typer.Option("--sample", min=1, help="How many to draw at random [default: all].", show_default=False),
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed draws the same ones.")]


@app.command("list")
def list_queues(data: Data = None) -> None:
    """List the review queues and how far each is."""
    with connect(data) as client:
        queues = client.get("/review-queues")["items"]
    if not queues:
        print("There is no review queue; make one with `windlass reviews create FILE`.")
        return
    print_table(
        ("queue", "items", "settled", "disputed", "labels", "of"),
        (
            (
                queue["name"],
                queue["progress"]["items"],
                queue["progress"]["settled"],
                queue["progress"]["disputed"],
                queue["progress"]["labels"],
                queue["progress"]["items"] * queue["labels_per_item"],
            )
            for queue in queues
        ),
        right=("items", "settled", "disputed", "labels", "of"),
    )


@app.command("create")
def create(
    file: Annotated[
        Path, typer.Argument(help="YAML: name, questions, guidelines or guidelines_file, labels_per_item, blind.")
    ],
    update: Annotated[bool, typer.Option("--update", help="Change the queue of this name.")] = False,
    data: Data = None,
) -> None:
    """Make a review queue of a file."""
    content = _read(file)
    name = content.pop("name", None) or file.stem
    with connect(data) as client:
        queue = client.put(f"/review-queues/{name}", {**content, **({} if update else {"expected": 0})})
    print(f"{queue['name']} is at revision {queue['revision']}: {_asked(queue)}.")


@app.command("add")
def add(
    name: Name,
    run: Annotated[str | None, typer.Option("--run", help="Samples of this run.", show_default=False)] = None,
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="Pairs with this run's outputs.", show_default=False)
    ] = None,
    score: Annotated[
        str | None, typer.Option("--score", help="Only where this metric lies in the range.", show_default=False)
    ] = None,
    low: Annotated[float | None, typer.Option("--from", help="From this score on.", show_default=False)] = None,
    high: Annotated[float | None, typer.Option("--to", help="Up to this score.", show_default=False)] = None,
    trace: Annotated[
        list[str] | None, typer.Option("--trace", help="This trace; as often as needed.", show_default=False)
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="Traces by a condition, as in the list of traces.", show_default=False),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Items of a dataset, `name@what`.", show_default=False)
    ] = None,
    sample: Sample = None,
    seed: Seed = 0,
    data: Data = None,
) -> None:
    """Add samples of a run, traces, or items of a dataset to a queue."""
    drawn: dict[str, object] = {"seed": seed, **({"sample": sample} if sample else {})}
    chosen: dict[str, object] = {}
    if run:
        ranged = {"name": score, "low": low, "high": high} if score else None
        chosen["run"] = {"run": run, "baseline": baseline, "score": ranged, **drawn}
    if trace or where:
        chosen["traces"] = {"ids": trace or [], "query": {"where": where} if where else None, **drawn}
    if dataset:
        chosen["dataset"] = {"dataset": dataset, **drawn}
    if len(chosen) != 1:
        raise InputError("Say what to add: one of --run, --trace or --where, and --dataset.")
    with connect(data) as client:
        answer = client.post(f"/review-queues/{name}/items", chosen)
    print(f"{answer['added']} added; {answer['there']} were there already.")


@app.command("status")
def status(name: Name, data: Data = None) -> None:
    """Print how far a queue is, and how far its reviewers agree."""
    with connect(data) as client:
        queue = client.get(f"/review-queues/{name}")
        agreement = client.get(f"/review-queues/{name}/agreement")
    progress = queue["progress"]
    print(
        f"{progress['settled']} of {progress['items']} items are settled, {progress['disputed']} wait for a "
        f"decision; {progress['labels']} labels, {progress['skips']} skips."
    )
    if agreement["reviewers"]:
        counts = ((each["reviewer"], each["labels"], each["skips"]) for each in agreement["reviewers"])
        print_table(("reviewer", "labels", "skips"), counts, right=("labels", "skips"))
    if agreement["questions"]:
        print_table(
            ("question", "taken as", "items", "equal", "alpha", "95 %", "kappa"),
            (
                (
                    each["question"],
                    each["level"],
                    each["alpha"]["n"],
                    number(each["raw"]["value"]),
                    number(each["alpha"]["value"]),
                    _interval(each["alpha"]),
                    _kappa(each),
                )
                for each in agreement["questions"]
            ),
            right=("items", "equal", "alpha", "kappa"),
        )


@app.command("export")
def export(
    name: Name,
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset that gets a version.")],
    reference: Annotated[
        str | None,
        typer.Option("--reference", help="The question whose answer is the reference.", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """Push the settled items of a queue, with what people decided, as a version of a dataset."""
    body = {"dataset": dataset, "reference": reference}
    with connect(data) as client:
        made = client.post(f"/review-queues/{name}/export", body)
    print(
        f"dataset/{made['name']}@{made['number']}: {made['items']} items{'' if made['is_new'] else ', as it was'}."
    )
    if made["unsettled"]:
        print(f"{made['unsettled']} items are left out: they wait for labels or for a decision.")
    if made["gone"]:
        print(f"{made['gone']} items are left out: their traces are gone.")


def _read(file: Path) -> dict[str, Any]:
    # Help must not wait for it.
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if isinstance(content, dict) and "guidelines_file" in content:
            content["guidelines"] = (file.parent / str(content.pop("guidelines_file"))).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{error.filename} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is no YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{file} is not a review queue: it has `questions`, and usually `guidelines`.")
    return content


def _asked(queue: dict[str, Any]) -> str:
    questions, labels = len(queue["questions"]), queue["labels_per_item"]
    return (
        f"{questions} {'question' if questions == 1 else 'questions'}, "
        f"{labels} {'label' if labels == 1 else 'labels'} an item, {'blind' if queue['blind'] else 'open'}"
    )


def _interval(figure: dict[str, Any]) -> str:
    return MISSING if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"


def _kappa(question: dict[str, Any]) -> str:
    """Return Cohen's kappa where two people labelled."""
    kappas = question["kappas"]
    return number(kappas[0]["kappa"]["value"]) if len(kappas) == 1 else MISSING
