"""Exports of what a filter lists, to a file or standard output."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from windlass.cli.connection import connect
from windlass.cli.output import written
from windlass.errors import InputError

_FORMATS: Final = ("jsonl", "otlp", "otlp-protobuf", "parquet")

ExportFormat = Annotated[str, typer.Option("--format", help=f"One of: {', '.join(_FORMATS)}.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="A file [default: standard output].", show_default=False),
]


def download_export(
    path: str, data_format: str, output: Path | None, query: Mapping[str, object], data: Path | None
) -> None:
    """Write what a path exports. Raises InputError for a format that there is not."""
    if data_format not in _FORMATS:
        raise InputError(f"{data_format!r} is no format here; use one of: {', '.join(_FORMATS)}.")
    with connect(data) as client, written(output) as file:
        client.download(path, file, **query, format=data_format)
