"""Traces, spans and figures as they are asked for: what the server answers, as it is."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from windlass.telemetry.scores import Score

Status = Literal["ok", "error", "unset"]
Kind = Literal["unspecified", "internal", "server", "client", "producer", "consumer"]


CostBasis = Literal["span", "price", "no_tokens", "no_price"]


class ScoreSummary(BaseModel):
    name: str
    value: float | None
    label: str


class TraceFields(BaseModel):
    """What is said of a trace as a whole. One without its root span is described by its earliest span."""

    trace_id: str
    name: str
    start_time: datetime
    duration_s: float
    status: Status
    span_count: int
    error_count: int
    input: str
    """What was said to it: the first 300 characters on one line, unless the texts were asked for whole."""
    output: str
    operation: str
    request_model: str
    service: str
    release: str
    """Digest of the release that answered."""
    release_name: str
    environment: str
    run: str
    item: str
    conversation: str
    user: str
    input_tokens: int | None
    """Of the calls of models in it; null when no span says."""
    output_tokens: int | None
    cost_usd: float | None
    """Of the calls of models in it: what their spans say, else their tokens by the price of their day.

    Null when unknown, which is not 0: no call has tokens, or `unpriced_models` says whose price is missing.
    """
    unpriced_models: list[str] = []
    """Models whose tokens have no price; the cost is without them."""


class TraceSummary(TraceFields):
    """One line of the list of traces."""

    scores: list[ScoreSummary]


class Event(BaseModel):
    time: datetime
    name: str
    attributes: dict[str, JsonValue]
    body: JsonValue = None
    """What an event that came as a log record has beside its attributes."""


class Link(BaseModel):
    trace_id: str
    span_id: str
    attributes: dict[str, JsonValue] = Field(default_factory=dict)


class MessagePart(BaseModel):
    """A part of a message, as in OpenTelemetry's gen_ai conventions."""

    type: str
    """text, reasoning, tool_call, tool_call_response or media; another keeps its name, and its JSON as content."""
    content: str = ""
    id: str = ""
    """Of a tool call, and of the call that is answered."""
    name: str = ""
    arguments: JsonValue = None
    response: JsonValue = None
    mime_type: str = ""
    uri: str = ""


class Message(BaseModel):
    role: str
    """system, user, assistant or tool; or what the application calls who speaks."""
    parts: list[MessagePart]
    name: str = ""
    finish_reason: str = ""


class Span(BaseModel):
    span_id: str
    parent_span_id: str | None
    name: str
    kind: Kind
    operation: str
    start_time: datetime
    duration_s: float
    status: Status
    status_message: str
    service: str
    scope: str
    provider: str
    request_model: str
    response_model: str
    agent: str
    tool: str
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    input_audio_tokens: int | None
    output_audio_tokens: int | None
    finish_reasons: list[str]
    time_to_first_token_s: float | None
    cost_usd: float | None
    """What the span says it cost, else its tokens by the price of its day."""
    cost_basis: CostBasis = "no_tokens"
    """Where the cost is from (`span`, `price`), or why there is none (`no_tokens`, `no_price`)."""
    release: str
    release_name: str
    environment: str
    run: str
    item: str
    conversation: str
    user: str
    input: str
    """JSON of gen_ai messages, or plain text: as the span has it."""
    output: str
    input_messages: list[Message]
    """What was said to it, whatever convention the span follows; empty where its input is no messages."""
    output_messages: list[Message]
    system_instructions: str
    tool_definitions: str
    """JSON of the tools that a model was offered."""
    attributes: dict[str, JsonValue]
    """What no other field holds, each with its type."""
    resource: dict[str, JsonValue]
    events: list[Event]
    links: list[Link]


class SpanOfTrace(Span):
    """A span by itself: with the trace that it is of, and its own scores."""

    trace_id: str
    scores: list[Score]


class Trace(TraceFields):
    """A trace with its spans, in the order in which they started."""

    spans: list[Span]
    events: list[Event]
    """Of the trace as a whole, or of spans that have not come."""
    scores: list[Score]


class SpanOutline(BaseModel):
    """What a tree and a timeline show of a span."""

    span_id: str
    parent_span_id: str | None
    name: str
    operation: str
    start_time: datetime
    duration_s: float
    status: Status
    request_model: str
    agent: str
    tool: str
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    cost_basis: CostBasis = "no_tokens"


class SpanSummary(SpanOutline):
    """One line of the list of spans."""

    trace_id: str
    status_message: str
    service: str
    provider: str
    response_model: str
    release: str
    """Digest of the release that answered."""
    release_name: str
    environment: str
    run: str
    item: str
    conversation: str
    user: str
    input: str
    """Its first 300 characters on one line."""
    output: str
    scores: list[ScoreSummary]
    """Those of the span itself."""


class SpanPage(BaseModel):
    items: list[SpanSummary]
    next: str | None
    """The cursor of the next page; null at the end."""


class TraceOutline(TraceFields):
    """A trace with its spans, in the order in which they started, without their contents."""

    spans: list[SpanOutline]
    scores: list[Score]


class TracePage(BaseModel):
    items: list[TraceSummary]
    next: str | None
    """The cursor of the next page; null at the end."""


class SampleSpan(BaseModel):
    """The root span of one sample of a run."""

    item: str
    trace_id: str
    span_id: str
    start_time: datetime
    duration_s: float
    status: Status
    status_message: str
    input: str
    output: str
    release: str
    release_name: str
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    attributes: dict[str, JsonValue]


class Traffic(BaseModel):
    """The requests that one release answered in one environment: traces outside of evaluation runs."""

    environment: str
    release: str
    release_name: str
    time: datetime
    """Start of the interval."""
    estimated: bool
    """Whether only a share of the requests was kept: the figures are then estimates of what all came to."""
    requests: int
    errors: int
    latency_p50_s: float | None
    latency_p95_s: float | None
    cost_usd: float | None
    """Null when no request has a known cost."""
    unpriced_models: list[str] = []
    """Models whose tokens have no price; the cost is without them."""


class Activity(BaseModel):
    """What is said of a session (one conversation) or of a user: of all the traces that name it."""

    id: str
    first: datetime
    """When the first of them started."""
    last: datetime
    """When the last of them started."""
    traces: int
    failed: int
    """Traces with a span that failed."""
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    """Null when unknown, which is not 0."""
    sessions: int
    """How many conversations these traces name."""
    user: str
    """One that they name."""
    release_name: str
    environment: str
    input: str
    """What was said first, on one line."""


class ActivityPage(BaseModel):
    items: list[Activity]
    next: str | None
    """The cursor of the next page; null at the end."""


class Volume(BaseModel):
    traces: int
    spans: int
