"""The projects' own prices."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "price_lists",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("prices", sa.Text(), nullable=False),
        sa.Column("updated", Instant(), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_price_lists")),
    )
