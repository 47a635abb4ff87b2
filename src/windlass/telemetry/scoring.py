"""Scores from outside: taken, listed, taken back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field, FiniteFloat

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import Conflict, Denied, InputError, NotFound
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.scores import (
    SELECT_SCORES,
    Score,
    ScoreFields,
    Source,
    insert_scores,
    natural_id,
    read_score,
)
from windlass.telemetry.summaries import LATEST_NS, nanoseconds_of

_LATEST_US: Final = LATEST_NS // 1000
_LAST_ID: Final = "~"
"""Sorts after every id."""


class NewScore(ScoreFields):
    """A score as it is sent."""

    source: Source = "code"
    value: bool | FiniteFloat | str | None
    """A number, yes or no, or a category."""

    def score(self, principal: Principal) -> Score:
        """Return it as it is kept: yes and no are 1 and 0, a category is a label without a number."""
        value, label = self.value, self.label
        match self.value:
            case bool():
                value, label = float(self.value), label or str(self.value).lower()
            case str():
                value, label = None, self.value
        said = self.model_dump(exclude={"value", "label"})
        said["author"] = self.author or principal.id
        return Score.model_validate({**said, "value": value, "label": label, "sender": principal.id})


@dataclass(frozen=True, kw_only=True)
class ScoreFilters:
    """Which scores to list; None for any."""

    trace_id: str | None = None
    span_id: str | None = None
    conversation: str | None = None
    name: str | None = None
    source: Source | None = None
    author: str | None = None
    run: str | None = None
    release: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class ScorePage(BaseModel):
    items: list[Score]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


def add_scores(warehouse: Warehouse, principal: Principal, sent: Sequence[NewScore]) -> list[str]:
    """Store scores and return their ids; they are on disk when this returns.

    A score with an id that is there replaces it. Raises Conflict when that one judges something else, or is
    somebody else's, and then stores none.
    """
    kept = [new.score(principal) for new in sent]
    scores = [score.model_copy(update={"id": score.id or natural_id(score)}) for score in kept]
    _refuse_other_scores(warehouse, principal, [score for score, new in zip(scores, sent, strict=True) if new.id])
    insert_scores(warehouse, principal.project, scores)
    return [score.id for score in scores]


def list_scores(
    warehouse: Warehouse,
    project: str,
    *,
    filters: ScoreFilters | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> ScorePage:
    """Return scores, newest first. Raises InputError for a damaged cursor."""
    conditions, parameters = _conditions(filters or ScoreFilters())
    time_us, score_id = _read_cursor(cursor) if cursor else (_LATEST_US, _LAST_ID)
    conditions.append("(time_us, id) < ({before_us:Int64}, {before_id:String})")
    rows = warehouse.query(
        f"""
        {SELECT_SCORES} AND {" AND ".join(conditions)}
        ORDER BY time DESC, id DESC LIMIT {{limit:UInt64}}
        """,
        {**parameters, "project": project, "before_us": time_us, "before_id": score_id, "limit": limit + 1},
    )
    items = [read_score(row) for row in rows]
    last = items[limit - 1] if len(items) > limit else None
    return ScorePage(items=items[:limit], next=_write_cursor(last) if last else None)


def delete_score(
    database: Database, audit: AuditChain, warehouse: Warehouse, principal: Principal, score_id: str
) -> None:
    """Take a score back: one's own, or anybody's as an admin. Raises NotFound, Denied."""
    found = _with_ids(warehouse, principal.project, [score_id])
    if not found:
        raise NotFound(f"There is no score {score_id!r} in this project.")
    (score,) = found
    if principal.role != "admin" and principal.id != (score.sender or score.author):
        raise Denied(
            f"The score {score_id!r} is of {score.sender or score.author}; they or an admin may delete it."
        )
    with database.write() as tx:
        details = {"name": score.name, "trace": score.trace_id, "conversation": score.conversation}
        audit.append(tx, principal, "score:delete", f"score/{score.id}", details=details)
        # Before the entry is committed: an entry without its change would be worse than the opposite.
        gone = score.model_copy(update={"value": None, "label": "", "explanation": "", "evidence": None})
        insert_scores(warehouse, principal.project, [gone], deleted=True)


def _refuse_other_scores(warehouse: Warehouse, principal: Principal, scores: Sequence[Score]) -> None:
    """Raise Conflict where an id is already that of another score, there or among these."""
    known: dict[str, Score] = {}
    for score in [*_with_ids(warehouse, principal.project, [score.id for score in scores]), *scores]:
        earlier = known.setdefault(score.id, score)
        if earlier.sender != score.sender:
            raise Conflict(f"The score {score.id!r} is somebody else's; give yours an id of its own.")
        if _place(earlier) != _place(score):
            raise Conflict(
                f"The id {score.id!r} is that of the score {earlier.name!r} of "
                f"{earlier.trace_id or earlier.conversation}; a score of something else needs another."
            )


def _place(score: Score) -> tuple[str, ...]:
    """Return what stays the same of a score when it is sent again: the rest of its key in the warehouse."""
    said_by = score.author if score.source == "human" else ""
    return score.trace_id, score.span_id, score.conversation, score.name, score.evaluator, score.run, said_by


def _with_ids(warehouse: Warehouse, project: str, ids: Sequence[str]) -> list[Score]:
    if not ids:
        return []
    rows = warehouse.query(
        f"{SELECT_SCORES} AND id IN {{ids:Array(String)}}", {"project": project, "ids": list(ids)}
    )
    return [read_score(row) for row in rows]


def _conditions(filters: ScoreFilters) -> tuple[list[str], dict[str, object]]:
    columns = ("trace_id", "span_id", "conversation", "name", "source", "author", "run", "release")
    asked: dict[str, object] = {
        column: value for column in columns if (value := getattr(filters, column)) is not None
    }
    conditions = [f"{column} = {{{column}:String}}" for column in asked]
    for name, sign, time in (("since", ">=", filters.since), ("until", "<=", filters.until)):
        if time is not None:
            conditions.append(f"time_us {sign} {{{name}_us:Int64}}")
            asked[f"{name}_us"] = nanoseconds_of(time) // 1000
    return conditions, asked


def _write_cursor(score: Score) -> str:
    return f"{nanoseconds_of(score.time) // 1000}~{score.id}"


def _read_cursor(cursor: str) -> tuple[int, str]:
    match = re.fullmatch(r"(-?[0-9]{1,16})~([A-Za-z0-9._:-]{1,200})", cursor)
    if match is None:
        raise InputError(f"The cursor {cursor!r} is damaged; take the one that the page before gave, or none.")
    return int(match[1]), match[2]
