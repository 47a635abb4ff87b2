"""Erasing what people said of traces that are erased: their labels, remarks and decisions."""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, delete, func, select

from windlass.evaluation.reviews.items import Source
from windlass.evaluation.reviews.tables import review_items, review_labels
from windlass.storage.database import Database

_AT_ONCE: Final = 500
"""Ids in one statement: SQLite takes a bounded number."""


class ReviewsOfTraces:
    """The items of review queues that show some traces, with their labels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, project: str, traces: Sequence[str]) -> dict[str, int]:
        """Return how many rows of which table there are."""
        with self._database.read() as tx:
            items = _items(tx, project, traces)
            labels = sum(
                tx.execute(select(func.count()).where(review_labels.c.item.in_(some))).scalar_one()
                for some in _in_pieces(items)
            )
        return {review_items.name: len(items), review_labels.name: labels}

    def delete(self, project: str, traces: Sequence[str]) -> None:
        with self._database.write() as tx:
            for some in _in_pieces(_items(tx, project, traces)):
                tx.execute(delete(review_labels).where(review_labels.c.item.in_(some)))
                tx.execute(delete(review_items).where(review_items.c.id.in_(some)))


def _items(tx: Connection, project: str, traces: Sequence[str]) -> list[str]:
    if not traces:
        return []
    erased = set(traces)
    rows = tx.execute(
        select(review_items.c.id, review_items.c.source).where(review_items.c.project == project)
    ).all()
    return [
        row.id
        for row in rows
        if erased & {output.trace_id for output in Source.model_validate(row.source).outputs}
    ]


def _in_pieces(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
