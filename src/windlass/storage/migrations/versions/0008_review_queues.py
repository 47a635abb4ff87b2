"""Review queues, their items and labels."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "review_queues",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("guidelines", sa.Text(), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("labels_per_item", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_review_queues")),
    )
    _create_items()
    _create_labels()


def _create_items() -> None:
    op.create_table(
        "review_items",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", Json, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reference", Json),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided", Instant()),
        sa.Column("adjudicated", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scored", Json),
        sa.Column("scores_due", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
    )
    op.create_index("uq_review_items_digest", "review_items", ["project", "queue", "digest"], unique=True)
    op.create_index("ix_review_items_position", "review_items", ["project", "queue", "position"])
    op.create_index("ix_review_items_scores_due", "review_items", ["scores_due", "project", "queue"])


def _create_labels() -> None:
    op.create_table(
        "review_labels",
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("reviewer", sa.String(length=200), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answers", Json),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("expires", Instant()),
        sa.Column("updated", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("item", "reviewer", name=op.f("pk_review_labels")),
    )
    op.create_index("ix_review_labels_reviewer", "review_labels", ["project", "queue", "reviewer", "state"])
