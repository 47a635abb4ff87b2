"""A function of one's own, replayed: it is given a handle of its tools, and calls them through it."""

import asyncio
import functools
import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any

from windlass.errors import InputError
from windlass.evaluation.functions import predict
from windlass.evaluation.replay.answering import Answering, Recorded, ReplayPolicy, WorldEnded
from windlass.evaluation.replay.recording import Recording, Said, read_recording
from windlass.evaluation.samples import Item, Prediction
from windlass.models.completion import Usage


class Tools:
    """The tools of one sample, as a candidate calls them."""

    def __init__(self, answering: Answering, loop: asyncio.AbstractEventLoop) -> None:
        self._answering = answering
        self._loop = loop

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool from a function that is not async. Raises ToolFailed for one that fails."""
        recorded = self._answering.from_record(name, arguments)
        if isinstance(recorded, Recorded):
            return recorded.value
        if _is_running(self._loop):
            raise InputError(
                f"Beyond the record {name} must be waited for: write `await tools.acall({name!r}, …)`."
            )
        return asyncio.run_coroutine_threadsafe(self._answering.beyond(name, arguments), self._loop).result()

    async def acall(self, name: str, /, **arguments: Any) -> Any:
        """Call a tool and wait for it. Raises ToolFailed for one that fails."""
        return await self._answering.answer(name, arguments)

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of the same name and signature that answers from the record instead of running.

        Give it to an agent framework in the place of the real one.
        """
        signature, name = inspect.signature(function), function.__name__
        defaults = {
            parameter.name: parameter.default
            for parameter in signature.parameters.values()
            if parameter.default is not inspect.Parameter.empty
        }
        self._answering.assume(name, defaults)

        def arguments_of(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
            given = dict(signature.bind(*args, **kwargs).arguments)
            for parameter in signature.parameters.values():
                if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                    given |= given.pop(parameter.name, {})
            return given

        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def waiting(*args: Any, **kwargs: Any) -> Any:
                return await self.acall(name, **arguments_of(args, kwargs))

            return waiting

        @functools.wraps(function)
        def replaced(*args: Any, **kwargs: Any) -> Any:
            return self.call(name, **arguments_of(args, kwargs))

        return replaced


Candidate = Callable[[Any, Tools], Any]
"""Answers an input with the tools that it is given: text, or a Prediction."""


class ReplayedFunction:
    """Calls the candidate for each thing that the user said, once for each recording."""

    def __init__(self, candidate: Candidate, policy: ReplayPolicy) -> None:
        self._candidate = candidate
        self._policy = policy

    async def __call__(self, item: Item) -> Prediction:
        recording = read_recording(item)
        answering = Answering(recording, self._policy)
        tools = Tools(answering, asyncio.get_running_loop())
        began = time.perf_counter()
        answer = Prediction(output="")
        history = list(recording.history)
        tokens: tuple[int, int] | None = None
        try:
            for said in recording.inputs:
                answer = await predict(
                    self._candidate, _input_of(said, history, recording), tools, called="candidate"
                )
                history += [Said(role="user", content=said), Said(role="assistant", content=answer.output)]
                if answer.usage is not None:
                    sent, received = tokens or (0, 0)
                    tokens = sent + answer.usage.input_tokens, received + answer.usage.output_tokens
        except (WorldEnded, BaseExceptionGroup, Exception):
            # What a framework makes of the end of its world is no failure of its own.
            if answering.failure is None and not answering.replay().stopped:
                raise
        if answering.failure is not None:
            raise answering.failure
        replay = answering.replay()
        return Prediction(
            # A candidate that swallowed the end of its world said something all the same: it is no answer.
            output="" if replay.stopped else answer.output,
            contexts=() if replay.stopped else answer.contexts,
            usage=Usage(*tokens) if tokens else None,
            latency_s=time.perf_counter() - began,
            trajectory=replay.trajectory,
            replay=replay,
        )


def _input_of(said: str, history: list[Said], recording: Recording) -> object:
    """Return what the candidate is asked: text alone where nothing was said before, as elsewhere."""
    if len(recording.inputs) == 1 and not history:
        return said
    return {"question": said, "history": [each.model_dump() for each in history]}


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
