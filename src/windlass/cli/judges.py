"""`windlass judges`: measuring judges against people."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from windlass.cli import judge_watch
from windlass.cli.calibration_view import STATES, Judge, end, followed, line_of, named, print_whole
from windlass.cli.connection import Data, connect
from windlass.cli.output import print_table
from windlass.cli.run_options import MaxCost, MaxTokens, ModelConcurrency, given
from windlass.errors import InputError

app = typer.Typer(
    no_args_is_help=True, help="Measure judges against people, show how they stand, watch whether they drift."
)


@app.command("calibrate")
def calibrate(
    judge: Judge,
    queue: Annotated[str | None, typer.Option("--queue", help="By the labels of this review queue …")] = None,
    question: Annotated[
        str | None, typer.Option("--question", help="… and of this question, where it asks several.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="By labels in the items of a dataset, name@what …")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", help="… whose answers are in this column. [default: metadata.output]"),
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="By the scores of the judge that this run has; nothing is asked.")
    ] = None,
    score: Annotated[
        str | None, typer.Option("--score", help="With --run: the score that people gave to its samples.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", help="A column that holds a person's label, such as metadata.ann; repeatable."),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option("--answers", help="With --run, of comparisons: the columns of both answers, A,B."),
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="What a label is worth to the judge, good=1; repeatable.")
    ] = None,
    yes_from: Annotated[
        float | None, typer.Option("--yes-from", help="From which score on the judge says yes, 1; below it no, 0.")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="What alpha takes a difference for: nominal, ordinal, interval.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="The metadata field by which items belong together.")
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=10, help="How often each item is judged.")] = 1,
    nulls: Annotated[
        int, typer.Option("--nulls", min=0, max=200, help="Comparisons with an answer that says nothing.")
    ] = 20,
    minimum: Annotated[
        list[str] | None,
        typer.Option("--minimum", help="The least it must show. [default: kappa=0.6 and coverage=0.95]"),
    ] = None,
    maximum: Annotated[
        list[str] | None,
        typer.Option("--maximum", help="position, verbosity, flip_rate or null_answer=0.1: the most it may show."),
    ] = None,
    ceiling: Annotated[
        list[str] | None,
        typer.Option("--ceiling", help="kappa=0.1: how far below the agreement of people it may be."),
    ] = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    model_concurrency: ModelConcurrency = None,
    data: Data = None,
) -> None:
    """Measure a judge against people: exit 0 when it passes, 1 when it fails, 3 without enough labels to tell."""
    name, what = named(judge)
    asked = {
        **_source(queue, question, dataset, output, run, score, label or [], answers),
        **given(
            yes_from=yes_from,
            level=level,
            cluster=cluster,
            max_cost_usd=max_cost,
            max_tokens=max_tokens,
            model_concurrency=model_concurrency,
        ),
        "values": _numbers("--value", value),
        **({} if run is not None else {"repeats": repeats, "nulls": nulls}),
    }
    bounds = {"minimum": minimum, "maximum": maximum, "ceiling": ceiling}
    if any(bounds.values()):
        asked["thresholds"] = {
            kind: _numbers(f"--{kind}", texts)
            for kind, texts in bounds.items()
            # Without a minimum the usual one holds.
            if texts
        }
    with connect(data) as client:
        started = client.post(f"/evaluators/{name}/calibrations", {"ref": what, "labels": asked})
        end(followed(client, started))


app.command("watch")(judge_watch.watch)


@app.command("show")
def show(
    judge: Judge,
    calibration: Annotated[
        str | None, typer.Option("--calibration", help="One calibration, whole; else all, newest first.")
    ] = None,
    data: Data = None,
) -> None:
    """Show how a judge stands and its calibrations, or one of them whole."""
    name, what = named(judge)
    with connect(data) as client:
        if calibration is not None:
            print_whole(client.get(f"/evaluators/{name}/calibrations/{calibration}"))
            return
        listed = client.get(f"/evaluators/{name}/calibrations", ref=what)
    standing = listed["standing"]
    if standing is not None:
        by = f" ({standing['calibration']})" if standing["calibration"] else ""
        print(f"{name}: {STATES[standing['state']]}{by}")
    if listed["schedule"] is not None:
        print(judge_watch.schedule_line(listed["schedule"]))
    if not listed["items"]:
        print(f"There is no calibration; make one with `windlass judges calibrate {name} --queue QUEUE`.")
        return
    print_table(
        ("calibration", "judge", "labels", "kappa", "coverage", "outcome", "finished"),
        (line_of(each) for each in listed["items"]),
        right=("kappa", "coverage"),
    )


def _source(
    queue: str | None,
    question: str | None,
    dataset: str | None,
    output: str | None,
    run: str | None,
    score: str | None,
    labels: Sequence[str],
    answers: str | None,
) -> dict[str, object]:
    if sum(each is not None for each in (queue, dataset, run)) != 1:
        raise InputError("Say where people's labels are: one of --queue, --dataset and --run.")
    if queue is not None:
        _refuse("--queue", label=labels, output=output, score=score, answers=answers)
        return {"kind": "queue", "queue": queue, "question": question}
    if dataset is not None:
        _refuse("--dataset", question=question, score=score, answers=answers)
        return {"kind": "dataset", "dataset": dataset, "labels": list(labels), **given(output=output)}
    _refuse("--run", question=question, output=output)
    both = None if answers is None else [part.strip() for part in answers.split(",")]
    return {"kind": "run", "run": run, "labels": list(labels), "score": score, **given(answers=both)}


def _refuse(source: str, **options: object) -> None:
    wrong = next((name for name, value in options.items() if value), None)
    if wrong is not None:
        raise InputError(f"--{wrong} does not go with {source}; leave it out.")


def _numbers(option: str, texts: Iterable[str] | None) -> dict[str, float]:
    found = {}
    for text in texts or ():
        name, sign, value = text.rpartition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            sign = ""
        if not sign or not name.strip():
            raise InputError(f"{option} is a name and a number, NAME=0.6; {text!r} is not.")
    return found
