"""Answers of models that are kept for runs."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.models.answer_store import AnswersHeld
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/cache", tags=["cache"])


class ClearedAnswers(BaseModel):
    answers: int


@router.get("")
def get_cache(principal: Annotated[Principal, Depends(allowed("run:read"))], services: ServicesOf) -> AnswersHeld:
    """Say how many answers the project holds, how large they are, and what bounds them."""
    return services.answers.held(principal.project)


@router.delete("")
def clear_cache(
    principal: Annotated[Principal, Depends(allowed("run:write"))], services: ServicesOf
) -> ClearedAnswers:
    """Clear the answers that the project holds; runs with a cache ask their models again."""
    return ClearedAnswers(answers=services.answers.clear(principal))
