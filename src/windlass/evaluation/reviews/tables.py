"""Tables of review queues: the queues, their items, and who labelled, skipped or holds which item."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

review_queues = Table(
    "review_queues",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("guidelines", Text, nullable=False),
    # Canonical JSON: with the rest its digest stands in the audit chain.
    Column("questions", Text, nullable=False),
    Column("labels_per_item", Integer, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("updated", Instant, nullable=False),
    Column("updated_by", String(200), nullable=False),
)

review_items = Table(
    "review_items",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", Json, nullable=False),
    # Of the source: the same thing stands in a queue once.
    Column("digest", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reference", Json),
    Column("decided_by", Text),
    Column("decided", Instant),
    Column("adjudicated", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    # What the scores in the warehouse say of this item, and whether they have yet to be brought in line.
    Column("scored", Json),
    Column("scores_due", Boolean, nullable=False),
    Index("uq_review_items_digest", "project", "queue", "digest", unique=True),
    Index("ix_review_items_position", "project", "queue", "position"),
    Index("ix_review_items_scores_due", "scores_due", "project", "queue"),
)

review_labels = Table(
    "review_labels",
    metadata,
    Column("item", String(40), primary_key=True),
    Column("reviewer", String(200), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("queue", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("answers", Json),
    Column("comment", Text, nullable=False),
    # The revision of the queue that was read, and so the guidelines that were followed.
    Column("revision", Integer, nullable=False),
    # Until when the item is kept for who has not labelled it yet.
    Column("expires", Instant),
    Column("updated", Instant, nullable=False),
    Index("ix_review_labels_reviewer", "project", "queue", "reviewer", "state"),
)
