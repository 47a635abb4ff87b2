"""Where rates change: spans between the same cuts have the same rate, and so are priced by their sums."""

from collections.abc import Iterable
from dataclasses import dataclass

from windlass.prices.book import Listing
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S


@dataclass(frozen=True)
class Cuts:
    """The seconds since 1970, the seconds of a day and the sizes of a request at which some rate changes."""

    instants: tuple[int, ...]
    of_day: tuple[int, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, listings: Iterable[Listing]) -> "Cuts":
        rates = [rate for listing in listings for rate in listing.rates]
        return cls(
            instants=_cuts((rate.since for rate in rates), ALWAYS),
            of_day=_cuts((second for rate in rates for second in (rate.day_from, rate.day_until)), 0, DAY_S),
            sizes=_cuts((rate.above for rate in rates), ANY_SIZE),
        )

    def segment(self) -> str:
        """Return what tells spans apart that lie between other cuts, of their ``start_s`` and ``whole_input``."""
        tests = (
            _passed("start_s >= cut", self.instants),
            _passed(f"positiveModulo(start_s, {DAY_S}) >= cut", self.of_day),
            _passed("whole_input > cut", self.sizes),
        )
        return f"({', '.join(tests)})" if any((self.instants, self.of_day, self.sizes)) else "''"


def _cuts(values: Iterable[int], *idle: int) -> tuple[int, ...]:
    return tuple(sorted(set(values) - set(idle)))


def _passed(test: str, cuts: tuple[int, ...]) -> str:
    return f"arrayCount(cut -> {test}, [{', '.join(map(str, cuts))}])" if cuts else "''"
