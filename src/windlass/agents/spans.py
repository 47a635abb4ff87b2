"""The attributes of the assistant's spans, by the current OpenTelemetry GenAI conventions."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType, TracebackType
from typing import Final, Self

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue
from pydantic import JsonValue

from windlass.agents.tools import BoundTool
from windlass.models.completion import Completion, Confidence, Message, OfferedTool, Picture, ToolRequest
from windlass.retrieval.index import Hit

Attributes = dict[str, AttributeValue]

_REQUEST_PARAMETERS = ("temperature", "max_tokens", "top_p", "top_k", "seed")

_WORTH_SAYING_S: Final = 0.001


def release(name: str, digest: str) -> Attributes:
    """Return what every span of a release carries."""
    return {"windlass.release": digest, "windlass.release.name": name}


def agent(name: str, digest: str) -> Attributes:
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
        **release(name, digest),
    }


def retrieval(index: str, query: str, k: int) -> Attributes:
    return {
        "gen_ai.operation.name": "retrieval",
        "gen_ai.data_source.id": index,
        "gen_ai.retrieval.query.text": query,
        "gen_ai.retrieval.top_k": k,
    }


def documents(hits: Sequence[Hit]) -> Attributes:
    found = [
        {
            "id": hit.chunk_id,
            "score": round(hit.score, 6),
            "content": hit.text,
            "metadata": {"document": hit.document, "section": hit.section},
        }
        for hit in hits
    ]
    return {"gen_ai.retrieval.documents": _json(found)}


def input_messages(messages: Sequence[Message], kept: Mapping[Picture, str] = MappingProxyType({})) -> Attributes:
    """Return the conversation; instructions to the model go apart, as the conventions have it.

    ``kept`` are the references to pictures in it; of one without a reference there is its label alone.
    """
    said = [
        {"role": message.role, "parts": [*_said(message), *_pictures(message.pictures, kept)]}
        for message in messages
        if message.role != "system"
    ]
    instructions = [
        {"type": "text", "content": message.content} for message in messages if message.role == "system"
    ]
    attributes: Attributes = {"gen_ai.input.messages": _json(said)}
    if instructions:
        attributes["gen_ai.system_instructions"] = _json(instructions)
    return attributes


def _said(message: Message) -> Iterator[dict[str, JsonValue]]:
    if message.answers is not None:
        yield {"type": "tool_call_response", "id": message.answers.id, "response": message.content}
        return
    if message.content or not message.requests:
        yield {"type": "text", "content": message.content}
    yield from _asked_for(message.requests)


def _asked_for(requests: Sequence[ToolRequest]) -> Iterator[dict[str, JsonValue]]:
    for each in requests:
        yield {"type": "tool_call", "id": each.id, "name": each.name, "arguments": _read(each.arguments)}


def _read(arguments: str) -> JsonValue:
    """Return arguments as the conventions have them: an object, where the model wrote one."""
    try:
        value: JsonValue = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments
    return value


def _pictures(pictures: Sequence[Picture], kept: Mapping[Picture, str]) -> Iterator[dict[str, str]]:
    for picture in pictures:
        if picture.label:
            yield {"type": "text", "content": picture.label}
        if picture in kept:
            yield {"type": "uri", "modality": "image", "mime_type": picture.mime_type, "uri": kept[picture]}


def output_messages(text: str, finish_reason: str, requests: Sequence[ToolRequest] = ()) -> Attributes:
    said = Message("assistant", text, requests=tuple(requests))
    message = {"role": "assistant", "parts": list(_said(said)), "finish_reason": finish_reason}
    return {"gen_ai.output.messages": _json([message])}


def tool_definitions(tools: Sequence[OfferedTool]) -> Attributes:
    """Return what a model is told of tools, where there are any."""
    told = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        for tool in tools
    ]
    return {"gen_ai.tool.definitions": _json(told)} if told else {}


def tool_call(request: ToolRequest, tool: BoundTool | None) -> Attributes:
    """Return what is known of a call before it is made; without a tool, of one that there is not."""
    known: Attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": request.name,
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": request.id,
        "gen_ai.tool.call.arguments": request.arguments,
    }
    if tool is not None:
        known["gen_ai.tool.description"] = tool.offered.description
        known["windlass.tool.effect"] = tool.effect
        known["windlass.tool.version"] = tool.digest
    return known


def tool_result(told: str) -> Attributes:
    return {"gen_ai.tool.call.result": told}


@contextmanager
def execution(
    tracer: Tracer, context: Context, tool: str, attributes: Mapping[str, AttributeValue]
) -> Iterator[Span]:
    """Have a span around a call of a tool, which what the tool records itself comes below."""
    with tracer.start_as_current_span(
        f"execute_tool {tool}",
        context=context,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            mark_failed(span, error)
            raise


def confidence(found: Confidence) -> Attributes:
    """Return how sure a model is of an answer, and how that was measured."""
    return {"windlass.confidence": found.value, "windlass.confidence.measure": found.measure}


def mark_failed(span: Span, error: BaseException) -> None:
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR, str(error)))


class ModelCall:
    """The span of one call of a model, as a context manager."""

    def __init__(
        self,
        tracer: Tracer,
        context: Context,
        provider: str,
        model: str,
        parameters: Mapping[str, JsonValue],
        messages: Sequence[Message],
        shared: Mapping[str, AttributeValue] = MappingProxyType({}),
        kept: Mapping[Picture, str] = MappingProxyType({}),
        tools: Sequence[OfferedTool] = (),
    ) -> None:
        asked = {
            f"gen_ai.request.{name}": value
            for name in _REQUEST_PARAMETERS
            if isinstance(value := parameters.get(name), int | float)
        }
        self._span = tracer.start_span(
            f"chat {model}",
            context=context,
            kind=SpanKind.CLIENT,
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": model,
                **asked,
                **input_messages(messages, kept),
                **tool_definitions(tools),
                **shared,
            },
        )
        self._started = time.perf_counter()
        self._saw_piece = False

    def first_piece(self) -> None:
        """Note the time to the first piece, in seconds."""
        if not self._saw_piece:
            self._saw_piece = True
            elapsed = time.perf_counter() - self._started
            self._span.set_attribute("gen_ai.response.time_to_first_chunk", elapsed)

    def done(self, completion: Completion) -> None:
        self._span.set_attributes(
            {
                "gen_ai.response.model": completion.model,
                "gen_ai.response.finish_reasons": [completion.finish_reason],
                "gen_ai.usage.input_tokens": completion.usage.input_tokens,
                "gen_ai.usage.output_tokens": completion.usage.output_tokens,
                **output_messages(completion.text, completion.finish_reason, completion.requests),
            }
        )
        if completion.cost is not None:
            self._span.set_attribute("windlass.cost_usd", completion.cost)
        if completion.confidence is not None:
            self._span.set_attributes(confidence(completion.confidence))
        if completion.cached:
            self._span.set_attribute("windlass.call.cached", True)
        if completion.attempts > 1:
            self._span.set_attribute("windlass.call.attempts", completion.attempts)
        if completion.held_s >= _WORTH_SAYING_S:
            self._span.set_attribute("windlass.call.held_s", completion.held_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if error is not None:
            mark_failed(self._span, error)
        self._span.end()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
