"""`windlass media`."""

import mimetypes
from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.errors import InputError
from windlass.evaluation.media.files import Media, mime_type_of

app = typer.Typer(no_args_is_help=True, help="Keep pictures and clips on the server, for datasets to name.")


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


@app.command("delete")
def delete(reference: Annotated[str, typer.Argument(help="As `put` printed it.")], data: Data = None) -> None:
    """Delete a file; one that traces refer to goes with the last of them."""
    with connect(data) as client:
        answer = client.delete(f"/media/{Media(reference).digest or reference}")
    print("Deleted." if answer["deleted"] else "Traces refer to it: it goes with the last of them.")
