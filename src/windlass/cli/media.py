"""`windlass media`."""

import json
import mimetypes
from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, print_table
from windlass.errors import InputError
from windlass.evaluation.media.files import Media, mime_type_of

app = typer.Typer(no_args_is_help=True, help="Files of traces and datasets: list, keep, delete.")


@app.command("put")
def put(files: Annotated[list[Path], typer.Argument(help="Pictures and clips.")], data: Data = None) -> None:
    """Keep files, and print of each the reference by which items and outputs name it."""
    with connect(data) as client:
        for file in files:
            try:
                content = file.read_bytes()
            except FileNotFoundError as error:
                raise InputError(f"There is no file {file}.") from error
            except OSError as error:
                raise InputError(f"The file {str(file)!r} cannot be read: {error.strerror}.") from error
            kind = mime_type_of(content) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            print(f"{client.send_file('/media', content, kind)['uri']}  {file}")


@app.command("list")
def list_media(
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 20,
    cursor: Annotated[str | None, typer.Option("--cursor", help="Of the page after one that was printed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the server answers.")] = False,
    data: Data = None,
) -> None:
    """List the files that the project has, whether put there or of traces, with how many traces refer to each."""
    with connect(data) as client:
        page = client.get("/media", limit=limit, cursor=cursor)
    if as_json:
        print(json.dumps(page, indent=2, ensure_ascii=False))
        return
    if not page["items"]:
        print("There are no files: `windlass media put FILE` keeps one, and those of traces come with them.")
        return
    print_table(
        ("digest", "type", "bytes", "kept", "put", "traces", "newest use"),
        (
            (
                file["digest"],
                file["mime_type"],
                file["size"],
                moment(file["kept"]),
                "yes" if file["uploaded"] else "no",
                file["traces"],
                moment(file["used"]) if file["used"] else MISSING,
            )
            for file in page["items"]
        ),
        right=("bytes", "traces"),
    )
    if page["next"]:
        print(f"There are more: --cursor {page['next']}")


@app.command("delete")
def delete(reference: Annotated[str, typer.Argument(help="As `put` printed it.")], data: Data = None) -> None:
    """Delete a file; one that traces refer to goes with the last of them."""
    with connect(data) as client:
        answer = client.delete(f"/media/{Media(reference).digest or reference}")
    print("Deleted." if answer["deleted"] else "Traces refer to it: it goes with the last of them.")
