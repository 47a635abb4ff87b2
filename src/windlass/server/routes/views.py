"""Saved views of lists."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Items
from windlass.views import store
from windlass.views.store import Page, View

router = APIRouter(prefix="/views", tags=["views"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]
Writer = Annotated[Principal, Depends(allowed("view:write"))]


class ViewRequest(BaseModel):
    query: str
    """What follows the question mark in the list's address."""


@router.get("/{page}")
def list_saved_views(page: Page, principal: Reader, services: ServicesOf) -> Items[View]:
    """List the views of a list by name."""
    return Items(items=store.list_views(services.database, principal.project, page))


@router.put("/{page}/{name:path}")
def save_view(page: Page, name: str, body: ViewRequest, principal: Writer, services: ServicesOf) -> View:
    """Keep a view under a name, in the place of one that has it."""
    return store.save_view(services.database, services.audit, principal, page=page, name=name, query=body.query)


@router.delete("/{page}/{name:path}", status_code=204)
def delete_view(page: Page, name: str, principal: Writer, services: ServicesOf) -> None:
    """Remove a view."""
    store.delete_view(services.database, services.audit, principal, page=page, name=name)
