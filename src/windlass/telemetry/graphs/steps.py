"""What counts as a step of an agent, and what it is called: the same for Python and for the warehouse's SQL."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, Literal

from windlass.telemetry.models import Span

StepKind = Literal["agent", "workflow", "model", "tool", "retrieval", "memory_read", "memory_write"]
NodeKind = Literal[
    "start", "end", "agent", "workflow", "model", "tool", "retrieval", "memory_read", "memory_write"
]

START: Final = "start"
END: Final = "end"

KINDS: Final = MappingProxyType[str, StepKind](
    {
        "invoke_agent": "agent",
        "chat": "model",
        "generate_content": "model",
        "text_completion": "model",
        "embeddings": "model",
        "rerank": "model",
        "execute_tool": "tool",
        "retrieval": "retrieval",
        "search_memory": "memory_read",
        "create_memory": "memory_write",
        "create_memory_store": "memory_write",
        "update_memory": "memory_write",
        "upsert_memory": "memory_write",
        "delete_memory": "memory_write",
        "delete_memory_store": "memory_write",
    }
)
"""The kind of step of each operation. Spans of other operations are no steps; what is below them still is."""

CONTAINERS: Final = MappingProxyType[str, StepKind]({"invoke_workflow": "workflow"})
"""Not steps, for frameworks wrap everything in them; the graph of one trace shows them as callers."""

_NAMED_BY: Final = MappingProxyType(
    {"agent": ("agent",), "tool": ("tool",), "model": ("request_model", "response_model")}
)
"""Columns with the name of a step, the preferred one first."""


def step_of(span: Span) -> str:
    """Return the id of the step that a span is, ``kind:name``; empty when it is none."""
    return _id(KINDS.get(span.operation), span)


def caller_of(span: Span) -> str:
    """Return the id of the step or container that a span is; empty when it is neither."""
    return _id(KINDS.get(span.operation) or CONTAINERS.get(span.operation), span)


def kind_and_name(step: str) -> tuple[NodeKind, str]:
    """Take the id of a step apart."""
    kind, _, name = step.partition(":")
    return kind, name  # type: ignore[return-value]  # ids are made here, of these kinds


def _id(kind: StepKind | None, span: Span) -> str:
    if kind is None:
        return ""
    named = (getattr(span, column) for column in _NAMED_BY.get(kind, ()))
    # By the conventions a span is called by its operation and then what that is done to.
    return f"{kind}:{next(filter(None, named), '') or span.name.removeprefix(f'{span.operation} ')}"


def step_sql() -> str:
    """Return SQL for ``step_of`` a row of spans."""
    kind = f"transform(toString(operation), {_texts(KINDS)}, {_texts(KINDS.values())}, '')"
    plain = "if(startsWith(name, concat(operation, ' ')), substring(name, length(operation) + 2), name)"
    branches = ", ".join(
        f"{kind} = '{of}' AND {column} != '', {column}" for of, columns in _NAMED_BY.items() for column in columns
    )
    return f"if({kind} = '', '', concat({kind}, ':', multiIf({branches}, {plain})))"


def _texts(names: Iterable[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in names) + "]"
