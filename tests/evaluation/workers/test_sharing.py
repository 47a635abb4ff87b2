"""A run that is executed here and worked on in threads, each with what a worker process has."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from windlass.errors import ConfigurationError, Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.metrics.answers import exact_match
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.store import WarehouseSamples
from windlass.evaluation.workers.plans import has_plan
from windlass.evaluation.workers.presence import Presence
from windlass.evaluation.workers.sharing import RunSharing
from windlass.evaluation.workers.spans import GatheredSpans
from windlass.evaluation.workers.working import Workplace, work_once
from windlass.storage.jobs import JobInterrupted
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

from .conftest import LEASE_S, SharedRun

pytestmark = pytest.mark.postgres


class Here:
    """The server's part of runs, and workers beside it."""

    def __init__(self, shared: SharedRun, writer: Writer, warehouse: Warehouse) -> None:
        self.shared = shared
        self.writer = writer
        self.warehouse = warehouse
        self.asked: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.sharing = RunSharing(shared.database, writer, look_s=0.02)
        self.evaluators: tuple[Evaluator, ...] = (exact_match,)

    async def target(self, item: Item) -> Prediction:
        await asyncio.to_thread(self.gate.wait, 10)
        self.asked[item.id] += 1
        return Prediction(output=str(item.reference), latency_s=0.1)

    def open_parts(self, run: Run) -> RunParts:
        store = WarehouseSamples(
            self.writer, self.warehouse, project=run.project, run=run.id, release=run.release.digest
        )
        settings = RunnerSettings(concurrency=run.concurrency, repeats=run.repeats, linger_s=0)
        return RunParts(self.shared.items, self.target, self.evaluators, store, settings)

    def execute(self, run: Run, stopping: threading.Event | None = None) -> None:
        execute_run(
            run.id,
            database=self.shared.database,
            open_parts=self.open_parts,
            stopping=stopping or self.stopping,
            sharing=self.sharing,
        )

    def workplace(self, presence: Presence, spans: GatheredSpans) -> Workplace:
        return Workplace(
            database=self.shared.database,
            presence=presence,
            spans=spans,
            open_share=lambda run, _budget: self.open_parts(run),
            model_base_url="",
            stopping=self.stopping,
            lease_s=LEASE_S,
        )

    def state_of(self, run: Run) -> Run:
        return get_run(self.shared.database, run.project, run.id)


@pytest.fixture
def here(shared: SharedRun, writer: Writer, warehouse: Warehouse) -> Here:
    return Here(shared, writer, warehouse)


@pytest.fixture
def place(here: Here) -> Iterator[Workplace]:
    presence, spans = Presence(here.shared.database, "a", LEASE_S), GatheredSpans()
    yield here.workplace(presence, spans)
    presence.leave()
    spans.close()


def test_a_server_that_ends_lets_the_workers_go_on_and_finds_what_they_did(here: Here, place: Workplace) -> None:
    run = here.shared.record()
    ended = threading.Event()
    ended.set()
    with pytest.raises(JobInterrupted):
        here.execute(run, ended)
    assert has_plan(here.shared.database, run.id)
    assert work_once(place)
    assert set(here.asked.values()) == {1}
    assert here.state_of(run).state == "running"
    here.execute(run)
    finished = here.state_of(run)
    assert (finished.state, finished.finished_items, finished.metrics["exact_match"].n) == ("finished", 12, 12)
    assert set(here.asked.values()) == {1}
    assert not has_plan(here.shared.database, run.id)
    assert not work_once(place)


def test_a_worker_that_ends_gives_back_what_it_has_not_begun(here: Here, place: Workplace) -> None:
    run = here.shared.record(concurrency=1)
    here.shared.plan(run, workers=1)
    here.gate.clear()
    working = threading.Thread(target=work_once, args=[place])
    working.start()
    here.stopping.set()
    here.gate.set()
    working.join(10)
    assert not working.is_alive()
    assert sum(here.asked.values()) <= 2
    here.stopping.clear()
    assert work_once(place)
    here.execute(run)
    assert here.state_of(run).finished_items == 12
    assert set(here.asked.values()) == {1}, "what was in flight was handed over"


def test_a_run_that_a_worker_gives_up_is_gone_on_with_by_the_server(
    here: Here, place: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    run = here.shared.record()
    here.shared.plan(run)

    def refuse(run: Run, _budget: object) -> RunParts:
        raise ConfigurationError(f"There is no key for {run.id}.")

    object.__setattr__(place, "open_share", refuse)
    assert work_once(place)
    assert f"This worker gives {run.id} up: There is no key for {run.id}." in caplog.text
    assert not work_once(place)
    here.execute(run)
    assert (here.state_of(run).state, here.state_of(run).finished_items) == ("finished", 12)


def test_what_is_away_for_a_moment_is_tried_again_and_for_long_given_up(
    here: Here, place: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    run = here.shared.record()
    here.shared.plan(run)

    def away(run: Run, _budget: object) -> RunParts:
        raise Unavailable(f"The blobs of {run.id} are away.")

    object.__setattr__(place, "open_share", away)
    assert not work_once(place), "it is waited before the next try"
    assert "gives" not in caplog.text
    place.troubles[run.id] = 19
    work_once(place)
    assert f"This worker gives {run.id} up: The blobs of {run.id} are away." in caplog.text
    assert not here.asked


def test_a_worker_that_asks_models_elsewhere_gives_the_run_up(
    here: Here, place: Workplace, caplog: pytest.LogCaptureFixture
) -> None:
    here.shared.plan(here.shared.record())
    object.__setattr__(place, "model_base_url", "http://127.0.0.1:9/v1")
    assert work_once(place)
    assert (
        "The server asks OpenAI-compatible models at OpenAI and this worker at http://127.0.0.1:9/v1: "
        "set WINDLASS_MODEL_BASE_URL alike."
    ) in caplog.text
    assert not here.asked


def test_without_workers_nothing_is_shared_out(here: Here) -> None:
    run = here.shared.record()
    here.execute(run)
    assert here.state_of(run).state == "finished"
    assert not has_plan(here.shared.database, run.id)
