"""The public price list inside the package genai-prices: no look-up over a network."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate, Rates

if TYPE_CHECKING:
    from genai_prices.types import ConditionalPrice, ModelInfo, ModelPrice, TieredPrices

LOCAL: Final = "local"
"""The provider of models that run in this process: they cost exactly nothing."""

_PROVIDERS: Final = MappingProxyType(
    {
        "azure.ai.openai": "azure",
        "azure.ai.inference": "azure",
        "aws.bedrock": "aws",
        "gcp.gemini": "google",
        "gcp.gen_ai": "google",
        "gcp.vertex_ai": "google",
        "mistral_ai": "mistral",
        "moonshot_ai": "moonshotai",
        "x_ai": "x-ai",
    }
)
"""OpenTelemetry's names of providers and those of the list, where they differ."""

_FREE: Final[Rates] = (Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),)


class Found(NamedTuple):
    """A model of the list."""

    name: str
    """`provider/model` in the list's words."""
    rates: Rates


@cache
def catalogue_name() -> str:
    """Return what to call the list that is installed, with its version."""
    return f"genai-prices {version('genai-prices')}"


def find_model(model: str, *, provider: str = "", api_url: str | None = None) -> Found | None:
    """Return a model's prices by provider (OpenTelemetry's name) or API, or None when the list has none.

    Without either it is who gives the model its name, as far as the list knows that.
    """
    if provider == LOCAL and not api_url:
        return Found(f"{LOCAL}/{model}", _FREE)
    return _find(model, _PROVIDERS.get(provider, provider) if not api_url else "", api_url or None)


@lru_cache(maxsize=4096)
def _find(model: str, provider: str, api_url: str | None) -> Found | None:
    # 0.4 s: only those who ask for a price wait for the list.
    from genai_prices.data_snapshot import get_snapshot

    if not model:
        return None
    try:
        found_provider, found = get_snapshot().find_provider_model(model, None, provider or None, api_url)
    except LookupError:
        return None
    rates = tuple(_rates_of(found))
    return Found(f"{found_provider.id}/{found.id}", rates) if rates else None


def _rates_of(model: "ModelInfo") -> Iterator[Rate]:
    from genai_prices.types import ConditionalPrice, ModelPrice

    if isinstance(model.prices, ModelPrice):
        conditions = [ConditionalPrice(prices=model.prices)]
    else:
        conditions = list(model.prices)
        # The list's rule: where no condition holds, its first price does.
        if conditions:
            conditions.insert(0, ConditionalPrice(prices=conditions[0].prices))
    for condition in conditions:
        for since, day_from, day_until in _periods(condition):
            yield from _tiers(condition.prices, since, day_from, day_until)


def _periods(condition: "ConditionalPrice") -> Iterator[tuple[int, int, int]]:
    from genai_prices.types import StartDateConstraint, TimeOfDateConstraint

    match condition.constraint:
        case StartDateConstraint(start_date=day):
            yield int(datetime.combine(day, time(), UTC).timestamp()), 0, DAY_S
        case TimeOfDateConstraint(start_time=begin, end_time=end):
            first, last = _second_of_day(begin), _second_of_day(end)
            if first <= last:
                yield ALWAYS, first, last
            else:
                yield ALWAYS, first, DAY_S
                yield ALWAYS, 0, last
        case _:
            yield ALWAYS, 0, DAY_S


def _second_of_day(at: time) -> int:
    offset = at.utcoffset()
    seconds = at.hour * 3600 + at.minute * 60 + at.second - (int(offset.total_seconds()) if offset else 0)
    return seconds % DAY_S


def _tiers(prices: "ModelPrice", since: int, day_from: int, day_until: int) -> Iterator[Rate]:
    """Give the rates of one condition, by size of the request; none when nothing of it is priced by the token."""
    if prices.input_mtok is None and prices.output_mtok is None:
        return
    reasoning = getattr(prices, "output_reasoning_mtok", None)
    columns = (
        prices.input_mtok,
        prices.output_mtok,
        # Tokens without a price of their own are what they are a part of.
        prices.input_mtok if prices.cache_read_mtok is None else prices.cache_read_mtok,
        prices.input_mtok if prices.cache_write_mtok is None else prices.cache_write_mtok,
        prices.output_mtok if reasoning is None else reasoning,
        prices.requests_kcount,
    )
    starts = sorted({tier.start for column in columns for tier in getattr(column, "tiers", ())})
    for above in (ANY_SIZE, *starts):
        yield Rate(since, day_from, day_until, above, *(_price_above(column, above) for column in columns))


def _price_above(price: "Decimal | TieredPrices | None", above: int) -> float:
    if price is None or isinstance(price, Decimal):
        return float(price or 0)
    reached = [tier.price for tier in price.tiers if tier.start <= above]
    return float(reached[-1] if reached else price.base)
