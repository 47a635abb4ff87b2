"""`windlass spans`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import cost_of, moment, print_table, seconds
from windlass.cli.trace_exports import ExportFormat, Output, download_export
from windlass.cli.trace_filters import Filters, takes_filters

app = typer.Typer(no_args_is_help=True, help="List the spans of all traces, or export them.")


@app.command("list")
@takes_filters
def list_spans(
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 20,
    filters: Filters,
    data: Data = None,
) -> None:
    """List spans, newest first; a status and scores are the span's own."""
    with connect(data) as client:
        spans = client.get("/spans", limit=limit, **filters)["items"]
    if not spans:
        print("There are no such spans.")
        return
    print_table(
        ("trace", "span", "start", "name", "status", "took", "tokens", "cost", "input"),
        (
            (
                span["trace_id"],
                span["span_id"],
                moment(span["start_time"]),
                span["name"],
                span["status"],
                seconds(span["duration_s"]),
                (span["input_tokens"] or 0) + (span["output_tokens"] or 0),
                cost_of(span["cost_usd"], has_no_price=span["cost_basis"] == "no_price"),
                span["input"][:60],
            )
            for span in spans
        ),
        right=("took", "tokens", "cost"),
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
    """Write spans with their scores (OTLP has none) to a file, without the rest of their traces."""
    download_export("/spans/export", data_format, output, filters, data)
