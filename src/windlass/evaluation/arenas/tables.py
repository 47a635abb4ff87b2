"""Tables of arenas: the arenas, the samples that meet in them, the battles, and the work of judges."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

arenas = Table(
    "arenas",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("guidelines", Text, nullable=False),
    # Of each run what it is and which release it ran, in the order given.
    Column("contestants", Json, nullable=False),
    Column("dataset", Json, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("items", Integer, nullable=False),
    Column("created", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
)

# Where an answer is; its text is read there.
arena_samples = Table(
    "arena_samples",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("arena", String(200), primary_key=True),
    Column("item", String(512), primary_key=True),
    Column("run", String(40), primary_key=True),
    Column("trace_id", String(64), nullable=False),
    Column("span_id", String(32), nullable=False),
    # Of the answer's text, to know that two say the same.
    Column("answer", String(80), nullable=False),
    Index("ix_arena_samples_trace", "project", "trace_id"),
)

arena_battles = Table(
    "arena_battles",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("arena", String(200), nullable=False),
    Column("item", String(512), nullable=False),
    # In the order shown to a person; a judge is shown both orders.
    Column("first_run", String(40), nullable=False),
    Column("second_run", String(40), nullable=False),
    # The two runs in the order of their ids: who meets whom, whatever was shown first.
    Column("pair", String(100), nullable=False),
    Column("voter_kind", String(16), nullable=False),
    # A principal, or the reference of a judge's version.
    Column("voter", String(300), nullable=False),
    Column("state", String(16), nullable=False),
    Column("verdict", String(16)),
    # Whether both answers were the same text: a tie on which nobody was asked.
    Column("same", Boolean, nullable=False),
    # Of a judge: whether both orders said the same, why it said so, and why it has no verdict.
    Column("consistent", Boolean),
    Column("reason", Text, nullable=False),
    Column("missing_why", String(80), nullable=False),
    Column("created", Instant, nullable=False),
    Column("decided", Instant),
    Index("uq_arena_battles_vote", "project", "arena", "voter", "item", "pair", unique=True),
    Index("ix_arena_battles_state", "project", "arena", "state"),
)

# A judge that decides battles: what was asked for, and how far it is.
arena_judgings = Table(
    "arena_judgings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project", String(200), nullable=False),
    Column("arena", String(200), nullable=False),
    # As its battles name it, and the version with what it is told.
    Column("voter", String(300), nullable=False),
    Column("judge", Json, nullable=False),
    Column("request", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("battles", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("calls", Json, nullable=False),
    Column("created", Instant, nullable=False),
    Column("finished", Instant),
    Column("by", String(200), nullable=False),
    Index("ix_arena_judgings_arena", "project", "arena", "created"),
)
