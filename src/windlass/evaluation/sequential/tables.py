"""Table of gates that have releases evaluated until they are decided."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

live_gates = Table(
    "live_gates",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    # Runs; that of the baseline may be one that was there.
    Column("candidate", String(40), nullable=False),
    Column("baseline", String(40), nullable=False),
    Column("rule", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    # What the last look saw; null before the first.
    Column("progress", Json),
    Column("verdict", String(40)),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),
    Column("by", String(200), nullable=False),
    # How often somebody had it go on after it had ended, and when they last did.
    Column("resumed", Integer, nullable=False, server_default="0"),
    Column("taken_up", Instant),
    Index("ix_live_gates_project_created", "project", "created", "id"),
)
