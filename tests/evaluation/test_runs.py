import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import cast

import pytest
from sqlalchemy import Connection

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.errors import Conflict, InputError, NotFound, ProviderError, Unavailable
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.answers import exact_match
from windlass.evaluation.metrics.usage import latency_s
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_lists import list_runs, newest_finished_run, unfinished_runs
from windlass.evaluation.run_states import cancel_run
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import Run, VersionName, create_run, get_run
from windlass.evaluation.sample_pages import SamplePage, samples_page
from windlass.evaluation.samples import Item, Prediction, Target
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted

EDITOR = Principal(id="key-ed", kind="key", role="editor")
FAST = RunnerSettings(concurrency=2, backoff_s=0.001, linger_s=0.0)
ITEMS = [Item(id=f"i{number}", input=str(number), reference=str(number % 2)) for number in range(10)]


def version(name: str, number: int = 1) -> VersionName:
    return VersionName(name=name, number=number, digest=f"sha256:{name}-{number}")


@pytest.fixture
def create(database: Database, audit: AuditChain) -> Callable[..., Run]:
    def make(
        release: VersionName | None = None, principal: Principal = EDITOR, evaluators: tuple[Evaluator, ...] = ()
    ) -> Run:
        return create_run(
            database,
            audit,
            principal,
            release=release or version("guide"),
            dataset=version("questions"),
            items=len(ITEMS),
            evaluators=evaluators or (exact_match, latency_s),
            concurrency=2,
        )

    return make


async def zero(item: Item) -> Prediction:
    return Prediction(output="0", latency_s=0.25)


def parts(target: Target, store: MemorySamples) -> Callable[[Run], RunParts]:
    return lambda run: RunParts(ITEMS, target, BUILT_IN.select(run.evaluators), store, FAST)


def test_a_run_goes_from_queued_to_finished_with_its_summaries(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    run = create()
    assert (run.state, run.items, run.by) == ("queued", 10, "key-ed")
    assert run.higher_is_better == {"exact_match": True, "latency_s": False}
    execute_run(run.id, database=database, open_parts=parts(zero, store))
    run = get_run(database, "default", run.id)
    assert (run.state, run.finished_items, run.failed_items) == ("finished", 10, 0)
    assert run.started is not None
    assert run.finished is not None
    assert run.created <= run.started <= run.finished
    assert run.metrics["latency_s"] == MetricSummary(mean=0.25, low=0.25, high=0.25, n=10, missing=0)
    assert run.metrics["exact_match"].mean == 0.5
    # Clopper and Pearson's: the rate at which 5 or fewer of 10 come with a probability of 0.025.
    assert run.metrics["exact_match"].high == pytest.approx(0.8129140, abs=1e-6)


def test_executing_a_run_that_has_ended_does_nothing(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    run = create()
    execute_run(run.id, database=database, open_parts=parts(zero, store))
    before = get_run(database, "default", run.id)

    def never(run: Run) -> RunParts:
        raise AssertionError(run.id)

    execute_run(run.id, database=database, open_parts=never)
    assert get_run(database, "default", run.id) == before


def test_failed_samples_are_counted_and_are_missing_values(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    async def brittle(item: Item) -> Prediction:
        if item.id in {"i0", "i1", "i2"}:
            raise ValueError("no")
        return await zero(item)

    run = create()
    execute_run(run.id, database=database, open_parts=parts(brittle, store))
    run = get_run(database, "default", run.id)
    assert (run.state, run.finished_items, run.failed_items) == ("finished", 10, 3)
    assert (run.metrics["exact_match"].n, run.metrics["exact_match"].missing) == (7, 3)


def test_a_run_in_which_everything_fails_has_no_mean(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    async def broken(item: Item) -> Prediction:
        raise ProviderError("500")

    run = create()
    execute_run(run.id, database=database, open_parts=parts(broken, store))
    assert get_run(database, "default", run.id).metrics["exact_match"] == MetricSummary(
        mean=None, low=None, high=None, n=0, missing=10, missing_why={"failed": 10}
    )


def test_a_run_that_cannot_begin_fails_with_the_sentence(database: Database, create: Callable[..., Run]) -> None:
    def unable(run: Run) -> RunParts:
        raise Unavailable("The warehouse is away; try again.")

    run = create()
    execute_run(run.id, database=database, open_parts=unable)
    run = get_run(database, "default", run.id)
    assert (run.state, run.error) == ("failed", "The warehouse is away; try again.")


class Leaving:
    """A database of records that goes away when it is told to, for so many attempts."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.attempts = 0

    def read(self) -> AbstractContextManager[Connection]:
        return self._there().read()

    def write(self) -> AbstractContextManager[Connection]:
        return self._there().write()

    def _there(self) -> Database:
        if self.attempts > 0:
            self.attempts -= 1
            raise Unavailable("The database cannot be opened.")
        return self._database


@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_run_waits_for_records_that_are_away_and_ends_as_it_would_have(
    database: Database,
    create: Callable[..., Run],
    store: MemorySamples,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
) -> None:
    monkeypatch.setattr("windlass.evaluation.execution._AWAY_S", 0.01)
    leaving, asked = Leaving(database), []

    async def goes_away(item: Item) -> Prediction:
        asked.append(item.id)
        if len(asked) == at + 1:
            leaving.attempts = 5
        return await zero(item)

    run = create()
    execute_run(run.id, database=cast(Database, leaving), open_parts=parts(goes_away, store))
    run = get_run(database, "default", run.id)
    assert (run.state, run.finished_items, len(asked)) == ("finished", 10, 10)
    assert leaving.attempts == 0


def test_a_run_whose_records_are_away_goes_on_when_the_process_is_started_again(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    run, leaving, stopping = create(), Leaving(database), threading.Event()
    leaving.attempts = 1000
    stopping.set()
    with pytest.raises(JobInterrupted):
        execute_run(run.id, database=cast(Database, leaving), open_parts=parts(zero, store), stopping=stopping)
    assert get_run(database, "default", run.id).state == "queued"
    execute_run(run.id, database=database, open_parts=parts(zero, store))
    assert get_run(database, "default", run.id).state == "finished"


def test_a_stopping_process_leaves_the_run_to_be_taken_up(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    stopping = threading.Event()
    asked = []

    async def interrupting(item: Item) -> Prediction:
        asked.append(item.id)
        if len(asked) == 4:
            stopping.set()
        return await zero(item)

    run = create()
    with pytest.raises(JobInterrupted):
        execute_run(run.id, database=database, open_parts=parts(interrupting, store), stopping=stopping)
    assert get_run(database, "default", run.id).state == "running"
    assert [each.id for each in unfinished_runs(database)] == [run.id]
    execute_run(run.id, database=database, open_parts=parts(interrupting, store))
    run = get_run(database, "default", run.id)
    assert (run.state, run.finished_items) == ("finished", 10)
    assert len(asked) == len(set(asked)) == 10


def test_a_cancelled_run_stops_and_keeps_its_samples(
    database: Database, audit: AuditChain, create: Callable[..., Run], store: MemorySamples
) -> None:
    run = create()

    async def cancelling(item: Item) -> Prediction:
        if item.id == "i2":
            cancel_run(database, audit, EDITOR, run.id)
        return await zero(item)

    execute_run(run.id, database=database, open_parts=parts(cancelling, store))
    run = get_run(database, "default", run.id)
    assert run.state == "cancelled"
    assert run.finished is not None
    assert set(store.stored()) >= {"i0", "i1", "i2"}
    with pytest.raises(Conflict, match="is cancelled and cannot be cancelled"):
        cancel_run(database, audit, EDITOR, run.id)


def test_creating_and_cancelling_are_audited(
    database: Database, audit: AuditChain, create: Callable[..., Run]
) -> None:
    run = create()
    cancel_run(database, audit, EDITOR, run.id)
    assert [(entry.action, entry.resource) for entry in list_entries(database, "default")] == [
        ("run:cancel", f"run/{run.id}"),
        ("run:create", f"run/{run.id}"),
    ]
    assert audit.verify(database).ok


def test_runs_are_listed_newest_first_by_pages_and_filters(database: Database, create: Callable[..., Run]) -> None:
    made = [create(version("guide", number)) for number in range(1, 6)]
    first = list_runs(database, "default", limit=2)
    second = list_runs(database, "default", limit=2, cursor=first.next)
    third = list_runs(database, "default", limit=2, cursor=second.next)
    listed = [run.id for page in (first, second, third) for run in page.items]
    assert listed == [run.id for run in reversed(made)]
    assert third.next is None
    assert [run.id for run in list_runs(database, "default", release="sha256:guide-2").items] == [made[1].id]
    assert len(list_runs(database, "default", release="guide", dataset="questions").items) == 5
    assert list_runs(database, "default", release="other").items == []
    assert len(list_runs(database, "default", evaluator="exact_match").items) == 5
    assert list_runs(database, "default", evaluator="exact").items == []
    with pytest.raises(InputError, match="no cursor"):
        list_runs(database, "default", cursor="2")


def test_a_project_does_not_see_another_ones_runs(database: Database, create: Callable[..., Run]) -> None:
    run = create(principal=Principal(id="x", kind="key", role="editor", project="other"))
    assert list_runs(database, "default").items == []
    with pytest.raises(NotFound, match=run.id):
        get_run(database, "default", run.id)


def test_the_newest_finished_run_of_a_release_is_found(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    first, second = create(), create()
    create()
    for run in (first, second):
        execute_run(run.id, database=database, open_parts=parts(zero, store))
    found = newest_finished_run(database, "default", "sha256:guide-1", "sha256:questions-1")
    assert found is not None
    assert found.id == second.id
    assert newest_finished_run(database, "default", "sha256:guide-1", "sha256:other-1") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": 0}, "questions has no items"),
        ({"evaluators": []}, "at least one evaluator"),
        ({"concurrency": 0}, "concurrency of a run is at least 1"),
    ],
)
def test_a_run_of_nothing_is_refused(
    database: Database, audit: AuditChain, change: dict[str, object], message: str
) -> None:
    settings: dict[str, object] = {"items": 1, "evaluators": [exact_match], "concurrency": 1, **change}
    with pytest.raises(InputError, match=message):
        create_run(database, audit, EDITOR, release=version("a"), dataset=version("questions"), **settings)  # type: ignore[arg-type]
    assert list_runs(database, "default").items == []


def page_of(store: MemorySamples, *, limit: int = 50, cursor: str | None = None) -> SamplePage:
    index = ItemIndex(item.id for item in ITEMS)
    return samples_page(ITEMS, store.of_items, store.items_there, lambda: index, limit=limit, cursor=cursor)


def test_samples_come_in_the_order_of_the_dataset_by_pages(
    database: Database, create: Callable[..., Run], store: MemorySamples
) -> None:
    run = create()
    execute_run(run.id, database=database, open_parts=parts(zero, store))
    first = page_of(store, limit=6)
    rest = page_of(store, limit=6, cursor=first.next)
    assert [sample.item for sample in first.items + rest.items] == [item.id for item in ITEMS]
    assert rest.next is None
    sample = first.items[1]
    assert (sample.input, sample.reference, sample.output, sample.error) == ("1", "1", "0", None)
    assert sample.scores == {"exact_match": 0.0, "latency_s": 0.25}
    with pytest.raises(InputError, match="no cursor"):
        page_of(store, cursor="x")
