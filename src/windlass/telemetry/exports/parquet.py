"""Traces as one Parquet file, a row for each span, which the engine writes to disk itself."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from windlass.errors import InputError
from windlass.storage.warehouse import Parameters, Warehouse
from windlass.telemetry.spans import SpanPlace, among, where_among
from windlass.telemetry.sql.pricing import priced
from windlass.telemetry.sql.views import SPAN_COLUMNS
from windlass.telemetry.summaries import Bounds, where_within, within

MOST: Final = 100_000
"""Traces of a file, or spans: their ids are in memory while it is written."""

_Place = TypeVar("_Place", Bounds, SpanPlace)

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
FROM ({priced("SELECT * FROM spans FINAL WHERE /*where*/")}) AS s
LEFT JOIN ({_SCORES}) AS judged ON lower(hex(s.trace_id)) = judged.scored
"""


def write_parquet(
    warehouse: Warehouse, project: str, pages: Iterable[Sequence[Bounds]], file: Path, *, most: int = MOST
) -> None:
    """Write some traces to a file that is not there yet.

    Raises InputError for more traces than a file may have.
    """
    bounds = _whole(pages, most, "traces")
    where, parameters = (
        (where_within(bounds), within(project, bounds)) if bounds else (_NOTHING, {"project": project})
    )
    _write(warehouse, where, {**parameters, "traces": [bound.trace_id for bound in bounds]}, file)


def write_parquet_of_spans(
    warehouse: Warehouse, project: str, pages: Iterable[Sequence[SpanPlace]], file: Path, *, most: int = MOST
) -> None:
    """Write some spans to a file that is not there yet. Raises InputError for more than a file may have."""
    places = _whole(pages, most, "spans")
    where, parameters = (
        (where_among(places), among(project, places)) if places else (_NOTHING, {"project": project})
    )
    _write(warehouse, where, {**parameters, "traces": sorted({place.trace_id for place in places})}, file)


def _whole(pages: Iterable[Sequence[_Place]], most: int, what: str) -> list[_Place]:
    whole: list[_Place] = []
    for page in pages:
        whole.extend(page)
        if len(whole) > most:
            raise InputError(
                f"These are more than {most} {what}, the most of one Parquet file; ask for a shorter time, or for "
                "another format."
            )
    return whole


def _write(warehouse: Warehouse, where: str, parameters: Parameters, file: Path) -> None:
    """Write the spans of a condition; their traces, whose scores go with them, are the parameter ``traces``."""
    rows = _ROWS.replace("/*where*/", where)
    warehouse.write_file(rows, parameters, file, data_format="Parquet", settings=_ROW_GROUPS)


_NOTHING: Final = "false"

_ROW_GROUPS: Final = {"output_format_parquet_row_group_size_bytes": 64 * 2**20}
"""What of a file is in memory while it is written."""
