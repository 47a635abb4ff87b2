"""Tables of models: answers that are kept to be given again."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, metadata

model_answers = Table(
    "model_answers",
    metadata,
    Column("project", String(200), primary_key=True),
    # The digest of what was asked.
    Column("key", String(80), primary_key=True),
    Column("answer", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Index("ix_model_answers_project_created", "project", "created"),
)
