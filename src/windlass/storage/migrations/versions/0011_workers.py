"""Workers, and runs that several of them work on."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("expires", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "run_plans",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("model_base_url", sa.Text(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("calls", Json, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_run_plans")),
    )
    _create_shards()
    _create_seats()
    _create_handovers()


def _create_shards() -> None:
    op.create_table(
        "run_shards",
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("ranges", Json, nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=40)),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run", "number", name=op.f("pk_run_shards")),
    )
    op.create_index("ix_run_shards_seat", "run_shards", ["seat"])


def _create_seats() -> None:
    op.create_table(
        "run_seats",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("expires", Instant(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("calls", Json, nullable=False),
        sa.Column("spent_tokens", sa.BigInteger(), nullable=False),
        sa.Column("spent_usd", sa.Float(), nullable=False),
        sa.Column("reserved_tokens", sa.BigInteger(), nullable=False),
        sa.Column("reserved_usd", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_seats")),
    )
    op.create_index("ix_run_seats_run", "run_seats", ["run", "held"])


def _create_handovers() -> None:
    op.create_table(
        "run_handovers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("finished", Json, nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("spans", sa.LargeBinary()),
        sa.Column("scores", sa.LargeBinary()),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("stored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_handovers")),
    )
    op.create_index("ix_run_handovers_run_stored", "run_handovers", ["run", "stored", "created"])
    op.create_index("ix_run_handovers_shard", "run_handovers", ["run", "shard"])
