"""`windlass traces`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, dollars, moment, number, plain, print_table, seconds, written
from windlass.cli.trace_filters import Environment, OfRun, Release, SaidIn, Since, Status, Until, Where
from windlass.errors import InputError

app = typer.Typer(no_args_is_help=True, help="List traces, show one, or export them.")


@app.command("list")
def list_traces(
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 20,
    release: Release = None,
    run: OfRun = None,
    status: Status = None,
    text: SaidIn = None,
    where: Where = None,
    data: Data = None,
) -> None:
    """List traces, newest first."""
    with connect(data) as client:
        traces = client.get("/traces", limit=limit, release=release, run=run, status=status, q=text, where=where)[
            "items"
        ]
    if not traces:
        print("There are no such traces; send some to /v1/traces, or run `windlass demo`.")
        return
    print_table(
        ("trace", "start", "name", "status", "took", "spans", "tokens", "cost", "input"),
        (
            (
                trace["trace_id"],
                moment(trace["start_time"]),
                trace["name"],
                trace["status"],
                seconds(trace["duration_s"]),
                trace["span_count"],
                (trace["input_tokens"] or 0) + (trace["output_tokens"] or 0),
                _cost(trace),
                trace["input"][:60],
            )
            for trace in traces
        ),
        right=("took", "spans", "tokens", "cost"),
    )


_EXPORTS = ("jsonl", "otlp", "otlp-protobuf", "parquet")


@app.command("export")
def export(
    data_format: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(_EXPORTS)}.")] = "jsonl",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file [default: standard output].", show_default=False),
    ] = None,
    release: Release = None,
    environment: Environment = None,
    run: OfRun = None,
    status: Status = None,
    text: SaidIn = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    data: Data = None,
) -> None:
    """Write traces with their spans and scores (OTLP has none) to a file, newest first."""
    if data_format not in _EXPORTS:
        raise InputError(f"{data_format!r} is no format here; use one of: {', '.join(_EXPORTS)}.")
    query = {"release": release, "environment": environment, "run": run, "status": status, "q": text}
    with connect(data) as client, written(output) as file:
        client.download(
            "/traces/export", file, **query, format=data_format, where=where, **{"from": since, "to": until}
        )


@app.command("show")
def show(trace_id: Annotated[str, typer.Argument(help="The trace's id.")], data: Data = None) -> None:
    """Show a trace as a tree, with its scores."""
    from rich.console import Console
    from rich.tree import Tree

    with connect(data) as client:
        trace = client.get(f"/traces/{trace_id}")
    tree = Tree(plain(f"{trace['name']}  {moment(trace['start_time'])}  {seconds(trace['duration_s'])}"))
    _grow(tree, trace["spans"], None, {span["span_id"] for span in trace["spans"]})
    console = Console()
    console.print(tree)
    for score in trace["scores"]:
        console.print(plain(f"{score['name']} {number(score['value'])} {score['explanation']}".rstrip()))


def _cost(trace: dict[str, Any]) -> str:
    """Return the cost; without one, what has no price differs from what has no tokens."""
    unknown = trace["cost_usd"] is None and not trace["unpriced_models"]
    return MISSING if unknown else dollars(trace["cost_usd"])


def _grow(tree: Any, spans: list[dict[str, Any]], parent: str | None, known: set[str]) -> None:
    for span in spans:
        above = span["parent_span_id"] if span["parent_span_id"] in known else None
        if above == parent:
            status = f"  {span['status_message'] or 'error'}" if span["status"] == "error" else ""
            branch = tree.add(plain(f"{span['name']}  {seconds(span['duration_s'])}{status}"))
            _grow(branch, spans, span["span_id"], known)
