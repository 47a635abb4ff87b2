"""Who calls: the principal of a request, and the permission that a route declares.

What does not wait for a database is a coroutine: FastAPI sends each function that is none to a thread.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from windlass.access.keys import authenticate, authenticate_sign_in
from windlass.access.permissions import Action, require
from windlass.access.principals import LOCAL_ADMIN, Principal
from windlass.errors import Denied, Unauthenticated
from windlass.server.services import Services

COOKIE = "windlass_session"

KEY_PREFIX = "wl_"

NO_KEY = "Send an API key as `Authorization: Bearer wl_…`; make one with `windlass keys create`."

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


ServicesOf = Annotated[Services, Depends(services_of)]


async def principal_of(request: Request, services: ServicesOf) -> Principal:
    """Return who calls. Raises Unauthenticated, or Denied for a request that another site made a browser send."""
    let_in = services.settings.mode != "server" and _is_local(request)
    key = key_that_counts(request.headers, needed=not let_in)
    if key is not None:
        return await run_in_threadpool(authenticate, services.database, key)
    token = request.cookies.get(COOKIE)
    if token is not None:
        _refuse_other_sites(request)
        return await run_in_threadpool(authenticate_sign_in, services.database, token)
    if let_in:
        _refuse_other_sites(request)
        return LOCAL_ADMIN
    raise Unauthenticated(NO_KEY)


def key_that_counts(headers: Mapping[str, str], *, needed: bool) -> str | None:
    """Return the key that a caller sends.

    OpenAI's clients refuse to send none: where none is needed, whatever is not one of ours counts as none.
    """
    key = _key_in(headers)
    return key if key is not None and (needed or key.startswith(KEY_PREFIX)) else None


def _key_in(headers: Mapping[str, str]) -> str | None:
    """Return the key that a caller sends: as a bearer token, in basic authentication, or as `x-api-key`."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer" and credentials:
        return credentials
    if scheme.lower() == "basic" and credentials:
        return _key_of_basic(credentials)
    return headers.get("x-api-key")


def allowed(action: Action) -> Callable[..., Awaitable[Principal]]:
    """Return a dependency that gives the principal if its role allows the action."""

    async def check(principal: Annotated[Principal, Depends(principal_of)]) -> Principal:
        require(principal, action)
        return principal

    check.__dict__["action"] = action
    return check


def is_loopback(host: str) -> bool:
    """Tell whether an address or host name means this machine only."""
    name = host.strip("[]")
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _key_of_basic(credentials: str) -> str:
    """Return the password, or the user's name where that is a key of ours.

    Langfuse's clients send a public and a secret key, of which ours is the secret; others ask for one word only.
    """
    try:
        name, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        # Not a key, and told so like any other that is not known.
        return credentials
    return name if name.startswith(KEY_PREFIX) and not password.startswith(KEY_PREFIX) else password


def _is_local(request: Request) -> bool:
    """Tell whether the caller sits at this machine and meant this server by name.

    A page of another site can point its own name at 127.0.0.1; the Host header then still has that name.
    """
    client = request.client.host if request.client else ""
    return is_loopback(client) and is_loopback(request.url.hostname or "")


def _refuse_other_sites(request: Request) -> None:
    """Refuse a change that a page of another site makes the browser send with what it keeps for us."""
    if request.method in _SAFE_METHODS:
        return
    # The host alone: behind a proxy that ends TLS the page is https, and this server does not know.
    origin = request.headers.get("origin")
    is_ours = origin is None or origin.partition("://")[2] == request.url.netloc
    if not is_ours or request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Denied("This change was asked for by a page of another site; it was refused.")
