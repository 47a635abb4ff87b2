"""Scores from outside: a person's, an application's own evaluator's, a user's thumb."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.telemetry import scoring
from windlass.telemetry.scores import Source
from windlass.telemetry.scoring import NewScore, ScoreFilters, ScorePage

router = APIRouter(prefix="/scores", tags=["scores"])

Sender = Annotated[Principal, Depends(allowed("score:write"))]
Reader = Annotated[Principal, Depends(allowed("trace:read"))]


class ScoresRequest(BaseModel):
    items: list[NewScore] = Field(min_length=1, max_length=10_000)


class ScoresAnswer(BaseModel):
    accepted: int
    ids: list[str]
    """In the order in which the scores came."""


@router.post("")
def add_scores(body: ScoresRequest, principal: Sender, services: ServicesOf) -> ScoresAnswer:
    """Store scores; they are on disk when this answers. The same score twice is one score."""
    ids = scoring.add_scores(services.warehouse, principal, body.items)
    return ScoresAnswer(accepted=len(ids), ids=ids)


@router.get("")
def list_scores(
    principal: Reader,
    services: ServicesOf,
    limit: Limit = 50,
    cursor: Cursor = None,
    trace: Annotated[str | None, Query(description="Of this trace.")] = None,
    span: Annotated[str | None, Query(description="Of this span.")] = None,
    conversation: Annotated[str | None, Query(description="Of this session.")] = None,
    name: str | None = None,
    source: Source | None = None,
    author: str | None = None,
    run: str | None = None,
    release: Annotated[str | None, Query(description="A release's digest.")] = None,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
) -> ScorePage:
    """List scores, newest first."""
    filters = ScoreFilters(
        trace_id=trace,
        span_id=span,
        conversation=conversation,
        name=name,
        source=source,
        author=author,
        run=run,
        release=release,
        since=since,
        until=until,
    )
    return scoring.list_scores(services.warehouse, principal.project, filters=filters, limit=limit, cursor=cursor)


@router.delete("/{score_id}", status_code=204)
def delete_score(score_id: str, principal: Sender, services: ServicesOf) -> None:
    """Take a score back: one's own, or anybody's as an admin."""
    scoring.delete_score(services.database, services.audit, services.warehouse, principal, score_id)
