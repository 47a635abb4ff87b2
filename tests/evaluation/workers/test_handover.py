"""How finished samples come from a worker to the warehouse."""

import threading
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text, update

from windlass.errors import Unavailable
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.store import WarehouseSamples
from windlass.evaluation.workers.handover import HandedOver, move_handovers
from windlass.evaluation.workers.patience import Patience
from windlass.evaluation.workers.plans import look_at
from windlass.evaluation.workers.seats import Seat, SeatLost, Shard, take_shard
from windlass.evaluation.workers.spans import GatheredSpans
from windlass.evaluation.workers.tables import run_handovers, run_seats
from windlass.models.calls.counts import CallCounts
from windlass.storage.database import Database, now
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.writer import Writer

from .conftest import LEASE_S, SharedRun

pytestmark = pytest.mark.postgres


def result_of(item: Item) -> SampleResult:
    return SampleResult(
        item=item.id,
        trace_id=f"{int(item.id[1:]) + 1:032x}",
        span_id=f"{int(item.id[1:]) + 1:016x}",
        start_ns=1_790_000_000_000_000_000,
        end_ns=1_790_000_001_000_000_000,
        prediction=Prediction(output=str(item.reference)),
        judgements={"exact_match": Judgement(1.0)},
    )


@pytest.fixture
def spans() -> Iterator[GatheredSpans]:
    gathered = GatheredSpans()
    yield gathered
    gathered.close()


class AtWork:
    """A worker that has taken the first shard of a run."""

    def __init__(self, shared: SharedRun, spans: GatheredSpans) -> None:
        self.run: Run = shared.record()
        shared.plan(self.run)
        self.seat: Seat = shared.seat(shared.worker("a"))
        taken = take_shard(shared.database, self.seat)
        assert taken is not None
        self.shard: Shard = taken
        self.item = shared.items[0]
        self.giving_up = threading.Event()
        self.store = HandedOver(
            shared.database,
            self.run,
            self.seat,
            self.shard,
            numbers={self.item.id: 0},
            spans=spans,
            calls=lambda: CallCounts(answered=1),
            lease_s=LEASE_S,
            patience=Patience(self.giving_up, between_s=0.01),
        )

    def write(self) -> None:
        self.store.write([(self.item, result_of(self.item))])


@pytest.fixture
def worker(shared: SharedRun, spans: GatheredSpans) -> AtWork:
    return AtWork(shared, spans)


def test_what_is_handed_over_comes_to_the_warehouse_with_what_the_target_recorded(
    worker: AtWork, spans: GatheredSpans, records: Database, writer: Writer, warehouse: Warehouse
) -> None:
    with spans.recorder.tracer("default").start_as_current_span("asked"):
        pass
    worker.write()
    standing = look_at(records, worker.run.id)
    assert (standing.finished, standing.failed, standing.calls.answered) == (1, 0, 1)
    assert move_handovers(records, writer, "default", worker.run.id) == 1
    assert move_handovers(records, writer, "default", worker.run.id) == 0
    kept = WarehouseSamples(writer, warehouse, project="default", run=worker.run.id, release="sha256:abc")
    assert kept.stored() == {"i0": result_of(worker.item)}
    assert [row["name"] for row in warehouse.query("SELECT name FROM spans ORDER BY name")] == ["asked", "sample"]
    with records.read() as tx:
        assert tx.execute(select(run_handovers.c.spans, run_handovers.c.scores)).all() == [(None, None)]


def test_what_was_moved_when_the_server_died_is_moved_again_and_changes_nothing(
    worker: AtWork, records: Database, writer: Writer, warehouse: Warehouse
) -> None:
    worker.write()
    with records.read() as tx:
        row = tx.execute(select(run_handovers)).one()
    move_handovers(records, writer, "default", worker.run.id)
    with records.write() as tx:
        tx.execute(update(run_handovers).values(stored=False, spans=row.spans, scores=row.scores))
    move_handovers(records, writer, "default", worker.run.id)
    kept = WarehouseSamples(writer, warehouse, project="default", run=worker.run.id, release="sha256:abc")
    assert kept.stored() == {"i0": result_of(worker.item)}


def test_who_lost_the_seat_can_hand_nothing_over(worker: AtWork, records: Database) -> None:
    with records.write() as tx:
        tx.execute(update(run_seats).values(expires=now()))
    assert look_at(records, worker.run.id).held == 0
    with pytest.raises(SeatLost):
        worker.write()
    assert look_at(records, worker.run.id).finished == 0


def test_whoever_takes_a_shard_up_knows_what_is_finished_of_it(
    worker: AtWork, shared: SharedRun, records: Database
) -> None:
    worker.write()
    with records.write() as tx:
        tx.execute(update(run_seats).values(expires=now()))
    again = take_shard(records, shared.seat(shared.worker("b")))
    assert again is not None
    assert (again.number, again.finished) == (worker.shard.number, frozenset({0}))


def test_a_lost_connection_is_waited_for_and_nothing_is_handed_over_twice(
    worker: AtWork, records: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit: Callable[..., None] = HandedOver._commit
    attempts = []

    def commit_and_lose_the_answer(self: HandedOver, *arguments: object) -> None:
        attempts.append(arguments)
        if len(attempts) == 1:
            with records.write() as tx:
                tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        commit(self, *arguments)
        if len(attempts) == 2:
            raise Unavailable("The answer is lost.")

    monkeypatch.setattr(HandedOver, "_commit", commit_and_lose_the_answer)
    worker.write()
    assert len(attempts) == 3
    assert look_at(records, worker.run.id).finished == 1


def test_a_worker_that_is_to_end_does_not_wait_for_a_database_that_is_away(
    worker: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("The database cannot be opened.")

    monkeypatch.setattr(HandedOver, "_commit", away)
    worker.giving_up.set()
    with pytest.raises(SeatLost, match=r"^The worker ends while the database is away\.$"):
        worker.write()
