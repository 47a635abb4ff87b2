"""pydantic-evals: everything in memory, nothing kept."""

import asyncio

from common import CONCURRENCY, SAMPLES, answer, measured
from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EqualsExpected

DATASET = Dataset(
    name="bench",
    cases=[Case(name=str(n), inputs=str(n), expected_output=f"answer {n}") for n in range(SAMPLES)],
    evaluators=[EqualsExpected()],
)


async def task(number: str) -> str:
    return await answer(number)


def evaluate() -> int:
    report = asyncio.run(DATASET.evaluate(task, max_concurrency=CONCURRENCY, progress=False))
    return sum(all(each.value for each in case.assertions.values()) for case in report.cases)


measured(evaluate)
