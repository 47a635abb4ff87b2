"""Trying an evaluator on one sample: what it says, and what it took."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal

from opentelemetry.trace import Tracer
from pydantic import BaseModel, JsonValue

from windlass.access.principals import Principal
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.release_runs import ReleaseRuns
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.references import Selector
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, NotFound
from windlass.evaluation.built_in import BUILT_IN, GENERATED
from windlass.evaluation.datasets import columns_lacking
from windlass.evaluation.evaluator_making import OpenJudge, make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.media.files import Media
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.runs import get_run
from windlass.evaluation.samples import Context, Item, Judgement, Prediction, Sample
from windlass.evaluation.trajectories import ToolCall
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Completion, Message, OutputSchema
from windlass.storage.database import Database


class TriedContext(BaseModel):
    text: str
    document: str = ""
    section: str = ""


class TriedCall(BaseModel):
    tool_name: str
    tool_input: dict[str, JsonValue] = {}


class TriedSample(BaseModel):
    """What the evaluator is shown."""

    input: object = ""
    output: str
    reference: object = None
    metadata: dict[str, object] = {}
    contexts: list[TriedContext] = []
    trajectory: list[TriedCall] | None = None
    media: list[Media] = []
    """Pictures and clips that were made: references or data URLs."""


class Trial(BaseModel):
    """What came of it."""

    value: float | None
    label: str
    explanation: str
    evidence: JsonValue
    """What the judgement rests on, where the evaluator says."""
    source: Literal["code", "judge"]
    missing_why: str | None
    """Where there is no value: why, in the words that a run's coverage counts it under."""
    latency_s: float
    calls: int
    """Answers of the judge's model that were paid for, those that were no verdict among them."""
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    """Null when no price is known."""
    model: str
    """What answered, in the provider's words."""
    sample: TriedSample


class ItemQuestions(BaseModel):
    """What a checklist asks of one item's answers, whoever gives them."""

    id: str
    questions: list[str]
    missing_why: str | None
    """Where there are none: why."""


class EvaluatorTrials:
    """Runs evaluators of one server on single samples."""

    def __init__(
        self,
        database: Database,
        *,
        registry: Registry,
        models: Models,
        tracer_of: Callable[[str], Tracer],
        runs: ReleaseRuns,
        facilities: ProjectFacilities,
    ) -> None:
        self._database = database
        self._registry = registry
        self._models = models
        self._tracer_of = tracer_of
        self._runs = runs
        self._facilities = facilities

    def sample_of_run(self, principal: Principal, run_id: str, item_id: str) -> TriedSample:
        """Return what a run's release answered to an item. Raises NotFound, InputError for a failed sample."""
        run = get_run(self._database, principal.project, run_id)
        found = self._runs.reading.item(run, item_id)
        result = found[1].get(item_id) if found is not None else None
        if found is None or result is None:
            raise NotFound(
                f"{run_id} has no sample {item_id!r} yet; GET /api/v1/runs/{run_id}/samples lists them."
            )
        if result.prediction is None:
            raise InputError(f"The sample {item_id!r} failed, so there is no answer to judge: take another.")
        return _tried(Sample.of(found[0], result.prediction))

    def attempt(self, principal: Principal, name: str, what: str, tried: TriedSample) -> Trial:
        """Run an evaluator on a sample. Blocks.

        Raises NotFound, InputError for a sample that lacks what it needs, ConfigurationError for a model without a
        key or a part that is not installed.
        """
        answers: list[Completion] = []
        keep_picture = self._facilities.resources(principal.project).keep_picture
        open_judge = _counted(
            judges_of(self._models, self._tracer_of(principal.project), RunCalls(RunOptions()), keep_picture),
            answers,
        )
        evaluator = self._open(principal.project, name, what, open_judge).ready()
        item = Item(id="sample", input=tried.input, reference=tried.reference, metadata=tried.metadata)
        _require(item, evaluator)
        sample = Sample.of(item, _prediction(tried))
        start = time.perf_counter()
        try:
            judgement = asyncio.run(evaluator.judge(sample))
            took = time.perf_counter() - start
        finally:
            if evaluator.close is not None:
                evaluator.close()
        costs = [answer.cost for answer in answers]
        return Trial(
            value=judgement.value,
            label=judgement.label,
            explanation=judgement.explanation,
            evidence=judgement.evidence,
            source=judgement.source,
            missing_why=(judgement.label or "undefined") if judgement.value is None else None,
            latency_s=took,
            calls=len(answers),
            input_tokens=sum(answer.usage.input_tokens for answer in answers) if answers else None,
            output_tokens=sum(answer.usage.output_tokens for answer in answers) if answers else None,
            cost_usd=sum(cost for cost in costs if cost is not None) if costs and None not in costs else None,
            model=answers[-1].model if answers else "",
            sample=tried,
        )

    def questions(self, principal: Principal, name: str, what: str, items: Sequence[Item]) -> list[ItemQuestions]:
        """Return the questions of items, written now where nobody wrote them before. Blocks.

        Raises NotFound, InputError for an evaluator that writes none, ConfigurationError for a model without key.
        """
        project = principal.project
        calls = RunCalls(RunOptions())
        evaluator = self._open(project, name, what, judges_of(self._models, self._tracer_of(project), calls))
        if evaluator.questions is None:
            raise InputError(f"evaluator/{name} writes no questions; one of the function {GENERATED!r} does.")
        return asyncio.run(_questions(evaluator.questions, items))

    def _open(self, project: str, name: str, what: str, open_judge: OpenJudge) -> Evaluator:
        if name in BUILT_IN:
            return BUILT_IN[name]
        version = self._registry.get(project, Selector("evaluator", name, what))
        body = EvaluatorBody.model_validate(version.body)
        return make_evaluator(name, body, open_judge, self._facilities.of(project))


async def _questions(
    write: Callable[[Sample], Awaitable[tuple[str, ...] | Judgement]], items: Sequence[Item]
) -> list[ItemQuestions]:
    samples = [Sample.of(item, Prediction(output="")) for item in items]
    written = await asyncio.gather(*map(write, samples))
    return [
        ItemQuestions(
            id=item.id,
            questions=[] if isinstance(each, Judgement) else list(each),
            missing_why=each.explanation if isinstance(each, Judgement) else None,
        )
        for item, each in zip(items, written, strict=True)
    ]


def _counted(open_judge: OpenJudge, answers: list[Completion]) -> OpenJudge:
    """Return what opens judges whose answers are noted."""

    def open_counted(evaluator: str, ref: str, parameters: Mapping[str, JsonValue]) -> Ask:
        ask = open_judge(evaluator, ref, parameters)

        async def ask_counted(messages: Sequence[Message], schema: OutputSchema) -> Completion:
            completion = await ask(messages, schema)
            answers.append(completion)
            return completion

        return ask_counted

    return open_counted


def _prediction(tried: TriedSample) -> Prediction:
    calls = tried.trajectory
    return Prediction(
        output=tried.output,
        contexts=tuple(Context(each.document, each.section, each.text) for each in tried.contexts),
        trajectory=None if calls is None else tuple(ToolCall(call.tool_name, call.tool_input) for call in calls),
        media=tuple(tried.media),
    )


def _tried(sample: Sample) -> TriedSample:
    calls = sample.trajectory
    return TriedSample(
        input=sample.input,
        output=sample.output,
        reference=sample.reference,
        metadata=dict(sample.metadata),
        contexts=[
            TriedContext(text=each.text, document=each.document, section=each.section) for each in sample.contexts
        ],
        trajectory=None
        if calls is None
        else [
            TriedCall.model_validate({"tool_name": c.tool_name, "tool_input": dict(c.tool_input)}) for c in calls
        ],
        media=list(sample.media),
    )


def _require(item: Item, evaluator: Evaluator) -> None:
    """Raise InputError for a sample without what an evaluator needs."""
    lacking = columns_lacking([item], [evaluator])
    if lacking:
        raise InputError(f"The sample has no {next(iter(lacking))!r}, which {evaluator.name} needs: give it one.")
