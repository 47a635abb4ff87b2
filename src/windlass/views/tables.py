"""The table of saved views."""

from sqlalchemy import Column, String, Table, Text

from windlass.storage.database import Instant, metadata

saved_views = Table(
    "saved_views",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("page", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("query", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("saved", Instant, nullable=False),
)
