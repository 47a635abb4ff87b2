"""Calls of a run, against a provider that refuses them over a real socket."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from windlass.errors import ProviderError
from windlass.models.calls.clock import TimeLimit
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.provider import Patience
from windlass.models.calls.run_calls import RunCalls
from windlass.models.calls.stopping import Stopped
from windlass.models.completion import ChatModel, Completion, Message
from windlass.models.failures import Refused
from windlass.models.providers import open_model
from windlass.models.scripted import Failure, ScriptedServer

QUICK = Patience(refusals=4, first_wait_s=0.02, longest_wait_s=0.05)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(lambda messages: "four words of answer") as scripted:
        yield scripted


def opened(calls: RunCalls, server: ScriptedServer, name: str = "scripted") -> ChatModel:
    return calls.govern(open_model(f"openai:{name}", base_url=server.url), provider="openai", name=name)


async def ask(model: ChatModel, times: int = 1) -> list[Completion]:
    return await asyncio.gather(*(model.complete([Message("user", f"question {n}")], {}) for n in range(times)))


async def arrived(server: ScriptedServer, calls: int) -> None:
    """Wait until so many requests have come."""

    def wait() -> None:
        while len(server.calls) < calls:
            time.sleep(0.005)

    await asyncio.to_thread(wait)


@pytest.mark.parametrize("failure", ["429", "503", "529", "cut"])
def test_what_a_busy_provider_refuses_is_asked_again(server: ScriptedServer, failure: Failure) -> None:
    server.fail(failure, failure)
    [answer] = asyncio.run(ask(opened(RunCalls(patience=QUICK), server)))
    assert (answer.text, answer.attempts, len(server.calls)) == ("four words of answer", 3, 3)
    # The first wait is 10 ms at least, the second 20 ms.
    assert answer.held_s >= 0.03
    assert answer.latency_s < answer.held_s + 1


@pytest.mark.parametrize("failure", ["500", "401", "malformed"])
def test_what_failed_otherwise_is_the_callers_to_try_again(server: ScriptedServer, failure: Failure) -> None:
    server.fail(failure)
    with pytest.raises(ProviderError) as caught:
        asyncio.run(ask(opened(RunCalls(patience=QUICK), server)))
    assert not isinstance(caught.value, Refused)
    assert len(server.calls) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured_in_seconds_and_as_a_date(server: ScriptedServer, form: str) -> None:
    # A date has whole seconds: two ahead are more than one.
    when = datetime.now(UTC) + timedelta(seconds=2)
    server.fail("429", retry_after="1" if form == "seconds" else format_datetime(when, usegmt=True))
    began = time.monotonic()
    asyncio.run(ask(opened(RunCalls(patience=QUICK), server)))
    assert 0.9 <= time.monotonic() - began < 5


def test_one_refusal_makes_every_call_to_the_provider_wait(server: ScriptedServer) -> None:
    async def run() -> None:
        calls = RunCalls(patience=QUICK)
        first, judge = opened(calls, server), opened(calls, server, "judge")
        await ask(first)
        server.fail("429", retry_after="1")
        refused = asyncio.create_task(ask(first))
        await arrived(server, 2)
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await ask(judge)
        assert time.monotonic() - began > 0.8, "another model of the same provider waits, too"
        await refused

    asyncio.run(run())


def test_a_call_that_stays_refused_fails_with_the_reason_and_is_not_to_be_tried_again(
    server: ScriptedServer,
) -> None:
    server.fail("429", "429", "429", "429", "429")
    with pytest.raises(Refused, match=r"Too many requests.* given up after it was refused 4 times\.") as caught:
        asyncio.run(ask(opened(RunCalls(patience=QUICK), server)))
    assert (caught.value.retryable, len(server.calls)) == (False, 4)


def test_nobody_waits_for_a_quota_of_tomorrow(server: ScriptedServer) -> None:
    server.fail("429", retry_after="3600")
    began = time.monotonic()
    with pytest.raises(Refused, match="refused once, and asked to wait 3600 s"):
        asyncio.run(ask(opened(RunCalls(patience=QUICK), server)))
    assert time.monotonic() - began < 5


def test_a_model_is_asked_no_more_often_than_its_ceiling(server: ScriptedServer) -> None:
    calls = RunCalls(CallLimits(requests_per_minute=1200))
    began = time.monotonic()
    asyncio.run(ask(opened(calls, server), 6))
    # The first at once, then one every 50 ms.
    assert time.monotonic() - began >= 0.24


def test_tokens_of_answers_count_against_the_minute(server: ScriptedServer) -> None:
    # A call is 2 + 4 tokens as the server counts them: at 1200 a minute the next waits for 0.3 s.
    async def run() -> float:
        model = opened(RunCalls(CallLimits(tokens_per_minute=1200)), server)
        await ask(model)
        began = time.monotonic()
        await ask(model)
        return time.monotonic() - began

    assert asyncio.run(run()) >= 0.2


def test_no_more_calls_of_a_model_at_once_than_its_ceiling() -> None:
    flying = most = 0

    def answer(messages: object) -> str:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        time.sleep(0.01)
        flying -= 1
        return "yes"

    with ScriptedServer(answer) as server:
        asyncio.run(ask(opened(RunCalls(CallLimits(model_concurrency=2)), server), 12))
    assert most == 2


def test_the_clock_of_a_sample_stands_while_it_is_held_back(server: ScriptedServer) -> None:
    model = opened(RunCalls(patience=QUICK), server)
    # The first call of a process imports the provider's SDK, in its time.
    asyncio.run(ask(model))
    server.fail("429", retry_after="1")

    async def run() -> Completion:
        async with TimeLimit(0.8):
            return (await ask(model))[0]

    assert asyncio.run(run()).held_s > 0.9


def test_the_clock_runs_while_the_model_answers() -> None:
    with ScriptedServer(lambda messages: "late", latency_s=1.0) as server:

        async def run() -> None:
            async with TimeLimit(0.5) as limit:
                try:
                    await ask(opened(RunCalls(), server))
                finally:
                    assert limit.expired

        with pytest.raises(TimeoutError):
            asyncio.run(run())


def test_a_stop_ends_the_waiting_and_not_what_is_under_way() -> None:
    with ScriptedServer(lambda messages: "paid for", latency_s=0.2) as server:

        async def run() -> None:
            calls = RunCalls(CallLimits(requests_per_minute=1))
            model = opened(calls, server)
            under_way, waiting = asyncio.create_task(ask(model)), asyncio.create_task(ask(model))
            await arrived(server, 1)
            calls.stop("It was cancelled.")
            with pytest.raises(Stopped):
                await waiting
            assert (await under_way)[0].text == "paid for"

        asyncio.run(run())
        assert len(server.calls) == 1
