"""Saved views."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("saved", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("project", "page", "name", name=op.f("pk_saved_views")),
    )
