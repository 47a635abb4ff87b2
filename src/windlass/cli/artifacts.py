"""`windlass push` and `windlass pull`."""

from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import print_table, short


def push(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with files, to push.", exists=True)],
    message: Annotated[str, typer.Option("--message", "-m", help="Why, for the history.")] = "",
    data: Data = None,
) -> None:
    """Push prompts (*.md), datasets (*.jsonl), and models, indexes, evaluators and releases (*.yaml)."""
    from windlass.delivery.files import read_files
    from windlass.delivery.push import push_files

    files = read_files(paths)
    with connect(data) as client:
        pushed = push_files(client, files, message=message)
    print_table(
        ("artifact", "version", "digest", "labels", ""),
        (
            (
                f"{file.kind}/{file.name}",
                file.number,
                short(file.digest),
                ", ".join(file.labels),
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
    data: Data = None,
) -> None:
    """Write a version back as a file."""
    from windlass.delivery.push import pull_file
    from windlass.errors import InputError

    with connect(data) as client:
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
