"""Which attribute fills which canonical column: data, from which the warehouse's SQL is generated.

Names stand in order of preference: current OpenTelemetry gen_ai, older gen_ai, OpenInference, Traceloop,
vendors. The first that a span has, with a value of the column's type, fills the column and leaves the
attribute map; everything else stays in the map as it came. Where no attribute is the value, one may hold it in
JSON, or a numbered family of attributes be it together.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from windlass.telemetry.vocabulary import OPERATIONS, PROVIDERS

RELEASE: Final = "windlass.release"
"""Digest of the release that produced the span."""
RELEASE_NAME: Final = "windlass.release.name"
ENVIRONMENT: Final = "windlass.environment"
RUN: Final = "windlass.run"
"""Id of the evaluation run that the span is a sample of."""
ITEM: Final = "windlass.item"
"""Id of the dataset item that the span is a sample of."""
REPEAT: Final = "windlass.repeat"
"""Which repeat of its item the span is a sample of; absent for the first."""
COST_USD: Final = "windlass.cost_usd"
"""Cost of this span alone, in US dollars; absent when unknown."""
SCORE_SOURCE: Final = "windlass.score.source"
"""Who judged, on the event of an evaluation's result: code (which is meant without it), judge or human."""


class Column(NamedTuple):
    """One canonical column."""

    name: str
    type: Literal["name", "text", "integer", "number", "names"]
    """``name`` repeats from span to span (a model, a tool), ``text`` does not (a message, a user); ``names`` is
    several names, with commas between them."""
    sources: tuple[str, ...]
    """Where the value is in a span, the preferred place first: the name of an attribute, or

    - ``attribute/member/member``: within the JSON of an attribute (``attribute/``: the JSON is the value),
    - ``prefix.*``: the numbered attributes ``prefix.0.role`` and the like together, as JSON,
    - ``prefix.*.suffix``: the values of such attributes,
    - ``events/column``: what the span's events say,
    - ``@kind``: the name of what the span is about, if one of ``KINDS`` says that it is of this kind,
    - ``place@kind``: what is in this place, if one of ``KINDS`` says so,
    - ``place|sign``: what stands there before a sign,
    - ``place…words``: what stands there in quotes behind these words, at the end,
    - ``@.``: the method that the span's name ends with, if the column's ``values`` know it."""
    resource: tuple[str, ...] = ()
    """Attribute names of the resource, asked when the span has none."""
    values: Mapping[str, str] = MappingProxyType({})
    """Older values and their current ones."""
    kept: frozenset[str] = frozenset()
    """Sources that stay in the attribute map too, because the column does not hold their value as it was."""
    structured: frozenset[str] = frozenset()
    """Sources, the preferred ones, whose value may be an array or a list of keys and values, not text alone."""
    milliseconds: frozenset[str] = frozenset()
    """Sources whose number is to be divided by a thousand."""


KINDS: Final = (
    "openinference.span.kind",
    "traceloop.span.kind",
    "genkit:metadata:subtype",
    "langfuse.observation.type",
    "mlflow.spanType",
)
"""Attributes that say what a span is where none says whose: it is named for that, by one of ``ENTITIES``."""
ENTITIES: Final = ("graph.node.name", "traceloop.entity.name", "genkit:name")
"""Names of what a span is about; without one, the span's own name is that."""
METHODS: Final = MappingProxyType({"AGENT": (".run", "._execute_core")})
"""What instrumentations put behind that name in a span's own, by the kind of the span: smolagents, CrewAI."""
METHOD: Final = "@."
"""A source with the method that was called."""
EVENTS: Final = "events/"
"""Before the name of a column: what the span's events say of it."""
INSTANT: Final = "langfuse.observation.completion_start_time/"
"""A source with a point in time, which stands for the seconds from the start of the span to it."""

MODEL_CALLS: Final = ("chat", "generate_content", "text_completion", "embeddings", "rerank")
"""Operations that call a model: their tokens and cost are parts, those of other spans may be totals of them."""

BEYOND: Final = 2**40
"""What no number of tokens, dollars or seconds comes to: such a number is left as an attribute, for sums of a few
would be beyond what the engine counts with."""

_LANGFUSE_USAGE: Final = "langfuse.observation.usage_details"
_MLFLOW_USAGE: Final = "mlflow.chat.tokenUsage"
_MLFLOW_RAW_USAGE: Final = "mlflow.spanOutputs/usage"
_GENKIT_USAGE: Final = "genkit:output/usage"
_GENKIT_RAW_USAGE: Final = "genkit:output/raw/usage"


def _within(attribute: str, *paths: str) -> tuple[str, ...]:
    return tuple(f"{attribute}/{path}" for path in paths)


_OPERATIONS_OF_OTHERS: Final = (
    "openinference.span.kind",
    "traceloop.span.kind",
    "llm.request.type",
    "ai.operationId",
    "langfuse.observation.type",
    "mlflow.spanType",
    "genkit:metadata:subtype",
)
_PROVIDERS_OF_OTHERS: Final = ("gen_ai.system", "llm.provider", "llm.system", "ai.model.provider")

COLUMNS: Final = (
    Column(
        "operation",
        "name",
        ("gen_ai.operation.name", METHOD, *_OPERATIONS_OF_OTHERS),
        values=OPERATIONS,
        kept=frozenset(_OPERATIONS_OF_OTHERS),
    ),
    Column(
        "provider",
        "name",
        ("gen_ai.provider.name", *_PROVIDERS_OF_OTHERS, "mlflow.llm.provider/", "genkit:name|/@model"),
        values=PROVIDERS,
        kept=frozenset(_PROVIDERS_OF_OTHERS),
    ),
    Column(
        "request_model",
        "name",
        (
            "gen_ai.request.model",
            "llm.request.model_name",
            "llm.invocation_parameters/model@LLM",
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
            "ai.model.id",
            "langfuse.observation.model.name",
            'mlflow.spanInputs/model@"CHAT_MODEL"',
            "mlflow.llm.model/",
            "@model",
        ),
    ),
    Column(
        "response_model",
        "name",
        (
            "gen_ai.response.model",
            "llm.response.model_name",
            "output.value/model@LLM",
            "output.value/llm_output/model_name@LLM",
            "ai.response.model",
            'mlflow.spanOutputs/model@"CHAT_MODEL"',
            "genkit:output/raw/model",
        ),
    ),
    Column(
        "agent",
        "name",
        (
            "gen_ai.agent.name",
            "agent.name",
            "metadata/lc_agent_name",
            "ai.telemetry.functionId",
            "input.value/ev…current_agent_name=",
            "@agent",
            "@AGENT",
            '@"AGENT"',
        ),
    ),
    Column("tool", "name", ("gen_ai.tool.name", "tool.name", "ai.toolCall.name", "@tool", '@"TOOL"')),
    Column(
        "conversation",
        "text",
        (
            "gen_ai.conversation.id",
            "session.id",
            "traceloop.association.properties.session_id",
            "gcp.vertex.agent.session_id",
            "ai.telemetry.metadata.sessionId",
        ),
    ),
    Column(
        "user",
        "text",
        (
            "user.id",
            "enduser.id",
            "gen_ai.user",
            "llm.user",
            "traceloop.association.properties.user_id",
            "ai.telemetry.metadata.userId",
        ),
    ),
    Column(
        "input",
        "text",
        (
            "gen_ai.input.messages",
            "gen_ai.tool.call.arguments",
            "gen_ai.retrieval.query.text",
            "gen_ai.prompt",
            "events/input",
            "input.value",
            "llm.input_messages.*",
            "llm.prompts.*",
            "traceloop.entity.input",
            "gen_ai.prompt.*",
            "ai.prompt.messages",
            "ai.prompt",
            "ai.toolCall.args",
            "ai.value",
            "langfuse.observation.input",
            "mlflow.spanInputs",
            "pydantic_ai.all_messages",
            "tool_arguments",
            "gcp.vertex.agent.llm_request",
            "gcp.vertex.agent.tool_call_args",
            "genkit:input",
        ),
        structured=frozenset({"gen_ai.input.messages", "gen_ai.tool.call.arguments"}),
    ),
    Column(
        "output",
        "text",
        (
            "gen_ai.output.messages",
            "gen_ai.tool.call.result",
            "gen_ai.retrieval.documents",
            "gen_ai.completion",
            "events/output",
            "output.value",
            "llm.output_messages.*",
            "retrieval.documents.*",
            "traceloop.entity.output",
            "gen_ai.completion.*",
            "ai.response.text",
            "ai.response.object",
            "ai.response.toolCalls",
            "ai.toolCall.result",
            "langfuse.observation.output",
            "mlflow.spanOutputs",
            "final_result",
            "tool_response",
            "gcp.vertex.agent.llm_response",
            "gcp.vertex.agent.tool_response",
            "genkit:output",
        ),
        structured=frozenset({"gen_ai.output.messages", "gen_ai.tool.call.result", "gen_ai.retrieval.documents"}),
    ),
    Column(
        "system_instructions",
        "text",
        (
            "gen_ai.system_instructions",
            "events/system_instructions",
            "gcp.vertex.agent.llm_request/config/system_instruction",
            "ai.prompt/system",
        ),
        structured=frozenset({"gen_ai.system_instructions"}),
    ),
    Column(
        "tool_definitions",
        "text",
        (
            "gen_ai.tool.definitions",
            "events/tool_definitions",
            "llm.tools.*",
            "llm.request.functions.*",
            "model_request_parameters/function_tools",
            "langfuse.observation.input/tools",
            "mlflow.chat.tools",
            "gcp.vertex.agent.llm_request/config/tools",
            "ai.prompt.tools/",
            "genkit:input/tools",
        ),
        structured=frozenset({"gen_ai.tool.definitions"}),
    ),
    Column(
        "input_tokens",
        "integer",
        (
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.prompt_tokens",
            "llm.token_count.prompt",
            "ai.usage.inputTokens",
            "ai.usage.promptTokens",
            "ai.usage.tokens",
            *_within(_LANGFUSE_USAGE, "input", "input_tokens", "prompt_tokens"),
            *_within(_MLFLOW_USAGE, "input_tokens"),
            *_within(_GENKIT_USAGE, "inputTokens"),
        ),
    ),
    Column(
        "output_tokens",
        "integer",
        (
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
            "llm.token_count.completion",
            "ai.usage.outputTokens",
            "ai.usage.completionTokens",
            *_within(_LANGFUSE_USAGE, "output", "output_tokens", "completion_tokens"),
            *_within(_MLFLOW_USAGE, "output_tokens"),
            *_within(_GENKIT_USAGE, "outputTokens"),
        ),
    ),
    Column(
        "cache_read_tokens",
        "integer",
        (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",
            "llm.token_count.prompt_details.cache_read",
            "ai.usage.cachedInputTokens",
            *_within(_LANGFUSE_USAGE, "input_cached_tokens", "cache_read_input_tokens"),
            *_within(_LANGFUSE_USAGE, "prompt_tokens_details/cached_tokens", "input_tokens_details/cached_tokens"),
            *_within(_MLFLOW_USAGE, "cache_read_input_tokens"),
            *_within(_GENKIT_USAGE, "cachedContentTokens"),
            *_within(_GENKIT_RAW_USAGE, "prompt_tokens_details/cached_tokens"),
        ),
    ),
    Column(
        "cache_write_tokens",
        "integer",
        (
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_write_input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
            "llm.token_count.prompt_details.cache_write",
            "ai.usage.inputTokenDetails.cacheWriteTokens",
            *_within(_LANGFUSE_USAGE, "cache_creation_input_tokens"),
            *_within(_MLFLOW_USAGE, "cache_creation_input_tokens"),
        ),
    ),
    Column(
        "reasoning_tokens",
        "integer",
        (
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.details.reasoning_tokens",
            "llm.token_count.completion_details.reasoning",
            "ai.usage.reasoningTokens",
            *_within(_LANGFUSE_USAGE, "output_reasoning_tokens"),
            *_within(_LANGFUSE_USAGE, "completion_tokens_details/reasoning_tokens"),
            *_within(_LANGFUSE_USAGE, "output_tokens_details/reasoning_tokens"),
            *_within(_MLFLOW_RAW_USAGE, 'completion_tokens_details/reasoning_tokens@"CHAT_MODEL"'),
            *_within(_GENKIT_USAGE, "thoughtsTokens"),
            *_within(_GENKIT_RAW_USAGE, "completion_tokens_details/reasoning_tokens"),
        ),
    ),
    Column(
        "input_audio_tokens",
        "integer",
        (
            "gen_ai.usage.audio.input_tokens",
            "gen_ai.usage.details.input_audio_tokens",
            "llm.token_count.prompt_details.audio",
            *_within(_LANGFUSE_USAGE, "input_audio_tokens", "prompt_tokens_details/audio_tokens"),
            *_within(_MLFLOW_RAW_USAGE, 'prompt_tokens_details/audio_tokens@"CHAT_MODEL"'),
            *_within(_GENKIT_RAW_USAGE, "prompt_tokens_details/audio_tokens"),
        ),
    ),
    Column(
        "output_audio_tokens",
        "integer",
        (
            "gen_ai.usage.audio.output_tokens",
            "gen_ai.usage.details.output_audio_tokens",
            "llm.token_count.completion_details.audio",
            *_within(_LANGFUSE_USAGE, "output_audio_tokens", "completion_tokens_details/audio_tokens"),
            *_within(_MLFLOW_RAW_USAGE, 'completion_tokens_details/audio_tokens@"CHAT_MODEL"'),
            *_within(_GENKIT_RAW_USAGE, "completion_tokens_details/audio_tokens"),
        ),
    ),
    Column(
        "finish_reasons",
        "names",
        (
            "gen_ai.response.finish_reasons",
            "events/finish_reasons",
            "llm.finish_reason",
            "gen_ai.completion.*.finish_reason",
            "ai.response.finishReason",
            "genkit:output/finishReason",
        ),
        structured=frozenset({"gen_ai.response.finish_reasons"}),
    ),
    Column(
        "time_to_first_token_s",
        "number",
        (
            "gen_ai.response.time_to_first_chunk",
            "gen_ai.server.time_to_first_token",
            "ai.response.msToFirstChunk",
            INSTANT,
        ),
        milliseconds=frozenset({"gen_ai.server.time_to_first_token", "ai.response.msToFirstChunk"}),
    ),
    Column(
        "cost_usd",
        "number",
        (
            COST_USD,
            "llm.cost.total",
            "operation.cost",
            "langfuse.observation.cost_details/total",
            "mlflow.llm.cost/total_cost",
        ),
    ),
    Column("release", "name", (RELEASE,), resource=(RELEASE,)),
    Column("release_name", "name", (RELEASE_NAME, "langfuse.release"), resource=(RELEASE_NAME,)),
    Column(
        "environment",
        "name",
        (ENVIRONMENT, "deployment.environment.name", "deployment.environment", "langfuse.environment"),
        resource=(ENVIRONMENT, "deployment.environment.name", "deployment.environment"),
    ),
    Column("run", "name", (RUN,), resource=(RUN,)),
    Column("item", "text", (ITEM,)),
    Column("service", "name", (), resource=("service.name",)),
)


def is_derived(source: str) -> bool:
    """Return whether a source of a column is no attribute, but is made of some."""
    return any(sign in source for sign in "/*@|…")
