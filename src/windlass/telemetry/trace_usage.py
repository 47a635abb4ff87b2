"""Tokens and cost of some traces: priced here, for to analyse a statement that prices takes longer than to run it.

What few spans used is read with all else that is said of their trace; for traces of many the engine sums tokens by
model and by what rates depend on, and the sums are priced.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeVar

from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import Parts, cost_of_parts, rate_of
from windlass.storage.warehouse import Parameters, Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import Priced, model_of
from windlass.telemetry.rate_cuts import Cuts
from windlass.telemetry.span_costs import SpanCost, price_spans
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, COUNTED, PARTS

_Number = TypeVar("_Number", int, float)

_MOST_UNPRICED: Final = 20
_ROUNDS: Final = 4
_PARTS: Final = ("plain_part", "read_part", "write_part", "answered_part", "reasoning_part")

FEW: Final = 500
"""Spans of a trace that are read one by one."""
_TIME, *_OTHERS = COLUMNS_TO_PRICE
USED_FIELDS: Final = ("is_call", "start_ns", *_OTHERS)
"""What there is of each span that used something, in this order."""

USED: Final = f"""
countIf(operation IN {MODEL_CALLS}) AS calls,
groupArrayIf({FEW + 1})(
  (operation IN {MODEL_CALLS}, toUnixTimestamp64Nano({_TIME}), {", ".join(_OTHERS)}),
  isNotNull(input_tokens) OR isNotNull(output_tokens) OR isNotNull(cost_usd)
) AS used
"""
"""What `usage_of_few` needs of the spans of a trace, of which each has its columns.

Sums by model would do, but for the last digit of a cost: spans that are priced one by one have another.
"""


class Usage(NamedTuple):
    """What the calls of models in a trace used; where none of them says, what the other spans state of them."""

    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    unpriced_models: list[str]


class _Sum(NamedTuple):
    """What some calls of a model used together, or one span that is none."""

    is_call: bool
    model: str
    input_tokens: int | None
    output_tokens: int | None
    cost: float | None
    is_unpriced: bool


def usage_of_few(rows: Sequence[Row], priced: Priced) -> dict[str, Usage]:
    """Return what traces used by id, of rows with USED, but for those of more than a few spans."""
    few = [row for row in rows if len(_listed(row["used"])) <= FEW]
    spans = [[dict(zip(USED_FIELDS, span, strict=True)) for span in _listed(row["used"])] for row in few]
    costs = iter(price_spans([span for of_trace in spans for span in of_trace], priced))
    return {
        str(row["id"]): _usage([_sum_of_span(span, next(costs)) for span in of_trace], bool(row["calls"]))
        for row, of_trace in zip(few, spans, strict=True)
    }


def _sum_of_span(span: Row, cost: SpanCost) -> _Sum:
    return _Sum(
        bool(span["is_call"]),
        model_of(span).name,
        _tokens(span["input_tokens"]),
        _tokens(span["output_tokens"]),
        cost.usd,
        cost.basis == "no_price",
    )


def usage_of_many(warehouse: Warehouse, spans: str, parameters: Parameters, priced: Priced) -> dict[str, Usage]:
    """Return what traces used by id, each that has one of the spans that ``FROM …`` gives."""
    listings = priced.listings_of()
    for _ in range(_ROUNDS):
        cuts = Cuts.of(listings.values())
        rows = warehouse.query(_statement(spans, cuts), parameters)
        listings = priced.listings_of(model_of(row) for row in rows if row["counted"])
        if Cuts.of(listings.values()) == cuts:
            break
    sums: dict[str, list[_Sum]] = defaultdict(list)
    for row in rows:
        sums[str(row["id"])].append(_sum_of(row, listings))
    return {
        trace_id: _usage(of_trace, any(each.is_call for each in of_trace)) for trace_id, of_trace in sums.items()
    }


def _statement(spans: str, cuts: Cuts) -> str:
    """Return the sums of calls by model and rate; other spans one by one, for what they say are totals."""
    parts = ", ".join(f"sumIf({part}, is_counted)" for part in _PARTS)
    return f"""
SELECT lower(hex(trace_id)) AS id, is_call, provider, request_model, response_model,
  sum(input_tokens) AS input_sum, sum(output_tokens) AS output_sum, sum(cost_usd) AS stated,
  countIf(is_counted) AS counted, [{parts}] AS parts, min(start_s) AS first_s, min(whole_input) AS prompt
FROM (
  SELECT *, operation IN {MODEL_CALLS} AS is_call, {COUNTED} AS is_counted,
    toInt64(toUnixTimestamp64Second(start_time)) AS start_s, {PARTS}
  FROM (SELECT trace_id, span_id, operation, {", ".join(COLUMNS_TO_PRICE)} {spans})
)
GROUP BY trace_id, is_call, provider, request_model, response_model, {cuts.segment()},
  if(is_call OR NOT (is_counted OR isNotNull(cost_usd)), toFixedString('', 8), span_id)
"""


def _sum_of(row: Row, listings: Mapping[CalledModel, Listing]) -> _Sum:
    model, stated, cost = model_of(row), row["stated"], None
    if row["counted"]:
        cost = _cost_of(row, listings.get(model, Listing()))
    is_unpriced = bool(row["counted"]) and cost is None
    if isinstance(stated, float):
        cost = stated + (cost or 0.0)
    return _Sum(
        bool(row["is_call"]), model.name, _tokens(row["input_sum"]), _tokens(row["output_sum"]), cost, is_unpriced
    )


def _cost_of(row: Row, listing: Listing) -> float | None:
    counted, first_s, prompt = row["counted"], row["first_s"], row["prompt"]
    assert isinstance(counted, int)
    assert isinstance(first_s, int)
    assert isinstance(prompt, int)
    rate = rate_of(listing.rates, datetime.fromtimestamp(first_s, UTC), prompt)
    return None if rate is None else cost_of_parts(rate, Parts(*_listed(row["parts"])), calls=counted)


def _usage(sums: Sequence[_Sum], has_calls: bool) -> Usage:
    calls = [each for each in sums if each.is_call]
    said = calls if has_calls else sums
    return Usage(
        input_tokens=_total([each.input_tokens for each in calls], [each.input_tokens for each in sums]),
        output_tokens=_total([each.output_tokens for each in calls], [each.output_tokens for each in sums]),
        cost_usd=_total([each.cost for each in calls], [each.cost for each in sums]),
        unpriced_models=sorted({each.model for each in said if each.is_unpriced})[:_MOST_UNPRICED],
    )


def _total(of_calls: Sequence[_Number | None], stated: Sequence[_Number | None]) -> _Number | None:
    """Return the sum over calls of models; where none of them says, what the others state is a total of it."""
    numbers = [number for number in of_calls if number is not None]
    return sum(numbers[1:], numbers[0]) if numbers else max((n for n in stated if n is not None), default=None)


def _listed(value: object) -> list[Any]:
    assert isinstance(value, list)
    return value


def _tokens(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return value
