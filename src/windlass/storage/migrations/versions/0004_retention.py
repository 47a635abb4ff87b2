"""How long each project keeps its telemetry."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "retention_policies",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("max_age_days", sa.Integer(), nullable=True),
        sa.Column("max_traces", sa.Integer(), nullable=True),
        sa.Column("keep_runs", sa.Boolean(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_retention_policies")),
    )
