"""Questions about pictures and clips, made of prompts."""

from sqlalchemy import Column, String, Table

from windlass.storage.database import Instant, Json, metadata

# Written once: a comparison is fair because both sides answer the same questions.
media_questions = Table(
    "media_questions",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("questions", Json, nullable=False),
    Column("created", Instant, nullable=False),
)
