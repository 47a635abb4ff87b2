"""Sessions and users."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.server.routes.traces import Filters
from windlass.telemetry.models import Activity, ActivityPage
from windlass.telemetry.queries import get_session, get_user, list_sessions, list_users

router = APIRouter(tags=["sessions"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]


@router.get("/sessions")
def list_all_sessions(
    principal: Reader,
    services: ServicesOf,
    filters: Filters,
    limit: Limit = 50,
    cursor: Cursor = None,
    user: Annotated[str | None, Query(description="Only those with a trace of this user.")] = None,
) -> ActivityPage:
    """List conversations with a trace that is all that is asked for, the most recently active first.

    `from` and `to` say when they were active. Their traces are those with `where=conversation=ID`.
    """
    return list_sessions(
        services.warehouse,
        principal.project,
        user=user,
        filters=filters,
        limit=limit,
        cursor=cursor,
        lists=services.price_book,
    )


@router.get("/sessions/{conversation:path}")
def get_one_session(conversation: str, principal: Reader, services: ServicesOf) -> Activity:
    """Return what is said of one conversation."""
    return get_session(services.warehouse, principal.project, conversation, lists=services.price_book)


@router.get("/users")
def list_all_users(
    principal: Reader,
    services: ServicesOf,
    filters: Filters,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ActivityPage:
    """List users with a trace that is all that is asked for, the most recently active first.

    `from` and `to` say when they were active. Their traces are those with `where=user=ID`.
    """
    return list_users(
        services.warehouse,
        principal.project,
        filters=filters,
        limit=limit,
        cursor=cursor,
        lists=services.price_book,
    )


@router.get("/users/{user:path}")
def get_one_user(user: str, principal: Reader, services: ServicesOf) -> Activity:
    """Return what is said of one user."""
    return get_user(services.warehouse, principal.project, user, lists=services.price_book)
