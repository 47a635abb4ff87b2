"""A process that samples and scores for the runs of a server. It owns nothing: whoever ends it loses no record."""

import contextlib
import logging
import os
import signal
import socket
import threading
from contextlib import ExitStack
from typing import Final

from windlass.access.audit import AuditChain
from windlass.agents.assistants import Assistants
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.models import Models
from windlass.agents.release_runs import ReleaseRuns
from windlass.agents.url_targets import UrlTargets
from windlass.artifacts.environments import Environments
from windlass.artifacts.registry import Registry
from windlass.errors import ConfigurationError, Unavailable
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.execution import RunParts
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.runs import Run
from windlass.evaluation.targets.addresses import Addresses
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.presence import Presence
from windlass.evaluation.workers.seats import SeatLost
from windlass.evaluation.workers.spans import GatheredSpans
from windlass.evaluation.workers.working import Workplace, work_once
from windlass.models.answer_store import AnswerStore
from windlass.models.calls.run_calls import BudgetOf
from windlass.prices.book import PriceBook
from windlass.retrieval.indexes import Indexes
from windlass.server.logs import configure_logs
from windlass.settings import Settings
from windlass.storage.blobs import open_blobs
from windlass.storage.database import Database
from windlass.storage.jobs import Jobs
from windlass.telemetry.media import MediaStore

log = logging.getLogger(__name__)

_LOOK_S: Final = 0.5
"""How often an idle worker looks for something to do."""


def run_worker(settings: Settings, *, name: str = "", once: bool = False) -> None:
    """Work until SIGINT or SIGTERM, or ``once`` until there is nothing to do.

    Samples in flight are finished and handed over before the end. Raises ConfigurationError for records that are
    not in PostgreSQL or of another version.
    """
    configure_logs()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    work(settings, stopping, name=name, once=once)


def work(settings: Settings, stopping: threading.Event, *, name: str = "", once: bool = False) -> None:
    """Work in this thread until ``stopping`` is set; raises as ``run_worker`` does."""
    require_postgres(settings)
    with ExitStack() as opened:
        place = _open(settings, stopping, name or f"{socket.gethostname()}:{os.getpid()}", opened)
        log.info("The worker %s is ready.", place.presence.worker.name)
        while not stopping.is_set():
            found = False
            with contextlib.suppress(Unavailable):
                found = work_once(place)
            if once and not found:
                return
            if not found:
                stopping.wait(_LOOK_S)


def require_postgres(settings: Settings) -> None:
    """Check that the records are where others reach them. Raises ConfigurationError."""
    if not settings.records_url.startswith("postgresql"):
        raise ConfigurationError(
            "Workers share the records of a server over PostgreSQL, and these are in SQLite: set "
            "WINDLASS_DATABASE_URL to the same postgresql:// URL for the server and its workers."
        )


def _open(settings: Settings, stopping: threading.Event, name: str, opened: ExitStack) -> Workplace:
    database = Database(settings.records_url)
    opened.callback(database.close)
    patience = Patience(stopping)
    patience.until_done(database.check_schema)
    spans = GatheredSpans()
    opened.callback(spans.close)
    runs = _runs(settings, database, spans)
    presence = patience.until_done(lambda: Presence(database, name, settings.worker_lease_s))
    opened.callback(_leave, presence)

    def open_share(run: Run, budget_of: BudgetOf | None) -> RunParts:
        return runs.open_parts(run, budget_of=budget_of)

    return Workplace(
        database=database,
        presence=presence,
        spans=spans,
        open_share=open_share,
        model_base_url=settings.model_base_url,
        stopping=stopping,
        lease_s=settings.worker_lease_s,
    )


def _leave(presence: Presence) -> None:
    # A database that is away learns of it by the end of the lease.
    with contextlib.suppress(Unavailable, SeatLost):
        presence.leave()


def _runs(settings: Settings, database: Database, spans: GatheredSpans) -> ReleaseRuns:
    """Build what opens a run here. Nothing of it writes an audit entry, nor starts a job."""
    # A key that signs nothing: the chain's own stays with the server.
    audit = AuditChain(b"")
    registry = Registry(database, audit)
    environments = Environments(database, audit)
    blobs = open_blobs(settings.files_url)
    models = Models(settings.model_base_url, settings.request_timeout_s)
    addresses = Addresses(settings.target_urls)
    return ReleaseRuns(
        database,
        audit,
        Jobs(settings.work_url),
        registry=registry,
        environments=environments,
        datasets=Datasets(registry, blobs),
        assistants=Assistants(registry, Indexes(registry, blobs), models, addresses),
        models=models,
        tracer_of=spans.recorder.tracer,
        store_of=lambda _run: MemorySamples(),
        settle=lambda: None,
        answers=AnswerStore(
            database,
            audit,
            max_bytes=settings.model_cache_mb * 2**20,
            max_age_days=settings.model_cache_days,
        ),
        prices=PriceBook(database),
        targets=UrlTargets(registry, addresses),
        facilities=ProjectFacilities(settings, database, MediaStore(database, blobs)),
        concurrency=settings.run_concurrency,
    )
