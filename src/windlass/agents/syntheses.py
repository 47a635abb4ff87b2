"""Making synthetic items: a synthesis is recorded, then executed as durable work that pays for no call twice."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, TypeAlias

from opentelemetry.trace import Tracer
from pydantic import JsonValue

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.run_calls import calls_of, refuse_unpriced, start_again
from windlass.artifacts.references import check_name, parse_selector
from windlass.errors import InputError, Unavailable, WindlassError
from windlass.evaluation.approvals import Approvals
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.runs import VersionName
from windlass.evaluation.samples import Item
from windlass.evaluation.synthesis.drafting import Drafter, tasks_of
from windlass.evaluation.synthesis.making import Maker, SynthesisReport, make_items
from windlass.evaluation.synthesis.records import (
    UNFINISHED,
    Synthesis,
    begin_synthesis,
    create_synthesis,
    end_synthesis,
    get_synthesis,
    note_progress,
    unfinished_syntheses,
)
from windlass.evaluation.synthesis.requests import BASELINE, ItemsSource, SynthesisRequest
from windlass.evaluation.synthesis.sources import Sources
from windlass.models.answer_store import AnswerStore, RunAnswers
from windlass.models.calls.run_calls import RunCalls
from windlass.prices.book import PriceBook
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted, Jobs

_JOB: Final = "synthesis"
_LOOK_S: Final = 0.5
_Made: TypeAlias = tuple[list[Item], SynthesisReport]


class Syntheses:
    """The syntheses of one server."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        jobs: Jobs,
        *,
        sources: Sources,
        datasets: Datasets,
        approvals: Approvals,
        models: Models,
        tracer_of: Callable[[str], Tracer],
        answers: AnswerStore,
        prices: PriceBook,
    ) -> None:
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._sources = sources
        self._datasets = datasets
        self._approvals = approvals
        self._models = models
        self._tracer_of = tracer_of
        self._answers = answers
        self._prices = prices
        jobs.register(_JOB, self._execute)

    def start(self, principal: Principal, dataset: str, request: SynthesisRequest) -> Synthesis:
        """Record a synthesis and start it.

        Raises InputError for what cannot be done, NotFound for an index or a dataset that is not there,
        ConfigurationError for a model without a key: all before anything is written or paid for.
        """
        check_name(dataset, "a dataset")
        request.check()
        calls = calls_of(self._prices, principal.project, request)
        self._maker(principal.project, request, calls)
        refuse_unpriced(request, calls)
        self._held_out(principal.project, request)
        self._sources.check(principal.project, request)
        record = create_synthesis(
            self._database, self._audit, principal, dataset, self._sources.keep(principal.project, request)
        )
        self._jobs.start(_JOB, record.id, id=record.id)
        return record

    def recover(self) -> None:
        """Go on with what an earlier process left unfinished."""
        owed = unfinished_syntheses(self._database)
        if not owed:
            return
        self._jobs.launch()
        for record in owed:
            self._jobs.start(_JOB, record.id, id=record.id)

    def _execute(self, synthesis_id: str) -> None:
        record = begin_synthesis(self._database, synthesis_id)
        if record is None:
            return
        try:
            self._make(record)
        except WindlassError as error:
            end_synthesis(self._database, record.id, "failed", error=error.message)
        except Exception as error:
            # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
            message = f"The synthesis failed with {type(error).__name__}: {error}."
            end_synthesis(self._database, record.id, "failed", error=message)
            raise

    def _make(self, record: Synthesis) -> None:
        request, project = record.request, record.project
        answers = self._answers.of_run(project)
        calls = calls_of(self._prices, project, request, answers=answers, counts=record.calls)
        found = self._sources.find(project, request)
        mutations = request.source.mutations if isinstance(request.source, ItemsSource) else ()
        tasks = tasks_of(found.materials, each=request.each, mutations=mutations, personas=request.personas)
        making = make_items(
            tasks[: request.most],
            self._maker(project, request, calls),
            self._there(project, record.dataset),
            self._held_out(project, request),
            lambda report: asyncio.to_thread(self._observe, record, report, calls, answers),
        )
        items, report = asyncio.run(self._watched(record, calls, making))
        answers.flush()
        if self._jobs.stopping.is_set() and report.done < report.tasks:
            raise JobInterrupted
        report.unfit = found.unfit
        self._end(record, items, report, calls)

    async def _watched(self, record: Synthesis, calls: RunCalls, making: Coroutine[Any, Any, _Made]) -> _Made:
        """Let go whoever waits to make a call, once the synthesis is cancelled or the process is about to end."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(_LOOK_S)
                if self._jobs.stopping.is_set():
                    calls.stop("The server is closing.")
                # A database that is away for a moment is asked again.
                with contextlib.suppress(Unavailable):
                    if await asyncio.to_thread(self._has_ended, record):
                        calls.stop("The synthesis was cancelled.")

        watching = asyncio.create_task(watch())
        try:
            return await making
        finally:
            watching.cancel()

    def _has_ended(self, record: Synthesis) -> bool:
        return get_synthesis(self._database, record.project, record.id).state not in UNFINISHED

    def _observe(self, record: Synthesis, report: SynthesisReport, calls: RunCalls, answers: RunAnswers) -> bool:
        answers.flush()
        going_on = note_progress(self._database, record.id, report, calls.counts)
        return going_on and not self._jobs.stopping.is_set()

    def _end(self, record: Synthesis, items: list[Item], report: SynthesisReport, calls: RunCalls) -> None:
        state, version = get_synthesis(self._database, record.project, record.id).state, None
        if state == "cancelled":
            report.taken = 0
        elif items:
            version = self._push(record, items)
        reason = calls.stopped
        end_synthesis(
            self._database,
            record.id,
            "stopped" if reason else "finished",
            error=start_again(reason) if reason else None,
            report=report,
            calls=calls.counts,
            version=version,
        )

    def _push(self, record: Synthesis, items: list[Item]) -> VersionName:
        principal = Principal(id=record.by, kind="user", role="editor", project=record.project)
        made = f"{len(items)} synthetic {'item' if len(items) == 1 else 'items'} ({record.id})"
        pushed = self._datasets.add(principal, record.dataset, items, message=made).pushed.version
        self._approvals.submit(principal, record.dataset)
        return VersionName(name=pushed.name, number=pushed.number, digest=pushed.digest)

    def _there(self, project: str, dataset: str) -> Mapping[str, Item]:
        newest = self._datasets.newest(project, dataset)
        if newest is None:
            return {}
        _, items = self._datasets.load(project, f"dataset/{dataset}@{newest[0].digest}")
        return {item.id: item for item in items}

    def _held_out(self, project: str, request: SynthesisRequest) -> list[Item]:
        selectors = (parse_selector(each, kind="dataset") for each in request.held_out)
        return [item for selector in selectors for item in self._datasets.load(project, selector)[1]]

    def _maker(self, project: str, request: SynthesisRequest, calls: RunCalls) -> Maker:
        writer = None
        if request.model is not None:
            parameters = {"seed": request.seed, **request.model_parameters}
            writer = self._ask(project, request.model, parameters, calls, "write questions")
        judge_name = request.judge or request.model or BASELINE
        judge = None
        if judge_name != BASELINE:
            judge = self._ask(project, judge_name, {}, calls, "answer from a source as asked")
        return Maker(
            Drafter(writer, request.seed),
            model=request.model or "",
            judge=judge,
            judge_name=judge_name,
            seed=request.seed,
            split=request.split,
        )

    def _ask(self, project: str, ref: str, parameters: Mapping[str, JsonValue], calls: RunCalls, what: str) -> Ask:
        if getattr(self._models.open(ref).model, "baseline", False):
            raise InputError(
                f"{ref} only quotes sentences and cannot {what}: name a real model, such as openai:NAME."
            )
        return judges_of(self._models, self._tracer_of(project), calls, doing="make")(_JOB, ref, dict(parameters))
