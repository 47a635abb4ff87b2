"""The signed files of verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "verdict_envelopes",
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verdict"], ["verdicts.id"], name=op.f("fk_verdict_envelopes_verdict_verdicts")
        ),
        sa.PrimaryKeyConstraint("verdict", name=op.f("pk_verdict_envelopes")),
    )
