"""Saved views: the query of a list's address under a name, kept for a project."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.errors import InputError, NotFound
from windlass.storage.database import Database, now
from windlass.views.tables import saved_views

Page = Literal["traces", "spans", "sessions", "users"]
"""The lists that have views."""

_LONGEST_NAME: Final = 100
_LONGEST_QUERY: Final = 8_000


class View(BaseModel):
    page: Page
    name: str
    query: str
    """What follows the question mark in the list's address."""
    author: str
    saved: datetime


def list_views(database: Database, project: str, page: Page) -> list[View]:
    """Return the views of a list by name."""
    query = (
        select(saved_views)
        .where(saved_views.c.project == project, saved_views.c.page == page)
        .order_by(saved_views.c.name)
    )
    with database.read() as tx:
        rows = tx.execute(query).all()
    return [View.model_validate(dict(row._mapping)) for row in rows]


def save_view(
    database: Database, audit: AuditChain, principal: Principal, *, page: Page, name: str, query: str
) -> View:
    """Keep a view, in the place of one of this name. Raises InputError."""
    name, query = name.strip(), query.removeprefix("?")
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InputError(f"A view needs a name of 1 to {_LONGEST_NAME} characters.")
    if len(query) > _LONGEST_QUERY:
        raise InputError(f"The query of a view has at most {_LONGEST_QUERY} characters; remove a filter.")
    view = View(page=page, name=name, query=query, author=principal.id, saved=now())
    with database.write() as tx:
        # The entry comes first: writers take turns at the chain, so that two may save the same name.
        audit.append(tx, principal, "view:save", f"view/{page}/{name}", details={"query": query})
        _remove(tx, principal.project, page, name)
        tx.execute(insert(saved_views).values(project=principal.project, **view.model_dump()))
    return view


def delete_view(database: Database, audit: AuditChain, principal: Principal, *, page: Page, name: str) -> None:
    """Remove a view. Raises NotFound."""
    with database.write() as tx:
        audit.append(tx, principal, "view:delete", f"view/{page}/{name}")
        if not _remove(tx, principal.project, page, name):
            raise NotFound(f"There is no view {name!r} of the list {page} in the project {principal.project!r}.")


def _remove(tx: Connection, project: str, page: Page, name: str) -> bool:
    done = tx.execute(
        delete(saved_views).where(
            saved_views.c.project == project, saved_views.c.page == page, saved_views.c.name == name
        )
    )
    return done.rowcount > 0
