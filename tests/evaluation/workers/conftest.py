from collections.abc import Iterator

import pytest

from windlass.access.audit import AuditChain
from windlass.access.principals import LOCAL_ADMIN
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.metrics.answers import exact_match
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.run_states import start_run
from windlass.evaluation.runs import OPTIONS, Run, VersionName, create_run
from windlass.evaluation.sample_stores import NothingFinished
from windlass.evaluation.samples import Item
from windlass.evaluation.workers.plans import create_plan
from windlass.evaluation.workers.roster import Worker, enter
from windlass.evaluation.workers.seats import Seat, take_seat
from windlass.evaluation.workers.shares import divide, most_seats
from windlass.storage.database import Database

LEASE_S = 60.0


class SharedRun:
    """A run of a few items on PostgreSQL, and who works on it."""

    def __init__(self, database: Database, audit: AuditChain) -> None:
        self.database = database
        self.audit = audit
        self.items = [Item(id=f"i{number}", input=str(number), reference=str(number)) for number in range(12)]

    def record(
        self,
        *,
        repeats: int = 1,
        concurrency: int = 4,
        evaluators: tuple[Evaluator, ...] = (exact_match,),
        options: RunOptions | None = None,
    ) -> Run:
        version = VersionName(name="guide", number=1, digest="sha256:abc")
        run = create_run(
            self.database,
            self.audit,
            LOCAL_ADMIN,
            release=version,
            dataset=version,
            items=len(self.items),
            evaluators=evaluators,
            concurrency=concurrency,
            repeats=repeats,
            settings={OPTIONS: (options or RunOptions()).model_dump(exclude_defaults=True)},
        )
        return start_run(self.database, run.id) or run

    def plan(self, run: Run, *, workers: int = 2) -> None:
        seats = most_seats(run, workers)
        parts = divide(len(self.items), run.repeats, NothingFinished(len(self.items)), seats)
        create_plan(self.database, run, parts, seats=seats, finished=0, failed=0)

    def worker(self, name: str, lease_s: float = LEASE_S) -> Worker:
        return enter(self.database, name, lease_s)

    def seat(self, worker: Worker, lease_s: float = LEASE_S) -> Seat:
        seat = take_seat(self.database, worker, lease_s)
        assert seat is not None
        return seat


@pytest.fixture
def records(postgres_url: str) -> Iterator[Database]:
    """A database that several processes can share."""
    opened = Database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def shared(records: Database, audit: AuditChain) -> SharedRun:
    return SharedRun(records, audit)
