"""Who is asking, and signing a browser in and out with an API key."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Request, Response
from pydantic import BaseModel

from windlass.access import keys
from windlass.access.principals import Principal
from windlass.server.caller import COOKIE, ServicesOf, principal_of
from windlass.settings import Mode
from windlass.version import __version__

router = APIRouter(prefix="/session", tags=["session"])


class SessionPrincipal(BaseModel):
    id: str
    kind: str
    role: str
    project: str


class Session(BaseModel):
    principal: SessionPrincipal
    mode: Mode
    version: str


class SignIn(BaseModel):
    key: str


@router.get("")
def get_session(principal: Annotated[Principal, Depends(principal_of)], services: ServicesOf) -> Session:
    """Say who the caller is."""
    return _session(principal, services.settings.mode)


@router.post("")
def sign_in(body: SignIn, request: Request, response: Response, services: ServicesOf) -> Session:
    """Exchange an API key for a browser's cookie."""
    token, principal = keys.sign_in(services.database, body.key.strip())
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(keys.SIGN_IN_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _session(principal, services.settings.mode)


@router.delete("", status_code=204)
def sign_out(
    response: Response, services: ServicesOf, token: Annotated[str | None, Cookie(alias=COOKIE)] = None
) -> None:
    """End the browser's sign-in."""
    if token is not None:
        keys.sign_out(services.database, token)
    response.delete_cookie(COOKIE)


def _session(principal: Principal, mode: Mode) -> Session:
    return Session(
        principal=SessionPrincipal(
            id=principal.id, kind=principal.kind, role=principal.role, project=principal.project
        ),
        mode=mode,
        version=__version__,
    )
