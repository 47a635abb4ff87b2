"""Reaching a server: the one that runs, or one started in this process for the length of the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from windlass.client import Client

Data = Annotated[
    Path | None, typer.Option("--data", help="The data folder [default: .windlass].", show_default=False)
]


@contextmanager
def connect(data: Path | None = None) -> Iterator["Client"]:
    """Give a client of WINDLASS_URL, else of the server that owns the data folder, else of one started here."""
    # Seconds of imports that `windlass --help` must not pay for.
    from windlass.client import Client, find_url

    url = find_url(data)
    if url is not None:
        with Client(url) as client:
            yield client
        return
    from windlass.server.memory import importing_a_server
    from windlass.settings import load_settings

    with importing_a_server():
        from windlass.server.local import LocalServer

    with (
        LocalServer(load_settings(data=data, mode="dev", host="127.0.0.1", port=0)) as server,
        Client(server.url) as client,
    ):
        yield client
