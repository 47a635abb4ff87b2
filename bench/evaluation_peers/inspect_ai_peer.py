"""inspect-ai: every sample in a log file, as its defaults have it."""

from typing import Any

from common import CONCURRENCY, SAMPLES, answer, measured
from inspect_ai import Task
from inspect_ai import eval as run
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.scorer import exact
from inspect_ai.solver import generate


@modelapi(name="bench")
class Bench(ModelAPI):
    def __init__(self, model_name: str, base_url: str | None = None, api_key: str | None = None, **_: Any) -> None:
        super().__init__(model_name, base_url, api_key, [], GenerateConfig())

    async def generate(self, input: Any, tools: Any, tool_choice: Any, config: Any) -> ModelOutput:  # noqa: A002
        del tools, tool_choice, config
        return ModelOutput.from_content("bench", await answer(input[-1].text.split()[-1]))

    def max_connections(self) -> int:
        return CONCURRENCY


TASK = Task(
    dataset=MemoryDataset([Sample(input=f"Question {n}", target=f"answer {n}") for n in range(SAMPLES)]),
    solver=generate(),
    scorer=exact(),
)


def evaluate() -> int:
    (log,) = run(TASK, model="bench/m", max_connections=CONCURRENCY, max_samples=CONCURRENCY, display="none")
    if log.results is None:
        raise SystemExit(f"the evaluation is {log.status}: {log.error and log.error.message}")
    metrics = log.results.scores[0].metrics
    return round(next(iter(metrics.values())).value * SAMPLES)


measured(evaluate)
