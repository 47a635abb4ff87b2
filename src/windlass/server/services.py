"""What the routes call: every engine opened, every noun's service built, once, at start."""

import contextlib
import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from windlass.access.audit import AuditChain
from windlass.access.keys import create_key, list_keys
from windlass.access.principals import DEFAULT_PROJECT, SYSTEM
from windlass.access.signing import SigningKeys
from windlass.agents.anchor_rounds import AnchorRounds
from windlass.agents.arena_judges import ArenaJudges
from windlass.agents.assistants import Assistants
from windlass.agents.calibrations import Calibrations
from windlass.agents.evaluator_trials import EvaluatorTrials
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.live_gates import LiveGates
from windlass.agents.models import Models
from windlass.agents.release_cascades import ReleaseCascades
from windlass.agents.release_frontiers import ReleaseFrontiers
from windlass.agents.release_gates import ReleaseGates
from windlass.agents.release_runs import ReleaseRuns
from windlass.agents.reports import Reports
from windlass.agents.syntheses import Syntheses
from windlass.agents.url_targets import UrlTargets
from windlass.artifacts.environments import Environments
from windlass.artifacts.registry import Registry
from windlass.errors import WindlassError
from windlass.evaluation.approvals import Approvals
from windlass.evaluation.arenas.arenas import Arenas
from windlass.evaluation.arenas.erasing import ArenasOfTraces
from windlass.evaluation.calibration.sources import LabelSources
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.erasing import ReviewsOfTraces
from windlass.evaluation.reviews.reviews import Reviews
from windlass.evaluation.runs import Run
from windlass.evaluation.store import WarehouseSamples
from windlass.evaluation.synthesis.erasing import SynthesesOfTraces
from windlass.evaluation.synthesis.sources import Sources
from windlass.evaluation.targets.addresses import Addresses
from windlass.evaluation.workers.sharing import RunSharing
from windlass.models.answer_store import AnswerStore
from windlass.monitoring.overview import Overviews
from windlass.prices.book import PriceBook
from windlass.retrieval.indexes import Indexes
from windlass.server.memory import let_go_of_code
from windlass.server.rounds import Duty, Rounds
from windlass.settings import Settings
from windlass.storage.blobs import open_blobs
from windlass.storage.data_folder import DataFolder
from windlass.storage.database import Database
from windlass.storage.jobs import Jobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.intake import Intake
from windlass.telemetry.lifecycle.erasure import Eraser
from windlass.telemetry.lifecycle.erasures import Erasures
from windlass.telemetry.lifecycle.notes import Notes
from windlass.telemetry.lifecycle.retention import Retentions
from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.media import MediaStore
from windlass.telemetry.merging import Merging
from windlass.telemetry.rehearsal import rehearse
from windlass.telemetry.rollups.rolling import Rolling
from windlass.telemetry.sql.query import ReadOnlySql, SqlLimits
from windlass.telemetry.tracing import Recorder
from windlass.telemetry.writer import Writer

log = logging.getLogger(__name__)

_AUDIT_KEY = "audit.key"
_SIGNING = "signing"
_SPOOL = "spool"
_ERASURES = "erasures"
_ANCHORS_S = 60.0
"""How often it is looked whether anchors are due; looking reads a few records."""
_ROLLING_S = 10.0
"""How often it is looked which minutes can be rolled up: what is not yet is read by each chart."""
_MERGING_S = 0.5
"""How often it is looked whether many spans arrive: a merge that begins before a burst is seen goes on in it."""


class Services:
    """The engines and services of one server. `close()` undoes `__init__` in the opposite order."""

    def __init__(self, settings: Settings) -> None:
        """Take the data folder and open everything; whatever fails, what was opened before is closed.

        Raises Conflict for a data folder in use, ConfigurationError for one of a newer schema, Unavailable for an
        engine that does not answer.
        """
        self.settings = settings
        self._recovery: threading.Thread | None = None
        with ExitStack() as opened:
            self._open_engines(opened)
            self._build()
            opened.callback(self.rounds.close)
            opened.callback(self.merging_rounds.close)
            self._opened = opened.pop_all()

    def _open_engines(self, opened: ExitStack) -> None:
        settings = self.settings
        self._folder = DataFolder(settings.data)
        opened.callback(self._folder.close)
        self.database = Database(settings.records_url)
        opened.callback(self.database.close)
        self.database.migrate()
        self.audit = AuditChain.open(settings.data / _AUDIT_KEY)
        given_key = Path(settings.signing_key_file) if settings.signing_key_file else None
        self.signing = SigningKeys(settings.data / _SIGNING, given_key)
        self.blobs = open_blobs(settings.files_url)
        self.warehouse = Warehouse.open(settings.spans_url)
        opened.callback(self.warehouse.close)
        self.masking = MaskingRulesStore(self.database, self.audit)
        opened.callback(self.masking.write_counts)
        self.media = MediaStore(self.database, self.blobs)
        self.intake = Intake(self.masking, self.media)
        self.writer = Writer(
            self.warehouse,
            settings.data / _SPOOL,
            intake=self.intake,
            queue_bytes=settings.ingest_queue_mb * 2**20,
        )
        opened.callback(self.writer.close)
        self.recorder = Recorder(self.writer)
        opened.callback(self.recorder.close)
        self.jobs = Jobs(settings.work_url)
        opened.callback(self.jobs.close)
        opened.callback(self._await_recovery)

    def _build(self) -> None:
        settings = self.settings
        self.registry = Registry(self.database, self.audit)
        self.environments = Environments(self.database, self.audit)
        self.datasets = Datasets(self.registry, self.blobs)
        self.indexes = Indexes(self.registry, self.blobs)
        models = Models(settings.model_base_url, settings.request_timeout_s)
        addresses = Addresses(settings.target_urls)
        self.assistants = Assistants(self.registry, self.indexes, models, addresses)
        self.price_book = PriceBook(self.database)
        self.answers = AnswerStore(
            self.database,
            self.audit,
            max_bytes=settings.model_cache_mb * 2**20,
            max_age_days=settings.model_cache_days,
        )
        self.facilities = ProjectFacilities(settings, self.database, self.media)
        self.runs = ReleaseRuns(
            self.database,
            self.audit,
            self.jobs,
            registry=self.registry,
            environments=self.environments,
            datasets=self.datasets,
            assistants=self.assistants,
            models=models,
            tracer_of=self.recorder.tracer,
            store_of=self._samples_of,
            settle=self.writer.flush,
            answers=self.answers,
            prices=self.price_book,
            targets=UrlTargets(self.registry, addresses),
            facilities=self.facilities,
            concurrency=settings.run_concurrency,
            sharing=self._sharing(),
        )
        self.trials = EvaluatorTrials(
            self.database,
            registry=self.registry,
            models=models,
            tracer_of=self.recorder.tracer,
            runs=self.runs,
            facilities=self.facilities,
        )
        self.reviews = Reviews(self.database, self.audit, self.warehouse, self.datasets, self.runs.reading.samples)
        self.arenas = Arenas(self.database, self.audit, self.warehouse, self.datasets, self.runs.results)
        self.reports = Reports(self.database, self.runs)
        self.arena_judges = ArenaJudges(
            self.database,
            self.audit,
            self.jobs,
            registry=self.registry,
            models=models,
            answers=self.answers,
            prices=self.price_book,
            tracer_of=self.recorder.tracer,
            facilities=self.facilities,
            arenas=self.arenas,
        )
        self.approvals = Approvals(self.database, self.audit, self.datasets, self.reviews)
        self.gates = ReleaseGates(
            self.database,
            self.audit,
            self.signing,
            registry=self.registry,
            environments=self.environments,
            runs=self.runs,
            approvals=self.approvals,
        )
        self.cascades = ReleaseCascades(registry=self.registry, runs=self.runs, gates=self.gates)
        self.frontiers = ReleaseFrontiers(registry=self.registry, runs=self.runs, gates=self.gates)
        self.live_gates = LiveGates(
            self.database,
            self.audit,
            self.signing,
            self.jobs,
            environments=self.environments,
            datasets=self.datasets,
            runs=self.runs,
            approvals=self.approvals,
        )
        self.calibrations = Calibrations(
            self.database,
            self.audit,
            self.jobs,
            registry=self.registry,
            sources=LabelSources(self.database, self.warehouse, self.datasets, self.runs.samples),
            models=models,
            tracer_of=self.recorder.tracer,
            answers=self.answers,
            prices=self.price_book,
            facilities=self.facilities,
        )
        self.syntheses = Syntheses(
            self.database,
            self.audit,
            self.jobs,
            sources=Sources(
                self.registry,
                self.blobs,
                indexes=self.indexes,
                datasets=self.datasets,
                warehouse=self.warehouse,
                lists=self.price_book,
            ),
            datasets=self.datasets,
            approvals=self.approvals,
            models=models,
            tracer_of=self.recorder.tracer,
            answers=self.answers,
            prices=self.price_book,
        )
        self.retentions = Retentions(self.database, self.audit, self.warehouse, self.media)
        self.anchor_rounds = AnchorRounds(
            self.database, self.audit, registry=self.registry, calibrations=self.calibrations
        )
        merging = Merging(self.warehouse, lambda: self.writer.arrived_bytes)
        self.rounds = Rounds(
            [
                Duty("retention", settings.retention_interval_s, self.retentions.apply_all),
                Duty("judging anchors again", _ANCHORS_S, self.anchor_rounds.look),
                Duty("rolling up", _ROLLING_S, Rolling(self.warehouse, self.price_book).roll),
            ]
        )
        # By itself: a burst does not wait for the end of what takes long.
        self.merging_rounds = Rounds([Duty("saying how far to merge", _MERGING_S, merging.look)])
        eraser = Eraser(
            self.warehouse,
            self.writer,
            self.media,
            spool=settings.data / _SPOOL,
            records=[
                ReviewsOfTraces(self.database),
                SynthesesOfTraces(self.database),
                ArenasOfTraces(self.database),
            ],
        )
        self.erasures = Erasures(
            self.database, self.audit, self.jobs, eraser=eraser, notes=Notes(settings.data / _ERASURES)
        )
        self.sql = ReadOnlySql(self.warehouse, _sql_limits(settings))
        self.overviews = Overviews(
            self.database,
            self.warehouse,
            registry=self.registry,
            environments=self.environments,
            prices=self.price_book,
        )

    def announce(self, url: str) -> None:
        """Say to other processes of this machine where this server answers."""
        self._folder.announce(url)

    def start_background_work(self) -> None:
        """Go on, beside the requests, with what an earlier process left unfinished."""

        def recover() -> None:
            with contextlib.suppress(WindlassError):
                self.warehouse.warm_up()
                rehearse(self.warehouse)
            let_go_of_code()
            owing: dict[str, Callable[[], None]] = {
                "runs": self.runs.recover,
                "live gates": self.live_gates.recover,
                "syntheses": self.syntheses.recover,
                "calibrations": self.calibrations.recover,
                "judgings": self.arena_judges.recover,
                "erasures": self.erasures.recover,
            }
            for what, take_up in owing.items():
                try:
                    take_up()
                except WindlassError as error:
                    log.error("%s of an earlier process could not be taken up: %s", what, error.message)
            with contextlib.suppress(WindlassError):
                self.reviews.recover()

        self.rounds.start()
        self.merging_rounds.start()
        self._recovery = threading.Thread(target=recover, name="windlass-recovery", daemon=True)
        self._recovery.start()

    def first_key(self) -> str | None:
        """Make the first admin key and return it, if this server asks for keys and has none yet."""
        if self.settings.mode != "server" or list_keys(self.database, DEFAULT_PROJECT):
            return None
        return create_key(self.database, self.audit, SYSTEM, name="first-admin", role="admin").key

    def check(self) -> dict[str, str]:
        """Return each engine that does not answer, with why."""
        checks: dict[str, Callable[[], object]] = {
            "database": self._check_database,
            "warehouse": lambda: self.warehouse.query("SELECT 1"),
        }
        problems = {}
        for name, check in checks.items():
            try:
                check()
            except WindlassError as error:
                problems[name] = error.message
        return problems

    def settle(self) -> None:
        """Return when all that ended here before can be read."""
        self.recorder.flush()
        self.writer.flush()

    def close(self) -> None:
        """Finish what is under way and store what was acknowledged."""
        self._opened.close()

    def _check_database(self) -> None:
        with self.database.read():
            pass

    def _await_recovery(self) -> None:
        if self._recovery is not None:
            self._recovery.join()

    def _sharing(self) -> RunSharing | None:
        """Workers can only be where they reach the records."""
        if self.database.is_sqlite:
            return None
        return RunSharing(self.database, self.writer, model_base_url=self.settings.model_base_url)

    def _samples_of(self, run: Run) -> WarehouseSamples:
        return WarehouseSamples(
            self.writer,
            self.warehouse,
            project=run.project,
            run=run.id,
            release=run.release.digest,
            release_name=run.release.name,
            flush=lambda: self.recorder.flush(),
        )


def _sql_limits(settings: Settings) -> SqlLimits:
    return SqlLimits(
        seconds=settings.sql_timeout_s,
        memory_bytes=settings.sql_memory_mb * 2**20,
        rows=settings.sql_max_rows,
        read_rows=settings.sql_max_read_rows,
    )
