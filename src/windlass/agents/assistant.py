"""The built-in assistant: a release that retrieves from its index, fills its prompt in and asks its model."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from opentelemetry.context import Context
from opentelemetry.trace import Span, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue
from pydantic import JsonValue

from windlass.agents import spans
from windlass.agents.streams import closing
from windlass.artifacts.kinds import Retrieval
from windlass.artifacts.prompts import Prompt, render_prompt
from windlass.errors import InputError
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import ChatModel, Completion, Confidence, Message, Usage
from windlass.retrieval.index import Hit, Index


@dataclass(frozen=True)
class Answer:
    """What an assistant answered, from which passages, at what price."""

    text: str
    contexts: tuple[Hit, ...]
    usage: Usage
    cost_usd: float | None
    latency_s: float
    finish_reason: str
    model: str
    trace_id: str
    confidence: Confidence | None = None
    """How sure the model was of it, where it says."""


class Answerer(Protocol):
    """A release that answers: by itself, or as a cascade of others."""

    @property
    def digest(self) -> str:
        """The release's."""
        ...

    def governed_by(self, calls: RunCalls) -> "Answerer":
        """Return it with its models asked as a run may ask."""
        ...

    async def answer(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> Answer:
        """Answer a question; `attributes` go onto every span of it. Raises ProviderError, InputError."""
        ...

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> AsyncIterator[str | Answer]:
        """Answer piece by piece: text as it comes, and last the whole Answer."""
        ...


@dataclass(frozen=True)
class Assistant:
    """A release, ready to answer. Safe to use from many tasks at once."""

    name: str
    digest: str
    """The release's."""
    prompt: Prompt
    model: ChatModel
    provider: str
    model_name: str
    parameters: Mapping[str, JsonValue]
    index: Index | None
    index_name: str
    retrieval: Retrieval
    tracer: Tracer
    model_address: str = ""
    """Where the model is asked: its name alone does not say which it is."""

    def governed_by(self, calls: RunCalls) -> "Assistant":
        """Return it with its model asked as a run may ask."""
        model = calls.govern(self.model, provider=self.provider, name=self.model_name, address=self.model_address)
        return replace(self, model=model)

    async def answer(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
        parent: Context | None = None,
    ) -> Answer:
        """Answer a question; `attributes` go onto every span of it. Raises ProviderError, InputError.

        Its trace is one of its own, or goes on below the span of ``parent``.
        """
        turn = self._begin(question, attributes, parent)
        try:
            messages = await self._prepare(turn, history)
            with self._calling(turn, messages) as call:
                completion = await self.model.complete(messages, self.parameters)
                call.done(completion)
        except BaseException as error:
            turn.failed(error)
            raise
        return turn.answered(completion)

    async def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
        parent: Context | None = None,
    ) -> AsyncIterator[str | Answer]:
        """Answer piece by piece: text as it comes, and last the whole Answer."""
        turn = self._begin(question, attributes, parent)
        completion: Completion | None = None
        try:
            messages = await self._prepare(turn, history)
            with self._calling(turn, messages) as call:
                async with closing(self.model.stream(messages, self.parameters)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, str):
                            call.first_piece()
                            yield piece
                        else:
                            completion = piece
                            call.done(piece)
        except BaseException as error:
            turn.failed(error)
            raise
        assert completion is not None, "a model's stream ends with its Completion"
        yield turn.answered(completion)

    def _begin(
        self, question: str, attributes: Mapping[str, AttributeValue] | None, parent: Context | None
    ) -> "_Turn":
        if not question.strip():
            raise InputError("The question is empty; the last user message is what the release is asked.")
        shared = {**spans.release(self.name, self.digest), **(attributes or {})}
        span = self.tracer.start_span(
            f"invoke_agent {self.name}",
            context=parent,
            attributes={
                **spans.agent(self.name, self.digest),
                **spans.input_messages([Message("user", question)]),
                **shared,
            },
        )
        return _Turn(span=span, question=question, shared=shared)

    async def _prepare(self, turn: "_Turn", history: Sequence[Message]) -> list[Message]:
        if self.index is not None:
            turn.contexts = await self._retrieve(turn, self.index)
        known = {"question": turn.question, "context": format_passages(turn.contexts)}
        variables = {name: value for name, value in known.items() if name in self.prompt.input}
        rendered = [Message(message.role, message.content) for message in render_prompt(self.prompt, variables)]
        # What was said before stands between the instructions and the present question.
        return [*rendered[:-1], *history, rendered[-1]]

    async def _retrieve(self, turn: "_Turn", index: Index) -> tuple[Hit, ...]:
        with self.tracer.start_as_current_span(
            f"retrieval {self.index_name}",
            context=turn.context,
            attributes={
                **spans.retrieval(self.index_name, turn.question, self.retrieval.k),
                **turn.shared,
            },
        ) as span:
            hits = await asyncio.to_thread(
                index.search, turn.question, k=self.retrieval.k, mode=self.retrieval.mode
            )
            span.set_attributes(spans.documents(hits))
        return tuple(hits)

    def _calling(self, turn: "_Turn", messages: Sequence[Message]) -> spans.ModelCall:
        return spans.ModelCall(
            self.tracer, turn.context, self.provider, self.model_name, self.parameters, messages, turn.shared
        )


@dataclass
class _Turn:
    """One question on its way."""

    span: Span
    question: str
    shared: Mapping[str, AttributeValue]
    """On every span of it: the release, and what the caller gave."""
    contexts: tuple[Hit, ...] = ()
    started: float = field(default_factory=time.perf_counter)

    @property
    def context(self) -> Context:
        # Passed on by hand: a generator that is closed elsewhere could not detach a current span.
        return set_span_in_context(self.span)

    def failed(self, error: BaseException) -> None:
        spans.mark_failed(self.span, error)
        self.span.end()

    def answered(self, completion: Completion) -> Answer:
        self.span.set_attributes(spans.output_messages(completion.text, completion.finish_reason))
        self.span.end()
        return Answer(
            text=completion.text,
            contexts=self.contexts,
            usage=completion.usage,
            cost_usd=completion.cost,
            latency_s=self._latency(completion),
            finish_reason=completion.finish_reason,
            model=completion.model,
            trace_id=format(self.span.get_span_context().trace_id, "032x"),
            confidence=completion.confidence,
        )

    def _latency(self, completion: Completion) -> float:
        """Return how long the release took: neither what held its model back, nor what a kept answer saved."""
        saved = completion.latency_s if completion.cached else 0.0
        return time.perf_counter() - self.started - completion.held_s + saved


def format_passages(hits: Sequence[Hit]) -> str:
    """Return the passages as a prompt's `context`: each under the page and section it comes from."""
    return "\n\n".join(f"[{hit.document} — {hit.section}]\n{hit.text}" for hit in hits)
