"""The tables of read-only SQL as data: what somebody who writes a statement looks up."""

from functools import cache

from pydantic import BaseModel

from windlass.telemetry.sql.query import SqlColumn
from windlass.telemetry.sql.views import VIEWS, View


class SqlTableColumn(SqlColumn):
    about: str
    """What it holds, in Markdown; empty where the name says it."""


class SqlTable(BaseModel):
    name: str
    about: str
    columns: list[SqlTableColumn]


@cache
def sql_tables() -> tuple[SqlTable, ...]:
    """Return the tables with their columns, as the views have them."""
    return tuple(map(_described, VIEWS))


def _described(view: View) -> SqlTable:
    columns = [SqlTableColumn(name=column.name, type=column.type, about=column.about) for column in view.columns]
    return SqlTable(name=view.name, about=view.about, columns=columns)
