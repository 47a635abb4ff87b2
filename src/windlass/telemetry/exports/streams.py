"""An export of traces or spans as it goes out: piece by piece, however many there are."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal

from windlass.errors import NotFound
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.costs import Lists
from windlass.telemetry.exports.otlp import otlp_json, read_otlp, read_otlp_spans
from windlass.telemetry.exports.parquet import write_parquet, write_parquet_of_spans
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.spans import walk_spans
from windlass.telemetry.summaries import Bounds
from windlass.telemetry.traces import get_trace, read_spans, walk_traces

ExportFormat = Literal["jsonl", "otlp", "otlp-protobuf", "parquet"]

_TOGETHER: Final = 20
"""Traces that are in memory at once."""
_CHUNK_BYTES: Final = 2**20


def export_traces(
    warehouse: Warehouse,
    project: str,
    data_format: ExportFormat,
    *,
    filters: TraceFilters | None = None,
    lists: Lists | None = None,
) -> Iterator[bytes]:
    """Give the traces that are meant, newest first, in pieces of a file.

    Traces that come in meanwhile are not in it, and those that are erased meanwhile may be.
    """
    pages = walk_traces(warehouse, project, filters=filters, lists=lists)
    match data_format:
        case "jsonl":
            return _json_lines(warehouse, project, pages, lists)
        case "otlp":
            return (otlp_json(read_otlp(warehouse, project, some)) + b"\n" for some in _in_groups(pages))
        case "otlp-protobuf":
            # Messages one after the other are one message, whose lists are theirs together.
            return (read_otlp(warehouse, project, some).SerializeToString() for some in _in_groups(pages))
        case "parquet":
            return _file("traces.parquet", partial(write_parquet, warehouse, project, pages))


def export_spans(
    warehouse: Warehouse,
    project: str,
    data_format: ExportFormat,
    *,
    filters: TraceFilters | None = None,
    lists: Lists | None = None,
) -> Iterator[bytes]:
    """Give the spans that are meant, of whatever traces, as ``export_traces`` gives traces."""
    pages = walk_spans(warehouse, project, filters=filters)
    match data_format:
        case "jsonl":
            return (
                span.model_dump_json().encode() + b"\n"
                for page in pages
                for span in read_spans(warehouse, project, page, lists=lists)
            )
        case "otlp":
            return (otlp_json(read_otlp_spans(warehouse, project, page)) + b"\n" for page in pages)
        case "otlp-protobuf":
            return (read_otlp_spans(warehouse, project, page).SerializeToString() for page in pages)
        case "parquet":
            return _file("spans.parquet", partial(write_parquet_of_spans, warehouse, project, pages))


def _json_lines(
    warehouse: Warehouse, project: str, pages: Iterator[list[Bounds]], lists: Lists | None
) -> Iterator[bytes]:
    for page in pages:
        for bounds in page:
            try:
                trace = get_trace(warehouse, project, bounds.trace_id, lists=lists)
            except NotFound:
                continue
            yield trace.model_dump_json().encode() + b"\n"


def _file(name: str, write: Callable[[Path], None]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="windlass-export-") as folder:
        file = Path(folder) / name
        write(file)
        with file.open("rb") as opened:
            while piece := opened.read(_CHUNK_BYTES):
                yield piece


def _in_groups(pages: Iterator[list[Bounds]]) -> Iterator[Sequence[Bounds]]:
    for page in pages:
        for start in range(0, len(page), _TOGETHER):
            yield page[start : start + _TOGETHER]
