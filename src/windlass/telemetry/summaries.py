"""What is said of some traces as a whole, computed from their spans when it is asked for.

Nothing is summed when spans arrive: a span that is delivered twice would count twice.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Final, NamedTuple, TypeVar

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.models import ScoreSummary, Span, Status, TraceFields
from windlass.telemetry.previews import EDGE_CHARACTERS, preview_input, preview_output
from windlass.telemetry.scores import Score

STATUSES: Final[tuple[Status, ...]] = ("unset", "ok", "error")
"""By OpenTelemetry's code."""

_Number = TypeVar("_Number", int, float)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LATEST_NS: Final = 2**63 - 1
"""The last point in time that the engine knows, in the year 2262."""

NAMES: Final = (
    "request_model",
    "release",
    "release_name",
    "environment",
    "run",
    "item",
    "conversation",
    "user",
)
"""Of these a trace has what its main span says or, where that says nothing, the greatest that any span does."""

NO_SPAN: Final = "toFixedString('', 8)"
"""The parent of a root span."""


SECOND_NS: Final = 10**9
_NEAR_NS: Final = 10**9
_MOST_SECONDS: Final = 4096
_MOST_PERIODS: Final = 256


class Bounds(NamedTuple):
    """Where a trace lies in time: the start of its first and of its last span, in nanoseconds since 1970."""

    trace_id: str
    first_ns: int
    last_ns: int


_MOST_WRITTEN: Final = 500
_ONE_OF: Final = "trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))"


def one_of(trace_ids: Sequence[str]) -> str:
    """Return the condition that a span is of one of some traces; of many it takes the parameter ``traces``.

    Of few the bytes of their ids are written in: a subquery would have to be analysed, planned and run first.
    """
    if len(trace_ids) > _MOST_WRITTEN:
        return _ONE_OF
    return f"trace_id IN ({', '.join(map(_written, trace_ids))})"


def ids_to_bind(trace_ids: Sequence[str]) -> dict[str, object]:
    """Return the parameter of ``one_of``; of few there is none, for the driver reads it letter by letter."""
    return {"traces": list(trace_ids)} if len(trace_ids) > _MOST_WRITTEN else {}


def _written(trace_id: str) -> str:
    """Return an id as a literal of the engine: each byte by its number."""
    digits = bytes.fromhex(trace_id).hex(":").replace(":", "\\x")
    return f"'\\x{digits}'"


# Of a trace there may be several rows, which are few: to analyse a statement that groups them takes longer.
_ROWS_OF_TRACES: Final = """
SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(first) AS first_ns, toUnixTimestamp64Nano(last) AS last_ns
FROM traces PREWHERE project = {{project:String}} AND {one_of}
"""


def find_bounds(warehouse: Warehouse, project: str, trace_ids: Sequence[str]) -> list[Bounds]:
    """Return the bounds of the traces that exist, in no order."""
    if not trace_ids:
        return []
    rows = warehouse.query(
        _ROWS_OF_TRACES.format(one_of=one_of(trace_ids)), {"project": project, **ids_to_bind(trace_ids)}
    )
    found: dict[str, Bounds] = {}
    for bounds in map(bounds_of, rows):
        known = found.get(bounds.trace_id, bounds)
        first_ns, last_ns = min(known.first_ns, bounds.first_ns), max(known.last_ns, bounds.last_ns)
        found[bounds.trace_id] = Bounds(bounds.trace_id, first_ns, last_ns)
    return list(found.values())


def select_bounds(where: str) -> str:
    """Return the statement that gives the bounds of traces, for ``bounds_of``; a HAVING or LIMIT may follow."""
    return f"""
    SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(first)) AS first_ns,
      toUnixTimestamp64Nano(max(last)) AS last_ns
    FROM traces WHERE {where} GROUP BY trace_id
    """


def bounds_of(row: Row) -> Bounds:
    return Bounds(str(row["id"]), integer(row["first_ns"]), integer(row["last_ns"]))


_BETWEEN: Final = """
    project = {project:String}
    AND start_time >= fromUnixTimestamp64Nano({first:Int64}, 'UTC')
    AND start_time <= fromUnixTimestamp64Nano({last:Int64}, 'UTC')
"""


def within(project: str, bounds: Sequence[Bounds]) -> dict[str, object]:
    """Return the parameters of ``where_within``."""
    return {
        "project": project,
        "first": min(bound.first_ns for bound in bounds),
        "last": max(bound.last_ns for bound in bounds),
        **ids_to_bind([bound.trace_id for bound in bounds]),
    }


def where_within(bounds: Sequence[Bounds]) -> str:
    """Return the condition that a span is of one of some traces; it takes the parameters that ``within`` gives.

    They may lie far from each other: what lies between them is not read.
    """
    periods: list[tuple[int, int]] = []
    for first, last in sorted((bound.first_ns, bound.last_ns) for bound in bounds):
        if periods and first - periods[-1][1] <= _NEAR_NS:
            periods[-1] = (periods[-1][0], max(last, periods[-1][1]))
        else:
            periods.append((first, last))
    where = f"{_BETWEEN} AND {one_of([bound.trace_id for bound in bounds])}"
    if len(periods) == 1:
        return where
    if sum((last - first) // SECOND_NS + 2 for first, last in periods) <= _MOST_SECONDS:
        seconds = (range(first // SECOND_NS, last // SECOND_NS + 1) for first, last in periods)
        return f"{where} AND {in_seconds(chain.from_iterable(seconds))}"
    if len(periods) > _MOST_PERIODS:
        return where
    tests = (
        f"start_time >= fromUnixTimestamp64Nano({first:d}, 'UTC')"
        f" AND start_time <= fromUnixTimestamp64Nano({last:d}, 'UTC')"
        for first, last in periods
    )
    return f"{where} AND ({' OR '.join(tests)})"


def in_seconds(seconds: Iterable[int]) -> str:
    """Return the condition that a span starts in one of some seconds since 1970; of many, none.

    A set is looked up in an index of the engine, where one range after the other would be tried.
    """
    few = sorted(set(seconds))
    if len(few) > _MOST_SECONDS:
        return "true"
    return f"toUnixTimestamp64Second(start_time) IN ({', '.join(map(str, few))})"


def edges(text: str) -> str:
    """Return a text that may be shown as a preview; of a long one both ends."""
    ends = f"concat(leftUTF8({text}, {EDGE_CHARACTERS}), ' … ', rightUTF8({text}, {EDGE_CHARACTERS}))"
    return f"if(length({text}) > {4 * EDGE_CHARACTERS}, {ends}, {text})"


def score_summaries(scores: Sequence[Score]) -> dict[str, list[ScoreSummary]]:
    """Return the scores of traces as a whole and of their spans, by trace id."""
    summaries: dict[str, list[ScoreSummary]] = defaultdict(list)
    for score in scores:
        summaries[score.trace_id].append(ScoreSummary(name=score.name, value=score.value, label=score.label))
    return summaries


def summarise_spans(trace_id: str, spans: Sequence[Span]) -> TraceFields:
    """Return what ``summarise`` says of a trace of which all spans are at hand, in the order of their start."""
    main = next((span for span in spans if span.parent_span_id is None), spans[0])
    is_root = main.parent_span_id is None
    end = max(ends_at(span) for span in spans)
    errors, oks = (sum(span.status == status for span in spans) for status in ("error", "ok"))
    with_input = [span for span in (main, *spans) if span.input]
    with_output = [span for span in spans if span.output]
    last = max(with_output, key=lambda span: (span.parent_span_id is None, ends_at(span)), default=main)
    calls = [span for span in spans if span.operation in MODEL_CALLS]

    def total(numbers: Callable[[Span], _Number | None]) -> _Number | None:
        parts = [number for number in map(numbers, calls) if number is not None]
        stated = [number for number in map(numbers, spans) if number is not None]
        return sum(parts[1:], parts[0]) if parts else max(stated, default=None)

    return TraceFields.model_validate(
        {
            "trace_id": trace_id,
            "name": main.name,
            "start_time": spans[0].start_time,
            "duration_s": main.duration_s if is_root else (end - spans[0].start_time).total_seconds(),
            "status": main.status if is_root else status_of_spans(errors, oks),
            "span_count": len(spans),
            "error_count": errors,
            "input": preview_input(with_input[0].input if with_input else ""),
            "output": preview_output(last.output),
            "operation": main.operation,
            "service": main.service,
            **{name: getattr(main, name) or max(getattr(span, name) for span in spans) for name in NAMES},
            "input_tokens": total(lambda span: span.input_tokens),
            "output_tokens": total(lambda span: span.output_tokens),
            "cost_usd": total(lambda span: span.cost_usd),
            "unpriced_models": sorted(
                {model_name(span) for span in calls or spans if span.cost_basis == "no_price"}
            ),
        }
    )


def model_name(span: Span) -> str:
    """Return the model that answered or, where the span does not say, the one that was asked for."""
    return span.response_model or span.request_model


def ends_at(span: Span) -> datetime:
    return span.start_time + timedelta(seconds=span.duration_s)


def status_of_spans(errors: object, oks: object) -> Status:
    """Return the status of a trace whose root has not come: an error anywhere counts."""
    if errors:
        return "error"
    return "ok" if oks else "unset"


def instant(nanoseconds: int) -> datetime:
    """Return a point in time, to the microsecond."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def nanoseconds_of(time: datetime) -> int:
    """Return nanoseconds since 1970, within what the engine can compare; a time without a zone is in UTC."""
    aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    nanoseconds = (aware - _EPOCH) // timedelta(microseconds=1) * 1000
    return max(-LATEST_NS, min(nanoseconds, LATEST_NS))


def seconds(nanoseconds: int) -> float:
    """Return a duration; a span whose end came before its start, by a skewed clock, took no time."""
    return max(nanoseconds, 0) / 1e9


def integer(value: object) -> int:
    assert isinstance(value, int)
    return value
