"""The table of the projects' dashboards."""

from sqlalchemy import Column, Integer, String, Table, Text

from windlass.storage.database import Instant, metadata

dashboards = Table(
    "dashboards",
    metadata,
    Column("project", String(200), primary_key=True),
    # Canonical JSON: its digest stands in the audit chain.
    Column("charts", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("updated_by", String(200), nullable=False),
)
