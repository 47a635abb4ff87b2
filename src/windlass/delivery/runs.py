"""Starting a run on a server and following it to its end."""

import time
from collections.abc import Sequence
from typing import Any

from windlass.artifacts.references import parse_selector
from windlass.client import Client
from windlass.evaluation.recorded import recorded_release

_POLL_S = 0.25

ENDED = frozenset({"finished", "failed", "cancelled"})


def start_run(
    client: Client,
    release: str,
    dataset: str,
    *,
    evaluators: Sequence[str] | None = None,
    concurrency: int | None = None,
    repeats: int = 1,
    outputs: str | None = None,
) -> dict[str, Any]:
    """Start a run; return it as it stands."""
    body: dict[str, object] = {"release": release, "dataset": dataset}
    if evaluators:
        body["evaluators"] = list(evaluators)
    if concurrency:
        body["concurrency"] = concurrency
    if repeats > 1:
        body["repeats"] = repeats
    if outputs:
        body["outputs"] = outputs
    run: dict[str, Any] = client.post("/runs", body)
    return run


def push_recorded(client: Client, dataset: str, column: str) -> tuple[str, str]:
    """Make a release of the outputs in a dataset's column; return it and the dataset version, both by digest."""
    _, name, what = parse_selector(dataset, kind="dataset")
    version = client.get(f"/artifacts/dataset/{name}/versions/{what}")
    release, body = recorded_release(name, version["digest"], column)
    pushed = client.post(f"/artifacts/release/{release}", {"body": body})
    return f"{release}@{pushed['digest']}", f"{name}@{version['digest']}"


def follow_run(client: Client, run_id: str, title: str) -> dict[str, Any]:
    """Show a run's progress until it has ended; return it as it then stands."""
    # A tenth of a second to import, and only commands that wait need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    # Into a file a bar that goes away leaves an empty line.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"evaluate {title}", total=None)
        while True:
            run: dict[str, Any] = client.get(f"/runs/{run_id}")
            progress.update(task, total=run["items"] * run["repeats"] or None, completed=run["finished_items"])
            if run["state"] in ENDED:
                return run
            time.sleep(_POLL_S)
