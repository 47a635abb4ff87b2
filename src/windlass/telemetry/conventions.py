"""Which attribute fills which canonical column: data, from which the warehouse's SQL is generated.

Names stand in order of preference: current OpenTelemetry gen_ai, older gen_ai, OpenInference, Traceloop,
vendors. The first that a span has, with a value of the column's type, fills the column and leaves the
attribute map; everything else stays in the map as it came.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

RELEASE: Final = "windlass.release"
"""Digest of the release that produced the span."""
RELEASE_NAME: Final = "windlass.release.name"
ENVIRONMENT: Final = "windlass.environment"
RUN: Final = "windlass.run"
"""Id of the evaluation run that the span is a sample of."""
ITEM: Final = "windlass.item"
"""Id of the dataset item that the span is a sample of."""
COST_USD: Final = "windlass.cost_usd"
"""Cost of this span alone, in US dollars; absent when unknown."""
SCORE_SOURCE: Final = "windlass.score.source"
"""Who judged, on the event of an evaluation's result: code (which is meant without it), judge or human."""


class Column(NamedTuple):
    """One canonical column."""

    name: str
    type: Literal["name", "text", "integer", "number"]
    """``name`` repeats from span to span (a model, a tool), ``text`` does not (a message, a user)."""
    sources: tuple[str, ...]
    """Attribute names of a span, the preferred one first."""
    resource: tuple[str, ...] = ()
    """Attribute names of the resource, asked when the span has none."""
    values: Mapping[str, str] = MappingProxyType({})
    """Older values and their current ones."""
    kept: frozenset[str] = frozenset()
    """Sources that stay in the attribute map too, because the column does not hold their value as it was."""


OPERATIONS: Final = MappingProxyType(
    {
        # OpenInference span kinds.
        "LLM": "chat",
        "EMBEDDING": "embeddings",
        "RETRIEVER": "retrieval",
        "TOOL": "execute_tool",
        "AGENT": "invoke_agent",
        "CHAIN": "invoke_workflow",
        "RERANKER": "rerank",
        "GUARDRAIL": "guardrail",
        "EVALUATOR": "evaluate",
        "PROMPT": "prompt",
        "UNKNOWN": "",
        # Traceloop span kinds and request types.
        "tool": "execute_tool",
        "agent": "invoke_agent",
        "workflow": "invoke_workflow",
        "completion": "text_completion",
        "embedding": "embeddings",
    }
)

PROVIDERS: Final = MappingProxyType(
    {
        "az.ai.openai": "azure.ai.openai",
        "az.ai.inference": "azure.ai.inference",
        "azure": "azure.ai.openai",
        "xai": "x_ai",
        "vertex_ai": "gcp.vertex_ai",
        "gemini": "gcp.gemini",
        "google": "gcp.gen_ai",
        "bedrock": "aws.bedrock",
        "mistralai": "mistral_ai",
    }
)

MODEL_CALLS: Final = ("chat", "generate_content", "text_completion", "embeddings", "rerank")
"""Operations that call a model: their tokens and cost are parts, those of other spans may be totals of them."""

COLUMNS: Final = (
    Column(
        "operation",
        "name",
        ("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind", "llm.request.type"),
        values=OPERATIONS,
        kept=frozenset({"openinference.span.kind", "traceloop.span.kind", "llm.request.type"}),
    ),
    Column(
        "provider",
        "name",
        ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "mlflow.llm.provider"),
        values=PROVIDERS,
        kept=frozenset({"gen_ai.system", "llm.provider", "llm.system", "mlflow.llm.provider"}),
    ),
    Column(
        "request_model",
        "name",
        (
            "gen_ai.request.model",
            "llm.request.model_name",
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
            "langfuse.observation.model.name",
            "mlflow.llm.model",
        ),
    ),
    Column("response_model", "name", ("gen_ai.response.model", "llm.response.model_name")),
    Column("agent", "name", ("gen_ai.agent.name", "agent.name")),
    Column("tool", "name", ("gen_ai.tool.name", "tool.name")),
    Column("conversation", "text", ("gen_ai.conversation.id", "session.id", "gcp.vertex.agent.session_id")),
    Column("user", "text", ("user.id", "enduser.id", "gen_ai.user", "llm.user")),
    Column(
        "input",
        "text",
        (
            "gen_ai.input.messages",
            "gen_ai.tool.call.arguments",
            "gen_ai.retrieval.query.text",
            "gen_ai.prompt",
            "input.value",
            "traceloop.entity.input",
            "langfuse.observation.input",
            "mlflow.spanInputs",
            "pydantic_ai.all_messages",
            "gcp.vertex.agent.llm_request",
            "gcp.vertex.agent.tool_call_args",
        ),
    ),
    Column(
        "output",
        "text",
        (
            "gen_ai.output.messages",
            "gen_ai.tool.call.result",
            "gen_ai.retrieval.documents",
            "gen_ai.completion",
            "output.value",
            "traceloop.entity.output",
            "langfuse.observation.output",
            "mlflow.spanOutputs",
            "final_result",
            "gcp.vertex.agent.llm_response",
            "gcp.vertex.agent.tool_response",
        ),
    ),
    Column("system_instructions", "text", ("gen_ai.system_instructions",)),
    Column(
        "input_tokens",
        "integer",
        ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    ),
    Column(
        "output_tokens",
        "integer",
        ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
    ),
    Column(
        "cache_read_tokens",
        "integer",
        (
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "llm.token_count.prompt_details.cache_read",
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
            "llm.token_count.prompt_details.cache_write",
        ),
    ),
    Column(
        "reasoning_tokens",
        "integer",
        (
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "llm.token_count.completion_details.reasoning",
        ),
    ),
    Column("cost_usd", "number", (COST_USD, "llm.cost.total", "operation.cost")),
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
