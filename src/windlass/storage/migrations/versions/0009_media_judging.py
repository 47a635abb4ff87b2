"""Questions that models wrote for judges, and files that somebody put there."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "written_questions",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("project", "key", name=op.f("pk_written_questions")),
    )
    op.add_column("media", sa.Column("uploaded", sa.Boolean(), nullable=False, server_default=sa.false()))
