"""`windlass sessions` and `windlass users`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, cost_of, moment, print_table
from windlass.cli.trace_filters import Filters, takes_filters

sessions = typer.Typer(no_args_is_help=True, help="List sessions: conversations over several traces.")
users = typer.Typer(no_args_is_help=True, help="List the users whom traces name.")

Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, the most recently active first.")]


@sessions.command("list")
@takes_filters
def list_sessions(
    *,
    limit: Limit = 20,
    user: Annotated[str | None, typer.Option("--user", help="Only with a trace of this user.")] = None,
    filters: Filters,
    data: Data = None,
) -> None:
    """List sessions with a trace that is all that is asked for, the most recently active first."""
    _print("/sessions", "session", {**filters, "user": user, "limit": limit}, data)


@users.command("list")
@takes_filters
def list_users(
    *,
    limit: Limit = 20,
    filters: Filters,
    data: Data = None,
) -> None:
    """List users with a trace that is all that is asked for, the most recently active first."""
    _print("/users", "user", {**filters, "limit": limit}, data)


def _print(path: str, what: str, query: Mapping[str, object], data: Path | None) -> None:
    with connect(data) as client:
        found = client.get(path, **query)["items"]
    if not found:
        print(f"There are no such {what}s.")
        return
    other = "user" if what == "session" else "sessions"
    print_table(
        (what, "last active", "traces", "failed", "tokens", "cost", other, "first words"),
        (
            (
                each["id"],
                moment(each["last"]),
                each["traces"],
                each["failed"],
                (each["input_tokens"] or 0) + (each["output_tokens"] or 0),
                cost_of(each["cost_usd"], has_no_price=False),
                each[other] or MISSING,
                each["input"][:60],
            )
            for each in found
        ),
        right=("traces", "failed", "tokens", "cost"),
    )
