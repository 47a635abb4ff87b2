"""`windlass evaluators`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli import evaluator_files
from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, dollars, number, plain, print_table, seconds
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.client import Client

_AT_ONCE: Final = 100

app = typer.Typer(
    no_args_is_help=True, help="List evaluators, show one, try it on a sample, bring them from other tools."
)
app.command("import")(evaluator_files.import_evaluators)
app.command("export")(evaluator_files.export_evaluators)


@app.command("list")
def list_evaluators(data: Data = None) -> None:
    """List the project's own evaluators and then the built-in ones."""
    with connect(data) as client:
        listed = client.get("/evaluators")["items"]
    print_table(
        ("evaluator", "version", "kind", "needs", "what it measures"),
        (
            (
                each["name"],
                each["latest"]["number"] if each["latest"] else MISSING,
                each["kind"],
                ", ".join(each["needs"]) or MISSING,
                each["problem"] or each["description"],
            )
            for each in listed
        ),
        right=("version",),
    )


@app.command("show")
def show(
    evaluator: Annotated[str, typer.Argument(help="Its name, or name@what.")],
    data: Data = None,
) -> None:
    """Show what an evaluator is; of a judge, every word that it is told."""
    name, what = _named(evaluator)
    with connect(data) as client:
        detail = client.get(f"/evaluators/{name}", ref=what)
    at = f"@{detail['version']['number']}" if detail["version"] else ", built in"
    print(f"{name}{at}: {detail['kind']}, {detail['function']}. {detail['description']}")
    for point in detail["scale"]:
        print(f"{point['value']:g}: {point['meaning']}")
    if detail["parameters"]:
        print(json.dumps(detail["parameters"], ensure_ascii=False, indent=2))
    if detail["source"]:
        print(f"\n{detail['source']}", end="")
    if detail["told"]:
        print(f"\n{detail['told']}")


@app.command("try")
def try_evaluator(
    evaluator: Annotated[str, typer.Argument(help="Its name, or name@what.")],
    sample: Annotated[
        Path | None,
        typer.Option(
            "--sample",
            help="A JSON file: input, output, reference, metadata, contexts, trajectory.",
            show_default=False,
        ),
    ] = None,
    run: Annotated[str | None, typer.Option("--run", help="Instead: a run …")] = None,
    item: Annotated[str | None, typer.Option("--item", help="… and the item whose answer is judged.")] = None,
    data: Data = None,
) -> None:
    """Run an evaluator on one sample; a judge asks its model, which costs what it costs in a run."""
    name, what = _named(evaluator)
    body = {"ref": what, "sample": None if sample is None else _read(sample), "run": run, "item": item}
    with connect(data) as client:
        _print_trial(client.post(f"/evaluators/{name}/try", body))


@app.command("questions")
def questions(
    evaluator: Annotated[str, typer.Argument(help="A generated checklist: its name, or name@what.")],
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset: name@what.")],
    write: Annotated[
        bool, typer.Option("--write", help="Add a version whose items have them, to be edited; those then win.")
    ] = False,
    data: Data = None,
) -> None:
    """Show what a checklist asks of each item, written now where nobody wrote it: before any answer is seen."""
    from windlass.artifacts.references import parse_selector

    (name, what), selector = _named(evaluator), parse_selector(dataset, kind="dataset")
    with connect(data) as client:
        items = list(client.pages(f"/datasets/{selector.name}/items", ref=selector.what, limit=_AT_ONCE))
        written: dict[str, list[str]] = {}
        for start in range(0, len(items), _AT_ONCE):
            ids = [item["id"] for item in items[start : start + _AT_ONCE]]
            body = {"ref": what, "dataset": dataset, "items": ids}
            for each in client.post(f"/evaluators/{name}/questions", body)["items"]:
                print(plain(f"{each['id']}: {each['missing_why'] or ''}".rstrip()))
                for question in each["questions"]:
                    print(plain(f"  - {question}"))
                written[each["id"]] = each["questions"]
        if write:
            _write(client, selector.name, selector.what, items, written)


def _write(
    client: "Client", dataset: str, what: str, items: list[dict[str, Any]], written: dict[str, list[str]]
) -> None:
    put = [
        {**item, "metadata": {**item["metadata"], "checklist": written[item["id"]]}}
        for item in items
        if written[item["id"]] and item["metadata"].get("checklist") != written[item["id"]]
    ]
    if not put:
        print(f"dataset/{dataset} has them already.")
        return
    base = client.get(f"/datasets/{dataset}", ref=what)["version"]["digest"]
    made = client.post(
        f"/datasets/{dataset}/edits", {"base": base, "put": put, "message": "checklists of the items"}
    )
    print(f"dataset/{dataset}@{made['number']}: {len(put)} items have their questions.")


def _named(text: str) -> tuple[str, str]:
    from windlass.artifacts.references import parse_selector

    _, name, what = parse_selector(text, kind="evaluator")
    return name, what


def _read(path: Path) -> Any:
    from windlass.evaluation.formats.format import load_json

    content = load_json(path)
    if not isinstance(content, dict):
        raise InputError(
            f"{path}: a sample is a JSON object with an `output`, this is a {type(content).__name__}."
        )
    return content


def _print_trial(trial: dict[str, Any]) -> None:
    why = f" ({trial['missing_why']})" if trial["missing_why"] else f" {trial['label']}".rstrip()
    print(f"{number(trial['value'])}{why}")
    if trial["explanation"]:
        print(trial["explanation"])
    took = [seconds(trial["latency_s"])]
    if trial["calls"]:
        took += [
            f"{trial['calls']} answers of {trial['model']}" if trial["calls"] > 1 else trial["model"],
            f"{trial['input_tokens']} + {trial['output_tokens']} tokens",
            dollars(trial["cost_usd"]),
        ]
    print(", ".join(took))
