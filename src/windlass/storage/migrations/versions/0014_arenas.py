"""Arenas, the samples that meet in them, and their battles."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "arenas",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("guidelines", sa.Text(), nullable=False),
        sa.Column("contestants", Json, nullable=False),
        sa.Column("dataset", Json, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", "name", name=op.f("pk_arenas")),
    )
    op.create_table(
        "arena_samples",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("arena", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=512), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("trace_id", sa.String(length=64), nullable=False),
        sa.Column("span_id", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("project", "arena", "item", "run", name=op.f("pk_arena_samples")),
    )
    op.create_index("ix_arena_samples_trace", "arena_samples", ["project", "trace_id"])
    _create_battles()


def _create_battles() -> None:
    op.create_table(
        "arena_battles",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("arena", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=512), nullable=False),
        sa.Column("first_run", sa.String(length=40), nullable=False),
        sa.Column("second_run", sa.String(length=40), nullable=False),
        sa.Column("pair", sa.String(length=100), nullable=False),
        sa.Column("voter_kind", sa.String(length=16), nullable=False),
        sa.Column("voter", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16)),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("consistent", sa.Boolean()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("missing_why", sa.String(length=80), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("decided", Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arena_battles")),
    )
    op.create_index(
        "uq_arena_battles_vote", "arena_battles", ["project", "arena", "voter", "item", "pair"], unique=True
    )
    op.create_index("ix_arena_battles_state", "arena_battles", ["project", "arena", "state"])
