"""Pages of records from the newest down: a cursor is the place of the last record of a page, by time and id."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, or_

from windlass.errors import InputError
from windlass.storage.database import format_instant


def write_cursor(created: datetime, record_id: str) -> str:
    return f"{format_instant(created)}~{record_id}"


def below(table: Table, cursor: str) -> ColumnElement[bool]:
    """Return the condition that a record comes after a cursor, of a table with `created` and `id`.

    Raises InputError for what is no cursor.
    """
    time, _, record_id = cursor.partition("~")
    try:
        created = datetime.fromisoformat(time)
    except ValueError as error:
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before.") from error
    return or_(table.c.created < created, and_(table.c.created == created, table.c.id < record_id))
