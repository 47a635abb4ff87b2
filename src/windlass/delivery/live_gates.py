"""Following a live gate to its end."""

import time
from typing import Any

from windlass.client import Client

_POLL_S = 0.25


def follow_gate(client: Client, gate_id: str) -> dict[str, Any]:
    """Show what the looks see until a gate has ended; return it as it then stands."""
    # A tenth of a second to import, and only commands that wait need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[seen]}", style="dim"),
    )
    console = Console()
    # Into a file a bar that goes away leaves an empty line.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("evaluate until decided", total=None, seen="")
        while True:
            gate: dict[str, Any] = client.get(f"/gates/live/{gate_id}")
            seen = gate["progress"]
            if seen is not None:
                progress.update(task, total=seen["of"], completed=seen["n"], seen=describe_look(seen))
            if gate["state"] != "running":
                return gate
            time.sleep(_POLL_S)


def describe_look(seen: dict[str, Any]) -> str:
    """Say in one line what is known of the primary metric."""
    primary = seen["checks"][0]
    if not primary["looks"]:
        return f"{primary['metric']}: no item yet"
    last = primary["looks"][-1]
    between = "not known yet"
    if last["low"] is not None:
        between = f"between {last['low']:+.3f} and {last['high']:+.3f}"
    return f"{primary['metric']}: difference {between}, asked {primary['bound']:+.3f}"
