"""The projects' dashboards."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "dashboards",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("charts", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_dashboards")),
    )
