"""Calibrating judges: recorded first, then done as durable work, whose result is written whole or not at all."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from opentelemetry.trace import Tracer

from windlass.access.audit import AuditChain
from windlass.access.principals import SYSTEM, Principal
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.run_calls import calls_of, refuse_unpriced, start_again
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.references import Selector
from windlass.artifacts.registry import LATEST, Registry
from windlass.errors import InputError, NotFound, WindlassError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.calibration.bias import NullAnswer
from windlass.evaluation.calibration.drift import Drift, measure_drift
from windlass.evaluation.calibration.judged import JudgedItem
from windlass.evaluation.calibration.judges import JudgeVersion, compared_with, judge_version
from windlass.evaluation.calibration.judging import judge_items, judge_nulls
from windlass.evaluation.calibration.labelled import LabelledData, LabelledItem, with_labels_of
from windlass.evaluation.calibration.measuring import measure
from windlass.evaluation.calibration.records import (
    Begun,
    Calibration,
    CalibrationContent,
    begun_calibration,
    begun_calibrations,
    count_watches,
    create_calibration,
    end_calibration,
    fail_calibration,
    get_calibration,
    judged_items,
    list_calibrations,
    newest_judge,
)
from windlass.evaluation.calibration.requests import CalibrationRequest, RunCalibration
from windlass.evaluation.calibration.sources import LabelSources
from windlass.evaluation.datasets import require_columns
from windlass.evaluation.evaluator_making import make_evaluator, models_of
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.runs import get_run
from windlass.evaluation.samples import Item
from windlass.models.answer_store import AnswerStore, RunAnswers
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.run_calls import RunCalls
from windlass.prices.book import PriceBook
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted, Jobs

_JOB: Final = "calibration"
_LOOK_S: Final = 0.5
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Judge:
    version: JudgeVersion
    evaluator: Evaluator | None
    """None where only its scores are known."""
    against: str | None
    """The metadata field of the answer that it compares with."""


class Calibrations:
    """The calibrations of one server."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        jobs: Jobs,
        *,
        registry: Registry,
        sources: LabelSources,
        models: Models,
        tracer_of: Callable[[str], Tracer],
        answers: AnswerStore,
        prices: PriceBook,
        facilities: ProjectFacilities,
    ) -> None:
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._registry = registry
        self._sources = sources
        self._models = models
        self._tracer_of = tracer_of
        self._answers = answers
        self._prices = prices
        self._facilities = facilities
        jobs.register(_JOB, self._execute)

    def start(
        self, principal: Principal, evaluator: str, request: CalibrationRequest, what: str = LATEST
    ) -> Calibration:
        """Record a calibration and start it.

        Raises NotFound, InputError for labels that cannot be read or a judge that cannot be shown the items, and
        ConfigurationError for a model without a key: all before anything is paid for.
        """
        calls = calls_of(self._prices, principal.project, request)
        judge = self._judge(principal.project, evaluator, what, request, calls)
        refuse_unpriced(request, calls)
        data = self._read(principal.project, judge, request)
        return self._begin(principal, judge, data, request)

    def watch(
        self,
        principal: Principal,
        evaluator: str,
        *,
        anchor: str | None = None,
        what: str = LATEST,
        limits: CallLimits | None = None,
    ) -> Calibration:
        """Judge the items of a calibration again: the one named, or the newest that is no repetition.

        The answers are new ones. The ceilings of ``limits`` stand in for that calibration's. Raises as ``start``
        does, and InputError where there is nothing to watch.
        """
        former = self._anchor(principal.project, evaluator, anchor)
        ceilings = {} if limits is None else limits.model_dump(include={"max_cost_usd", "max_tokens"})
        request = former.request.model_copy(update=ceilings)
        judge = self._watching(principal.project, evaluator, what, request)
        data = self._read(principal.project, judge, request)
        return self._begin(principal, judge, data, request, former.id)

    def check_watch(self, principal: Principal, evaluator: str, what: str, limits: CallLimits) -> JudgeVersion:
        """Return the judge that judged the newest anchors last. Raises as ``watch`` does, with nothing begun."""
        former = self._anchor(principal.project, evaluator, None)
        judge = self._watching(principal.project, evaluator, what, limits)
        return newest_judge(self._database, principal.project, evaluator, former.id) or judge.version

    def _watching(self, project: str, evaluator: str, what: str, limits: CallLimits) -> _Judge:
        calls = calls_of(self._prices, project, limits)
        judge = self._judge(project, evaluator, what, None, calls)
        refuse_unpriced(limits, calls)
        return judge

    def recover(self) -> None:
        """Go on with what an earlier process left unfinished."""
        owed = begun_calibrations(self._database)
        if not owed:
            return
        self._jobs.launch()
        for begun in owed:
            self._jobs.start(_JOB, begun.id, id=begun.id)

    def _begin(
        self,
        principal: Principal,
        judge: _Judge,
        data: LabelledData,
        request: CalibrationRequest,
        anchor: str | None = None,
    ) -> Calibration:
        record = create_calibration(self._database, principal, judge.version, data.name, request, anchor)
        self._jobs.start(_JOB, record.id, id=record.id)
        return record

    def _execute(self, calibration_id: str) -> None:
        begun = begun_calibration(self._database, calibration_id)
        if begun is None:
            return
        try:
            self._calibrate(begun)
        except WindlassError as error:
            fail_calibration(self._database, begun.id, start_again(error.message))
        except Exception as error:
            # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
            fail_calibration(
                self._database, begun.id, f"The calibration failed with {type(error).__name__}: {error}."
            )
            raise

    def _calibrate(self, begun: Begun) -> None:
        answers = self._answers.of_run(begun.project)
        calls = calls_of(self._prices, begun.project, begun.request, answers=answers)
        request = begun.request if begun.anchor is None else None
        judge = self._judge(begun.project, begun.evaluator, begun.version or LATEST, request, calls)
        data = self._read(begun.project, judge, begun.request)
        former = [] if begun.anchor is None else judged_items(self._database, begun.project, begun.anchor)
        if begun.anchor is not None:
            data = with_labels_of(data, former)
        items, nulls = self._asked(_ask(judge, data, begun), calls, answers)
        content = CalibrationContent(
            judge=judge.version,
            data=data.name,
            scale=data.scale,
            without_answer=data.without_answer,
            result=measure(
                items,
                data.scale,
                begun.request.thresholds,
                nulls=nulls,
                drift=self._drift(begun, judge.version, former, items),
            ),
        )
        principal = Principal(id=begun.by, kind="user", role="editor", project=begun.project)
        if begun.by == SYSTEM.id:
            principal = replace(SYSTEM, project=begun.project)
        end_calibration(self._database, self._audit, principal, begun.id, content, items)

    def _asked(self, asking: Coroutine[Any, Any, _T], calls: RunCalls, answers: RunAnswers) -> _T:
        """Ask; whatever comes of it, what was answered is kept, so that it is not paid for twice."""
        try:
            return asyncio.run(self._watched(asking, calls, answers))
        except BaseExceptionGroup as group:
            if self._jobs.stopping.is_set():
                raise JobInterrupted from group
            raise _first(group) from group
        finally:
            answers.flush()

    def _drift(
        self, begun: Begun, judge: JudgeVersion, former: Sequence[JudgedItem], items: Sequence[JudgedItem]
    ) -> Drift | None:
        if begun.anchor is None:
            return None
        root = get_calibration(self._database, begun.project, begun.evaluator, begun.anchor)
        assert root.content is not None
        watch = count_watches(self._database, begun.project, begun.anchor, judge) + 1
        same_judge = root.content.judge.is_same(judge)
        return measure_drift(begun.anchor, former, items, same_judge=same_judge, watch=watch)

    async def _watched(self, asking: Coroutine[Any, Any, _T], calls: RunCalls, answers: RunAnswers) -> _T:
        """Keep answers as they come, and let go whoever waits to make a call once the process is about to end."""

        async def look() -> None:
            while True:
                await asyncio.sleep(_LOOK_S)
                await asyncio.to_thread(answers.flush)
                if self._jobs.stopping.is_set():
                    calls.stop("The server is closing.")

        looking = asyncio.create_task(look())
        try:
            return await asking
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking

    def _judge(
        self, project: str, name: str, what: str, request: CalibrationRequest | None, calls: RunCalls
    ) -> _Judge:
        if isinstance(request, RunCalibration):
            return self._judge_of_run(project, name, request)
        if name in BUILT_IN:
            raise InputError(f"{name} is built in and asks no model: there is no judge to calibrate.")
        version = self._registry.get(project, Selector("evaluator", name, what))
        body = EvaluatorBody.model_validate(version.body)
        open_judge = judges_of(
            self._models, self._tracer_of(project), calls, self._facilities.resources(project).keep_picture
        )
        made = make_evaluator(name, body, open_judge, self._facilities.of(project)).ready()
        return _Judge(judge_version(version.number, version.digest, body, made), made, compared_with(body))

    def _judge_of_run(self, project: str, name: str, request: RunCalibration) -> _Judge:
        """Return the judge of a run's scores: its version, where the run has one."""
        run = get_run(self._database, project, request.run)
        digest = run.evaluator_versions.get(name, "")
        number, models, against = None, list[str](), None
        with contextlib.suppress(NotFound):
            if digest:
                version = self._registry.get(project, Selector("evaluator", name, digest))
                body = EvaluatorBody.model_validate(version.body)
                number, models, against = version.number, models_of(body), compared_with(body)
        prompt = run.judge_prompts.get(name, "")
        judge = JudgeVersion(evaluator=name, number=number, version=digest, prompt=prompt, models=models)
        return _Judge(judge, None, against)

    def _read(self, project: str, judge: _Judge, request: CalibrationRequest) -> LabelledData:
        data = self._sources.read(project, request, judge.version.evaluator, judge.against)
        if judge.evaluator is not None:
            shown = [_item_of(item) for item in data.items]
            require_columns(shown, [judge.evaluator])
        return data

    def _anchor(self, project: str, evaluator: str, named: str | None) -> Calibration:
        if named is not None:
            found = get_calibration(self._database, project, evaluator, named)
            if found.state != "finished":
                raise InputError(f"{named} is {found.state}, so that there is nothing to watch.")
            return found
        finished = (
            each
            for each in list_calibrations(self._database, project, evaluator, limit=1000)
            if each.state == "finished" and each.anchor is None
        )
        newest = next(finished, None)
        if newest is None:
            raise InputError(
                f"evaluator/{evaluator} has no calibration whose items could be judged again: make one with "
                f"`windlass judges calibrate {evaluator}`."
            )
        return newest


async def _ask(judge: _Judge, data: LabelledData, begun: Begun) -> tuple[list[JudgedItem], NullAnswer | None]:
    """Ask the judge; where a run has its verdicts already, take those."""
    request, evaluator = begun.request, judge.evaluator
    if evaluator is None:
        return [item.judged for item in data.items], None
    repeats, most = (1, 0) if isinstance(request, RunCalibration) else (request.repeats, request.nulls)
    watch = 0 if begun.anchor is None else int(begun.id.rpartition("-")[2][:12], 16)
    try:
        items = await judge_items(evaluator, data.items, repeats=repeats, watch=watch)
        if judge.against is None or not most:
            return items, None
        return items, await judge_nulls(evaluator, data.items, judge.against, most)
    finally:
        if evaluator.close is not None:
            evaluator.close()


def _item_of(item: LabelledItem) -> Item:
    sample = item.sample
    assert sample is not None
    return Item(
        id=sample.item, input=sample.input or "-", reference=sample.reference, metadata=dict(sample.metadata)
    )


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
