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
    ray: Annotated[
        int | None,
        typer.Option("--ray", min=1, help="Keep so many workers on the Ray cluster of RAY_ADDRESS, or here."),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="End when there is nothing to do.")] = False,
) -> None:
    """Work on the runs of a server with the same PostgreSQL until Ctrl-C, beside other workers."""
    from windlass.settings import load_settings

    settings = load_settings(data=data)
    if ray is not None:
        from windlass.server.ray_workers import run_on_ray

        run_on_ray(settings, ray, name=name, once=once)
        return
    from windlass.server.memory import importing_a_server

    with importing_a_server():
        from windlass.server.worker import run_worker

    run_worker(settings, name=name, once=once)
