"""`windlass traces`."""

from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import cost_of, moment, number, plain, print_table, seconds
from windlass.cli.trace_exports import ExportFormat, Output, download_export
from windlass.cli.trace_filters import Filters, takes_filters

app = typer.Typer(no_args_is_help=True, help="List traces, show one, or export them.")


@app.command("list")
@takes_filters
def list_traces(
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 20,
    filters: Filters,
    data: Data = None,
) -> None:
    """List traces, newest first."""
    with connect(data) as client:
        traces = client.get("/traces", limit=limit, **filters)["items"]
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
                cost_of(trace["cost_usd"], has_no_price=bool(trace["unpriced_models"])),
                trace["input"][:60],
            )
            for trace in traces
        ),
        right=("took", "spans", "tokens", "cost"),
    )


@app.command("export")
@takes_filters
def export(
    *,
    data_format: ExportFormat = "jsonl",
    output: Output = None,
    filters: Filters,
    data: Data = None,
) -> None:
    """Write traces with their spans and scores (OTLP has none) to a file, newest first."""
    download_export("/traces/export", data_format, output, filters, data)


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


def _grow(tree: Any, spans: list[dict[str, Any]], parent: str | None, known: set[str]) -> None:
    for span in spans:
        above = span["parent_span_id"] if span["parent_span_id"] in known else None
        if above == parent:
            status = f"  {span['status_message'] or 'error'}" if span["status"] == "error" else ""
            branch = tree.add(plain(f"{span['name']}  {seconds(span['duration_s'])}{status}"))
            _grow(branch, spans, span["span_id"], known)
