"""What spans cost, computed when it is asked for: what a span says, else its tokens by a price.

The table ``prices`` has the rates of every model that a priced question has met: a copy of what the lists said
then, so that figures of the past stay as they are until somebody recosts them.
"""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from windlass.errors import Unavailable
from windlass.prices.book import CalledModel, Listing
from windlass.prices.rates import Rate
from windlass.storage.warehouse import Parameters, Row, Step, Warehouse
from windlass.telemetry.tariffs import COUNTED, Question, Tariff

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")

_log = logging.getLogger(__name__)

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

_ROUNDS: Final = 4
_MODELS_A_ROUND: Final = 1_000
"""How many new models a question looks up: names without end must not make it one."""


class Lists(Protocol):
    """What knows prices: `windlass.prices.book.PriceBook`."""

    def look_up(self, project: str, models: Iterable[CalledModel]) -> Mapping[CalledModel, Listing]: ...


class Priced:
    """Asks questions of what the spans of a project cost."""

    def __init__(self, warehouse: Warehouse, project: str, lists: Lists | None = None) -> None:
        """Without lists, models are priced by what the warehouse has of them already.

        What it has is read from now on, beside whatever is asked first. Raises Unavailable when the warehouse is
        closed.
        """
        self._warehouse = warehouse
        self._project = project
        self._lists = lists
        self._read = warehouse.begin(partial(read_listings, warehouse, project))
        self.tariff = Tariff({})
        """By which the last question was answered."""

    def query(self, question: Question, where: str, parameters: Parameters) -> list[Row]:
        """Return the rows of a question about the spans of ``where``; each has ``unmet``: is there a new model?

        New models are looked up, kept, and the question is asked again.
        """

        def ask(statement: str, given: Parameters) -> tuple[list[Row], bool]:
            rows = self._warehouse.query(statement, given)
            return rows, any(row["unmet"] for row in rows)

        return self._ask(question, where, parameters, ask)

    def records(
        self, question: Question, where: str, parameters: Parameters, fields: "np.dtype[np.void]"
    ) -> "NDArray[np.void]":
        """Do the same of a question whose rows are numbers, one of them ``unmet``."""

        def ask(statement: str, given: Parameters) -> "tuple[NDArray[np.void], bool]":
            records = self._warehouse.records(statement, given, fields)
            return records, bool(records["unmet"].any())

        return self._ask(question, where, parameters, ask)

    def _ask(
        self,
        question: Question,
        where: str,
        parameters: Parameters,
        ask: Callable[[str, Parameters], tuple[_T, bool]],
    ) -> _T:
        """Return what is answered; ``ask`` says, too, whether there is a new model."""
        listings = self._read.result()
        for _ in range(_ROUNDS):
            self.tariff = Tariff(listings)
            found, is_unmet = ask(question(self.tariff), {**parameters, **self.tariff.parameters})
            if not is_unmet:
                break
            listings |= self._look_up(where, parameters)
        return found

    def listings_of(self, models: Iterable[CalledModel] = ()) -> Mapping[CalledModel, Listing]:
        """Return what all models are priced by that were met, and some more, which are looked up and kept."""
        listings = self._read.result()
        new = [model for model in dict.fromkeys(models) if model not in listings]
        if new:
            listings |= self._meet(new[: _ROUNDS * _MODELS_A_ROUND])
        return listings

    def meet(self, where: str, parameters: Parameters) -> None:
        """Look up the new models of the spans of ``where``, for a question that reads the table itself."""
        for _ in range(_ROUNDS):
            if not self._look_up(where, parameters):
                break

    def _look_up(self, where: str, parameters: Parameters) -> dict[CalledModel, Listing]:
        rows = self._warehouse.query(_UNMET.format(where=where), {**parameters, "project": self._project})
        return self._meet([model_of(row) for row in rows])

    def _meet(self, new: Sequence[CalledModel]) -> dict[CalledModel, Listing]:
        if self._lists is None:
            return dict.fromkeys(new, Listing())
        found = dict(self._lists.look_up(self._project, new))
        try:
            write_prices(self._warehouse, self._project, found)
        except Unavailable as error:
            # A full disk must not keep anybody from reading: the prices are looked up again next time.
            _log.warning("Prices of new models are not kept: %s", error.message)
        return found


_UNMET: Final = f"""
SELECT DISTINCT provider, request_model, response_model FROM spans
WHERE {{where}} AND {COUNTED} AND (provider, request_model, response_model) NOT IN (
  SELECT provider, request_model, response_model FROM prices WHERE project = {{{{project:String}}}}
)
LIMIT {_MODELS_A_ROUND}
"""


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
    return dict(warehouse.remembered("prices", project, partial(_read_listings, warehouse, project)))


def _read_listings(warehouse: Warehouse, project: str) -> dict[CalledModel, Listing]:
    rows = warehouse.query(
        """
        SELECT provider, request_model, response_model, rates, own, source, listed_as
        FROM prices FINAL WHERE project = {project:String}
        """,
        {"project": project},
    )
    return {model_of(row): _listing(row) for row in rows}


def model_of(row: Row) -> CalledModel:
    return CalledModel(str(row["provider"]), str(row["request_model"]), str(row["response_model"]))


def _listing(row: Row) -> Listing:
    rates, own = row["rates"], row["own"]
    assert isinstance(rates, list)
    assert isinstance(own, int)
    return Listing(
        rates=tuple(Rate(**rate) for rate in rates),
        own=own,
        source=str(row["source"]),
        listed_as=str(row["listed_as"]),
    )
