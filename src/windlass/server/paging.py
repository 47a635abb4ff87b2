"""Lists: items and the cursor of the next page."""

import re
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from windlass.errors import InputError

Item = TypeVar("Item")

_NUMBER = re.compile(r"[0-9]{1,18}")
"""What both engines take as an integer."""

Limit = Annotated[int, Query(ge=1, le=500, description="Items a page.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.")]


class Items(BaseModel, Generic[Item]):
    """A whole list."""

    items: list[Item]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the cursor of the page after, or null at the end."""

    items: list[Item]
    next: str | None


def cursor_number(cursor: str | None) -> int | None:
    """Return a cursor that is a number. Raises InputError."""
    if cursor is None:
        return None
    if not _NUMBER.fullmatch(cursor):
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before.")
    return int(cursor)
