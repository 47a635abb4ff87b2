"""`windlass keys`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, print_table

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who or what uses the key.")],
    role: Annotated[
        str, typer.Option("--role", help="viewer, application, reviewer, editor or admin.")
    ] = "application",
    data: Data = None,
) -> None:
    """Make a key. It is printed here and never again."""
    with connect(data) as client:
        key = client.post("/keys", {"name": name, "role": role})
    print(key["key"])


@app.command("list")
def list_keys(data: Data = None) -> None:
    """List keys, without their secrets."""
    with connect(data) as client:
        keys = client.get("/keys")["items"]
    if not keys:
        print("There are no keys; make one with `windlass keys create NAME --role application`.")
        return
    print_table(
        ("id", "name", "role", "created", "expires", "revoked"),
        (
            (
                key["id"],
                key["name"],
                key["role"],
                moment(key["created"]),
                moment(key["expires"]) if key["expires"] else MISSING,
                moment(key["revoked"]) if key["revoked"] else MISSING,
            )
            for key in keys
        ),
    )


@app.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id.")], data: Data = None) -> None:
    """End a key at once."""
    with connect(data) as client:
        client.delete(f"/keys/{key_id}")
    print(f"The key {key_id} is revoked.")
