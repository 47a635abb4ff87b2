"""An agent behind the contract of Vertex AI's Agent Engine: a method by name, and its arguments."""

import json
from collections.abc import Sequence
from typing import Any, Final

from windlass.evaluation.questions import question_of, refuse_history
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.engine_output import EngineOutput, read_outputs
from windlass.evaluation.targets.governing import Governor
from windlass.evaluation.targets.refusals import one_line, unreadable
from windlass.evaluation.targets.spec import AgentSpec, Identity
from windlass.evaluation.targets.templates import fill_arguments
from windlass.evaluation.targets.wire import Reply, Wire
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Message, Usage
from windlass.models.failures import ProviderFailure

_QUERY: Final = "/api/reasoning_engine"
_STREAM: Final = "/api/stream_reasoning_engine"


class AgentEngine:
    """Asks `POST /api/reasoning_engine`, or its stream for a method whose name says that it streams."""

    def __init__(self, wire: Wire[AgentSpec], calls: RunCalls | None = None) -> None:
        self._wire = wire
        self._governor = Governor(wire.spec, calls)
        self._method = wire.spec.method or "query"
        self._base = wire.spec.url.removesuffix(_STREAM).removesuffix(_QUERY)

    async def identify(self) -> Identity:
        """Find out whether anything answers there; what it is, the contract does not tell."""
        self._wire.headers()
        await self._wire.reach(self._base)
        return Identity()

    async def __call__(self, item: Item) -> Prediction:
        body = {"class_method": self._method, "input": self._arguments_of(item)}
        streams = "stream" in self._method

        async def exchange() -> tuple[EngineOutput, Usage | None]:
            reply = await self._wire.post(self._base + (_STREAM if streams else _QUERY), body)
            output = read_outputs(_lines(reply) if streams else [_output(reply)])
            return output, output.usage

        done = await self._governor.make(exchange, [Message("user", json.dumps(body["input"], default=str))])
        return Prediction(
            output=done.value.text,
            usage=done.value.usage,
            latency_s=done.latency_s,
            trajectory=done.value.trajectory,
        )

    def _arguments_of(self, item: Item) -> dict[str, Any]:
        """Return what the method is given: the filled template, the item's object, or its text as `input`."""
        if self._wire.spec.arguments is not None:
            return fill_arguments(self._wire.spec.arguments, item)
        if isinstance(item.input, dict) and "question" not in item.input:
            return {str(name): value for name, value in item.input.items()}
        refuse_history(item, "an agent of Agent Engine")
        return {"input": question_of(item)}


def _output(reply: Reply) -> object:
    match reply.json("output"):
        case {"output": output}:
            return output
        case _:
            raise unreadable(reply.who, "output", "its JSON has no `output`")


def _lines(reply: Reply) -> Sequence[object]:
    """Return what a stream gave, one JSON a line; an error in its place ends it."""
    found = []
    for line in reply.body.decode(errors="replace").splitlines():
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise unreadable(reply.who, "stream of JSON lines", f"this line is none: {one_line(line)}") from error
        match value:
            case {"error": {"message": str(message)}} | {"error": str(message)}:
                raise ProviderFailure(
                    f"{reply.who} ended its stream with an error: {one_line(message)}", charged=True
                )
        found.append(value)
    return found
