"""What a few spans cost, by the formula in Python: to analyse a statement that prices takes longer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import Tokens, cost_of_tokens
from windlass.storage.warehouse import Row
from windlass.telemetry.costs import Priced, model_of
from windlass.telemetry.models import CostBasis

NO_LISTING: Final = Listing()


class SpanCost(NamedTuple):
    """What a span cost in US dollars, and why."""

    usd: float | None
    basis: CostBasis


def price_spans(rows: Sequence[Row], priced: Priced) -> list[SpanCost]:
    """Return what spans cost that have their models, tokens, ``cost_usd`` and ``start_ns``. New models are met."""
    listings = priced.listings_of(model_of(row) for row in rows if _is_counted(row))
    return [_cost_of(row, listings) for row in rows]


def _is_counted(row: Row) -> bool:
    """Return whether the tokens of a span decide what it cost."""
    return row["cost_usd"] is None and not (row["input_tokens"] is None and row["output_tokens"] is None)


def _cost_of(row: Row, listings: Mapping[CalledModel, Listing]) -> SpanCost:
    stated = row["cost_usd"]
    if isinstance(stated, float):
        return SpanCost(stated, "span")
    if not _is_counted(row):
        return SpanCost(None, "no_tokens")
    tokens = Tokens(
        input=_number(row["input_tokens"]),
        output=_number(row["output_tokens"]),
        cache_read=_number(row["cache_read_tokens"]),
        cache_write=_number(row["cache_write_tokens"]),
        reasoning=_number(row["reasoning_tokens"]),
    )
    rates = listings.get(model_of(row), NO_LISTING).rates
    cost = cost_of_tokens(rates, tokens, datetime.fromtimestamp(_number(row["start_ns"]) // 10**9, UTC))
    return SpanCost(cost, "no_price" if cost is None else "price")


def _number(value: object) -> int:
    assert value is None or isinstance(value, int)
    return value or 0
