"""Exchanges with an agent under the limits of its run, as the calls of a model are."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from windlass.evaluation.targets.spec import AgentSpec
from windlass.models.calls.current import current_calls
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import JSON, ChatModel, Completion, Message, OfferedTool, OutputSchema, Usage

T = TypeVar("T")


class Exchanged(NamedTuple, Generic[T]):
    """What came of one exchange, and how long the agent took: not what its limits held the exchange back."""

    value: T
    usage: Usage | None
    latency_s: float


Exchange = Callable[[], Awaitable[tuple[T, Usage | None]]]


class Governor:
    """Makes the exchanges with one agent."""

    def __init__(self, spec: AgentSpec, calls: RunCalls | None = None) -> None:
        """``calls`` are those of the run; None: those of the run under way, if there is one."""
        self._spec = spec
        self._calls = calls
        if calls is not None:
            # Known before the first exchange, so that a run with a ceiling of money can be refused.
            self._govern(calls, _AsModel(_nothing))

    async def make(self, exchange: Exchange[T], said: Sequence[Message] = ()) -> Exchanged[T]:
        """Make one exchange when the run's limits let it; ``said`` is to guess by. Raises as a model does."""
        model = _AsModel(exchange)
        calls = self._calls or current_calls()
        if calls is None:
            await model.complete(said, {})
        else:
            await self._govern(calls, model).complete(said, {})
        assert model.done is not None
        return model.done

    def _govern(self, calls: RunCalls, model: ChatModel) -> ChatModel:
        name = self._spec.model or self._spec.tool or self._spec.method or self._spec.protocol
        return calls.govern(
            model, provider=self._spec.host, name=name, address=self._spec.url, keeps_answers=False
        )


class _AsModel(Generic[T]):
    """One exchange in the place of a model."""

    def __init__(self, exchange: Exchange[T]) -> None:
        self._exchange = exchange
        self.done: Exchanged[T] | None = None

    async def complete(
        self,
        messages: Sequence[Message],
        parameters: Mapping[str, JSON],
        schema: OutputSchema | None = None,
        tools: Sequence[OfferedTool] = (),
    ) -> Completion:
        del messages, parameters, schema, tools
        began = time.perf_counter()
        value, usage = await self._exchange()
        took = time.perf_counter() - began
        self.done = Exchanged(value, usage, took)
        return Completion(
            text="", usage=usage or Usage(0, 0), model="", finish_reason="stop", cost=None, latency_s=took
        )

    async def stream(
        self, messages: Sequence[Message], parameters: Mapping[str, JSON], tools: Sequence[OfferedTool] = ()
    ) -> AsyncIterator[str | Completion]:
        yield await self.complete(messages, parameters, tools=tools)


async def _nothing() -> tuple[None, None]:
    return None, None
