"""`windlass sql`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, print_table, written
from windlass.errors import InputError

_FORMATS = ("table", "json", "csv", "jsonl", "parquet")


def sql(
    query: Annotated[str, typer.Argument(help="One SELECT over spans, traces and scores.")],
    data_format: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(_FORMATS)}.")] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to a file [default: standard output].", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """Run a SELECT over the project's own spans, traces and scores."""
    if data_format not in _FORMATS:
        raise InputError(f"{data_format!r} is no format here; use one of: {', '.join(_FORMATS)}.")
    with connect(data) as client:
        if data_format in {"csv", "jsonl", "parquet"}:
            body = {"query": query, "format": data_format}
            with written(output) as file:
                client.download("/sql/file", file, body=body)
            return
        answer = client.post("/sql", {"query": query})
    if data_format == "json" or output is not None:
        _write(json.dumps(answer, ensure_ascii=False), output)
    else:
        print_table(
            [column["name"] for column in answer["columns"]],
            ([MISSING if cell is None else _cell(cell) for cell in row] for row in answer["rows"]),
        )
    if answer["cut"]:
        print(f"Only the first {len(answer['rows'])} rows are shown; there are more.", file=sys.stderr)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
