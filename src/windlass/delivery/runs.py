"""Following a run of a server to its end, as a command does."""

import time
from typing import Any

from windlass.artifacts.references import parse_selector
from windlass.client import Client
from windlass.evaluation.recorded import recorded_release
from windlass.sdk.server_runs import ENDED, POLL_S


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

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[calls]}", style="dim"),
    )
    console = Console()
    # Into a file a bar that goes away leaves an empty line.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"evaluate {title}", total=None, calls="")
        while True:
            run: dict[str, Any] = client.get(f"/runs/{run_id}")
            calls = describe_calls(run["calls"]) if run["calls"] else ""
            total = run["items"] * run["repeats"] or None
            progress.update(task, total=total, completed=run["finished_items"], calls=calls)
            if run["state"] in ENDED:
                return run
            time.sleep(POLL_S)


def describe_calls(calls: dict[str, Any]) -> str:
    """Say in one line what the model calls of a run came to."""
    parts = [f"{calls['answered']} model calls"]
    others = (("cached", "from the cache"), ("refused", "refused"))
    parts += [f"{calls[kind]} {word}" for kind, word in others if calls[kind]]
    tools = (("tools", "tool calls"), ("tools_refused", "not made"))
    parts += [f"{calls[kind]} {word}" for kind, word in tools if calls.get(kind)]
    cost = "no price" if calls["unpriced"] and not calls["spent_usd"] else f"${calls['spent_usd']:.4f}"
    if calls["unpriced"] and calls["spent_usd"]:
        cost += f" and {calls['unpriced']} calls without a price"
    return f"{', '.join(parts)}; {calls['spent_tokens']} tokens, {cost}"
