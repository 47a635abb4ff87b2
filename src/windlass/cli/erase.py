"""`windlass erase`."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import moment, print_table
from windlass.errors import InputError, Unavailable

if TYPE_CHECKING:
    from windlass.client import Client

_POLL_S: Final = 0.1
_PATIENCE_S: Final = 5.0
"""Then who waits is told that nobody has to."""
_UNDER_WAY: Final = {"waiting", "running"}


def erase(
    user: Annotated[str | None, typer.Option("--user", help="All traces with this user id.")] = None,
    session: Annotated[str | None, typer.Option("--session", help="All traces of this conversation.")] = None,
    trace: Annotated[str | None, typer.Option("--trace", help="This trace.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be erased.")] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="For the audit chain: name a ticket, not the person.")
    ] = "",
    show: Annotated[
        str | None, typer.Option("--show", metavar="ID", help="How an erasure stands that was begun before.")
    ] = None,
    data: Data = None,
) -> None:
    """Erase what is held of a user, a session or a trace, and write a receipt into the audit chain.

    It goes on with the server when nobody waits for it any more.
    """
    given = {kind: name for kind, name in (("user", user), ("session", session), ("trace", trace)) if name}
    if show is not None:
        if given or dry_run or reason:
            raise InputError("--show says how one stands that was begun before: leave the rest out.")
        with connect(data) as client:
            _print(client.get(f"/erasures/{show}"))
        return
    if len(given) != 1:
        raise InputError("Say whose traces: one of --user, --session and --trace.")
    ((kind, name),) = given.items()
    # Not waited for there, so that its id is known to whoever does not wait here.
    body = {"subject": {"kind": kind, "id": name}, "dry_run": dry_run, "reason": reason, "wait_s": 0}
    with connect(data) as client:
        erasure = _followed(client, client.post("/erasures", body))
    if erasure["state"] == "failed":
        raise Unavailable(erasure["error"])
    _print(erasure)


def _followed(client: "Client", erasure: dict[str, Any]) -> dict[str, Any]:
    """Wait for the end of an erasure; return it as it then stands."""
    look = f"`windlass erase --show {erasure['id']}` says how it stands."
    tell_at = time.monotonic() + _PATIENCE_S
    try:
        while erasure["state"] in _UNDER_WAY:
            if time.monotonic() > tell_at:
                print(f"This takes long. It goes on with its server, also after Ctrl-C; {look}", file=sys.stderr)
                tell_at = float("inf")
            time.sleep(_POLL_S)
            erasure = client.get(f"/erasures/{erasure['id']}")
    except KeyboardInterrupt:
        print(f"The erasure {erasure['id']} goes on with its server; {look}", file=sys.stderr)
        raise
    return erasure


def _print(erasure: dict[str, Any]) -> None:
    counts = [
        ("traces", erasure["traces"]),
        *((f"rows of {table}", rows) for table, rows in erasure["rows"].items()),
        ("refused spans", erasure["refused_spans"]),
        ("media", erasure["media"]),
    ]
    if erasure["state"] == "finished":
        column = "would be erased" if erasure["dry_run"] else "erased"
        left = {f"rows of {table}": rows for table, rows in erasure["left"].items()}
        rows = [(what, n, left.get(what, n if erasure["dry_run"] else 0)) for what, n in counts]
        print_table(("what", column, "left"), rows, right=(column, "left"))
        if not erasure["dry_run"]:
            print(f"The receipt is erasure/{erasure['id']} in the audit chain.")
        return
    if erasure["rows"]:
        print_table(("what", "counted"), counts, right=("counted",))
    if erasure["state"] == "failed":
        print(f"It failed at {moment(erasure['finished'])}: {erasure['error']}")
    else:
        print(f"It is {erasure['state']}, asked for at {moment(erasure['created'])} by {erasure['by']}.")
