"""What tokens cost: dated rates, which of them holds, and the one formula.

Tokens mean what the current gen_ai conventions say: the input has the cached tokens in it and the output those
of reasoning. The warehouse has the same formula in SQL (`windlass.telemetry.costs`); a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

DAY_S: Final = 86_400
ALWAYS: Final = -(2**40)
"""The `since` of a rate that has no first day."""
ANY_SIZE: Final = -1
"""The `above` of a rate that holds for requests of any size."""


class Rate(NamedTuple):
    """Prices in US dollars, and when they hold. The order of the fields is that of the warehouse's tuple."""

    since: int
    """Seconds since 1970 from which it holds."""
    day_from: int
    day_until: int
    """Seconds of the UTC day between which it holds."""
    above: int
    """It holds for requests with more input tokens than this: for all tokens of such a request."""
    input: float
    """Of a million input tokens that no cache had."""
    output: float
    cache_read: float
    cache_write: float
    reasoning: float
    """Of a million output tokens of reasoning."""
    request: float
    """Of a thousand requests."""

    @property
    def first_day(self) -> datetime | None:
        """Return when it began to hold, or None when it always did."""
        return None if self.since == ALWAYS else datetime.fromtimestamp(self.since, UTC)


Rates = tuple[Rate, ...]
"""Of a model; the last that holds is the one that counts."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of one call, as its span has them."""

    input: int = 0
    """All that was sent, cached tokens included."""
    output: int = 0
    """All that was made, reasoning included."""
    cache_read: int = 0
    cache_write: int = 0
    reasoning: int = 0


class Parts(NamedTuple):
    """Tokens by what they cost, of one call or of several at the same rate."""

    plain: int
    """Input that no cache had."""
    cache_read: int
    cache_write: int
    answered: int
    """Output without reasoning."""
    reasoned: int

    @property
    def prompt(self) -> int:
        """All that was sent."""
        return self.plain + self.cache_read + self.cache_write


def parts_of(tokens: Tokens) -> Parts:
    """Tell the tokens of a call apart by what they cost."""
    cache_read, cache_write = max(tokens.cache_read, 0), max(tokens.cache_write, 0)
    cached = cache_read + cache_write
    given = max(tokens.input, 0)
    # More cached tokens than there are: this sender counts them beside the input, so nothing is taken off.
    plain = given - cached if given >= cached else given
    output = max(tokens.output, 0)
    reasoned = min(max(tokens.reasoning, 0), output)
    return Parts(plain, cache_read, cache_write, output - reasoned, reasoned)


def cost_of_parts(rate: Rate, parts: Parts, *, calls: int = 1) -> float:
    """Return what so many calls cost in US dollars that used these tokens together."""
    millionths = (
        parts.plain * rate.input
        + parts.cache_read * rate.cache_read
        + parts.cache_write * rate.cache_write
        + parts.answered * rate.output
        + parts.reasoned * rate.reasoning
    )
    return millionths / 1e6 + calls * rate.request / 1e3


def rate_of(rates: Sequence[Rate], at: datetime, prompt: int) -> Rate | None:
    """Return the rate that holds for a request at a time, with so many tokens of input."""
    instant = int(at.timestamp())
    of_day = instant % DAY_S
    for rate in reversed(rates):
        if rate.since <= instant and rate.day_from <= of_day < rate.day_until and prompt > rate.above:
            return rate
    return None


def cost_of_tokens(rates: Sequence[Rate], tokens: Tokens, at: datetime | None = None) -> float | None:
    """Return what a call cost in US dollars at a time (by default now); None when no rate holds then."""
    parts = parts_of(tokens)
    rate = rate_of(rates, at or datetime.now(UTC), parts.prompt)
    return None if rate is None else cost_of_parts(rate, parts)
