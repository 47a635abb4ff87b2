"""`windlass import`."""

from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.dataset_options import columns_of
from windlass.errors import InputError

_NAME = "Of the release that stands for what was evaluated [default: by the file]."


def import_runs(
    tool: Annotated[str, typer.Argument(help="tau-bench, inspect, promptfoo or judgements.")],
    paths: Annotated[list[Path], typer.Argument(help="The files that the tool wrote.")],
    name: Annotated[str, typer.Option("--name", help=_NAME, show_default=False)] = "",
    dataset: Annotated[
        str, typer.Option("--dataset", help="The dataset's name [default: by the file].", show_default=False)
    ] = "",
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="A built-in evaluator that scores the samples too; again for more."),
    ] = None,
    model: Annotated[
        str,
        typer.Option("--model", help="The model that answered, where the file does not say.", show_default=False),
    ] = "",
    items: Annotated[
        Path | None, typer.Option("--items", help="Of judgements: the file with the items that were judged.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="Of judgements, FIELD=COLUMN: verdict, explanation, output, or an item's field (id, input …).",
            show_default=False,
        ),
    ] = None,
    verdict: Annotated[
        list[str] | None,
        typer.Option(
            "--verdict", help="Of judgements, VERDICT=NUMBER: what a verdict is worth.", show_default=False
        ),
    ] = None,
    data: Data = None,
) -> None:
    """Bring runs that another tool made: a dataset, a finished run with its scores, and traces. Twice is once."""
    from windlass.cli.run import print_run
    from windlass.delivery.imports import bring_run
    from windlass.evaluation.built_in import BUILT_IN
    from windlass.evaluation.datasets import require_columns
    from windlass.evaluation.imports.imported import ImportOptions
    from windlass.evaluation.imports.registry import read_runs

    options = ImportOptions(
        name=name,
        dataset=dataset,
        model=model,
        items=items,
        columns=columns_of(column or []),
        verdicts=dict(map(_verdict, verdict or [])),
    )
    evaluators = BUILT_IN.select(evaluator or [])
    runs = [run for path in paths for run in read_runs(tool, path, options)]
    for run in runs:
        require_columns(run.items, evaluators)
    with connect(data) as client:
        for run in runs:
            brought = bring_run(client, run, evaluators)
            release, data_version = brought.run["release"], brought.run["dataset"]
            print(
                f"{release['name']}@{release['number']} on {data_version['name']}@{data_version['number']}"
                f"{'' if brought.is_new else ': imported before, nothing is new'}"
            )
            print_run(brought.run)


def _verdict(option: str) -> tuple[str, float]:
    label, sign, number = option.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not (label and sign) or value != value or value in (float("inf"), -float("inf")):
        raise InputError(f"`--verdict {option}` is not VERDICT=NUMBER, such as `--verdict tie=0.5`.")
    return label, value
