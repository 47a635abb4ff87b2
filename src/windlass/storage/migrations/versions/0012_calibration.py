"""Calibrations of judges."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "calibrations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("evaluator", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("data", sa.String(length=500), nullable=False),
        sa.Column("anchor", sa.String(length=40)),
        sa.Column("request", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("outcome", sa.String(length=32)),
        sa.Column("digest", sa.String(length=80)),
        sa.Column("content", sa.Text()),
        sa.Column("items", Json),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("finished", Instant()),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
    )
    op.create_index("ix_calibrations_evaluator", "calibrations", ["project", "evaluator", "created", "id"])
    op.create_index("ix_calibrations_judge", "calibrations", ["project", "evaluator", "version", "prompt"])
