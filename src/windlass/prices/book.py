"""The prices that count in a project: the public list's, and before them the project's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from windlass.prices.catalogue import catalogue_name, find_model
from windlass.prices.own import Price, read_prices
from windlass.prices.rates import Rates
from windlass.storage.database import Database


class CalledModel(NamedTuple):
    """A model as spans name it."""

    provider: str
    request_model: str
    response_model: str

    @property
    def name(self) -> str:
        """The model that answered or, where the span does not say, the one that was asked for."""
        return self.response_model or self.request_model


@dataclass(frozen=True)
class Listing:
    """The rates of a model: none when no list knows it."""

    rates: Rates = ()
    own: int = 0
    """How many of the rates, at the end, are the project's own."""
    source: str = ""
    """The public list, with its version."""
    listed_as: str = ""
    """The model in the words of the public list."""


class PriceBook:
    """Looks prices up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look_up(self, project: str, models: Iterable[CalledModel]) -> dict[CalledModel, Listing]:
        """Return what the lists say of each model now."""
        own = sorted(read_prices(self._database, project).items, key=lambda price: price.rate().since)
        return {model: _listing(model, own) for model in models}


def _listing(model: CalledModel, own: list[Price]) -> Listing:
    found = find_model(model.response_model, provider=model.provider) or find_model(
        model.request_model, provider=model.provider
    )
    fitting = tuple(
        price.rate() for price in own if price.fits(model.provider, model.response_model, model.request_model)
    )
    return Listing(
        rates=(*(found.rates if found else ()), *fitting),
        own=len(fitting),
        source=catalogue_name() if found else "",
        listed_as=found.name if found else "",
    )
