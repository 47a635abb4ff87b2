"""`windlass push` and `windlass pull`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.dataset_options import ColumnOption, FormatOption, columns_of
from windlass.cli.output import print_table, short
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.client import Client
    from windlass.delivery.files import ArtifactFile


def push(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files, or folders with files, to push; or dataset/NAME and the file or folder of it."
        ),
    ],
    message: Annotated[str, typer.Option("--message", "-m", help="Why, for the history.")] = "",
    data_format: FormatOption = None,
    column: ColumnOption = None,
    data: Data = None,
) -> None:
    """Push prompts (*.md), datasets (*.jsonl), evaluators (*.py), and models, indexes, releases and more (*.yaml).

    A dataset in any other format: windlass push dataset/NAME FILE-OR-FOLDER [--format FORMAT].
    """
    from windlass.delivery.push import push_files

    files = _files(paths, data_format, column or [])
    with connect(data) as client:
        pushed = push_files(client, files, message=message)
    print_table(
        ("artifact", "version", "digest", "labels", "read as", ""),
        (
            (
                f"{file.kind}/{file.name}",
                file.number,
                short(file.digest),
                ", ".join(file.labels),
                file.read_as,
                "new" if file.is_new else "unchanged",
            )
            for file in pushed
        ),
        right=("version",),
    )


def pull(
    version: Annotated[str, typer.Argument(help="kind/name@what, for example prompt/guide-answer@3.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; - for standard output.")
    ] = None,
    data_format: FormatOption = None,
    data: Data = None,
) -> None:
    """Write a version back as a file; a dataset in the format of the file's name, or of --format."""
    from windlass.artifacts.references import parse_selector
    from windlass.delivery.push import pull_file

    is_dataset = parse_selector(version).kind == "dataset"
    if data_format and not is_dataset:
        raise InputError(f"`--format` is of datasets, and {version} is none: leave it out.")
    with connect(data) as client:
        if is_dataset:
            _pull_dataset(client, version, output, data_format)
            return
        name, content = pull_file(client, version)
    if str(output) == "-":
        print(content, end="")
        return
    path = output or Path(name)
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    print(path)


def _files(paths: list[Path], data_format: str | None, column: list[str]) -> "list[ArtifactFile]":
    from windlass.delivery.files import read_dataset_file, read_files

    # The folder `.` has no parts.
    kind, name = paths[0].parts[:1], paths[0].parts[1:]
    if kind == ("dataset",) and len(name) == 1 and not paths[0].exists():
        if len(paths) != 2:
            raise InputError(
                f"Name the one file or folder of the dataset: windlass push {paths[0]} FILE-OR-FOLDER."
            )
        return [read_dataset_file(paths[1], name[0], data_format=data_format, columns=columns_of(column))]
    if data_format or column:
        raise InputError(
            "`--format` and `--column` are of one dataset: windlass push dataset/NAME FILE-OR-FOLDER."
        )
    return read_files(paths)


def _pull_dataset(client: "Client", version: str, output: Path | None, data_format: str | None) -> None:
    from windlass.delivery.push import pull_items
    from windlass.evaluation.formats.files import write_items, write_to
    from windlass.evaluation.formats.registry import FORMATS, format_named, format_to_write

    to_file = output is not None and str(output) != "-"
    by_name = format_to_write(output) if output is not None and to_file else FORMATS["jsonl"]
    form = format_named(data_format) if data_format else by_name
    name, items = pull_items(client, version)
    if str(output) == "-":
        write_to(items, sys.stdout.buffer, form, name=name)
        sys.stdout.flush()
        return
    path = output or Path(f"{name}{form.suffixes[0] if form.suffixes else ''}")
    write_items(items, path, form, name=name)
    print(path)
