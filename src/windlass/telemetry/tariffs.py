"""The rates of a project's models as constants of a statement, and the SQL that prices spans by them.

A join would be simpler and cost four times as much: constants are looked up by number, and what no rate of a
project depends on (its day, its hour, the size of a request) is not asked of a million spans.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate

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
"""What `Tariff.priced` needs of each span."""

COUNTED: Final = "(isNull(cost_usd) AND (isNotNull(input_tokens) OR isNotNull(output_tokens)))"
"""Whether the tokens of a span decide what it cost."""

PARTS: Final = """
  greatest(ifNull(cache_read_tokens, 0), 0) AS read_part,
  greatest(ifNull(cache_write_tokens, 0), 0) AS write_part,
  greatest(ifNull(input_tokens, 0), 0) AS said_input,
  if(said_input >= read_part + write_part, said_input - read_part - write_part, said_input) AS plain_part,
  plain_part + read_part + write_part AS whole_input,
  greatest(ifNull(output_tokens, 0), 0) AS whole_output,
  least(greatest(ifNull(reasoning_tokens, 0), 0), whole_output) AS reasoning_part,
  whole_output - reasoning_part AS answered_part
"""
"""The tokens of a span by what they cost: the SQL of `windlass.prices.rates.parts_of`."""

COST_BASIS: Final = (
    "multiIf(isNotNull(cost_usd), 'span', is_unpriced, 'no_price', is_counted, 'price', 'no_tokens')"
)
"""Where the cost of a priced span is from, or why there is none."""

_NAMES_OF_MODEL: Final = ("provider", "request_model", "response_model")
_NAME_BITS: Final = 20
_KEY: Final = " + ".join(
    f"bitShiftLeft(toUInt64(transform({name}, {{price_{name}s:Array(String)}}, "
    f"{{price_{name}_numbers:Array(UInt32)}}, toUInt32(0))), {place * _NAME_BITS})"
    for place, name in enumerate(_NAMES_OF_MODEL)
)
"""The number of a model's three names. Each is looked up in the few names of a block, not in every span."""

_MODEL: Final = f"transform({_KEY}, {{price_keys:Array(UInt64)}}, {{price_models:Array(UInt32)}}, toUInt32(1))"

UNMET_RATES: Final = 1
RATES: Final = f"{{price_rates:Array(UInt64)}}[{_MODEL}]"
"""A number that stands for the rates of a model: UNMET_RATES for one that nobody has looked for."""

_NOTHING: Final = Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

_CONDITIONS: Final[Mapping[str, tuple[int, str]]] = {
    "since": (ALWAYS, "{rate} <= start_s"),
    "day_from": (0, "{rate} <= of_day"),
    "day_until": (DAY_S, "of_day < {rate}"),
    "above": (ANY_SIZE, "{rate} < whole_input"),
}
"""The fields of a rate that say when it holds: the value that says nothing, and the condition."""


class Tariff:
    """The rates of all models that a project has met."""

    def __init__(self, listings: Mapping[CalledModel, Listing]) -> None:
        self._models = list(listings)
        # The newest first: the first that holds is the one that counts. The first entry of all is nobody's.
        slices = [tuple(reversed(listing.rates)) for listing in listings.values()]
        self._longest = max(map(len, slices), default=0)
        rates = [_NOTHING, *(rate for slice_ in slices for rate in slice_)]
        self._conditions = {
            name: condition
            for name, (idle, condition) in _CONDITIONS.items()
            if any(getattr(rate, name) != idle for rate in rates)
        }
        first, firsts = 2, [1]
        for slice_ in slices:
            firsts.append(first)
            first += len(slice_)
        numbers = [_numbered(names) for names in zip(*self._models, strict=True)] or [{}, {}, {}]
        keys = [_key(found[name] for found, name in zip(numbers, model, strict=True)) for model in self._models]
        self.parameters: dict[str, object] = {
            # The engine needs an entry to know a type.
            **{
                f"price_{name}s": list(found) or [""] for name, found in zip(_NAMES_OF_MODEL, numbers, strict=True)
            },
            **{
                f"price_{name}_numbers": list(found.values()) or [0]
                for name, found in zip(_NAMES_OF_MODEL, numbers, strict=True)
            },
            "price_keys": [0, *keys],
            "price_models": list(range(1, len(self._models) + 2)),
            "price_firsts": firsts,
            "price_counts": [0, *map(len, slices)],
            # Of numbers alone a hash is the same in every process.
            "price_rates": [UNMET_RATES, *(hash(slice_) % 2**64 | 2 for slice_ in slices)],
            **{f"rate_{name}": [getattr(rate, name) for rate in rates] for name in Rate._fields},
        }

    def priced(self, spans: str) -> str:
        """Return a SELECT of spans with what each cost, from one that has COLUMNS_TO_PRICE.

        It adds ``cost`` (null without tokens, and without a price), ``is_counted`` (the cost is that of the
        tokens, if there is a price), ``is_unpriced`` (there is none), ``model`` (its number) and ``is_unmet``
        (nobody has looked for its price yet). It takes ``parameters``.
        """
        return f"""
        SELECT *, {COUNTED} AS is_counted,
          {_MODEL} AS model,
          {PARTS},
          toInt64(toUnixTimestamp64Second(start_time)) AS start_s, positiveModulo(start_s, {DAY_S}) AS of_day,
          {{price_firsts:Array(UInt32)}}[model] AS first_rate, {{price_counts:Array(UInt32)}}[model] AS rate_count,
          {self._place()} AS place,
          multiIf(isNotNull(cost_usd), cost_usd, NOT is_counted OR place = 1, NULL, (
            plain_part * {_rate("input")} + read_part * {_rate("cache_read")} + write_part * {_rate("cache_write")}
            + answered_part * {_rate("output")} + reasoning_part * {_rate("reasoning")}
          ) / 1e6 + {_rate("request")} / 1e3) AS cost,
          is_counted AND place = 1 AS is_unpriced, is_counted AND model = 1 AS is_unmet
        FROM ({spans})
        """

    def _place(self) -> str:
        """Return where the rate of a span stands: the first of its model's that holds, or 1."""
        branches = "".join(
            f"rate_count > {nth} AND {self._holds(nth)}, {_nth(nth)}, " for nth in range(self._longest)
        )
        return f"multiIf({branches}1)" if branches else "1"

    def _holds(self, nth: int) -> str:
        conditions = (
            condition.format(rate=_rate(name, _nth(nth))) for name, condition in self._conditions.items()
        )
        return " AND ".join(conditions) or "true"


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """Return the different names with their numbers, from 1."""
    return {name: number for number, name in enumerate(dict.fromkeys(names), 1)}


def _key(numbers: Iterable[int]) -> int:
    return sum(number << place * _NAME_BITS for place, number in enumerate(numbers))


def _nth(nth: int) -> str:
    return f"first_rate + {nth}"


def _rate(name: str, place: str = "place") -> str:
    kind = "Int64" if Rate.__annotations__[name] is int else "Float64"
    return f"{{rate_{name}:Array({kind})}}[{place}]"


Question = Callable[[Tariff], str]
"""Makes a statement that prices spans by a tariff."""
