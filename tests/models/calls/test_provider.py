"""What a provider takes, found out by what it refuses."""

import asyncio
import time

import pytest

from windlass.models.calls.provider import Patience, Provider
from windlass.models.calls.stopping import Stopped, StopSign
from windlass.models.failures import ProviderFailure, Refused

QUICK = Patience(refusals=3, first_wait_s=0.01, longest_wait_s=0.02)
BUSY = ProviderFailure("openai:x answered 429.", provider_status=429, retryable=True, busy=True)


def opened(patience: Patience = QUICK) -> tuple[Provider, StopSign]:
    stop = StopSign()
    return Provider("openai", stop, patience), stop


def is_away(provider: Provider) -> bool:
    return provider.is_away


async def together(provider: Provider, calls: int) -> int:
    """Make calls side by side and return the most that were under way at once."""
    most = 0

    async def call() -> None:
        nonlocal most
        async with provider.place():
            most = max(most, provider.in_flight)
            await asyncio.sleep(0.001)

    await asyncio.gather(*(call() for _ in range(calls)))
    return most


def test_nothing_is_held_back_before_something_is_refused() -> None:
    assert asyncio.run(together(opened()[0], 100)) == 100


def test_a_refusal_halves_what_goes_at_once_and_successes_bring_it_back() -> None:
    async def run() -> None:
        provider, _ = opened()
        async with asyncio.TaskGroup() as group:
            entered, leave = asyncio.Event(), asyncio.Event()

            async def hold() -> None:
                async with provider.place():
                    entered.set()
                    await leave.wait()

            for _ in range(8):
                group.create_task(hold())
            await entered.wait()
            provider.refused(time.monotonic(), BUSY)
            assert provider.limit == 4
            leave.set()
        assert await together(provider, 20) == 4
        for _ in range(4):
            provider.succeeded(time.monotonic())
        assert provider.limit == pytest.approx(5, abs=0.2)

    asyncio.run(run())


def test_calls_that_were_under_way_together_are_one_refusal() -> None:
    async def run() -> None:
        provider, _ = opened()
        began = time.monotonic()
        provider.in_flight = 16
        for _ in range(16):
            provider.refused(began, BUSY)
        assert provider.limit == 8
        assert not provider.is_away
        provider.succeeded(began)
        assert provider.limit == 8, "what began before the refusal says nothing of what is taken since"

    asyncio.run(run())


def test_all_wait_as_long_as_the_provider_asks() -> None:
    async def run() -> float:
        provider, _ = opened()
        asked = ProviderFailure("busy", provider_status=429, retryable=True, retry_after_s=0.2, busy=True)
        provider.refused(time.monotonic(), asked)
        began = time.monotonic()
        await together(provider, 3)
        return time.monotonic() - began

    assert asyncio.run(run()) >= 0.19


def test_the_wait_doubles_up_to_its_longest() -> None:
    provider, _ = opened(Patience(first_wait_s=1, longest_wait_s=8))
    waits = []
    for refusals in range(1, 7):
        provider._in_a_row = refusals
        waits.append(provider._backoff())
    for wait, middle in zip(waits, (1, 2, 4, 8, 8, 8), strict=True):
        assert middle / 2 <= wait <= middle * 1.5


def test_those_who_wait_for_a_provider_that_is_away_are_given_up() -> None:
    async def run() -> list[BaseException | None]:
        provider, _ = opened(Patience(refusals=3, first_wait_s=0.1))
        for _ in range(2):
            provider.refused(time.monotonic(), BUSY)
        waiting = [asyncio.create_task(together(provider, 1)) for _ in range(3)]
        await asyncio.sleep(0.01)
        provider.refused(time.monotonic(), BUSY)
        assert is_away(provider)
        done, _ = await asyncio.wait(waiting, timeout=5)
        errors = [task.exception() for task in done]
        # Who comes meanwhile is given up, too, but for one after the wait.
        with pytest.raises(Refused):
            await together(provider, 1)
        await asyncio.sleep(1.3)
        # One success ends it.
        async with provider.place() as began:
            provider.succeeded(began)
        assert not is_away(provider)
        return errors

    errors = asyncio.run(run())
    assert len(errors) == 3
    for error in errors:
        assert isinstance(error, Refused)
        assert not error.retryable
        assert str(error) == "openai:x answered 429. It was given up after it was refused 3 times."


def test_who_waits_is_let_go_by_a_stop_and_nobody_enters_after_it() -> None:
    async def run() -> None:
        provider, stop = opened(Patience(first_wait_s=60))
        provider.refused(time.monotonic(), BUSY)
        waiting = asyncio.create_task(together(provider, 1))
        await asyncio.sleep(0.01)
        stop.set("It was cancelled.")
        provider.let_in()
        with pytest.raises(Stopped, match="It was cancelled"):
            await waiting
        with pytest.raises(Stopped):
            await together(provider, 1)

    asyncio.run(run())


def test_a_waiter_that_is_cancelled_takes_no_place() -> None:
    async def run() -> None:
        provider, _ = opened()
        provider.limit = 1.0
        async with provider.place():
            gone = asyncio.create_task(together(provider, 1))
            next_one = asyncio.create_task(together(provider, 1))
            await asyncio.sleep(0.01)
        # The first was let in just now; it goes before it could begin.
        gone.cancel()
        assert await asyncio.wait_for(next_one, 5) == 1
        assert provider.in_flight == 0

    asyncio.run(run())
