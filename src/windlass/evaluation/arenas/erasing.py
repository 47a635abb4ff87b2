"""Erasing what arenas know of traces that are erased: that they met, and what was said of them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from windlass.evaluation.arenas.tables import arena_battles, arena_samples
from windlass.storage.database import Database

_AT_ONCE: Final = 200


class ArenasOfTraces:
    """The samples of arenas that are some traces, with the battles they were in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, project: str, traces: Sequence[str]) -> dict[str, int]:
        """Return how many rows of which table there are."""
        samples = battles = 0
        with self._database.read() as tx:
            for here in _pieces(project, traces):
                rows = tx.execute(select(arena_samples).where(here)).all()
                samples += len(rows)
                for row in rows:
                    query = (
                        select(func.count())
                        .select_from(arena_battles)
                        .where(_fought(row.arena, row.item, row.run))
                    )
                    battles += tx.execute(query.where(arena_battles.c.project == project)).scalar_one()
        return {arena_samples.name: samples, arena_battles.name: battles}

    def delete(self, project: str, traces: Sequence[str]) -> None:
        with self._database.write() as tx:
            for here in _pieces(project, traces):
                for row in tx.execute(select(arena_samples).where(here)).all():
                    fought = and_(arena_battles.c.project == project, _fought(row.arena, row.item, row.run))
                    tx.execute(delete(arena_battles).where(fought))
                tx.execute(delete(arena_samples).where(here))


def _pieces(project: str, traces: Sequence[str]) -> list[ColumnElement[bool]]:
    return [
        and_(arena_samples.c.project == project, arena_samples.c.trace_id.in_(traces[start : start + _AT_ONCE]))
        for start in range(0, len(traces), _AT_ONCE)
    ]


def _fought(arena: str, item: str, run: str) -> ColumnElement[bool]:
    return and_(
        arena_battles.c.arena == arena,
        arena_battles.c.item == item,
        or_(arena_battles.c.first_run == run, arena_battles.c.second_run == run),
    )
