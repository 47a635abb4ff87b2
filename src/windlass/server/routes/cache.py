"""Answers of models that are kept for runs."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.errors import NotFound
from windlass.models.answer_store import AnswersHeld
from windlass.models.calls.answers import check_answer
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/cache", tags=["cache"])


Key = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
"""The digest of all that an answer depends on."""


class KeptAnswer(BaseModel):
    answer: str
    """A completion, as JSON."""


class NewAnswers(BaseModel):
    answers: dict[Key, str] = Field(max_length=1000)


class Kept(BaseModel):
    answers: int


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


@router.get("/answers/{key}")
def find_answer(
    key: Key, principal: Annotated[Principal, Depends(allowed("run:write"))], services: ServicesOf
) -> KeptAnswer:
    """Return the answer that is kept to a call."""
    found = services.answers.find(principal.project, key)
    if found is None:
        raise NotFound(f"No answer is kept to {key}.")
    return KeptAnswer(answer=found)


@router.post("/answers")
def keep_answers(
    body: NewAnswers, principal: Annotated[Principal, Depends(allowed("run:write"))], services: ServicesOf
) -> Kept:
    """Keep answers of calls that were made elsewhere, as `windlass.evaluate` does for its judges."""
    for key, answer in body.answers.items():
        check_answer(key, answer)
    if body.answers:
        services.answers.write(principal.project, body.answers)
    return Kept(answers=len(body.answers))
