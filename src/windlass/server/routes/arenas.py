"""Arenas: answers compared two at a time, by people who do not know whose they are, and by judges."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.agents.judging_costs import JudgingEstimate
from windlass.evaluation.arenas.arenas import RevealedBattle, ShownBattle
from windlass.evaluation.arenas.boards import Leaderboard
from windlass.evaluation.arenas.judgings import (
    Judging,
    JudgingRequest,
    cancel_judging,
    get_judging,
    list_judgings,
)
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


@router.get("/{name}/judgings")
def list_arena_judgings(name: str, principal: Reader, services: ServicesOf) -> Items[Judging]:
    """List the judgings of an arena, newest first."""
    return Items(items=list_judgings(services.database, principal.project, name))


@router.post("/{name}/judgings", status_code=202)
def start_judging(name: str, body: JudgingRequest, principal: Manager, services: ServicesOf) -> Judging:
    """Have a pairwise judge decide battles that it was not asked about, each in both orders.

    It goes on when the server starts again, and asks about no battle twice.
    """
    return services.arena_judges.start(principal, name, body)


@router.post("/{name}/judgings/estimate")
def estimate_judging(name: str, body: JudgingRequest, principal: Manager, services: ServicesOf) -> JudgingEstimate:
    """Say how many battles a judge would decide, in how many calls, and what these may take; nobody is asked."""
    return services.arena_judges.estimate(principal, name, body)


@router.get("/{name}/judgings/{judging_id}")
def get_one_judging(name: str, judging_id: str, principal: Reader, services: ServicesOf) -> Judging:
    """Return a judging as it stands."""
    return get_judging(services.database, principal.project, name, judging_id)


@router.post("/{name}/judgings/{judging_id}/cancel")
def cancel_one_judging(name: str, judging_id: str, principal: Manager, services: ServicesOf) -> Judging:
    """Let no further battle begin; what was decided stays."""
    return cancel_judging(services.database, services.audit, principal, name, judging_id)
