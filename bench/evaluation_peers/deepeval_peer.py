"""deepeval: it scores outputs that are there; the calls of the model are a loop of the user's own."""

import asyncio

from common import CONCURRENCY, SAMPLES, answer, measured
from deepeval import evaluate as score
from deepeval.evaluate import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import ExactMatchMetric
from deepeval.test_case import LLMTestCase


async def answers() -> list[str]:
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(number: int) -> str:
        async with slots:
            return await answer(number)

    return await asyncio.gather(*map(one, range(SAMPLES)))


def evaluate() -> int:
    cases = [
        LLMTestCase(input=f"Question {n}?", actual_output=output, expected_output=f"answer {n}")
        for n, output in enumerate(asyncio.run(answers()))
    ]
    found = score(
        cases,
        [ExactMatchMetric()],
        async_config=AsyncConfig(max_concurrent=CONCURRENCY, throttle_value=0),
        display_config=DisplayConfig(show_indicator=False, print_results=False),
        cache_config=CacheConfig(write_cache=False),
    )
    return sum(bool(each.success) for each in found.test_results)


measured(evaluate)
