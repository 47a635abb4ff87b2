"""What each model was asked and what that cost, and taking the lists' prices of today for all of history."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import rate_of
from windlass.storage.database import Database
from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import MODEL_CALLS
from windlass.telemetry.costs import (
    Lists,
    Priced,
    model_of,
    read_listings,
    write_prices,
)
from windlass.telemetry.summaries import instant, integer
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, Tariff

_MOST_AUDITED: Final = 200


class ModelPrice(BaseModel):
    """The prices of a model that hold now, in US dollars a million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    reasoning: float
    request: float
    """A thousand requests."""
    source: str
    """The public list with its version, or `override`: a price of the project's own."""
    since: datetime | None
    """The first day of this price; null when it has none."""
    has_sizes: bool
    """Whether requests with a larger input have another price."""


class ModelCosts(BaseModel):
    """A model that was called, its price, and what its calls cost."""

    provider: str
    request_model: str
    response_model: str
    listed_as: str
    """In the words of the public list; empty when it does not know the model."""
    price: ModelPrice | None
    """Null when no list knows one."""
    calls: int
    unpriced_calls: int
    """Calls with tokens and without a price on their day."""
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    first: datetime
    last: datetime


class CostChange(BaseModel):
    """What other prices change for the calls of one model so far."""

    provider: str
    model: str
    calls: int
    before_usd: float | None
    after_usd: float | None
    source: str


class Recosting(BaseModel):
    """What a recosting changed; again, without other prices, it changes nothing."""

    models: int
    """How many models were looked at."""
    changes: list[CostChange]


_CALLS: Final = (
    f"project = {{project:String}} AND operation IN {MODEL_CALLS} "
    "AND (isNotNull(input_tokens) OR isNotNull(output_tokens) OR isNotNull(cost_usd))"
)


def _by_called_model(tariff: Tariff) -> str:
    return f"""
SELECT provider, request_model, response_model, count() AS calls, countIf(is_unpriced) AS unpriced_calls,
  sum(ifNull(input_tokens, 0)) AS input_sum, sum(ifNull(output_tokens, 0)) AS output_sum,
  sum(ifNull(cache_read_tokens, 0)) AS cache_read_sum, sum(ifNull(cache_write_tokens, 0)) AS cache_write_sum,
  sum(ifNull(reasoning_tokens, 0)) AS reasoning_sum, sum(cost) AS cost_sum,
  toUnixTimestamp64Nano(min(start_time)) AS first_ns, toUnixTimestamp64Nano(max(start_time)) AS last_ns,
  max(is_unmet) AS unmet
FROM ({tariff.priced(f"SELECT {', '.join(COLUMNS_TO_PRICE)} FROM spans FINAL WHERE {_CALLS}")})
GROUP BY provider, request_model, response_model
ORDER BY calls DESC, provider, request_model, response_model
"""


def list_model_costs(warehouse: Warehouse, project: str, lists: Lists | None = None) -> list[ModelCosts]:
    """Return every model that was called, the most called first, by the prices of the warehouse.

    ``lists`` price models that were not met before.
    """
    rows = Priced(warehouse, project, lists).query(_by_called_model, _CALLS, {"project": project})
    listings = read_listings(warehouse, project)
    return [_model_costs(row, listings.get(model_of(row), Listing())) for row in rows]


def recost(
    database: Database, audit: AuditChain, warehouse: Warehouse, principal: Principal, lists: Lists
) -> Recosting:
    """Price all of history by what the lists say now; say what that changes, by model."""
    project = principal.project
    before = _by_model(list_model_costs(warehouse, project))
    stored = read_listings(warehouse, project)
    found = lists.look_up(project, {*stored, *before})
    changed = {model: listing for model, listing in found.items() if listing != stored.get(model, Listing())}
    if not changed:
        return Recosting(models=len(found), changes=[])
    with database.write() as tx:
        named = sorted({f"{model.provider}/{model.name}" for model in changed})
        details = {"models": named[:_MOST_AUDITED], "count": len(changed)}
        audit.append(tx, principal, "prices:recost", "prices", details=details)
        # Before the entry is committed: an entry without its change would be worse than the opposite.
        write_prices(warehouse, project, changed)
    after = _by_model(list_model_costs(warehouse, project))
    changes = [_change(model, listing, before, after) for model, listing in sorted(changed.items())]
    return Recosting(models=len(found), changes=changes)


def _by_model(costs: list[ModelCosts]) -> dict[CalledModel, ModelCosts]:
    return {CalledModel(each.provider, each.request_model, each.response_model): each for each in costs}


def _change(
    model: CalledModel,
    listing: Listing,
    before: Mapping[CalledModel, ModelCosts],
    after: Mapping[CalledModel, ModelCosts],
) -> CostChange:
    was, now = before.get(model), after.get(model)
    price = _price_now(listing)
    return CostChange(
        provider=model.provider,
        model=model.name,
        calls=now.calls if now else 0,
        before_usd=was.cost_usd if was else None,
        after_usd=now.cost_usd if now else None,
        source=price.source if price else "",
    )


def _model_costs(row: Row, listing: Listing) -> ModelCosts:
    return ModelCosts.model_validate(
        {
            **row,
            "listed_as": listing.listed_as,
            "price": _price_now(listing),
            "input_tokens": row["input_sum"],
            "output_tokens": row["output_sum"],
            "cache_read_tokens": row["cache_read_sum"],
            "cache_write_tokens": row["cache_write_sum"],
            "reasoning_tokens": row["reasoning_sum"],
            "cost_usd": row["cost_sum"],
            "first": instant(integer(row["first_ns"])),
            "last": instant(integer(row["last_ns"])),
        }
    )


def _price_now(listing: Listing) -> ModelPrice | None:
    now = datetime.now(UTC)
    own = listing.rates[len(listing.rates) - listing.own :]
    rate = rate_of(own, now, 0)
    source = "override" if rate else listing.source
    rate = rate or rate_of(listing.rates, now, 0)
    if rate is None:
        return None
    return ModelPrice(
        **{name: getattr(rate, name) for name in ("input", "output", "cache_read", "cache_write", "reasoning")},
        request=rate.request,
        source=source,
        since=rate.first_day,
        has_sizes=any(each.above >= 0 and each.since == rate.since for each in listing.rates),
    )
