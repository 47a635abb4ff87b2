"""`windlass erase`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import print_table
from windlass.errors import InputError


def erase(
    user: Annotated[str | None, typer.Option("--user", help="All traces with this user id.")] = None,
    session: Annotated[str | None, typer.Option("--session", help="All traces of this conversation.")] = None,
    trace: Annotated[str | None, typer.Option("--trace", help="This trace.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased.")] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="For the audit chain: name a ticket, not the person.")
    ] = "",
    data: Data = None,
) -> None:
    """Erase what is held of a user, a session or a trace, and write a receipt into the audit chain."""
    given = {kind: name for kind, name in (("user", user), ("session", session), ("trace", trace)) if name}
    if len(given) != 1:
        raise InputError("Say whose traces: one of --user, --session and --trace.")
    ((kind, name),) = given.items()
    body = {"subject": {"kind": kind, "id": name}, "dry_run": dry_run, "reason": reason}
    with connect(data) as client:
        erasure = client.post("/erasures", body)
    print_table(
        ("what", "would be erased" if dry_run else "erased", "left"),
        [
            ("traces", erasure["traces"], erasure["traces"] if dry_run else 0),
            *((f"rows of {table}", rows, erasure["left"][table]) for table, rows in erasure["rows"].items()),
            ("refused spans", erasure["refused_spans"], erasure["refused_spans"] if dry_run else 0),
            ("media", erasure["media"], erasure["media"] if dry_run else 0),
        ],
        right=("would be erased", "erased", "left"),
    )
    if not dry_run:
        print(f"The receipt is erasure/{erasure['id']} in the audit chain.")
