"""Where the contents of a conversation stand: attribute names, events, roles and parts of messages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from windlass.telemetry.conventions import COLUMNS

Content = Literal["input", "output", "system_instructions", "tool_arguments", "tool_results"]

_COLUMN_SOURCES: Final = {column.name: column.sources for column in COLUMNS}

ATTRIBUTES: Final[Mapping[Content, tuple[str, ...]]] = MappingProxyType(
    {
        "input": (
            *_COLUMN_SOURCES["input"],
            "gen_ai.prompt.*",
            "gen_ai.content.prompt",
            "llm.input_messages.*",
            "llm.prompts*",
            "llm.prompt_template.*",
            "embedding.text",
            "embedding.embeddings.*.embedding.text",
            "reranker.query",
            "reranker.input_documents.*",
            "ai.prompt*",
            "ai.value*",
            "all_messages_events",
            "request_data",
        ),
        "output": (
            *_COLUMN_SOURCES["output"],
            "gen_ai.completion.*",
            "gen_ai.content.completion",
            "llm.output_messages.*",
            "llm.choices.*",
            "retrieval.documents.*",
            "reranker.output_documents.*",
            "ai.response.text",
            "ai.response.object",
            "ai.response.toolCalls",
            "response_data",
        ),
        "system_instructions": (
            *_COLUMN_SOURCES["system_instructions"],
            "gen_ai.system_instructions.*",
            "gen_ai.agent.instructions",
        ),
        "tool_arguments": (
            "gen_ai.tool.call.arguments",
            "gen_ai.tool.call.arguments.*",
            "gcp.vertex.agent.tool_call_args",
            "*.tool_call.function.arguments",
            "*.tool_calls.*.arguments",
            "tool.parameters",
            "tool_arguments",
            "ai.toolCall.args",
        ),
        "tool_results": (
            "gen_ai.tool.call.result",
            "gen_ai.tool.call.result.*",
            "gcp.vertex.agent.tool_response",
            "tool_response",
            "ai.toolCall.result",
        ),
    }
)
"""Names by content, with `*` for any characters. What a step was given or gave counts as its input and output
whatever the step was, a tool's too."""

TOOL_SPANS: Final = frozenset(
    {
        ("gen_ai.operation.name", "execute_tool"),
        ("openinference.span.kind", "TOOL"),
        ("traceloop.span.kind", "tool"),
    }
)
"""Attributes that say that a span is a call of a tool: its input is arguments, its output results."""

EVENTS: Final[Mapping[str, Content]] = MappingProxyType(
    {
        "gen_ai.system.message": "system_instructions",
        "gen_ai.user.message": "input",
        "gen_ai.content.prompt": "input",
        "gen_ai.assistant.message": "output",
        "gen_ai.choice": "output",
        "gen_ai.content.completion": "output",
        "gen_ai.tool.message": "tool_results",
    }
)
"""Older conventions: each message is an event, of a span or of a log."""

EVENT_FACTS: Final = frozenset(
    {"event.name", "gen_ai.provider.name", "gen_ai.system", "finish_reason", "id", "index", "role"}
)
"""Attributes of such an event that hold nothing that was said."""

ROLES: Final[Mapping[str, Content]] = MappingProxyType(
    {
        "system": "system_instructions",
        "developer": "system_instructions",
        "user": "input",
        "human": "input",
        "assistant": "output",
        "model": "output",
        "ai": "output",
        "tool": "tool_results",
        "function": "tool_results",
    }
)

MESSAGE_TYPES: Final = frozenset({"system", "human", "ai", "tool"})
"""Types that LangChain's messages have instead of roles."""

SAID: Final = frozenset(
    {"content", "parts", "text", "tool_calls", "function_call", "reasoning_content", "refusal"}
)
"""Fields of a message that hold what was said."""

INSTRUCTIONS: Final = frozenset({"system_instruction", "systemInstruction", "system_instructions"})
"""Fields of a request beside its messages."""

CALLS: Final = frozenset({"tool_call", "tool_use", "function_call", "server_tool_use", "mcp_call"})
RESULTS: Final = frozenset(
    {"tool_call_response", "tool_result", "function_call_output", "web_search_tool_result", "function_response"}
)
"""Types of a message's parts."""

ARGUMENT_FIELDS: Final = frozenset({"arguments", "args", "input"})
RESULT_FIELDS: Final = frozenset({"response", "result", "content", "output"})
