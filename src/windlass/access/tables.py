"""Tables of access: API keys, sign-in sessions, the audit chain."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    # SHA-256 of a secret of 256 random bits: no slow hash is needed against guessing.
    Column("secret_hash", String(80), nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("expires", Instant),
    Column("revoked", Instant),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", String(80), primary_key=True),
    Column("key_id", String(32), ForeignKey("api_keys.id", ondelete="CASCADE"), nullable=False),
    Column("created", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", Instant, nullable=False),
    Column("project", String(200), nullable=False),
    Column("principal", String(200), nullable=False),
    Column("action", String(100), nullable=False),
    Column("resource", Text, nullable=False),
    Column("before", String(200)),
    Column("after", String(200)),
    Column("reason", Text, nullable=False),
    # Canonical JSON as text: the hash covers its very bytes.
    Column("details", Text, nullable=False),
    Column("previous_hash", String(80), nullable=False),
    Column("hash", String(80), nullable=False),
    Index("ix_audit_entries_project_seq", "project", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(80), nullable=False),
    Column("signature", String(80), nullable=False),
)
