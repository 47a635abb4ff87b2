"""Judges of arenas: pairwise evaluators of the registry, asked about battles in both orders."""

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from opentelemetry.trace import Tracer

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.run_calls import calls_of
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.references import parse_selector
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.arenas.arenas import Arenas
from windlass.evaluation.arenas.judging import Judged, record, waiting_for
from windlass.evaluation.arenas.pairing import Meeting
from windlass.evaluation.arenas.records import Arena
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.evidence import METADATA
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.samples import Judgement, Sample
from windlass.models.calls.run_calls import RunCalls
from windlass.prices.book import PriceBook
from windlass.storage.database import Database

PAIRWISE: Final = "pairwise"
_SAME: Final = Judgement(0.0, "tie", "both answers are the same")
_GONE: Final = Judgement(None, "gone", "an answer is not there any more: its trace was deleted or has expired")


class _Judge(NamedTuple):
    name: str
    """The version, as battles name it."""
    evaluator: Evaluator
    against: str
    """The key of the metadata under which it looks for the other answer."""


class ArenaJudges:
    """Has judges decide the battles of one server's arenas."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        *,
        registry: Registry,
        models: Models,
        prices: PriceBook,
        tracer_of: Callable[[str], Tracer],
        facilities: ProjectFacilities,
        arenas: Arenas,
    ) -> None:
        self._database = database
        self._audit = audit
        self._registry = registry
        self._models = models
        self._prices = prices
        self._tracer_of = tracer_of
        self._facilities = facilities
        self._arenas = arenas

    def judge(self, principal: Principal, name: str, judge: str, *, most: int, retry: bool = False) -> Judged:
        """Have a judge decide some battles that it was not asked yet. Blocks.

        Raises NotFound, InputError for an evaluator that compares no two answers, and ConfigurationError for a
        model without a key.
        """
        calls = calls_of(self._prices, principal.project, RunOptions())
        asked = self._open(principal.project, judge, calls)
        arena, chosen, same, left = waiting_for(
            self._database, principal, name, asked.name, most=most, retry=retry
        )
        judgements = asyncio.run(self._decide(principal.project, arena, asked, chosen, same))
        judged = list(zip(chosen, judgements, strict=True))
        record(self._database, self._audit, principal, arena, asked.name, judged, same)
        missing = sum(judgement.value is None for judgement in judgements)
        return Judged(
            judge=asked.name,
            judged=len(judged) - missing,
            same=len(same),
            missing=missing,
            left=left,
            calls=calls.counts.answered,
            input_tokens=calls.counts.input_tokens,
            output_tokens=calls.counts.output_tokens,
            cost_usd=None if calls.counts.unpriced else calls.counts.spent_usd,
        )

    async def _decide(
        self, project: str, arena: Arena, judge: _Judge, chosen: list[Meeting], same: set[Meeting]
    ) -> list[Judgement]:
        async def decide(meeting: Meeting) -> Judgement:
            if meeting in same:
                return _SAME
            sample = await asyncio.to_thread(self._sample, project, arena, judge, meeting)
            return _GONE if sample is None else await judge.evaluator.judge(sample)

        return await asyncio.gather(*map(decide, chosen))

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

    def _open(self, project: str, judge: str, calls: RunCalls) -> _Judge:
        version = self._registry.get(project, parse_selector(judge, kind="evaluator"))
        body = EvaluatorBody.model_validate(version.body)
        if body.function != PAIRWISE:
            raise InputError(
                f"evaluator/{version.name} judges one answer, not two: an arena takes a judge of the function "
                f"{PAIRWISE!r}."
            )
        open_judge = judges_of(self._models, self._tracer_of(project), calls)
        evaluator = make_evaluator(version.name, body, open_judge, self._facilities.of(project))
        against = str(body.parameters.get("against", "metadata.baseline"))
        return _Judge(f"{version.name}@{version.number}", evaluator, against.removeprefix(METADATA))
