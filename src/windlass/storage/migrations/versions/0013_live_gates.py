"""Gates that have releases evaluated until they are decided."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant, Json

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "live_gates",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("candidate", sa.String(length=40), nullable=False),
        sa.Column("baseline", sa.String(length=40), nullable=False),
        sa.Column("rule", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("progress", Json, nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_gates")),
    )
    op.create_index("ix_live_gates_project_created", "live_gates", ["project", "created", "id"])
