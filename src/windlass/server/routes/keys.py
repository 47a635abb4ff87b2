"""API keys."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel

from windlass.access import keys
from windlass.access.keys import ApiKey, NewApiKey
from windlass.access.principals import Principal, Role
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items

router = APIRouter(prefix="/keys", tags=["keys"])

Manager = Annotated[Principal, Depends(allowed("key:manage"))]


class KeyRequest(BaseModel):
    name: str
    role: Role
    expires: AwareDatetime | None = None


@router.get("")
def list_keys(principal: Manager, services: ServicesOf) -> Items[ApiKey]:
    """List the project's keys, without their secrets."""
    return Items(items=keys.list_keys(services.database, principal.project))


@router.post("", status_code=201)
def create_key(body: KeyRequest, principal: Manager, services: ServicesOf) -> NewApiKey:
    """Make a key; the answer is the only place where it is shown."""
    return keys.create_key(
        services.database, services.audit, principal, name=body.name, role=body.role, expires=body.expires
    )


@router.delete("/{key_id}", status_code=204)
def revoke_key(key_id: str, principal: Manager, services: ServicesOf) -> None:
    """End a key, and every sign-in made with it, at once."""
    keys.revoke_key(services.database, services.audit, principal, key_id)
