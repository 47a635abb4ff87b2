"""`windlass cache`."""

import typer

from windlass.cli.connection import Data, connect

app = typer.Typer(no_args_is_help=True, help="Show or clear the answers of models that are kept for runs.")


@app.command("show")
def show(data: Data = None) -> None:
    """Show how many answers the project holds, and how large they are."""
    with connect(data) as client:
        held = client.get("/cache")
    size, bound = held["bytes"] / 2**20, held["max_bytes"] / 2**20
    print(
        f"{held['answers']} answers, {size:.1f} of {bound:.0f} MiB; each is kept for {held['max_age_days']} days."
    )


@app.command("clear")
def clear(data: Data = None) -> None:
    """Clear them: runs with --cache ask their models again."""
    with connect(data) as client:
        cleared = client.delete("/cache")
    print(f"{cleared['answers']} answers cleared.")
