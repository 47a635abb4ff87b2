"""Traces as one Parquet file, a row for each span, which the engine writes to disk itself."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.sql.pricing import priced
from windlass.telemetry.sql.views import SPAN_COLUMNS
from windlass.telemetry.summaries import WITHIN, Bounds, within

MOST: Final = 100_000
"""Traces of a file: their ids are in memory while it is written."""

_SCORE_FIELDS: Final = (
    "span_id",
    "name",
    "value",
    "label",
    "explanation",
    "source",
    "evaluator",
    "author",
    "time",
)
_SCORES: Final = f"""
SELECT trace_id AS scored, groupArray(CAST(({", ".join(_SCORE_FIELDS)}),
  'Tuple(span_id String, name String, value Nullable(Float64), label String, explanation String, source String,
    evaluator String, author String, time DateTime64(6, \\'UTC\\'))')) AS all_scores
FROM scores FINAL
WHERE project = {{project:String}} AND NOT deleted AND trace_id IN {{traces:Array(String)}}
GROUP BY trace_id
"""
_ROWS: Final = f"""
SELECT {", ".join(f"{column.expression} AS `{column.name}`" for column in SPAN_COLUMNS)},
  arrayFilter(score -> score.span_id IN ('', lower(hex(s.span_id))), all_scores) AS scores
FROM ({priced(f"SELECT * FROM spans FINAL WHERE {WITHIN}")}) AS s
LEFT JOIN ({_SCORES}) AS judged ON lower(hex(s.trace_id)) = judged.scored
"""


def write_parquet(
    warehouse: Warehouse, project: str, pages: Iterable[Sequence[Bounds]], file: Path, *, most: int = MOST
) -> None:
    """Write some traces to a file that is not there yet.

    Raises InputError for more traces than a file may have.
    """
    bounds: list[Bounds] = []
    for page in pages:
        bounds.extend(page)
        if len(bounds) > most:
            raise InputError(
                f"These are more than {most} traces, the most of one Parquet file; ask for a shorter time, or for "
                "another format."
            )
    parameters = within(project, bounds) if bounds else {"project": project, "first": 0, "last": 0, "traces": []}
    warehouse.write_file(_ROWS, parameters, file, data_format="Parquet", settings=_ROW_GROUPS)


_ROW_GROUPS: Final = {"output_format_parquet_row_group_size_bytes": 64 * 2**20}
"""What of a file is in memory while it is written."""
