"""`windlass worker`."""

from pathlib import Path
from typing import Annotated

import typer


def worker(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The data folder, for the blobs in it [default: .windlass]."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What logs call it [default: host and process].")] = "",
    once: Annotated[bool, typer.Option("--once", help="End when there is nothing to do.")] = False,
) -> None:
    """Work on the runs of a server with the same PostgreSQL until Ctrl-C, beside other workers."""
    from windlass.server.worker import run_worker
    from windlass.settings import load_settings

    run_worker(load_settings(data=data), name=name, once=once)
