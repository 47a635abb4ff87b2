"""`windlass evaluators import` and `export`: the files of ADK and Vertex AI."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import plain
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.client import Client
    from windlass.evaluation.portable.portable import PortableEvaluator


def import_evaluators(
    file: Annotated[Path, typer.Argument(help="ADK's EvalConfig (test_config.json), or a metric of Vertex AI.")],
    model: Annotated[
        str | None,
        typer.Option("--model", help="Of the judges: provider:name [default: the one named there, of Google]."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for the files of evaluators.")] = Path(
        "evaluators"
    ),
) -> None:
    """Write the evaluators of another tool's file as files of windlass, to be looked at and pushed."""
    from windlass.delivery.evaluator_files import read_portable, write_evaluator

    read = read_portable(file, model)
    output.mkdir(parents=True, exist_ok=True)
    for evaluator in read.evaluators:
        print(plain(f"{write_evaluator(evaluator, output)}: {evaluator.body['function']}"))
        for note in evaluator.notes:
            print(plain(f"    {note}"))
    for name, why in read.left_out.items():
        print(plain(f"left out: {name}, {why}"))
    if not read.evaluators:
        raise InputError(f"{file} has no metric that windlass has.")
    asked = " ".join(f"--evaluator {each.name}" for each in read.evaluators)
    required = " ".join(
        f"--require '{each.name}>={each.at_least:g}'" for each in read.evaluators if each.at_least is not None
    )
    print(plain(f"\nwindlass push {output}\nwindlass eval RELEASE --dataset DATASET {asked} {required}".rstrip()))


def export_evaluators(
    names: Annotated[list[str], typer.Argument(help="Evaluators: name, or name@what.")],
    tool: Annotated[str, typer.Option("--format", help="adk or vertex.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="METRIC>=NUMBER: the threshold of a criterion of ADK; again for each."),
    ] = None,
    data: Data = None,
) -> None:
    """Write evaluators as a file of another tool: ADK's EvalConfig, or a metric of Vertex AI."""
    from windlass.delivery.evaluator_files import TOOLS, write_portable
    from windlass.delivery.requirements import parse_requirement

    if tool not in TOOLS:
        raise InputError(f"There is no format {tool!r} of evaluators; there are {', '.join(TOOLS)}.")
    bounds = dict(map(parse_requirement, require or []))
    with connect(data) as client:
        found = [_evaluator(client, name) for name in names]
    least = {name: bound.value for name, bound in bounds.items() if bound.least}
    written = io.BytesIO()
    evaluators = [_portable(each, least.get(each["name"])) for each in found]
    version = str(found[0]["version"]["number"]) if found[0]["version"] else "1"
    write_portable("adk" if tool == "adk" else "vertex", evaluators, written, version=version)
    try:
        output.write_bytes(written.getvalue())
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from error
    print(output)


def _evaluator(client: "Client", text: str) -> dict[str, Any]:
    from windlass.artifacts.references import parse_selector

    _, name, what = parse_selector(text, kind="evaluator")
    detail: dict[str, Any] = client.get(f"/evaluators/{name}", ref=what)
    if detail["source"]:
        raise InputError(f"{name} is code of your own, which no format of others has: `windlass pull` writes it.")
    return detail


def _portable(detail: dict[str, Any], at_least: float | None) -> "PortableEvaluator":
    from windlass.evaluation.portable.portable import PortableEvaluator

    said = {"description": detail["description"]} if detail["version"] and detail["description"] else {}
    body = {**said, "function": detail["function"], "parameters": detail["parameters"]}
    return PortableEvaluator(detail["name"], body, at_least)
