"""Syntheses of items, and approvals of datasets."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "syntheses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("request", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.Column("version", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_syntheses")),
    )
    op.create_index("ix_syntheses_project_created", "syntheses", ["project", "created", "id"])
    op.create_table(
        "dataset_approvals",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("queue", sa.String(length=200), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", "dataset", name=op.f("pk_dataset_approvals")),
    )
