"""What the spans of a run's samples say of agents, as columns: who was at work, and what was called."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import Lists, Priced
from windlass.telemetry.run_parts import WHOLE, Part
from windlass.telemetry.summaries import LATEST_NS, NO_SPAN, integer
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, Tariff

EVALUATOR: Final = "windlass.evaluator"
"""On spans of judges, which are no part of what is judged."""

SAMPLES: Final = 25_000
SPANS: Final = 500_000
"""How many are read at once, about: a span takes 100 bytes then."""

OTHER, MODEL, TOOL, INVOCATION = range(4)
"""What a span is."""

STEPS: Final = np.dtype(
    [
        ("trace_high", "<u8"),
        ("trace_low", "<u8"),
        ("span", "<u8"),
        ("parent", "<u8"),
        ("kind", "u1"),
        ("agent", "<u8"),
        ("start_ns", "<i8"),
        ("duration_ns", "<i8"),
        ("failed", "u1"),
        ("input_tokens", "<f8"),
        ("output_tokens", "<f8"),
        ("cost_usd", "<f8"),
        ("received_ns", "<i8"),
        ("unmet", "u1"),
    ]
)
"""``parent`` is 0 for a root, ``agent`` the hash of the name that the span itself says (see ``hash_of_agent``)."""


def hash_of_agent(name: str) -> int:
    """Return the first 64 bits of a name's SHA-256; 0 for none."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") if name else 0


class ToolStep(NamedTuple):
    """What a tool was called with."""

    trace: tuple[int, int]
    span: int
    tool: str
    arguments: str
    """JSON, as the span has it."""
    start_ns: int
    failed: bool


class StepPiece(NamedTuple):
    """All spans of some of a run's traces, those of judges aside."""

    records: NDArray[np.void]
    agents: Sequence[str]
    """The names that they say."""
    read_tools: Callable[[], Sequence[ToolStep]]
    """Reads what the tool calls among them say, in the order of their start."""


def steps_of_run(
    warehouse: Warehouse,
    project: str,
    run: str,
    lists: Lists | None = None,
    *,
    samples: int = SAMPLES,
    spans: int = SPANS,
) -> Iterator[StepPiece]:
    """Give the spans of a run's samples, those of about so many samples, and no more than about so many, at once.

    A trace with several roots may be in several pieces, and is whole in each.
    """
    parameters: dict[str, object] = {"project": project, "run": run}
    starts = np.sort(warehouse.records(_ROOT_STARTS, parameters, np.dtype([("start_ns", "<i8")]))["start_ns"])
    # Each window goes on until the next one begins: it has all samples that began at one moment.
    begins = np.unique(starts[::samples]).tolist()
    priced = Priced(warehouse, project, lists)
    for since, until in pairwise([*begins, LATEST_NS] if begins else []):
        yield from _window(warehouse, priced, {**parameters, "since": since, "until": until}, spans)


def _window(warehouse: Warehouse, priced: Priced, window: Mapping[str, object], spans: int) -> Iterator[StepPiece]:
    (bounds,) = warehouse.query(_BOUNDS, {**window, **WHOLE.parameters})
    parameters = {**window, "first": integer(bounds["first_ns"]), "last": integer(bounds["last_ns"])}
    (counted,) = warehouse.query(_COUNT, {**parameters, **WHOLE.parameters})
    parts = 1 + integer(counted["spans"]) // spans
    for number in range(parts):
        yield _piece(warehouse, priced, {**parameters, **Part(number, parts).parameters})


def _piece(warehouse: Warehouse, priced: Priced, parameters: Mapping[str, object]) -> StepPiece:
    agents = [str(row["agent"]) for row in warehouse.query(_AGENTS, parameters)]
    records = priced.records(_steps, _MEANT, parameters, STEPS)
    return StepPiece(records, agents, partial(_tools, warehouse, parameters))


def _tools(warehouse: Warehouse, parameters: Mapping[str, object]) -> list[ToolStep]:
    return [_tool(row) for row in warehouse.query(_TOOLS, parameters)]


_ROOTS: Final = (
    f"project = {{project:String}} AND run = {{run:String}} AND item != '' AND parent_span_id = {NO_SPAN}"
)

_ROOT_STARTS: Final = f"SELECT toUnixTimestamp64Nano(start_time) AS start_ns FROM spans WHERE {_ROOTS}"

_IN_PART: Final = "cityHash64(trace_id) % {parts:UInt64} = {part:UInt64}"
"""The spans of a trace are in one part."""

_TRACES: Final = f"""
SELECT trace_id FROM spans WHERE {_ROOTS} AND {_IN_PART}
AND start_time >= fromUnixTimestamp64Nano({{since:Int64}}, 'UTC')
AND start_time < fromUnixTimestamp64Nano({{until:Int64}}, 'UTC')
"""

_BOUNDS: Final = f"""
SELECT toUnixTimestamp64Nano(min(first)) AS first_ns, toUnixTimestamp64Nano(max(last)) AS last_ns
FROM traces WHERE project = {{project:String}} AND trace_id IN ({_TRACES})
"""

_MEANT: Final = f"""
project = {{project:String}}
AND start_time >= fromUnixTimestamp64Nano({{first:Int64}}, 'UTC')
AND start_time <= fromUnixTimestamp64Nano({{last:Int64}}, 'UTC')
AND trace_id IN ({_TRACES})
AND NOT mapContains(attributes, '{EVALUATOR}')
"""

_COUNT: Final = f"SELECT count() AS spans FROM spans WHERE {_MEANT}"
_AGENTS: Final = f"SELECT DISTINCT agent FROM spans WHERE {_MEANT} AND agent != ''"

_KIND: Final = f"""
multiIf(operation IN {MODEL_CALLS}, {MODEL}, operation = 'execute_tool', {TOOL},
  operation = 'invoke_agent', {INVOCATION}, {OTHER})
"""
_READ: Final = (
    *COLUMNS_TO_PRICE,
    "trace_id",
    "span_id",
    "parent_span_id",
    "operation",
    "agent",
    "duration",
    "status",
    "received",
)


def _number(text: str) -> str:
    return f"reinterpretAsUInt64(reverse({text}))"


def _steps(tariff: Tariff) -> str:
    return f"""
SELECT {_number("substring(trace_id, 1, 8)")} AS trace_high, {_number("substring(trace_id, 9, 8)")} AS trace_low,
  {_number("span_id")} AS span, {_number("parent_span_id")} AS parent, toUInt8({_KIND}) AS kind,
  if(agent = '', 0, reinterpretAsUInt64(substring(SHA256(agent), 1, 8))) AS agent_hash,
  toUnixTimestamp64Nano(start_time) AS start_ns, toInt64(duration) AS duration_ns, toUInt8(status = 2) AS failed,
  ifNull(toFloat64(input_tokens), nan) AS tokens_in, ifNull(toFloat64(output_tokens), nan) AS tokens_out,
  ifNull(toFloat64(cost), nan) AS cost_usd_of_span, toUnixTimestamp64Nano(received) AS received_ns,
  toUInt8(is_unmet) AS unmet
FROM ({tariff.priced(f"SELECT {', '.join(_READ)} FROM spans WHERE {_MEANT}")})
"""


_TOOLS: Final = f"""
SELECT {_number("substring(trace_id, 1, 8)")} AS high, {_number("substring(trace_id, 9, 8)")} AS low,
  {_number("span_id")} AS span, tool, input, toUnixTimestamp64Nano(start_time) AS start_ns, status = 2 AS failed
FROM (SELECT * FROM spans WHERE {_MEANT} AND operation = 'execute_tool'
  ORDER BY received DESC LIMIT 1 BY trace_id, span_id)
ORDER BY start_ns, span
"""


def _tool(row: Row) -> ToolStep:
    return ToolStep(
        (integer(row["high"]), integer(row["low"])),
        integer(row["span"]),
        str(row["tool"]),
        str(row["input"]),
        integer(row["start_ns"]),
        bool(row["failed"]),
    )
