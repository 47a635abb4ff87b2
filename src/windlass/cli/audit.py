"""`windlass audit`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import moment, print_table, short

app = typer.Typer(no_args_is_help=True, help="List the audit chain, or verify it.")


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 30,
    data: Data = None,
) -> None:
    """List who changed what, newest first."""
    with connect(data) as client:
        entries = client.get("/audit", limit=limit)["items"]
    if not entries:
        print("Nothing was changed yet: the chain is empty.")
        return
    print_table(
        ("seq", "time", "who", "did", "to", "before", "after", "why"),
        (
            (
                entry["seq"],
                moment(entry["time"]),
                entry["principal"],
                entry["action"],
                entry["resource"],
                short(entry["before"] or ""),
                short(entry["after"] or ""),
                entry["reason"],
            )
            for entry in entries
        ),
        right=("seq",),
    )


@app.command("verify")
def verify(data: Data = None) -> None:
    """Recompute the chain: exit 0 when it holds, 1 with every entry that was changed, removed or moved."""
    with connect(data) as client:
        verification = client.get("/audit/verification")
    if verification["ok"]:
        head = verification["head"]
        print(f"The chain holds: {verification['entries']} entries, head {head['hash'] if head else 'empty'}.")
        return
    for problem in verification["problems"]:
        print(f"Entry {problem['seq']}: {problem['problem']}.")
    raise typer.Exit(1)
