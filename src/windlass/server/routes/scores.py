"""Scores from outside: a person's, an application's own evaluator's."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.telemetry.scores import Score

router = APIRouter(prefix="/scores", tags=["scores"])

Sender = Annotated[Principal, Depends(allowed("score:write"))]


class ScoresRequest(BaseModel):
    items: list[Score] = Field(min_length=1, max_length=10_000)


class ScoresAnswer(BaseModel):
    accepted: int


@router.post("")
def add_scores(body: ScoresRequest, principal: Sender, services: ServicesOf) -> ScoresAnswer:
    """Store scores; they are on disk when this answers. The same score twice is one score."""
    scores = [score.model_copy(update={"author": score.author or principal.id}) for score in body.items]
    services.writer.write_scores(principal.project, scores)
    return ScoresAnswer(accepted=len(scores))
