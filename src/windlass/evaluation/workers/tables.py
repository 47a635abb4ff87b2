"""Tables of runs that several processes work on. But for `workers` they are empty when no run is shared."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from windlass.storage.database import Instant, Json, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    # Only processes of one version work on one run: evaluators are code.
    Column("version", String(40), nullable=False),
    Column("started", Instant, nullable=False),
    # Every `expires` is by the database's clock, which all share.
    Column("expires", Instant, nullable=False),
)

run_plans = Table(
    "run_plans",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("version", String(40), nullable=False),
    # How many may work on it at once: its limits are divided by this.
    Column("seats", Integer, nullable=False),
    # Where the server asks OpenAI-compatible models: all samples of a run are to come from there.
    Column("model_base_url", Text, nullable=False),
    # What was finished, failed and spent before there was a plan.
    Column("finished", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("calls", Json, nullable=False),
    # Set once nobody is to take a part any more.
    Column("stopped", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
)

run_shards = Table(
    "run_shards",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("repeat", Integer, nullable=False),
    # Pairs of the first item and the one after the last, counted from 0 in the order of the dataset.
    Column("ranges", Json, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    # Who works on it; null while it waits.
    Column("seat", String(40)),
    Column("done", Boolean, nullable=False),
    Index("ix_run_shards_seat", "seat"),
)

run_seats = Table(
    "run_seats",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("run", String(40), nullable=False),
    # From 0 to seats - 1; which share of the limits it has, of how many.
    Column("number", Integer, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("worker", String(40), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("expires", Instant, nullable=False),
    # Why its worker could not go on; it is given no seat of this run again.
    Column("error", Text),
    Column("calls", Json, nullable=False),
    # Of a run with a ceiling: what its calls took, and what those under way may take.
    Column("spent_tokens", BigInteger, nullable=False),
    Column("spent_usd", Float, nullable=False),
    Column("reserved_tokens", BigInteger, nullable=False),
    Column("reserved_usd", Float, nullable=False),
    Index("ix_run_seats_run", "run", "held"),
)

run_handovers = Table(
    "run_handovers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("run", String(40), nullable=False),
    Column("shard", Integer, nullable=False),
    # The items that are finished by this, counted from 0 in the order of the dataset.
    Column("finished", Json, nullable=False),
    Column("failed", Integer, nullable=False),
    # An OTLP request, and scores as JSON; null once they are in the warehouse.
    Column("spans", LargeBinary),
    Column("scores", LargeBinary),
    Column("created", Instant, nullable=False),
    Column("stored", Boolean, nullable=False),
    Index("ix_run_handovers_run_stored", "run", "stored", "created"),
    Index("ix_run_handovers_shard", "run", "shard"),
)
