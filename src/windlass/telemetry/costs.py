"""What spans cost, computed by the warehouse when it is asked for: what a span says, else its tokens by a price.

The table ``prices`` has the rates of every model that a priced question has met: a copy of what the lists said
then, so that figures of the past stay as they are until somebody recosts them.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final, Protocol

from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import Rate
from windlass.storage.warehouse import Row, Step, Warehouse

_TYPES: Final = {int: "Int64", float: "Float64"}
_RATE_TYPE: Final = ", ".join(f"`{name}` {_TYPES[kind]}" for name, kind in Rate.__annotations__.items())

STEPS: Final = (
    Step(
        1,
        "prices of models",
        (
            f"""
            CREATE TABLE IF NOT EXISTS prices (
              project LowCardinality(String), provider String, request_model String, response_model String,
              rates Array(Tuple({_RATE_TYPE})), own UInt16, source String, listed_as String,
              written DateTime64(6, 'UTC')
            ) ENGINE = ReplacingMergeTree(written)
            ORDER BY (project, provider, request_model, response_model)
            """,
        ),
    ),
)


_ROUNDS: Final = 8
"""How often a question is asked again for models it met: names without end must not make it one."""


class Lists(Protocol):
    """What knows prices: `windlass.prices.book.PriceBook`."""

    def look_up(self, project: str, models: Iterable[CalledModel]) -> Mapping[CalledModel, Listing]: ...


def priced(spans: str) -> str:
    """Return a SELECT of spans with what each cost, from one of spans with tokens, models and ``cost_usd``.

    It adds ``cost`` (null without tokens, and without a price), ``is_unpriced`` (there are tokens, and no price
    for them) and ``is_unmet`` (nobody has looked for the price yet). It binds the parameter ``project``.
    """
    return f"""
    SELECT *,
      isNull(cost_usd) AND (isNotNull(input_tokens) OR isNotNull(output_tokens)) AS is_counted,
      greatest(ifNull(cache_read_tokens, 0), 0) AS read_part,
      greatest(ifNull(cache_write_tokens, 0), 0) AS write_part,
      greatest(ifNull(input_tokens, 0), 0) AS whole_input,
      if(whole_input >= read_part + write_part, whole_input - read_part - write_part, whole_input) AS plain_part,
      greatest(ifNull(output_tokens, 0), 0) AS whole_output,
      least(greatest(ifNull(reasoning_tokens, 0), 0), whole_output) AS reasoning_part,
      toInt64(toUnixTimestamp64Second(start_time)) AS start_s, positiveModulo(start_s, 86400) AS of_day,
      arrayLastIndex(r -> r.since <= start_s AND r.day_from <= of_day AND of_day < r.day_until
        AND plain_part + read_part + write_part > r.above, price_rates) AS place,
      price_rates[place] AS rate,
      multiIf(isNotNull(cost_usd), cost_usd, NOT is_counted OR place = 0, NULL, (
        plain_part * rate.input + read_part * rate.cache_read + write_part * rate.cache_write
        + (whole_output - reasoning_part) * rate.output + reasoning_part * rate.reasoning
      ) / 1e6 + rate.request / 1e3) AS cost,
      is_counted AND place = 0 AS is_unpriced, is_counted AND NOT price_is_met AS is_unmet
    FROM ({spans}) AS spent ANY LEFT JOIN (
      SELECT provider AS price_provider, request_model AS price_request, response_model AS price_response,
        rates AS price_rates, true AS price_is_met
      FROM prices FINAL WHERE project = {{project:String}}
    ) AS listed ON spent.provider = listed.price_provider AND spent.request_model = listed.price_request
      AND spent.response_model = listed.price_response
    """


COLUMNS_TO_PRICE: Final = (
    "start_time",
    "provider",
    "request_model",
    "response_model",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_usd",
)
"""What ``priced`` needs of each span."""

_MODEL_NAME: Final = "if(response_model != '', response_model, request_model)"
UNPRICED: Final = (
    f"arraySort(if(countIf(is_call) > 0, groupUniqArrayIf(20)({_MODEL_NAME}, is_call AND is_unpriced), "
    f"groupUniqArrayIf(20)({_MODEL_NAME}, is_unpriced)))"
)
"""The models of a trace that have no price, as names; of spans that are no calls only where there are no calls."""
UNMET: Final = "groupUniqArrayIf(64)((provider, request_model, response_model), is_unmet)"
"""The models of a group of spans that nobody has looked for yet; some of them, when they are many."""


def query_priced(
    ask: Callable[[], list[Row]], warehouse: Warehouse, project: str, lists: Lists | None
) -> list[Row]:
    """Return the rows of a question that has ``UNMET AS unmet``; it is asked again when it met new models.

    Without lists, models are priced by what the warehouse has of them already.
    """
    rows = ask()
    for _ in range(_ROUNDS):
        unmet = set(_unmet_of(rows))
        if lists is None or not unmet:
            break
        write_prices(warehouse, project, lists.look_up(project, sorted(unmet)))
        rows = ask()
    return rows


def write_prices(warehouse: Warehouse, project: str, listings: Mapping[CalledModel, Listing]) -> None:
    """Keep what the lists say of models, instead of what they said before."""
    written = datetime.now(UTC)
    warehouse.insert(
        "prices",
        [
            {
                "project": project,
                **model._asdict(),
                "rates": [rate._asdict() for rate in listing.rates],
                "own": listing.own,
                "source": listing.source,
                "listed_as": listing.listed_as,
                "written": written,
            }
            for model, listing in listings.items()
        ],
    )


def read_listings(warehouse: Warehouse, project: str) -> dict[CalledModel, Listing]:
    """Return what the warehouse prices models by."""
    rows = warehouse.query(
        """
        SELECT provider, request_model, response_model, rates, own, source,
          listed_as
        FROM prices FINAL WHERE project = {project:String}
        """,
        {"project": project},
    )
    return dict(_listing(row) for row in rows)


def _listing(row: Row) -> tuple[CalledModel, Listing]:
    rates, own = row["rates"], row["own"]
    assert isinstance(rates, list)
    assert isinstance(own, int)
    return model_of(row), Listing(
        rates=tuple(Rate(**rate) if isinstance(rate, dict) else Rate(*rate) for rate in rates),
        own=own,
        source=str(row["source"]),
        listed_as=str(row["listed_as"]),
    )


def model_of(row: Row) -> CalledModel:
    return CalledModel(str(row["provider"]), str(row["request_model"]), str(row["response_model"]))


def _unmet_of(rows: Iterable[Row]) -> Iterator[CalledModel]:
    for row in rows:
        models = row["unmet"]
        assert isinstance(models, list)
        for model in models:
            yield CalledModel(*(model.values() if isinstance(model, dict) else model))
