"""A cascade at work: releases asked one after the other, until one is sure enough of its answer."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from opentelemetry.context import Context
from opentelemetry.trace import Span, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from windlass.agents import spans
from windlass.agents.assistant import Assistant
from windlass.agents.streams import closing
from windlass.agents.tool_doors import ToolDoor
from windlass.agents.tools import BoundTool
from windlass.agents.turns import Answer
from windlass.artifacts.cascades import CascadeStep
from windlass.errors import InputError, ProviderError
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Message, Usage

STEP = "windlass.cascade.step"
"""Which step the spans below are of, from 1; on the span of the cascade: the one whose answer counts."""
_ESCALATE_BELOW = "windlass.cascade.escalate_below"
_EXPECTED = "windlass.cascade.expected"
"""The quality that the kept answer is expected to have, by what the cascade was fitted on."""


@dataclass(frozen=True)
class Step:
    """A release of a cascade, ready to answer, and what decides about its answer."""

    assistant: Assistant
    rule: CascadeStep

    def keeps(self, answer: Answer) -> bool:
        """Tell whether an answer is sure enough; where nobody knows by the measure asked for, it is not."""
        found, least = answer.confidence, self.rule.escalate_below
        if least is None:
            return True
        return found is not None and found.measure == self.rule.confidence and found.value >= least


@dataclass(frozen=True)
class CascadeAssistant:
    """A release that is a cascade. Safe to use from many tasks at once.

    What a step answers is held until it is decided, so a stream begins with the first answer that counts. A step
    whose provider fails escalates, too: the next one can still answer.
    """

    name: str
    digest: str
    """The release's."""
    steps: tuple[Step, ...]
    tracer: Tracer

    def governed_by(self, calls: RunCalls) -> "CascadeAssistant":
        """Return it with the models of all steps asked as a run may ask."""
        steps = tuple(replace(step, assistant=step.assistant.governed_by(calls)) for step in self.steps)
        return replace(self, steps=steps)

    @property
    def tools(self) -> tuple[BoundTool, ...]:
        """Those of all its steps."""
        return tuple(tool for step in self.steps for tool in step.assistant.tools)

    def through(self, door: ToolDoor) -> "CascadeAssistant":
        """Return it with the tools of all steps called through a door."""
        steps = tuple(replace(step, assistant=step.assistant.through(door)) for step in self.steps)
        return replace(self, steps=steps)

    def through_each(self, doors: Sequence[ToolDoor]) -> "CascadeAssistant":
        """Return it with the tools of each step called through a door of its own."""
        steps = zip(self.steps, doors, strict=True)
        return replace(
            self, steps=tuple(replace(step, assistant=step.assistant.through(door)) for step, door in steps)
        )

    async def answer(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> Answer:
        """Answer a question; `attributes` go onto every span of it. Raises ProviderError, InputError."""
        turn = self._begin(question, history, attributes)
        try:
            place, kept = await self._kept(turn, question, history)
            if kept is None:
                kept = await self.steps[-1].assistant.answer(question, history=history, **turn.asking(place, None))
        except BaseException as error:
            turn.failed(error)
            raise
        return turn.answered(place, self.steps[place - 1], kept)

    async def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> AsyncIterator[str | Answer]:
        """Answer piece by piece: text as it comes, and last the whole Answer."""
        turn = self._begin(question, history, attributes)
        try:
            place, kept = await self._kept(turn, question, history)
            if kept is not None:
                yield kept.text
            else:
                last = self.steps[-1].assistant
                pieces = last.stream(question, history=history, **turn.asking(place, None))
                async with closing(pieces) as coming:
                    async for piece in coming:
                        if isinstance(piece, str):
                            yield piece
                        else:
                            kept = piece
        except BaseException as error:
            turn.failed(error)
            raise
        assert kept is not None, "an assistant's stream ends with its Answer"
        yield turn.answered(place, self.steps[place - 1], kept)

    def _begin(
        self, question: str, history: Sequence[Message], attributes: Mapping[str, AttributeValue] | None
    ) -> "_Turn":
        if not question.strip():
            raise InputError("The question is empty; the last user message is what the release is asked.")
        shared = dict(attributes or {})
        span = self.tracer.start_span(
            f"invoke_agent {self.name}",
            attributes={
                **spans.agent(self.name, self.digest),
                **spans.input_messages([*history, Message("user", question)]),
                **shared,
            },
        )
        return _Turn(span=span, shared=shared)

    async def _kept(self, turn: "_Turn", question: str, history: Sequence[Message]) -> tuple[int, Answer | None]:
        """Ask all steps but the last until one is sure; return its place from 1, or the last's and no answer."""
        for place, step in enumerate(self.steps[:-1], start=1):
            asking = turn.asking(place, step.rule.escalate_below)
            try:
                answer = await step.assistant.answer(question, history=history, **asking)
            except ProviderError:
                # Its own span says how it failed.
                continue
            if step.keeps(answer):
                return place, answer
            turn.passed_over.append(answer)
        return len(self.steps), None


class _Asking(TypedDict):
    """What a step is asked with beside the question."""

    attributes: Mapping[str, AttributeValue]
    parent: Context


@dataclass
class _Turn:
    """One question on its way through a cascade."""

    span: Span
    shared: Mapping[str, AttributeValue]
    passed_over: list[Answer] = field(default_factory=list)
    """The answers before the one that counts: they were paid for."""

    @property
    def context(self) -> Context:
        return set_span_in_context(self.span)

    def asking(self, place: int, escalate_below: float | None) -> "_Asking":
        decides: dict[str, AttributeValue] = {} if escalate_below is None else {_ESCALATE_BELOW: escalate_below}
        return {"attributes": {**self.shared, STEP: place, **decides}, "parent": self.context}

    def failed(self, error: BaseException) -> None:
        spans.mark_failed(self.span, error)
        self.span.end()

    def answered(self, place: int, step: Step, kept: Answer) -> Answer:
        """Return the answer with what all of them took."""
        self.span.set_attributes({STEP: place, **spans.output_messages(kept.text, kept.finish_reason)})
        if kept.confidence is not None:
            self.span.set_attributes(spans.confidence(kept.confidence))
            expected = step.rule.expected(kept.confidence.value)
            if expected is not None:
                self.span.set_attribute(_EXPECTED, expected)
        self.span.end()
        every = [*self.passed_over, kept]
        calls = [call for each in every for call in each.calls or ()]
        costs = [each.cost_usd for each in every if each.cost_usd is not None]
        return replace(
            kept,
            usage=Usage(
                sum(each.usage.input_tokens for each in every), sum(each.usage.output_tokens for each in every)
            ),
            # One price that is not known makes the whole unknown.
            cost_usd=sum(costs) if len(costs) == len(every) else None,
            latency_s=sum(each.latency_s for each in every),
            calls=tuple(calls) if any(each.calls is not None for each in every) else None,
            step=place,
            trace_id=format(self.span.get_span_context().trace_id, "032x"),
        )
