"""`windlass datasets`."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli import synthesis
from windlass.cli.connection import Data, connect
from windlass.cli.dataset_options import ColumnOption, FormatOption, columns_of
from windlass.cli.output import MISSING, plain, print_table
from windlass.cli.trace_filters import Environment, OfRun, Release, SaidIn, Since, Status, Until
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.evaluation.samples import Item

app = typer.Typer(no_args_is_help=True, help="Check and compare datasets, and make them of traces and by models.")
app.command("synthesise")(synthesis.synthesise)
app.command("syntheses")(synthesis.syntheses)
app.command("approval")(synthesis.approval)

_SHOWN = 20
_WIDEST = 80
_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


@app.command("check")
def check(
    path: Annotated[str, typer.Argument(help="The file or folder of a dataset; or one of the server: name@what.")],
    data_format: FormatOption = None,
    column: ColumnOption = None,
    similar: Annotated[
        float, typer.Option("--similar", help="From which similarity on two inputs are nearly the same, 0.7 to 1.")
    ] = 0.8,
    data: Data = None,
) -> None:
    """Count items and splits, and find inputs that are there twice or nearly: exit code 1 if splits share some."""
    if Path(path).exists():
        report = _check_file(Path(path), data_format, column or [], similar)
    elif _is_path(path) or data_format or column:
        raise InputError(f"There is no file {path}.")
    else:
        report = _check_version(path, similar, data)
    _print_pairs(report)
    _print_summary(report)
    if report["leaks"]:
        raise typer.Exit(1)


def _is_path(text: str) -> bool:
    from windlass.evaluation.formats.registry import SUFFIXES

    return "/" in text.removeprefix("dataset/") or Path(text).suffix.lower() in SUFFIXES


def _check_file(path: Path, data_format: str | None, column: list[str], similar: float) -> dict[str, Any]:
    from windlass.evaluation.duplicate_reports import report_of
    from windlass.evaluation.duplicates import find_duplicates
    from windlass.evaluation.formats.files import read_items
    from windlass.evaluation.formats.registry import format_named, format_of

    form = format_named(data_format) if data_format else format_of(path)
    splits: Counter[str] = Counter()

    def counted() -> "Iterator[Item]":
        for item in read_items(path, form, columns_of(column)):
            splits[item.split] += 1
            yield item

    found = find_duplicates(counted(), similar=similar)
    print(f"{path} is read as {form.name} ({form.description}): {_count(splits.total(), 'item')}.")
    _print_splits(splits)
    return report_of(found, items=splits.total(), similar=similar).model_dump()


def _check_version(selector: str, similar: float, data: Path | None) -> dict[str, Any]:
    from windlass.artifacts.references import parse_selector

    _, name, what = parse_selector(selector, kind="dataset")
    with connect(data) as client:
        found = client.get(f"/datasets/{name}", ref=what)
        print(f"dataset/{name}@{found['version']['number']}: {_count(found['count'], 'item')}.")
        _print_splits(found["splits"])
        report: dict[str, Any] = client.get(
            f"/datasets/{name}/duplicates", ref=found["version"]["digest"], similar=similar
        )
    return report


@app.command("diff")
def diff(
    name: Annotated[str, typer.Argument(help="The dataset.")],
    before: Annotated[str, typer.Argument(help="The earlier version: its number, digest or label.")],
    after: Annotated[str, typer.Argument(help="The later one.")] = "latest",
    data: Data = None,
) -> None:
    """Show the items that one version adds, changes and removes: exit code 1 if there are any."""
    with connect(data) as client:
        versions = {"from": before, "to": after}
        counts = client.get(f"/datasets/{name}/changes", limit=1, **versions)
        for change in client.pages(f"/datasets/{name}/changes", limit=500, **versions):
            print(plain(f"{_SIGNS[change['kind']]} {change['id']}"))
            for field in change["fields"]:
                print(plain(f"    {field['field']}: {_value(field['before'])} → {_value(field['after'])}"))
    print(
        f"@{counts['from']['number']} → @{counts['to']['number']}: {counts['added']} added, {counts['changed']} "
        f"changed, {counts['removed']} removed, {counts['unchanged']} the same."
    )
    if counts["items"]:
        raise typer.Exit(1)


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


@app.command("from-traces")
def from_traces(
    name: Annotated[str, typer.Argument(help="The dataset; it is made if it is not there.")],
    sample: Annotated[
        float, typer.Option("--sample", help="How likely each trace is to be drawn, up to 1.")
    ] = 1.0,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            help="The same seed draws the same traces [default: that of the draws before, 0 for the first].",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            "--where",
            help="Only with such a span: 'request_model=gpt-5', 'score.f1<0.5'; repeatable.",
            show_default=False,
        ),
    ] = None,
    release: Release = None,
    environment: Environment = None,
    run: OfRun = None,
    status: Status = None,
    text: SaidIn = None,
    since: Since = None,
    until: Until = None,
    split: Annotated[str, typer.Option("--split", help="The split of the new items.")] = "",
    most: Annotated[
        int, typer.Option("--most", min=1, max=100_000, help="A draw of more new items is refused.")
    ] = 10_000,
    recording: Annotated[
        bool, typer.Option("--recording", help="Keep what the traces' tools answered, for `windlass replay`.")
    ] = False,
    message: Annotated[str, typer.Option("--message", "-m", help="Why, for the history.")] = "",
    data: Data = None,
) -> None:
    """Add traces to a dataset: what was asked, and what was answered as the reference to be corrected.

    Each trace is in the dataset once, however often it is drawn. An item's metadata says which trace it is of and
    how likely that was to be drawn, so that rates over the items can be weighted.
    """
    query = {"release": release, "environment": environment, "run": run, "status": status, "q": text}
    body = {
        "sample": sample,
        "seed": seed,
        "most": most,
        "split": split,
        "recording": recording,
        "message": message,
    }
    with connect(data) as client:
        drawn = client.post(
            f"/datasets/{name}/from-traces", body, **query, where=where, **{"from": since, "to": until}
        )
    _print_drawn(name, drawn)


def _print_drawn(name: str, drawn: dict[str, Any]) -> None:
    print(
        f"{_count(drawn['matched'], 'trace')} {_is(drawn['matched'])} meant, and {drawn['drawn']} drawn (sample "
        f"{drawn['sample']:g}, seed {drawn['seed']}): {drawn['added']} added, {drawn['already']} there already."
    )
    if drawn["without_input"]:
        print(f"{_count(drawn['without_input'], 'drawn trace')} without a word of what was asked: left out.")
    if drawn["of_runs"]:
        print(f"{_count(drawn['of_runs'], 'drawn trace')} of evaluation runs: left out; take one's with `--run`.")
    version = drawn["version"]
    if version is None:
        print(f"There is no dataset/{name} yet: nothing was drawn.")
        return
    print(f"dataset/{name}@{version['number']}, {'new' if version['is_new'] else 'unchanged'}.")


def _print_splits(counts: Mapping[str, int]) -> None:
    if counts.keys() != {""}:
        rows = ((split or MISSING, count) for split, count in counts.items())
        print_table(("split", "items"), rows, right=("items",))


def _print_pairs(report: dict[str, Any]) -> None:
    pairs = report["pairs"]
    if not pairs:
        return
    print_table(
        ("item", "split", "item", "split", "similarity", ""),
        (
            (
                pair["first"],
                pair["first_split"] or MISSING,
                pair["second"],
                pair["second_split"] or MISSING,
                f"{pair['similarity']:.2f}",
                "across splits" if pair["leaks"] else "",
            )
            for pair in pairs[:_SHOWN]
        ),
        right=("similarity",),
    )
    all_pairs = report["exact"] + report["near"]
    if all_pairs > _SHOWN:
        print(f"… and {all_pairs - _SHOWN} more.")


def _print_summary(report: dict[str, Any]) -> None:
    similar = f"(a similarity of {report['similar']:g} or more)"
    if not report["exact"] and not report["near"]:
        print(f"No two items ask the same or nearly the same {similar}.")
        return
    print(
        f"{_count(report['exact'], 'item')} asking the same as one before, and {_count(report['near'], 'pair')} "
        f"asking nearly the same {similar}."
    )
    if report["cut"]:
        print("There are more such pairs: leave some of these out, and check again.")
    if report["contradictions"]:
        print(
            f"{_count(report['contradictions'], 'item')} asking the same as one before with another reference: "
            "one is wrong."
        )
    if report["leaks"]:
        print(
            f"Leakage: {_count(report['leaks'], 'pair')} in different splits. What is measured on one split was "
            "seen in the other; keep both items in one split, or leave one out."
        )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
