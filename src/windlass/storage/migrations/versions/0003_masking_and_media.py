"""Masking rules, what they masked, and media that spans refer to."""

import sqlalchemy as sa
from alembic import op

from windlass.storage.database import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "masking_rules",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("project", "revision", name=op.f("pk_masking_rules")),
    )
    op.create_table(
        "masking_counts",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=400), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("project", "rule", name=op.f("pk_masking_counts")),
    )
    op.create_table(
        "media",
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("mime_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("project", "digest", name=op.f("pk_media")),
    )
