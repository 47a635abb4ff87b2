"""`windlass datasets`."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from windlass.cli.dataset_options import ColumnOption, FormatOption, columns_of
from windlass.cli.output import MISSING, print_table
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.evaluation.duplicates import Duplicates
    from windlass.evaluation.samples import Item

app = typer.Typer(no_args_is_help=True, help="Look at datasets before they are pushed.")

_SHOWN = 20


@app.callback()
def datasets() -> None:
    """Keep the group a group while it has one command."""


@app.command("check")
def check(
    path: Annotated[Path, typer.Argument(help="The file or folder of a dataset.")],
    data_format: FormatOption = None,
    column: ColumnOption = None,
    similar: Annotated[
        float, typer.Option("--similar", help="From which similarity on two inputs are nearly the same, 0.7 to 1.")
    ] = 0.8,
) -> None:
    """Count items and splits, and find inputs that are there twice or nearly: exit code 1 if splits share some."""
    from windlass.evaluation.duplicates import find_duplicates
    from windlass.evaluation.formats.files import read_items
    from windlass.evaluation.formats.registry import format_named, format_of

    if not path.exists():
        raise InputError(f"There is no file {path}.")
    form = format_named(data_format) if data_format else format_of(path)
    items = list(read_items(path, form, columns_of(column or [])))
    print(f"{path} is read as {form.name} ({form.description}): {_count(len(items), 'item')}.")
    _print_splits(items)
    found = find_duplicates(items, similar=similar)
    _print_pairs(found)
    _print_summary(found, similar)
    if found.leaks:
        raise typer.Exit(1)


def _print_splits(items: "list[Item]") -> None:
    counts = Counter(item.split for item in items)
    if counts.keys() != {""}:
        rows = ((split or MISSING, count) for split, count in counts.items())
        print_table(("split", "items"), rows, right=("items",))


def _print_pairs(found: "Duplicates") -> None:
    pairs = sorted((*found.exact, *found.near), key=lambda pair: (not pair.leaks, -pair.similarity))
    if not pairs:
        return
    print_table(
        ("item", "split", "item", "split", "similarity", ""),
        (
            (
                pair.first,
                pair.splits[0] or MISSING,
                pair.second,
                pair.splits[1] or MISSING,
                f"{pair.similarity:.2f}",
                "across splits" if pair.leaks else "",
            )
            for pair in pairs[:_SHOWN]
        ),
        right=("similarity",),
    )
    if len(pairs) > _SHOWN:
        print(f"… and {len(pairs) - _SHOWN} more.")


def _print_summary(found: "Duplicates", similar: float) -> None:
    if not found.exact and not found.near:
        print(f"No two items ask the same or nearly the same (a similarity of {similar:g} or more).")
        return
    print(
        f"{_count(len(found.exact), 'item')} asking the same as one before, and {_count(len(found.near), 'pair')} "
        f"asking nearly the same (a similarity of {similar:g} or more)."
    )
    if found.cut:
        print("There are more such pairs: leave some of these out, and check again.")
    contradictions = sum(not pair.same_reference for pair in found.exact)
    if contradictions:
        print(
            f"{_count(contradictions, 'item')} asking the same as one before with another reference: one is wrong."
        )
    if found.leaks:
        print(
            f"Leakage: {_count(len(found.leaks), 'pair')} in different splits. What is measured on one split was "
            "seen in the other; keep both items in one split, or leave one out."
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
