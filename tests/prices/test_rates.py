from datetime import UTC, date, datetime

import pytest

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.errors import Conflict
from windlass.prices.book import CalledModel, PriceBook
from windlass.prices.own import Price, read_prices, replace_prices
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate, Tokens, cost_of_tokens
from windlass.storage.database import Database

RATES = (Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1e6, 2e6, 1e5, 3e6, 4e6, 0.0),)
MINI = CalledModel("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18")
HOUSE = CalledModel("openai_compatible", "house-large", "")
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_the_input_has_the_cached_tokens_in_it_and_each_counts_once() -> None:
    assert cost_of_tokens(RATES, Tokens(input=10, cache_read=6, cache_write=1)) == pytest.approx(3 + 0.6 + 3)


def test_cached_tokens_that_are_more_than_the_input_were_counted_beside_it() -> None:
    assert cost_of_tokens(RATES, Tokens(input=2, cache_read=6)) == pytest.approx(2 + 0.6)


def test_the_output_has_the_reasoning_in_it() -> None:
    assert cost_of_tokens(RATES, Tokens(output=10, reasoning=4)) == pytest.approx(6 * 2 + 4 * 4)


def test_a_price_of_the_project_s_own_goes_before_the_list_s_from_its_day_on(
    database: Database, audit: AuditChain, principal: Principal
) -> None:
    book = PriceBook(database)
    replace_prices(
        database,
        audit,
        principal,
        [
            Price(model="GPT-4o-*", provider="openai", input=7.0, valid_from=date(2026, 6, 2)),
            Price(model="house-*", input=1.0, cache_read=0.5),
        ],
    )

    found = book.look_up("guide", [MINI, HOUSE])
    elsewhere = book.look_up("another", [MINI, HOUSE])

    million = Tokens(input=1_000_000)
    assert cost_of_tokens(found[MINI].rates, million, JUNE) == pytest.approx(0.15)
    assert cost_of_tokens(found[MINI].rates, million, JUNE.replace(day=2)) == pytest.approx(7.0)
    assert cost_of_tokens(found[HOUSE].rates, Tokens(input=2_000_000, cache_read=1_000_000)) == pytest.approx(1.5)
    assert cost_of_tokens(elsewhere[MINI].rates, million, JUNE.replace(day=2)) == pytest.approx(0.15)
    assert elsewhere[HOUSE].rates == ()


def test_of_prices_that_fit_the_one_with_the_latest_first_day_counts(
    database: Database, audit: AuditChain, principal: Principal
) -> None:
    prices = [
        Price(model="house-*", input=3.0, valid_from=date(2026, 5, 1)),
        Price(model="house-large", input=1.0),
        Price(model="house-large", provider="another", input=9.0, valid_from=date(2026, 5, 2)),
    ]
    replace_prices(database, audit, principal, prices)

    rates = PriceBook(database).look_up("guide", [HOUSE])[HOUSE].rates

    million = Tokens(input=1_000_000)
    assert cost_of_tokens(rates, million, JUNE) == pytest.approx(3.0)
    assert cost_of_tokens(rates, million, JUNE.replace(month=4)) == pytest.approx(1.0)


def test_prices_are_replaced_by_compare_and_swap_and_audited(
    database: Database, audit: AuditChain, principal: Principal
) -> None:
    first = replace_prices(database, audit, principal, [Price(model="a", input=1.0)], reason="the contract")
    again = replace_prices(database, audit, principal, [Price(model="a", input=1.0)])
    second = replace_prices(database, audit, principal, [Price(model="b", input=1.0)], expected=first.digest)
    with pytest.raises(Conflict, match="changed by somebody else"):
        replace_prices(database, audit, principal, [], expected=first.digest)

    assert again == first
    assert read_prices(database, "guide") == second
    entries = [
        (entry.action, entry.before, entry.after, entry.reason) for entry in list_entries(database, "guide")
    ]
    assert entries == [
        ("prices:set", first.digest, second.digest, ""),
        ("prices:set", None, first.digest, "the contract"),
    ]
