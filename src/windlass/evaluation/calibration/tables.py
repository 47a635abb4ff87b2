"""Tables of calibrations, and of when anchors are judged again."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

calibrations = Table(
    "calibrations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("evaluator", String(200), nullable=False),
    # The judge: the digest of its version and of what it is told; both empty where its scores came from elsewhere.
    Column("version", String(80), nullable=False),
    Column("prompt", String(80), nullable=False),
    # What it was measured on, by kind and name: the newest calibration on each counts.
    Column("data", String(500), nullable=False),
    # The calibration whose items were judged again; null for one that is no repetition.
    Column("anchor", String(40)),
    Column("request", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("outcome", String(32)),
    # SHA-256 of `content`, which is canonical JSON as text: the very bytes.
    Column("digest", String(80)),
    Column("content", Text),
    # Each item with its labels and verdicts: what the result can be computed from again.
    Column("items", Json),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),
    Column("by", String(200), nullable=False),
    Index("ix_calibrations_evaluator", "project", "evaluator", "created", "id"),
    Index("ix_calibrations_judge", "project", "evaluator", "version", "prompt"),
)

# A judge without a row is judged again when somebody asks for it, and at no other time.
anchor_schedules = Table(
    "anchor_schedules",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("evaluator", String(200), primary_key=True),
    Column("ref", String(200), nullable=False),
    Column("every_hours", Integer, nullable=False),
    # Of each time.
    Column("max_cost_usd", Float),
    Column("max_tokens", Integer),
    Column("due", Instant, nullable=False),
    # The judge of the last time: the digest of its version and of what it is told.
    Column("version", String(80), nullable=False),
    Column("prompt", String(80), nullable=False),
    Column("calibration", String(40)),
    # Why the last time could not begin.
    Column("error", Text),
    Column("updated", Instant, nullable=False),
    Column("by", String(200), nullable=False),
)
