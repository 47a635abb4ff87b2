"""Putting items into a review queue: samples of runs, traces, items of datasets."""

import random
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, func, insert, select

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.references import parse_selector
from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.reviews.items import OutputSource, Source
from windlass.evaluation.reviews.queues import QueueContent, queue_of
from windlass.evaluation.reviews.tables import review_items
from windlass.evaluation.runs import Run, get_run
from windlass.evaluation.samples import SampleResult
from windlass.storage.database import Database, take_turns
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conditions import Condition
from windlass.telemetry.filters import TraceFilters
from windlass.telemetry.models import TraceSummary
from windlass.telemetry.outlines import get_outline
from windlass.telemetry.queries import list_traces

SamplesOf = Callable[[Run], Iterable[SampleResult]]

MOST_ADDED: Final = 10_000
_PAGE: Final = 200

_T = TypeVar("_T")


class _Selection(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sample: Annotated[int, Field(ge=1, le=MOST_ADDED)] | None = None
    """How many to draw at random; all, if left out."""
    seed: int = 0
    """The same seed draws the same ones."""

    def draw(self, found: Sequence[_T]) -> list[_T]:
        """Return a sample in its order."""
        if self.sample is None or self.sample >= len(found):
            return list(found)
        # No secret is drawn here, but what anybody can draw again.
        chosen = sorted(random.Random(self.seed).sample(range(len(found)), self.sample))  # noqa: S311
        return [found[number] for number in chosen]


class ScoreRange(BaseModel):
    """A metric of the run and between which values it lies."""

    model_config = ConfigDict(extra="forbid")

    name: str
    low: float | None = None
    high: float | None = None


class RunSelection(_Selection):
    """Samples of a run that did not fail; with a baseline, pairs of outputs for the same items."""

    run: str
    baseline: str | None = None
    """A run on the same dataset version: its output is a, that of `run` is b."""
    score: ScoreRange | None = None


class TraceQuery(BaseModel):
    """Which traces, as the list of traces is filtered."""

    model_config = ConfigDict(extra="forbid")

    release: str | None = None
    environment: str | None = None
    status: Literal["ok", "error"] | None = None
    q: str | None = None
    where: list[str] = []
    since: datetime | None = None
    until: datetime | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ADDED)] = 1000
    """The newest so many."""

    def filters(self) -> TraceFilters:
        asked = self.model_dump(exclude={"where", "limit"})
        return TraceFilters(**asked, where=tuple(map(Condition.parse, self.where)))


class TraceSelection(_Selection):
    """Traces by their ids, or by a query."""

    ids: Annotated[list[str], Field(max_length=MOST_ADDED)] = []
    query: TraceQuery | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "TraceSelection":
        if bool(self.ids) == (self.query is not None):
            raise ValueError("name the traces by ids, or by a query")
        return self


class DatasetSelection(_Selection):
    """Items of a dataset version."""

    dataset: str
    """`name@what`."""
    items: Annotated[list[str], Field(max_length=MOST_ADDED)] | None = None
    """Ids; all of its items, if left out."""


class Added(BaseModel):
    added: int
    there: int
    """Of what was asked for, how many stand in the queue already."""


class Adding:
    """What finds and adds the items of one server's queues."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        warehouse: Warehouse,
        datasets: Datasets,
        samples_of: SamplesOf,
    ) -> None:
        self._database = database
        self._audit = audit
        self._warehouse = warehouse
        self._datasets = datasets
        self._samples_of = samples_of

    def add(
        self, principal: Principal, name: str, selection: RunSelection | TraceSelection | DatasetSelection
    ) -> Added:
        """Add what is selected and does not stand in the queue yet.

        Raises NotFound, and InputError for a selection of nothing or one that does not fit the queue's questions.
        """
        with self._database.read() as tx:
            _refuse_unfit(queue_of(tx, principal.project, name), selection)
        sources = selection.draw(list(self._find(principal.project, selection)))
        if not sources:
            raise InputError("Nothing is selected; widen the selection, for example the range of the score.")
        if len(sources) > MOST_ADDED:
            raise InputError(f"{len(sources)} items are selected, and {MOST_ADDED} go in at once; draw a sample.")
        with self._database.write() as tx:
            take_turns(tx, principal.project, "review", name)
            queue_of(tx, principal.project, name)
            added = _insert(tx, principal.project, name, sources)
            selected = selection.model_dump(mode="json", exclude_defaults=True)
            counted: dict[str, object] = {key: len(selected[key]) for key in ("ids", "items") if key in selected}
            details = {"added": added, "selection": {**selected, **counted}}
            self._audit.append(tx, principal, "review:add", f"review/{name}", details=details)
        return Added(added=added, there=len(sources) - added)

    def _find(self, project: str, selection: RunSelection | TraceSelection | DatasetSelection) -> Iterator[Source]:
        match selection:
            case RunSelection():
                return self._of_run(project, selection)
            case TraceSelection():
                return self._of_traces(project, selection)
            case DatasetSelection():
                return self._of_dataset(project, selection)

    def _of_run(self, project: str, selection: RunSelection) -> Iterator[Source]:
        run = get_run(self._database, project, selection.run)
        baseline = get_run(self._database, project, selection.baseline) if selection.baseline else None
        if baseline is not None and baseline.dataset.digest != run.dataset.digest:
            raise InputError("The two runs are on different dataset versions; a pair is of the same item.")
        if selection.score is not None and selection.score.name not in run.metrics:
            known = ", ".join(run.metrics) or "none"
            raise InputError(f"The run has no metric {selection.score.name!r}; it has: {known}.")
        others = {each.key: each for each in self._samples_of(baseline)} if baseline else {}
        # Of an item that was asked again and again, every answer is an item of its own; a pair is of the same try.
        for result in sorted(self._samples_of(run), key=lambda sample: (sample.item, sample.repeat)):
            if result.prediction is None or not _within(result, selection.score):
                continue
            outputs = [_output(run, result, "b" if baseline else "")]
            if baseline is not None:
                other = others.get(result.key)
                if other is None or other.prediction is None:
                    continue
                outputs.insert(0, _output(baseline, other, "a"))
            yield Source(
                kind="run",
                dataset=run.dataset.name,
                dataset_digest=run.dataset.digest,
                item=result.item,
                outputs=outputs,
            )

    def _of_traces(self, project: str, selection: TraceSelection) -> Iterator[Source]:
        if selection.query is None:
            for trace_id in dict.fromkeys(each.lower() for each in selection.ids):
                outline = get_outline(self._warehouse, project, trace_id)
                yield _of_trace(trace_id, str(outline["release"]))
            return
        for trace in self._traces(project, selection.query):
            yield _of_trace(trace.trace_id, trace.release)

    def _traces(self, project: str, query: TraceQuery) -> Iterator[TraceSummary]:
        left, cursor, filters = query.limit, None, query.filters()
        while left:
            page = list_traces(self._warehouse, project, filters=filters, limit=min(left, _PAGE), cursor=cursor)
            yield from page.items
            left, cursor = left - len(page.items), page.next
            if cursor is None:
                return

    def _of_dataset(self, project: str, selection: DatasetSelection) -> Iterator[Source]:
        version, items = self._datasets.load(project, parse_selector(selection.dataset, kind="dataset"))
        wanted = set(selection.items or ())
        if unknown := wanted - {item.id for item in items}:
            raise InputError(f"{selection.dataset} has no item {min(unknown)!r}.")
        for item in items:
            if wanted and item.id not in wanted:
                continue
            yield Source(kind="dataset", dataset=version.name, dataset_digest=version.digest, item=item.id)


def _refuse_unfit(queue: QueueContent, selection: RunSelection | TraceSelection | DatasetSelection) -> None:
    paired = isinstance(selection, RunSelection) and selection.baseline is not None
    if queue.pairwise and not paired:
        raise InputError("The queue asks which of two outputs is better: add a run with a baseline run.")
    if paired and not queue.pairwise:
        raise InputError("The queue has no question of the type preference, so its items are no pairs.")


def _within(result: SampleResult, score: ScoreRange | None) -> bool:
    if score is None:
        return True
    judgement = result.judgements.get(score.name)
    if judgement is None or judgement.value is None:
        return False
    return (score.low is None or judgement.value >= score.low) and (
        score.high is None or judgement.value <= score.high
    )


def _output(run: Run, result: SampleResult, side: Literal["", "a", "b"]) -> OutputSource:
    return OutputSource(
        side=side, trace_id=result.trace_id, span_id=result.span_id, run=run.id, release=run.release.digest
    )


def _of_trace(trace_id: str, release: str) -> Source:
    return Source(kind="trace", outputs=[OutputSource(trace_id=trace_id, release=release)])


def _insert(tx: Connection, project: str, queue: str, sources: Sequence[Source]) -> int:
    here = (review_items.c.project == project, review_items.c.queue == queue)
    there = {known for (known,) in tx.execute(select(review_items.c.digest).where(*here)).all()}
    position = int(
        tx.execute(select(func.coalesce(func.max(review_items.c.position), 0)).where(*here)).scalar_one()
    )
    rows: list[dict[str, Any]] = []
    for source in sources:
        content = source.model_dump(mode="json")
        if (identity := digest(content)) in there:
            continue
        there.add(identity)
        rows.append(
            {
                "id": f"item-{secrets.token_hex(8)}",
                "project": project,
                "queue": queue,
                "position": position + len(rows) + 1,
                "source": content,
                "digest": identity,
                "state": "open",
                "adjudicated": False,
                "comment": "",
                "scores_due": False,
            }
        )
    if rows:
        tx.execute(insert(review_items), rows)
    return len(rows)
