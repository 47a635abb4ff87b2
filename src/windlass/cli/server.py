"""`windlass up`."""

from pathlib import Path
from typing import Annotated

import typer


def up(
    host: Annotated[
        str | None, typer.Option("--host", help="The address to listen on [default: 127.0.0.1].")
    ] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="The port [default: 4800].")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="The data folder [default: .windlass].")] = None,
    dev: Annotated[bool, typer.Option("--dev", help="Let callers on this machine in without a key.")] = False,
) -> None:
    """Start the server and keep it running until Ctrl-C."""
    from windlass.server.memory import importing_a_server

    with importing_a_server():
        from windlass.server.run import run_server
    from windlass.settings import load_settings

    run_server(load_settings(host=host, port=port, data=data, mode="dev" if dev else None))
