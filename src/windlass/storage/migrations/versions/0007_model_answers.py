"""Kept answers of models, and what the calls of a run came to."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "model_answers",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("project", "key", name=op.f("pk_model_answers")),
    )
    op.create_index("ix_model_answers_project_created", "model_answers", ["project", "created"])
    op.add_column("runs", sa.Column("calls", Json, nullable=True))
