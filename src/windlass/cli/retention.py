"""`windlass retention`."""

from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import moment, print_table

app = typer.Typer(no_args_is_help=True, help="Show, set or apply how long telemetry is kept.")


@app.command("show")
def show(data: Data = None) -> None:
    """Show how long the project keeps its telemetry."""
    with connect(data) as client:
        _print(client.get("/retention"))


@app.command("set")
def set_policy(
    days: Annotated[int | None, typer.Option("--days", help="Keep traces for so many days.")] = None,
    traces: Annotated[int | None, typer.Option("--traces", help="Keep the newest so many traces.")] = None,
    keep_runs: Annotated[
        bool, typer.Option("--keep-runs/--clear-runs", help="Whether traces of evaluation runs stay.")
    ] = True,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit chain.")] = "",
    data: Data = None,
) -> None:
    """Set how long the project keeps its telemetry; what is not given has no limit."""
    policy = {"max_age_days": days, "max_traces": traces, "keep_runs": keep_runs, "reason": reason}
    with connect(data) as client:
        _print(client.put("/retention", policy))


@app.command("apply")
def apply(data: Data = None) -> None:
    """Clear now what the policy does not keep; the server does it by itself once in a while."""
    with connect(data) as client:
        cleared = client.post("/retention/apply", {})
    print_table(("table", "rows cleared"), list(cleared["rows"].items()), right=("rows cleared",))


def _print(retention: dict[str, Any]) -> None:
    policy = retention["policy"]
    limits = []
    if policy["max_age_days"] is not None:
        limits.append(f"for {policy['max_age_days']} days")
    if policy["max_traces"] is not None:
        limits.append(f"the newest {policy['max_traces']}")
    kept = " and of these ".join(limits) or "for ever"
    runs = "; traces of evaluation runs stay" if limits and policy["keep_runs"] else ""
    print(f"Traces are kept {kept}{runs}.")
    if retention["updated"]:
        print(f"Set by {retention['by']} at {moment(retention['updated'])}.")
