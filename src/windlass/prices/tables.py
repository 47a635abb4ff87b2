"""The table of the projects' own prices."""

from sqlalchemy import Column, String, Table, Text

from windlass.storage.database import Instant, metadata

price_lists = Table(
    "price_lists",
    metadata,
    Column("project", String(200), primary_key=True),
    # Canonical JSON: its digest stands in the audit chain.
    Column("prices", Text, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("updated_by", String(200), nullable=False),
)
