"""Scores: one judgement on a trace, a span, a session or a sample."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, FiniteFloat, JsonValue, model_validator

from windlass.storage.warehouse import Row, Step, Warehouse
from windlass.telemetry.run_parts import IN_PART, WHOLE, Part

Source = Literal["code", "judge", "human"]

USER_FEEDBACK: Final = "user_feedback"
"""The name of a thumb of whoever used an application: 1 up, 0 down."""


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
ScoreId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{0,200}$")]


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ScoreFields(BaseModel):
    """What a score says beside its value."""

    id: ScoreId = ""
    """The same id is the same score: sent again, it replaces it. Without one it has that of what it judges, its
    name, evaluator and run, and of who says it where that is a person."""
    trace_id: TraceId = ""
    """Empty when a session is judged."""
    span_id: SpanId = ""
    """Empty when the whole trace is judged."""
    conversation: str = ""
    """The session that is judged, or that the trace is of."""
    name: Annotated[str, Field(min_length=1)]
    label: str = ""
    """A category, or the word for a value."""
    explanation: str = ""
    evidence: JsonValue = None
    """What the judgement rests on, for a page to show: of `media_agreement`, questions, verdicts and places."""
    """Why; or a comment."""
    source: Source
    run: str = ""
    item: str = ""
    release: str = ""
    evaluator: str = ""
    author: str = ""
    """Who says it: a person, or what was deployed to judge."""
    time: Annotated[datetime, AfterValidator(_utc)] = Field(default_factory=lambda: datetime.now(UTC))

    @model_validator(mode="after")
    def _judges_something(self) -> "ScoreFields":
        if not self.trace_id and (self.span_id or not self.conversation):
            raise ValueError("a score needs the trace_id or the conversation that it judges")
        return self


class Score(ScoreFields):
    """One judgement. The same judge scoring the same thing again replaces its earlier score."""

    value: FiniteFloat | None
    """1 or 0 for yes or no; null for a category, which is a label."""
    sender: str = ""
    """Whose key or session brought it."""


_COLUMNS: Final = ", ".join(name for name in Score.model_fields if name != "time")
_PLACE: Final = "project, trace_id, span_id, name, evaluator, run, if(source = 'human', author, '')"
_NATURAL_ID: Final = """lower(substring(hex(SHA256(arrayStringConcat(
  [trace_id, span_id, conversation, name, evaluator, run, if(source = 'human', author, ''),
   if(source = 'human', sender, '')], '\\0'))), 1, 32))"""
_WITHOUT_ID: Final = (
    "project, trace_id, span_id, name, value, label, explanation, source, run, item, release, evaluator, author, "
    "time, received, conversation, sender, deleted"
)

STEPS: Final = (
    Step(
        1,
        "ids, sessions and deletion of scores",
        (
            f"""
            ALTER TABLE scores ADD COLUMN IF NOT EXISTS conversation String, ADD COLUMN IF NOT EXISTS id String,
              MODIFY ORDER BY ({_PLACE}, conversation, id)
            """,
            """
            ALTER TABLE scores ADD COLUMN IF NOT EXISTS sender String, ADD COLUMN IF NOT EXISTS deleted Bool,
              ADD INDEX IF NOT EXISTS by_id id TYPE bloom_filter GRANULARITY 1
            """,
            f"""
            INSERT INTO scores ({_WITHOUT_ID}, id)
            SELECT {_WITHOUT_ID}, {_NATURAL_ID} FROM scores FINAL WHERE id = ''
            """,
            "ALTER TABLE scores DELETE WHERE id = '' SETTINGS mutations_sync = 2",
        ),
    ),
    Step(2, "evidence of scores", ("ALTER TABLE scores ADD COLUMN IF NOT EXISTS evidence String CODEC(ZSTD)",)),
)


def natural_id(score: Score) -> str:
    """Return the id of a score that came without one."""
    said_by = (score.author, score.sender) if score.source == "human" else ("", "")
    place = (score.trace_id, score.span_id, score.conversation, score.name, score.evaluator, score.run)
    return _id_of_parts(*place, *said_by)


def _id_of_parts(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


SELECT_SCORES: Final = f"""
SELECT {_COLUMNS}, toUnixTimestamp64Micro(time) AS time_us FROM scores FINAL
WHERE project = {{project:String}} AND NOT deleted
"""


def insert_scores(warehouse: Warehouse, project: str, scores: Sequence[Score], *, deleted: bool = False) -> None:
    """Commit scores, or with ``deleted`` the marks in their places that they are gone. Idempotent by their ids."""
    received = datetime.now(UTC)
    warehouse.insert(
        "scores",
        [
            {
                "project": project,
                **score.model_dump(),
                "evidence": _text_of(score.evidence),
                "id": score.id or natural_id(score),
                "received": received,
                "deleted": deleted,
            }
            for score in scores
        ],
    )


class RunScore(NamedTuple):
    """A score that the runner gives a sample. A run has as many as samples times metrics: it is cheap to build."""

    trace_id: str
    span_id: str
    name: str
    value: float | None
    label: str
    explanation: str
    evidence: JsonValue
    source: Source
    item: str


def insert_run_scores(
    warehouse: Warehouse, project: str, scores: Sequence[RunScore], *, run: str, release: str
) -> None:
    """Commit scores of a run, as ``insert_scores`` does; the name of each is that of its evaluator, too."""
    now = datetime.now(UTC)
    common = {"project": project, "run": run, "release": release, "time": now, "received": now}
    warehouse.insert(
        "scores",
        [
            {
                **common,
                "id": _id_of_parts(score.trace_id, score.span_id, "", score.name, score.name, run, "", ""),
                "trace_id": score.trace_id,
                "span_id": score.span_id,
                "name": score.name,
                "value": None if score.value is None else float(score.value),
                "label": score.label,
                "explanation": score.explanation,
                "evidence": _text_of(score.evidence),
                "source": score.source,
                "item": score.item,
                "evaluator": score.name,
            }
            for score in scores
        ],
    )


def _text_of(evidence: JsonValue) -> str:
    return "" if evidence is None else json.dumps(evidence, ensure_ascii=False)


def scores_of_traces(warehouse: Warehouse, project: str, trace_ids: Sequence[str]) -> list[Score]:
    """Return the scores of some traces, oldest first."""
    if not trace_ids or not warehouse.has_rows("scores", project):
        return []
    rows = warehouse.query(
        f"{SELECT_SCORES} AND trace_id IN {{traces:Array(String)}} ORDER BY time, name",
        {"project": project, "traces": list(trace_ids)},
    )
    return [read_score(row) for row in rows]


def scores_of_run(warehouse: Warehouse, project: str, run: str, *, part: Part = WHOLE) -> list[Score]:
    """Return the scores of an evaluation run, or of a part of it, by item and name."""
    # A score that names no item may be of any part: its trace tells.
    rows = warehouse.query(
        f"{SELECT_SCORES} AND run = {{run:String}} AND ({IN_PART} OR item = '') ORDER BY item, name, time",
        {"project": project, "run": run, **part.parameters},
    )
    return [read_score(row) for row in rows]


def read_score(row: Row) -> Score:
    time_us = row.pop("time_us")
    assert isinstance(time_us, int)
    evidence = row.pop("evidence", "")
    return Score.model_validate(
        {
            **row,
            "time": datetime.fromtimestamp(time_us / 1_000_000, UTC),
            "evidence": json.loads(str(evidence)) if evidence else None,
        }
    )
