"""The built-in assistant: a release that retrieves from its index, fills its prompt in and asks its model."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from opentelemetry.context import Context
from opentelemetry.trace import Tracer
from opentelemetry.util.types import AttributeValue
from pydantic import JsonValue

from windlass.agents import spans
from windlass.agents.streams import closing
from windlass.agents.tool_calls import Caller
from windlass.agents.tool_doors import LiveDoor, ToolDoor
from windlass.agents.tools import BoundTool
from windlass.agents.turns import Answer, Turn
from windlass.artifacts.kinds import Retrieval
from windlass.artifacts.prompts import Prompt, render_prompt
from windlass.errors import InputError
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import ChatModel, Completion, Message, OfferedTool
from windlass.models.failures import ProviderFailure
from windlass.retrieval.index import Hit, Index

TOOL_ROUNDS: Final = 10


class Answerer(Protocol):
    """A release that answers: by itself, or as a cascade of others."""

    @property
    def digest(self) -> str:
        """The release's."""
        ...

    @property
    def tools(self) -> Sequence[BoundTool]:
        """What it may call."""
        ...

    def governed_by(self, calls: RunCalls) -> "Answerer":
        """Return it with its models asked as a run may ask."""
        ...

    def through(self, door: ToolDoor) -> "Answerer":
        """Return it with its tools called through a door."""
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
    tools: tuple[BoundTool, ...] = ()
    tool_rounds: int = TOOL_ROUNDS
    """How often the model may ask for tools before it must have answered."""
    door: ToolDoor = field(default_factory=LiveDoor)

    def governed_by(self, calls: RunCalls) -> "Assistant":
        """Return it with its model asked as a run may ask."""
        model = calls.govern(self.model, provider=self.provider, name=self.model_name, address=self.model_address)
        return replace(self, model=model)

    def through(self, door: ToolDoor) -> "Assistant":
        """Return it with its tools called through a door."""
        return replace(self, door=door)

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
        turn = self._begin(question, history, attributes, parent)
        try:
            messages = await self._prepare(turn, history)
            while not turn.is_answered:
                with self._calling(turn, messages) as call:
                    completion = await self.model.complete(messages, self.parameters, tools=self._offered)
                    call.done(completion)
                messages += await self._go_on(turn, completion)
        except BaseException as error:
            turn.failed(error)
            raise
        return turn.answered()

    async def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        attributes: Mapping[str, AttributeValue] | None = None,
        parent: Context | None = None,
    ) -> AsyncIterator[str | Answer]:
        """Answer piece by piece: text as it comes, and last the whole Answer."""
        turn = self._begin(question, history, attributes, parent)
        try:
            messages = await self._prepare(turn, history)
            while not turn.is_answered:
                completion: Completion | None = None
                with self._calling(turn, messages) as call:
                    async with closing(self.model.stream(messages, self.parameters, self._offered)) as pieces:
                        async for piece in pieces:
                            if isinstance(piece, str):
                                call.first_piece()
                                yield turn.piece(piece)
                            else:
                                completion = piece
                                call.done(piece)
                assert completion is not None, "a model's stream ends with its Completion"
                messages += await self._go_on(turn, completion)
        except BaseException as error:
            turn.failed(error)
            raise
        yield turn.answered()

    def _begin(
        self,
        question: str,
        history: Sequence[Message],
        attributes: Mapping[str, AttributeValue] | None,
        parent: Context | None,
    ) -> Turn:
        if not question.strip():
            raise InputError("The question is empty; the last user message is what the release is asked.")
        shared = {**spans.release(self.name, self.digest), **(attributes or {})}
        span = self.tracer.start_span(
            f"invoke_agent {self.name}",
            context=parent,
            attributes={
                **spans.agent(self.name, self.digest),
                **spans.input_messages([*history, Message("user", question)]),
                **shared,
            },
        )
        return Turn(span, question, shared, calls=[] if self.tools else None)

    async def _prepare(self, turn: Turn, history: Sequence[Message]) -> list[Message]:
        if self.index is not None:
            turn.contexts = await self._retrieve(turn, self.index)
        known = {"question": turn.question, "context": format_passages(turn.contexts)}
        variables = {name: value for name, value in known.items() if name in self.prompt.input}
        rendered = [Message(message.role, message.content) for message in render_prompt(self.prompt, variables)]
        # What was said before stands between the instructions and the present question.
        return [*rendered[:-1], *history, rendered[-1]]

    async def _retrieve(self, turn: Turn, index: Index) -> tuple[Hit, ...]:
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

    def _calling(self, turn: Turn, messages: Sequence[Message]) -> spans.ModelCall:
        return spans.ModelCall(
            self.tracer,
            turn.context,
            self.provider,
            self.model_name,
            self.parameters,
            messages,
            turn.shared,
            tools=self._offered,
        )

    async def _go_on(self, turn: Turn, completion: Completion) -> list[Message]:
        """Make the calls that the model asks for; return what it is told then, or nothing: it has answered."""
        turn.completions.append(completion)
        if not completion.requests or not self.tools:
            turn.is_answered = True
            return []
        if len(turn.completions) > self.tool_rounds:
            raise ProviderFailure(
                f"The model of {self.name} asked for tools more than {self.tool_rounds} times without an answer, "
                "which is all that the release allows it (tool_rounds)."
            )
        named = {tool.name: tool for tool in self.tools}
        caller = Caller(self.tracer, named, self.door, turn.context, turn.shared)
        turn.has_acted |= any(map(caller.acts, completion.requests))
        answered = await caller.answer(completion.requests)
        assert turn.calls is not None, "a release that calls tools binds some"
        turn.calls += [each.call for each in answered]
        said = Message("assistant", completion.text, requests=completion.requests)
        return [said, *(each.message for each in answered)]

    @property
    def _offered(self) -> list[OfferedTool]:
        return [tool.offered for tool in self.tools]


def format_passages(hits: Sequence[Hit]) -> str:
    """Return the passages as a prompt's `context`: each under the page and section it comes from."""
    return "\n\n".join(f"[{hit.document} — {hit.section}]\n{hit.text}" for hit in hits)
