from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.evaluation.reviews.changing import save_queue
from windlass.evaluation.reviews.items import ReviewItem
from windlass.evaluation.reviews.labelling import label_item, next_item, skip_item, undo
from windlass.evaluation.reviews.queues import QueueContent
from windlass.evaluation.reviews.tables import review_items
from windlass.storage.database import Database

GOOD = {"name": "good", "type": "boolean"}
EDITOR = Principal(id="ed", kind="user", role="editor", project="guide")


def reviewer(name: str) -> Principal:
    return Principal(id=name, kind="key", role="reviewer", project="guide")


class Labelling:
    """A review queue and people who label its items, briefly said."""

    name = "answers"

    def __init__(self, database: Database, audit: AuditChain) -> None:
        self.database = database
        self.audit = audit

    def save(self, *, expected: int | None = None, **content: Any) -> None:
        self.content = QueueContent.model_validate({"questions": [GOOD], **content})
        save_queue(self.database, self.audit, EDITOR, self.name, self.content, expected=expected)

    def fill(self, count: int) -> list[str]:
        """Add items that are nothing but themselves."""
        ids = [f"item-{number}" for number in range(count)]
        with self.database.write() as tx:
            for number, item in enumerate(ids):
                tx.execute(
                    insert(review_items).values(
                        id=item,
                        project=EDITOR.project,
                        queue=self.name,
                        position=number + 1,
                        source={"kind": "trace", "outputs": [{"trace_id": f"{number:032x}"}]},
                        digest=f"sha256:{number}",
                        state="open",
                        adjudicated=False,
                        comment="",
                        scores_due=False,
                    )
                )
        return ids

    def next(self, who: str, *, time: datetime | None = None) -> str | None:
        item = next_item(self.database, reviewer(who), self.name, time=time)
        return None if item is None else item.id

    def label(self, who: str, item: str, *, time: datetime | None = None, **answers: Any) -> ReviewItem:
        return label_item(
            self.database, self.audit, reviewer(who), self.name, item, answers or {"good": True}, time=time
        )

    def skip(self, who: str, item: str) -> None:
        skip_item(self.database, reviewer(who), self.name, item)

    def undo(self, who: str) -> ReviewItem | None:
        return undo(self.database, self.audit, reviewer(who), self.name)


@pytest.fixture
def labelling(database: Database, audit: AuditChain) -> Labelling:
    return Labelling(database, audit)
