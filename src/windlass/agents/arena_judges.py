"""Judges of arenas: pairwise evaluators of the registry, asked about battles in both orders, as durable work."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, NamedTuple

from opentelemetry.trace import Tracer

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.judging_costs import Gauge, JudgingEstimate, estimated
from windlass.agents.models import Models
from windlass.agents.run_calls import calls_of, refuse_unpriced, start_again
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.references import Selector, parse_selector
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, Unavailable, WindlassError
from windlass.evaluation.arenas.arenas import Arenas
from windlass.evaluation.arenas.judging import open_meetings, waiting_for
from windlass.evaluation.arenas.judgings import (
    Judging,
    JudgingRequest,
    begun_judging,
    begun_judgings,
    calls_by_judge,
    create_judging,
    end_judging,
    record_verdict,
)
from windlass.evaluation.arenas.pairing import Meeting
from windlass.evaluation.arenas.records import Arena, get_arena
from windlass.evaluation.calibration.judges import PAIRWISE, JudgeVersion, compared_with, judge_version
from windlass.evaluation.calibration.standing import standing_of
from windlass.evaluation.evaluator_making import OpenJudge, make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Judgement, Sample
from windlass.models.answer_store import AnswerStore, RunAnswers
from windlass.models.calls.answers import asked_again
from windlass.models.calls.run_calls import RunCalls
from windlass.models.calls.stopping import Stopped
from windlass.prices.book import PriceBook
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted, Jobs

_JOB: Final = "judging"
_LOOK_S: Final = 0.5
_AHEAD: Final = 8
"""Of the battles in flight at once, how many times as many are chosen before it is looked again who meets whom."""
_CANCELLED: Final = "The judging was cancelled."
_SAME: Final = Judgement(0.0, "tie", "both answers are the same")
_GONE: Final = Judgement(None, "gone", "an answer is not there any more: its trace was deleted or has expired")


class _Judge(NamedTuple):
    version: JudgeVersion
    evaluator: Evaluator
    against: str
    """The key of the metadata under which it looks for the other answer."""


class ArenaJudges:
    """Has judges decide the battles of one server's arenas."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        jobs: Jobs,
        *,
        registry: Registry,
        models: Models,
        answers: AnswerStore,
        prices: PriceBook,
        tracer_of: Callable[[str], Tracer],
        facilities: ProjectFacilities,
        arenas: Arenas,
    ) -> None:
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._registry = registry
        self._models = models
        self._answers = answers
        self._prices = prices
        self._tracer_of = tracer_of
        self._facilities = facilities
        self._arenas = arenas
        jobs.register(_JOB, self._execute)

    def estimate(self, principal: Principal, name: str, request: JudgingRequest) -> JudgingEstimate:
        """Say what a judging would come to, without asking anybody. Raises as ``start`` does."""
        project = principal.project
        arena = get_arena(self._database, project, name)
        gauge = Gauge(self._models, self._prices, project)
        judge = self._open(project, request.judge, gauge.open_judge)
        with self._database.read() as tx:
            unequal, same = open_meetings(tx, project, name, judge.version.named, retry=request.retry)
        shown = (self._sample(project, arena, judge, meeting) for meeting in gauge.some_of(unequal))
        asyncio.run(gauge.measure(judge.evaluator, (sample for sample in shown if sample is not None)))
        return estimated(
            judge.version,
            standing_of(self._database, project, *_named(judge.version)),
            gauge,
            unequal=len(unequal),
            same=same,
            most=request.most,
            former=calls_by_judge(self._database, project, judge.version),
        )

    def start(self, principal: Principal, name: str, request: JudgingRequest) -> Judging:
        """Record a judging and start it: of each battle both orders, none that this judge was asked about before.

        Raises NotFound, InputError for an evaluator that compares no two answers and for a ceiling of money
        without a price, ConfigurationError for a model without a key, and Conflict as ``create_judging`` does.
        """
        calls = calls_of(self._prices, principal.project, request)
        judge = self._open(principal.project, request.judge, self._judges(principal.project, calls))
        refuse_unpriced(request, calls)
        judging = create_judging(self._database, self._audit, principal, name, judge.version, request)
        self._jobs.start(_JOB, judging.id, id=judging.id)
        return judging

    def recover(self) -> None:
        """Go on with what an earlier process left unfinished."""
        owed = begun_judgings(self._database)
        if not owed:
            return
        self._jobs.launch()
        for judging in owed:
            self._jobs.start(_JOB, judging.id, id=judging.id)

    def _execute(self, judging_id: str) -> None:
        judging = begun_judging(self._database, judging_id)
        if judging is None:
            return
        principal = Principal(id=judging.by, kind="user", role="editor", project=judging.project)
        try:
            self._judge(judging, principal)
        except WindlassError as error:
            end_judging(self._database, self._audit, principal, judging, "failed", error=error.message)
        except Exception as error:
            # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
            message = f"The judging failed with {type(error).__name__}: {error}."
            end_judging(self._database, self._audit, principal, judging, "failed", error=message)
            raise

    def _judge(self, judging: Judging, principal: Principal) -> None:
        answers = self._answers.of_run(judging.project)
        calls = calls_of(self._prices, judging.project, judging.request, answers=answers, counts=judging.calls)
        ref = f"{judging.judge.evaluator}@{judging.judge.version}"
        judge = self._open(judging.project, ref, self._judges(judging.project, calls))
        _refuse_another(judging, judge)
        try:
            with asked_again("watch", _again(judging)):
                asyncio.run(self._watched(judging, judge, calls, answers))
        except BaseExceptionGroup as group:
            raise _first(group) from group
        finally:
            answers.flush()
        reason = calls.stopped
        if reason is not None and self._jobs.stopping.is_set():
            raise JobInterrupted
        end_judging(
            self._database,
            self._audit,
            principal,
            judging,
            "stopped" if reason else "finished",
            error=start_again(reason) if reason else None,
            calls=calls.counts,
        )

    async def _watched(self, judging: Judging, judge: _Judge, calls: RunCalls, answers: RunAnswers) -> None:
        """Let no further battle begin once the judging is cancelled or the process is about to end."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(_LOOK_S)
                await asyncio.to_thread(answers.flush)
                if self._jobs.stopping.is_set():
                    calls.stop("The server is closing.")
                # A database that is away for a moment is asked again.
                with contextlib.suppress(Unavailable):
                    if await asyncio.to_thread(begun_judging, self._database, judging.id) is None:
                        calls.stop(_CANCELLED)

        watching = asyncio.create_task(watch())
        try:
            await self._decide_all(judging, judge, calls)
        finally:
            watching.cancel()

    async def _decide_all(self, judging: Judging, judge: _Judge, calls: RunCalls) -> None:
        arena = get_arena(self._database, judging.project, judging.arena)
        ahead = _AHEAD * judging.request.concurrency
        while calls.stopped is None:
            there = await asyncio.to_thread(begun_judging, self._database, judging.id)
            if there is None or there.left <= 0:
                return
            chosen, same = await asyncio.to_thread(self._next, there, arena, min(ahead, there.left))
            if not chosen:
                return
            places = asyncio.Semaphore(judging.request.concurrency)
            async with asyncio.TaskGroup() as group:
                for meeting in chosen:
                    group.create_task(self._decide(there, arena, judge, calls, meeting, meeting in same, places))

    def _next(self, judging: Judging, arena: Arena, most: int) -> tuple[list[Meeting], set[Meeting]]:
        with self._database.read() as tx:
            waiting = waiting_for(tx, judging.project, arena, judging.judge.named, most=most)
        return waiting.chosen, waiting.same

    async def _decide(
        self,
        judging: Judging,
        arena: Arena,
        judge: _Judge,
        calls: RunCalls,
        meeting: Meeting,
        same: bool,
        places: asyncio.Semaphore,
    ) -> None:
        async with places:
            if calls.stopped is not None:
                return
            try:
                judgement = _SAME if same else await self._judgement(judging, arena, judge, meeting)
            except Stopped:
                return
            goes_on = await asyncio.to_thread(
                record_verdict, self._database, judging, arena, meeting, judgement, calls.counts, same=same
            )
            if not goes_on:
                calls.stop(_CANCELLED)

    async def _judgement(self, judging: Judging, arena: Arena, judge: _Judge, meeting: Meeting) -> Judgement:
        sample = await asyncio.to_thread(self._sample, judging.project, arena, judge, meeting)
        return _GONE if sample is None else await judge.evaluator.judge(sample)

    def _sample(self, project: str, arena: Arena, judge: _Judge, meeting: Meeting) -> Sample | None:
        ours = self._arenas.content(project, arena, meeting.item, meeting.a)
        other = self._arenas.content(project, arena, meeting.item, meeting.b)
        if ours is None or other is None:
            return None
        return Sample(
            item=meeting.item,
            input=ours.input,
            reference=ours.reference,
            metadata={**ours.metadata, judge.against: other.outputs[0].text},
            output=ours.outputs[0].text,
        )

    def _judges(self, project: str, calls: RunCalls) -> OpenJudge:
        return judges_of(self._models, self._tracer_of(project), calls)

    def _open(self, project: str, ref: str, open_judge: OpenJudge) -> _Judge:
        selector: Selector = parse_selector(ref, kind="evaluator")
        version = self._registry.get(project, selector)
        body = EvaluatorBody.model_validate(version.body)
        against = compared_with(body)
        if against is None:
            raise InputError(
                f"evaluator/{version.name} judges one answer, not two: an arena takes a judge of the function "
                f"{PAIRWISE!r}."
            )
        made = make_evaluator(version.name, body, open_judge, self._facilities.of(project))
        return _Judge(judge_version(version.number, version.digest, body, made), made, against)


def _named(judge: JudgeVersion) -> tuple[str, str, str]:
    return judge.evaluator, judge.version, judge.prompt


def _again(judging: Judging) -> int:
    """Return what keeps the answers of a judging apart that asks again: kept ones would be no verdict again."""
    return int(judging.id.rpartition("-")[2][:12], 16) if judging.request.retry else 0


def _refuse_another(judging: Judging, judge: _Judge) -> None:
    if not judging.judge.is_same(judge.version):
        raise InputError(
            f"The judging began with other instructions to {judging.judge.named} than this windlass gives; its "
            "verdicts so far and from now on could not be compared. Make another arena of the same runs."
        )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
