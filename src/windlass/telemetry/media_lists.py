"""The files that a project has, newest first, and what refers to them."""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select

from windlass.errors import InputError
from windlass.storage.database import Database, format_instant
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.media import reference_of
from windlass.telemetry.media_uses import TABLE
from windlass.telemetry.tables import media

_CURSOR: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)~(sha256:[0-9a-f]{64})"
)

_USES: Final = f"""
SELECT digest, uniqExact(trace_id) AS traces, toUnixTimestamp64Micro(max(received)) AS used_us FROM {TABLE}
WHERE project = {{project:String}} AND digest IN {{digests:Array(String)}} GROUP BY digest
"""  # noqa: S608 - names of this package


class HeldFile(BaseModel):
    uri: str
    """What items, outputs and messages name it by."""
    digest: str
    mime_type: str
    size: int
    """In bytes."""
    kept: datetime
    """Since when the project has it."""
    uploaded: bool
    """Somebody put it there: it stays when no trace refers to it."""
    traces: int
    """How many traces refer to it."""
    used: datetime | None
    """When the newest reference of a trace came; null where none refers to it."""


class HeldFilePage(BaseModel):
    items: list[HeldFile]
    next: str | None = Field(description="The cursor of the next page; null at the end.")


class _Uses(NamedTuple):
    traces: int
    newest: datetime | None


_UNUSED: Final = _Uses(0, None)


def list_media(
    database: Database, warehouse: Warehouse, project: str, *, limit: int = 50, cursor: str | None = None
) -> HeldFilePage:
    """Return a page of the files of a project, newest first. Raises InputError for a damaged cursor."""
    query = select(media).where(media.c.project == project)
    if cursor:
        query = query.where(_after(cursor))
    with database.read() as tx:
        rows = tx.execute(query.order_by(media.c.created.desc(), media.c.digest).limit(limit + 1)).all()
    page = rows[:limit]
    uses = _uses_of(warehouse, project, [row.digest for row in page])
    items = [
        HeldFile(
            uri=reference_of(row.digest, row.mime_type, row.size),
            digest=row.digest,
            mime_type=row.mime_type,
            size=row.size,
            kept=row.created,
            uploaded=row.uploaded,
            traces=uses.get(row.digest, _UNUSED).traces,
            used=uses.get(row.digest, _UNUSED).newest,
        )
        for row in page
    ]
    last = items[-1] if len(rows) > limit else None
    return HeldFilePage(items=items, next=f"{format_instant(last.kept)}~{last.digest}" if last else None)


def _uses_of(warehouse: Warehouse, project: str, digests: list[str]) -> dict[str, _Uses]:
    if not digests:
        return {}
    rows = warehouse.query(_USES, {"project": project, "digests": digests})
    return {str(row["digest"]): _uses(int(str(row["traces"])), int(str(row["used_us"]))) for row in rows}


def _uses(traces: int, newest_us: int) -> _Uses:
    return _Uses(traces, datetime.fromtimestamp(newest_us / 1_000_000, UTC))


def _after(cursor: str) -> ColumnElement[bool]:
    found = _CURSOR.fullmatch(cursor)
    try:
        created = datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        created = None
    if found is None or created is None:
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before, or none.")
    return or_(media.c.created < created, and_(media.c.created == created, media.c.digest > found[2]))
