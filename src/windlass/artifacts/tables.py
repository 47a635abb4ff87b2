"""Tables of the registry: versions, what they refer to, labels, and what is deployed where."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from windlass.storage.database import Instant, metadata

versions = Table(
    "versions",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(80), nullable=False),
    # Canonical JSON as text: the very bytes of which `digest` is the SHA-256.
    Column("body", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created", Instant, nullable=False),
    UniqueConstraint("project", "kind", "name", "digest"),
    Index("ix_versions_digest", "project", "digest"),
)

version_references = Table(
    "version_references",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("from_kind", String(32), primary_key=True),
    Column("from_name", String(200), primary_key=True),
    Column("from_digest", String(80), primary_key=True),
    Column("role", String(200), primary_key=True),
    Column("to_kind", String(32), nullable=False),
    Column("to_name", String(200), nullable=False),
    Column("to_digest", String(80), nullable=False),
    Index("ix_version_references_to", "project", "to_kind", "to_name", "to_digest"),
)

labels = Table(
    "labels",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("label", String(200), primary_key=True),
    Column("digest", String(80), nullable=False),
    Column("updated", Instant, nullable=False),
)

# Append-only: the row of the highest revision is what runs.
deployments = Table(
    "deployments",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("environment", String(200), primary_key=True),
    Column("release", String(200), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(80), nullable=False),
    Column("since", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdict_id", String(80)),
    # The revision that a rollback went back to; empty for a promotion.
    Column("restores", Integer),
)
