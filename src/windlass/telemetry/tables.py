"""Tables of telemetry among the records: masking, media that spans refer to, retention, and erasures."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, false

from windlass.storage.database import Instant, Json, metadata

# Append-only: the row of the highest revision is what holds.
masking_rules = Table(
    "masking_rules",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(80), nullable=False),
    # Canonical JSON as text: the very bytes of which `digest` is the SHA-256.
    Column("rules", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

masking_counts = Table(
    "masking_counts",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("rule", String(400), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("last", Instant, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("digest", String(80), primary_key=True),
    Column("mime_type", String(200), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created", Instant, nullable=False),
    # Somebody put it there, for a dataset mostly: it stays when no trace refers to it.
    Column("uploaded", Boolean, nullable=False, server_default=false()),
)

retention_policies = Table(
    "retention_policies",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("max_age_days", Integer),
    Column("max_traces", Integer),
    Column("keep_runs", Boolean, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("by", String(200), nullable=False),
)

# Whom one is of stands elsewhere while it is under way: see lifecycle/notes.py.
erasures = Table(
    "erasures",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("created", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Column("traces", BigInteger, nullable=False),
    Column("rows", Json, nullable=False),
    Column("refused_spans", BigInteger, nullable=False),
    Column("media", BigInteger, nullable=False),
    Column("left", Json, nullable=False),
    Index("ix_erasures_project", "project", "created"),
)
