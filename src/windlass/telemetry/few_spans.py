"""What traces of few spans are, computed here: to analyse a statement that does takes longer than to run it.

Traces with more spans, or with one that was delivered twice, are left to the engine.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from operator import itemgetter
from typing import Any, Final

from windlass.storage.warehouse import Row
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.summaries import NAMES, NO_SPAN, STATUSES, edges
from windlass.telemetry.trace_usage import FEW, USED_FIELDS

MAIN_FIELDS: Final = ("name", "operation", "service", "status", "duration", "is_child", *NAMES)
"""What is said of the main span of a trace, in this order."""

_ORDER: Final = ("is_child", "start_ns", "span_id")
"""By these the main span is the least."""
_COMPUTED: Final = {"is_child": f"parent_span_id != {NO_SPAN}", "start_ns": "toUnixTimestamp64Nano(start_time)"}
_IS_CALL, *_TO_PRICE = USED_FIELDS
_FIELDS: Final = tuple(dict.fromkeys((*_ORDER, *MAIN_FIELDS, *_TO_PRICE)))

_id_of: Final = itemgetter(_FIELDS.index("span_id"))
_main_of: Final = itemgetter(*map(_FIELDS.index, MAIN_FIELDS))
_used_of: Final = itemgetter(*map(_FIELDS.index, _TO_PRICE))


def select_few(where: str) -> str:
    """Return the statement that gives of each trace of few spans those, and its texts.

    Of the last outputs that end together it takes the one that came last, as where deliveries are told apart.
    """
    fields = ", ".join(_COMPUTED.get(field, field) for field in _FIELDS)
    ends = "toUnixTimestamp64Nano(start_time) + duration"
    return f"""
SELECT lower(hex(trace_id)) AS id, groupArray({FEW + 1})(({fields})) AS spans,
  argMinIf({edges("input")}, (parent_span_id != {NO_SPAN}, start_time, span_id), input != '') AS input_text,
  argMaxIf({edges("output")}, (parent_span_id = {NO_SPAN}, {ends}, received), output != '') AS output_text
FROM spans PREWHERE {where} GROUP BY trace_id HAVING count() <= {FEW}
"""


def has_each_once(row: Row) -> bool:
    """Tell whether no span of a trace is there twice."""
    spans = _spans(row)
    return len(set(map(_id_of, spans))) == len(spans)


def facts_of_few(row: Row) -> Row:
    """Return of a trace what the engine says of one of many spans, from all its spans."""
    # Not in the order of the engine, which may be another each time: costs would differ in the last digit.
    spans = sorted(_spans(row))
    each = dict(zip(_FIELDS, zip(*spans, strict=True), strict=True))
    times = zip(each["start_ns"], each["duration"], strict=True)
    start_ns = min(each["start_ns"])
    return {
        "id": row["id"],
        "start_ns": start_ns,
        "main": _main_of(spans[0]),
        "whole_ns": max(begun + max(duration, 0) for begun, duration in times) - start_ns,
        "span_count": len(spans),
        "error_count": each["status"].count(STATUSES.index("error")),
        "ok_count": each["status"].count(STATUSES.index("ok")),
        "input_text": row["input_text"],
        "output_text": row["output_text"],
        "greatest": [max(each[name]) for name in NAMES],
        "calls": sum(map(each["operation"].count, MODEL_CALLS)),
        "used": _used(spans, each),
    }


def _used(spans: list[tuple[Any, ...]], each: dict[str, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return those that say what they used."""
    says = zip(each["input_tokens"], each["output_tokens"], each["cost_usd"], strict=True)
    return [
        (operation in MODEL_CALLS, *_used_of(span))
        for span, operation, said in zip(spans, each["operation"], says, strict=True)
        if said != (None, None, None)
    ]


def _spans(row: Row) -> list[tuple[Any, ...]]:
    spans = row["spans"]
    assert isinstance(spans, list)
    return spans
