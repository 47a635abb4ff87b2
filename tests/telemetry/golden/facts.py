"""What a recording says that windlass has a name for, and what becomes of it: the fidelity matrix."""

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.telemetry.golden import model
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.messages import system_text
from windlass.telemetry.models import Message, Span
from windlass.telemetry.queries import get_trace
from windlass.telemetry.writer import Writer

FOLDER: Final = Path(__file__).parent
NAMES: Final = tuple(sorted(path.stem for path in FOLDER.glob("*.otlp")))

AGENT, TOOL, CONVERSATION, USER = "forecaster", "get_weather", "talk-1", "ada"
QUESTION: Final = "What is the weather in Oslo?"
REQUEST_MODEL: Final = "gpt-4o-mini"

Cell = Literal["read", "kept", "not sent", "none"]
"""Carried and read; carried and kept as an attribute alone; not sent; or the program had none of it."""


class Recording(NamedTuple):
    name: str
    about: str
    packages: dict[str, str]
    did: dict[str, Any]
    """What the program did that the scene alone does not say."""
    spans: list[Span]

    @property
    def left(self) -> str:
        """What is in no field, as text."""
        return "\n".join(
            json.dumps([span.attributes, [event.model_dump(mode="json") for event in span.events]])
            for span in self.spans
        )

    @property
    def calls(self) -> list[Span]:
        """The two calls of the model: the one that asks for the tool, and the one that answers."""
        calls = [span for span in self.spans if span.operation in MODEL_CALLS]
        asking = [span for span in calls if any(_calls_weather(message) for message in span.output_messages)]
        answering = [span for span in calls if any(_answers(message) for message in span.output_messages)]
        return [*asking[:1], *answering[:1]]


class Fact(NamedTuple):
    name: str
    read: Callable[[Recording], bool]
    """Whether windlass says the right thing in the right place."""
    kept: str
    """What attributes match that carry it nevertheless."""
    asked: str = ""
    """What a program must have done for it to be there; empty: every program did."""


@contextmanager
def loaded(names: Sequence[str] = NAMES) -> Iterator[list[Recording]]:
    """Give recordings as they are read from a warehouse that they were sent to."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Warehouse.open(f"chdb://{folder}/warehouse")
        writer = Writer(warehouse, Path(folder) / "spool")
        try:
            yield [load(name, warehouse, writer) for name in names]
        finally:
            writer.close()
            warehouse.close()


def load(name: str, warehouse: Warehouse, writer: Writer) -> Recording:
    """Send a recording to a project of its name, and return it as it is read there."""
    body = (FOLDER / f"{name}.otlp").read_bytes()
    about = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    writer.write_spans(name, body)
    sent = [
        span
        for part in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in part.scope_spans
        for span in scope.spans
    ]
    traces = sorted({span.trace_id.hex() for span in sent})
    spans = [span for trace in traces for span in get_trace(warehouse, name, trace).spans]
    return Recording(name, about["about"], about["packages"], about["did"], spans)


def cell(fact: Fact, recording: Recording) -> Cell:
    if fact.read(recording):
        return "read"
    if fact.asked and fact.asked not in recording.did:
        return "none"
    return "kept" if re.search(fact.kept, recording.left) else "not sent"


def _said(message: Message) -> str:
    return "\n".join(part.content for part in message.parts)


def _calls_weather(message: Message) -> bool:
    return any(
        part.type == "tool_call" and part.name == TOOL and part.arguments == model.ARGUMENTS
        for part in message.parts
    )


def _answers(message: Message) -> bool:
    return message.role == "assistant" and any(
        model.ANSWER in (part.content, *_answer_of(part.arguments)) for part in message.parts
    )


def _answer_of(arguments: object) -> list[object]:
    """Return what smolagents' tool for answering is called with."""
    return list(arguments.values()) if isinstance(arguments, dict) else []


def _has_result(message: Message) -> bool:
    return any(
        model.TOOL_RESULT in (json.dumps(part.response) if part.response is not None else part.content)
        for part in message.parts
    )


def _any(field: str, value: str) -> Callable[[Recording], bool]:
    return lambda recording: any(getattr(span, field) == value for span in recording.spans)


def _both(field: str, *expected: tuple[object, object]) -> Callable[[Recording], bool]:
    """Return whether the two calls have these values, of one of several pairs."""
    return lambda recording: tuple(getattr(call, field) for call in recording.calls) in expected


def _provider(recording: Recording) -> bool:
    # ADK says what it thinks that it calls, and Strands who it is.
    known = {"openai", "gcp.gemini", "strands-agents"}
    return bool(recording.calls) and all(call.provider in known for call in recording.calls)


def _request_model(recording: Recording) -> bool:
    # OpenInference, Langfuse and MLflow have one name of a model, that of the answer where there is one.
    known = {recording.did.get("model", REQUEST_MODEL), model.MODEL}
    # Genkit says whose a model is.
    return bool(recording.calls) and all(
        call.request_model.removeprefix("openai/") in known for call in recording.calls
    )


def _input(recording: Recording) -> bool:
    if len(recording.calls) != 2:
        return False
    asked, told = (call.input_messages for call in recording.calls)
    return (
        any(message.role == "user" and QUESTION in _said(message) for message in asked)
        and any(message.role == "user" and QUESTION in _said(message) for message in told)
        and any(map(_has_result, told))
    )


def _system(recording: Recording) -> bool:
    def said(span: Span) -> str:
        texts = [_said(message) for message in span.input_messages if message.role == "system"]
        return system_text(span.system_instructions) or "\n".join(texts)

    return bool(recording.calls) and all(map(said, recording.calls))


def _tools(recording: Recording) -> bool:
    return bool(recording.calls) and all(
        f'"{TOOL}"' in call.tool_definitions and isinstance(json.loads(call.tool_definitions), list)
        for call in recording.calls
    )


def _tool_call(recording: Recording) -> bool:
    return any(
        span.operation == "execute_tool" and "Oslo" in span.input and model.TOOL_RESULT in span.output
        for span in recording.spans
    )


def _tool_name(recording: Recording) -> bool:
    return any(span.operation == "execute_tool" and span.tool == TOOL for span in recording.spans)


def _finish(recording: Recording) -> bool:
    # OpenAI's Responses have no reasons: OpenInference says stop for them.
    known = {"tool_calls", "tool_call", "tool-calls", "tool_use", "stop", "end_turn"}
    return bool(recording.calls) and all({*call.finish_reasons} & known for call in recording.calls)


FACTS: Final = (
    Fact("operation", lambda recording: len(recording.calls) == 2, r"span\.?kind|operation"),
    Fact("provider", _provider, r'"[\w.]*provider[\w.]*": "'),
    Fact("request model", _request_model, re.escape(REQUEST_MODEL)),
    Fact("response model", _both("response_model", (model.MODEL, model.MODEL)), r'response[\w.]*model[\w.]*": "'),
    Fact("agent", _any("agent", AGENT), f'"{AGENT}"', "agent"),
    Fact("tool", _tool_name, f'"{TOOL}"', "tool"),
    Fact("tool call", _tool_call, r"tool[\w.]*(?:arguments|args|result)", "tool"),
    Fact("conversation", _any("conversation", CONVERSATION), CONVERSATION, "conversation"),
    Fact("user", _any("user", USER), f'"{USER}"', "user"),
    Fact("messages in", _input, re.escape(QUESTION)),
    Fact("messages out", lambda recording: len(recording.calls) == 2, re.escape(model.ANSWER)),
    Fact("system", _system, "Answer in one sentence"),
    Fact("tool definitions", _tools, r"The weather in a city\."),
    Fact("input tokens", _both("input_tokens", (61, 94)), r"\b94\b"),
    # ADK counts the tokens of thoughts that its model says apart.
    Fact("output tokens", _both("output_tokens", (17, 12), (22, 15)), r"\b17\b"),
    Fact("cached tokens", _both("cache_read_tokens", (32, 48)), r"cache[\w.\" \\:]*48"),
    Fact("reasoning tokens", _both("reasoning_tokens", (5, 3)), r"reasoning[\w.]*tokens[\" \\:]*5"),
    Fact("audio tokens", _both("input_audio_tokens", (0, 0)), r"audio[\w.]*[\" \\:]*0"),
    Fact("finish reason", _finish, r"finish_?reason"),
    Fact(
        "time to first token",
        lambda recording: any(span.time_to_first_token_s is not None for span in recording.spans),
        r"(?i)first_?(?:token|chunk)|completion_start",
    ),
    Fact("cost", lambda recording: any(span.cost_usd for span in recording.spans), r'cost[\w.]*": '),
    Fact(
        "environment",
        lambda recording: any(span.environment for span in recording.spans),
        r'environment[\w.]*": "',
        "environment",
    ),
    Fact(
        "release",
        lambda recording: any(span.release_name for span in recording.spans),
        r'release[\w.]*": "',
        "release",
    ),
)
