"""Scores: one judgement on a trace, a span, a session or a sample."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, FiniteFloat

from windlass.storage.warehouse import Row, Warehouse


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _id_of(digits: int) -> AfterValidator:
    pattern = re.compile(f"[0-9a-f]{{{digits}}}")

    def check(value: str) -> str:
        if value and not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not an id of {digits} hexadecimal digits")
        return value

    return AfterValidator(check)


TraceId = Annotated[str, BeforeValidator(_lower), _id_of(32)]
SpanId = Annotated[str, BeforeValidator(_lower), _id_of(16)]


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Score(BaseModel):
    """One judgement. The same judge scoring the same thing again replaces its earlier score."""

    trace_id: Annotated[TraceId, Field(min_length=1)]
    span_id: SpanId = ""
    """Empty when the whole trace is judged."""
    name: Annotated[str, Field(min_length=1)]
    value: FiniteFloat | None
    label: str = ""
    explanation: str = ""
    source: Literal["code", "judge", "human"]
    run: str = ""
    item: str = ""
    release: str = ""
    evaluator: str = ""
    author: str = ""
    time: Annotated[datetime, AfterValidator(_utc)] = Field(default_factory=lambda: datetime.now(UTC))


_COLUMNS = ", ".join(name for name in Score.model_fields if name != "time")
_SELECT = f"""
SELECT {_COLUMNS}, toUnixTimestamp64Micro(time) AS time_us FROM scores FINAL WHERE project = {{project:String}}
"""


def insert_scores(warehouse: Warehouse, project: str, scores: Sequence[Score]) -> None:
    """Commit scores. Idempotent by trace, span, name, evaluator and run, and by author where a person scores."""
    received = datetime.now(UTC)
    warehouse.insert(
        "scores", [{"project": project, **score.model_dump(), "received": received} for score in scores]
    )


def scores_of_traces(warehouse: Warehouse, project: str, trace_ids: Sequence[str]) -> list[Score]:
    """Return the scores of some traces, oldest first."""
    if not trace_ids:
        return []
    rows = warehouse.query(
        f"{_SELECT} AND trace_id IN {{traces:Array(String)}} ORDER BY time, name",
        {"project": project, "traces": list(trace_ids)},
    )
    return [_score(row) for row in rows]


def scores_of_run(warehouse: Warehouse, project: str, run: str) -> list[Score]:
    """Return the scores of an evaluation run, by item and name."""
    rows = warehouse.query(
        f"{_SELECT} AND run = {{run:String}} ORDER BY item, name, time", {"project": project, "run": run}
    )
    return [_score(row) for row in rows]


def _score(row: Row) -> Score:
    time_us = row.pop("time_us")
    assert isinstance(time_us, int)
    return Score.model_validate({**row, "time": datetime.fromtimestamp(time_us / 1_000_000, UTC)})
