"""Arenas: answers compared two at a time, by people who do not know whose they are, and by judges."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.evaluation.arenas.arenas import RevealedBattle, ShownBattle
from windlass.evaluation.arenas.boards import Leaderboard
from windlass.evaluation.arenas.judging import Judged
from windlass.evaluation.arenas.records import (
    Arena,
    ArenaRequest,
    Verdict,
    delete_arena,
    get_arena,
    list_arenas,
)
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/arenas", tags=["arenas"])

Reader = Annotated[Principal, Depends(allowed("review:read"))]
Reviewer = Annotated[Principal, Depends(allowed("review:label"))]
Manager = Annotated[Principal, Depends(allowed("review:manage"))]


class VoteRequest(BaseModel):
    verdict: Verdict
    """By the places in which the answers were shown."""


class JudgeRequest(BaseModel):
    judge: str
    """A pairwise evaluator, `name@what`."""
    most: Annotated[int, Field(ge=1, le=50)] = 16
    """How many battles this call decides at most."""
    retry: bool = False
    """Whether those come again to which it gave no verdict before."""


class GivenBattle(BaseModel):
    battle: ShownBattle | None
    """Null when the caller has seen all there are."""


@router.get("")
def list_all_arenas(principal: Reader, services: ServicesOf) -> Items[Arena]:
    """List the arenas, newest first."""
    return Items(items=list_arenas(services.database, principal.project))


@router.post("", status_code=201)
def create_one_arena(body: ArenaRequest, principal: Manager, services: ServicesOf) -> Arena:
    """Have the answers of finished runs meet."""
    return services.arenas.create(principal, body)


@router.get("/{name}")
def get_one_arena(name: str, principal: Reader, services: ServicesOf) -> Arena:
    """Return an arena and how much was voted in it."""
    return get_arena(services.database, principal.project, name)


@router.delete("/{name}", status_code=204)
def delete_one_arena(name: str, principal: Manager, services: ServicesOf) -> None:
    """Remove an arena with its votes."""
    delete_arena(services.database, services.audit, principal, name)


@router.get("/{name}/leaderboard")
def get_leaderboard(name: str, principal: Reader, services: ServicesOf) -> Leaderboard:
    """Return the rankings by people and by each judge, and how far these agree."""
    return services.arenas.leaderboard(principal, name)


@router.post("/{name}/next")
def take_next_battle(name: str, principal: Reviewer, services: ServicesOf) -> GivenBattle:
    """Give the caller two answers to the same, without saying whose they are."""
    return GivenBattle(battle=services.arenas.next(principal, name))


@router.put("/{name}/battles/{battle}/vote")
def vote_on_battle(
    name: str, battle: str, body: VoteRequest, principal: Reviewer, services: ServicesOf
) -> RevealedBattle:
    """Take the caller's verdict on what they were shown, and say whose the answers are; a vote stands."""
    return services.arenas.vote(principal, name, battle, body.verdict)


@router.post("/{name}/battles/{battle}/skip", status_code=204)
def skip_battle(name: str, battle: str, principal: Reviewer, services: ServicesOf) -> None:
    """Leave a battle undecided; the caller is not shown it again."""
    services.arenas.skip(principal, name, battle)


@router.post("/{name}/judge")
def judge_battles(name: str, body: JudgeRequest, principal: Manager, services: ServicesOf) -> Judged:
    """Have a pairwise judge decide some battles, each in both orders; call it again while any are left."""
    return services.arena_judges.judge(principal, name, body.judge, most=body.most, retry=body.retry)
