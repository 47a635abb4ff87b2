"""A ceiling of tokens and money, kept by calls that go side by side."""

import asyncio
import random
import threading
from collections.abc import Sequence

import pytest

from windlass.models.calls.budget import Amount, Budget
from windlass.models.calls.counts import CallCounts
from windlass.models.calls.limits import CallLimits
from windlass.models.calls.provider import Patience
from windlass.models.calls.run_calls import RunCalls
from windlass.models.calls.stopping import Stopped, StopSign
from windlass.models.completion import ChatModel, Message
from windlass.models.failures import ProviderFailure
from windlass.models.providers import open_model
from windlass.models.scripted import Failure, ScriptedServer
from windlass.prices.rates import ALWAYS, ANY_SIZE, DAY_S, Rate, Rates

A_DOLLAR_A_TOKEN: Rates = (Rate(ALWAYS, 0, DAY_S, ANY_SIZE, 1e6, 1e6, 1e6, 1e6, 1e6, 0.0),)
QUICK = Patience(refusals=2, first_wait_s=0.01, longest_wait_s=0.02)


def budget(stop: StopSign, **ceilings: float) -> Budget:
    tokens = ceilings.get("max_tokens")
    return Budget(
        stop,
        max_cost_usd=ceilings.get("max_cost_usd"),
        max_tokens=None if tokens is None else int(tokens),
        spent=Amount(0, 0.0),
    )


@pytest.mark.parametrize("seed", range(5))
def test_calls_side_by_side_never_take_more_than_the_ceiling_and_little_less(seed: int) -> None:
    chance = random.Random(seed)

    async def run() -> Budget:
        spent = budget(StopSign(), max_tokens=1000, max_cost_usd=1.0)

        async def call() -> None:
            # What is reserved is a bound of what is used.
            used = chance.randint(1, 20)
            async with spent.reserve(Amount(20, 0.02)) as bill:
                bill.begin()
                await asyncio.sleep(chance.random() / 1000)
                assert spent.tokens + spent._reserved_tokens <= 1000
                bill.used = Amount(used, used / 1000)

        results = await asyncio.gather(*(call() for _ in range(300)), return_exceptions=True)
        assert {type(result) for result in results} == {type(None), Stopped}
        return spent

    spent = asyncio.run(run())
    # It goes on until a call of 20 does not fit any more, though 50 of them were enough to reserve it all.
    assert 980 <= spent.tokens <= 1000
    assert spent.cost_usd == pytest.approx(spent.tokens / 1000)
    assert (spent._reserved_tokens, spent._under_way) == (0, 0)


def test_a_call_that_does_not_fit_waits_for_those_under_way() -> None:
    async def run() -> None:
        stop = StopSign()
        spent = budget(stop, max_tokens=100)
        began = asyncio.Event()

        async def small() -> None:
            async with spent.reserve(Amount(90, None)) as bill:
                bill.begin()
                began.set()
                await asyncio.sleep(0.02)
                bill.used = Amount(10, None)

        first = asyncio.create_task(small())
        await began.wait()
        async with spent.reserve(Amount(90, None)):
            assert first.done()
        assert stop.reason is None

    asyncio.run(run())


def test_the_sentence_says_what_is_spent_and_what_would_be_next() -> None:
    async def run() -> str:
        stop = StopSign()
        spent = Budget(stop, max_cost_usd=2.5, max_tokens=None, spent=Amount(1000, 2.31))
        with pytest.raises(Stopped) as caught:
            async with spent.reserve(Amount(100, 0.25)):
                pass
        return caught.value.message

    assert asyncio.run(run()) == (
        "It stopped at its budget of $2.50: $2.31 is spent, and the next call may cost $0.25. "
        "Resume it with a higher ceiling."
    )


def test_a_price_that_is_not_known_fits_no_ceiling_of_money() -> None:
    async def run() -> None:
        spent = budget(StopSign(), max_cost_usd=1e6)
        with pytest.raises(Stopped):
            async with spent.reserve(Amount(1, None)):
                pass

    asyncio.run(run())


def governed(server: ScriptedServer, calls: RunCalls) -> ChatModel:
    model = open_model("openai:scripted", base_url=server.url)
    return calls.govern(model, provider="openai", name="scripted")


def answers(_: Sequence[Message]) -> str:
    return "one two three"


def rates_of(_provider: str, _model: str) -> Rates:
    return A_DOLLAR_A_TOKEN


async def ask(model: ChatModel, times: int) -> list[BaseException | object]:
    # 1 token of a question as the server counts, guessed as 5; 3 tokens of an answer, reserved as 10.
    asked = (model.complete([Message("user", "Go")], {"max_tokens": 10}) for _ in range(times))
    return await asyncio.gather(*asked, return_exceptions=True)


@pytest.mark.parametrize("ceiling", [{"max_tokens": 90}, {"max_cost_usd": 90.0}])
def test_a_run_of_calls_stops_below_its_ceiling(ceiling: dict[str, float]) -> None:
    with ScriptedServer(answers) as server:
        calls = RunCalls(CallLimits.model_validate(ceiling), rates_of=rates_of)
        results = asyncio.run(ask(governed(server, calls), 50))
    stopped = [result for result in results if isinstance(result, Stopped)]
    counts = calls.counts
    assert (counts.answered, len(stopped)) == (len(server.calls), 50 - len(server.calls))
    # Each call took 4, and the last that did not fit would have been 15.
    assert counts.spent_tokens == counts.spent_usd == 4 * counts.answered
    assert 90 - 15 < counts.spent_tokens <= 90
    assert calls.stopped is not None


def test_what_was_spent_before_counts() -> None:
    with ScriptedServer(answers) as server:
        calls = RunCalls(CallLimits(max_tokens=90), counts=CallCounts(answered=20, spent_tokens=80))
        results = asyncio.run(ask(governed(server, calls), 1))
        assert isinstance(results[0], Stopped)
        assert server.calls == ()


@pytest.mark.parametrize(
    ("failure", "spent"), [("500", 0), ("429", 0), ("401", 0), ("malformed", 15), ("cut", 30)]
)
def test_a_call_that_broke_off_counts_as_what_was_reserved(failure: Failure, spent: int) -> None:
    with ScriptedServer(answers) as server:
        server.fail(failure, failure)
        calls = RunCalls(rates_of=rates_of, patience=QUICK)
        results = asyncio.run(ask(governed(server, calls), 1))
    assert isinstance(results[0], ProviderFailure)
    assert (calls.counts.spent_tokens, calls.counts.spent_usd, calls.counts.answered) == (spent, spent, 0)


def test_a_call_that_never_reached_its_provider_costs_nothing() -> None:
    calls = RunCalls(patience=QUICK)
    model = calls.govern(open_model("openai:any", base_url="http://127.0.0.1:9/v1"), provider="openai", name="any")
    results = asyncio.run(ask(model, 1))
    assert isinstance(results[0], ProviderFailure)
    assert (calls.counts.spent_tokens, calls.counts.refused) == (0, 2)


def test_a_call_that_is_given_up_in_its_middle_counts_as_what_was_reserved() -> None:
    answering = threading.Event()

    def late(_: Sequence[Message]) -> str:
        answering.wait(5)
        return "late"

    async def run() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await governed(server, calls).complete([Message("user", "Go")], {"max_tokens": 10})

    with ScriptedServer(late) as server:
        calls = RunCalls(rates_of=rates_of)
        asyncio.run(run())
        answering.set()
    assert calls.counts.spent_tokens == 15


def test_models_without_a_price_are_named() -> None:
    calls = RunCalls(rates_of=lambda _provider, name: A_DOLLAR_A_TOKEN if name == "priced" else ())
    for name in ("priced", "mine"):
        calls.govern(open_model(f"openai:{name}", base_url="http://127.0.0.1:9"), provider="openai", name=name)
    assert calls.unpriced() == ["openai:mine"]
