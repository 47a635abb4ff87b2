"""Traces of agents, told as what runs within what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .sending import START_NS, Plain, span

MS = 1_000_000


@dataclass
class Doing:
    """A span with what runs within it, one thing after the other."""

    name: str
    operation: str
    within: Sequence["Doing"] = ()
    error: bool = False
    takes_ms: int = 10
    """By itself, before and after what is within it."""
    at_ms: int | None = None
    """When it starts, after what it is within; else when the one before it ended."""
    attributes: dict[str, Plain] = field(default_factory=dict)


def agent(name: str, *within: Doing, **more: Any) -> Doing:
    return Doing(f"invoke_agent {name}", "invoke_agent", within, **_with(more, "gen_ai.agent.name", name))


def tool(name: str, *within: Doing, **more: Any) -> Doing:
    return Doing(f"execute_tool {name}", "execute_tool", within, **_with(more, "gen_ai.tool.name", name))


def model(name: str = "gpt", *, cost: float | None = None, **more: Any) -> Doing:
    priced: dict[str, Any] = {} if cost is None else {"windlass.cost_usd": cost}
    more["attributes"] = {**priced, **more.get("attributes", {})}
    return Doing(f"chat {name}", "chat", (), **_with(more, "gen_ai.request.model", name))


def retrieval(name: str, **more: Any) -> Doing:
    return Doing(f"retrieval {name}", "retrieval", (), **more)


def memory(operation: str, name: str, **more: Any) -> Doing:
    return Doing(f"{operation} {name}", operation, (), **more)


def wrapper(name: str, *within: Doing, **more: Any) -> Doing:
    """A span that is no step, as frameworks make them around steps."""
    return Doing(name, "", within, **more)


def trace_of(
    number: int, *doings: Doing, start_ns: int = START_NS, says: Mapping[str, Plain] | None = None
) -> list[Span]:
    """Return the spans of a trace, each with what ``says`` says."""
    return list(_spans(number, doings, 0, start_ns, count(1), dict(says or {})))


def _spans(
    trace: int, doings: Sequence[Doing], parent: int, start_ns: int, ids: Iterator[int], says: dict[str, Plain]
) -> Iterator[Span]:
    now = start_ns
    for doing in doings:
        if doing.at_ms is not None:
            now = start_ns + doing.at_ms * MS
        number = next(ids)
        within = list(_spans(trace, doing.within, number, now + doing.takes_ms * MS // 2, ids, says))
        end = max([now + doing.takes_ms * MS // 2, *(each.end_time_unix_nano for each in within)])
        end += doing.takes_ms * MS // 2
        operation: dict[str, Plain] = {"gen_ai.operation.name": doing.operation} if doing.operation else {}
        yield span(
            trace,
            number,
            parent=parent,
            name=doing.name,
            start_ns=now,
            duration_ns=end - now,
            error=doing.error,
            attributes={**operation, **says, **doing.attributes},
        )
        yield from within
        now = end


def _with(more: dict[str, Any], attribute: str, name: str) -> dict[str, Any]:
    return {**more, "attributes": {attribute: name, **more.get("attributes", {})}}
