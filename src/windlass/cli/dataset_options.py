"""Options that say how a file is a dataset."""

from collections.abc import Iterable
from typing import Annotated

import typer

from windlass.errors import InputError

FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Of a dataset: jsonl, json, csv, tsv, parquet, hugging-face, promptfoo, adk or vertex [default: by "
        "the name and content of the file].",
        show_default=False,
    ),
]

ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        help="FIELD=COLUMN: the column that is an item's field, for example input=question; as often as needed.",
        show_default=False,
    ),
]


def columns_of(options: Iterable[str]) -> dict[str, str]:
    """Return the column for each field. Raises InputError."""
    columns: dict[str, str] = {}
    for option in options:
        field, sign, column = option.partition("=")
        if not (field and sign and column):
            raise InputError(f"`--column {option}` is not FIELD=COLUMN, such as `--column input=question`.")
        columns[field] = column
    return columns
