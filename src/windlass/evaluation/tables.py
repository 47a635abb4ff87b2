"""Tables of evaluation: runs and verdicts."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("release_name", String(200), nullable=False),
    Column("release_number", Integer, nullable=False),
    Column("release_digest", String(80), nullable=False),
    Column("dataset_name", String(200), nullable=False),
    Column("dataset_number", Integer, nullable=False),
    Column("dataset_digest", String(80), nullable=False),
    Column("evaluators", Json, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("settings", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("created", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Column("by", String(200), nullable=False),
    Column("items", Integer, nullable=False),
    Column("finished_items", Integer, nullable=False),
    Column("failed_items", Integer, nullable=False),
    # What its model calls came to so far; null for a run that makes none here.
    Column("calls", Json),
    # Metric summaries by name; written once, when the run finishes.
    Column("metrics", Json, nullable=False),
    Index("ix_runs_project_created", "project", "created", "id"),
    Index("ix_runs_release", "project", "release_digest", "dataset_digest"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("release_name", String(200), nullable=False),
    Column("release_digest", String(80), nullable=False),
    # SHA-256 of `evidence`, which is canonical JSON as text: the very bytes.
    Column("digest", String(80), nullable=False),
    Column("evidence", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Index("uq_verdicts_project_digest", "project", "digest", unique=True),
    Index("ix_verdicts_project_created", "project", "created", "id"),
)

# The signed file of a verdict, byte for byte: it must be given out unchanged however statements are written later.
verdict_envelopes = Table(
    "verdict_envelopes",
    metadata,
    Column("verdict", String(40), ForeignKey("verdicts.id"), primary_key=True),
    Column("envelope", Text, nullable=False),
)

syntheses = Table(
    "syntheses",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("dataset", String(200), nullable=False),
    Column("request", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),
    Column("by", String(200), nullable=False),
    Column("report", Json, nullable=False),
    Column("calls", Json, nullable=False),
    # The version of the dataset that its items are in; null where none was taken.
    Column("version", Json),
    Index("ix_syntheses_project_created", "project", "created", "id"),
)

# Datasets whose synthetic items a person must approve before they decide in a gate.
dataset_approvals = Table(
    "dataset_approvals",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("dataset", String(200), primary_key=True),
    Column("queue", String(200), nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

# Questions that a model wrote for a judge to ask, and that stay as they are.
written_questions = Table(
    "written_questions",
    metadata,
    Column("project", String(200), primary_key=True),
    # The digest of what they were made of: the item or prompt, what the model was told, and the model.
    Column("key", String(80), primary_key=True),
    Column("questions", Json, nullable=False),
    Column("created", Instant, nullable=False),
)
