"""Judgings of arenas, live gates that are taken up again, and schedules of anchors."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "arena_judgings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("arena", sa.String(length=200), nullable=False),
        sa.Column("voter", sa.String(length=300), nullable=False),
        sa.Column("judge", Json, nullable=False),
        sa.Column("request", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("battles", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_judgings")),
    )
    op.create_index("ix_arena_judgings_arena", "arena_judgings", ["project", "arena", "created"])
    op.add_column("live_gates", sa.Column("resumed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("live_gates", sa.Column("taken_up", Instant(), nullable=True))
    op.create_table(
        "anchor_schedules",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("evaluator", sa.String(length=200), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("every_hours", sa.Integer(), nullable=False),
        sa.Column("max_cost_usd", sa.Float(), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("due", Instant(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("prompt", sa.String(length=80), nullable=False),
        sa.Column("calibration", sa.String(length=40), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", "evaluator", name=op.f("pk_anchor_schedules")),
    )
