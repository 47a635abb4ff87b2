"""MLflow: every sample a trace in a SQLite store."""

from typing import Any

import mlflow
from common import SAMPLES, answer, measured
from mlflow.genai.scorers import scorer

mlflow.set_experiment("bench")


@scorer
def exact(outputs: Any, expectations: Any) -> bool:
    return bool(outputs == expectations["expected_response"])


async def predict(number: str) -> str:
    return await answer(number)


def evaluate() -> int:
    found = mlflow.genai.evaluate(
        data=[
            {"inputs": {"number": str(n)}, "expectations": {"expected_response": f"answer {n}"}}
            for n in range(SAMPLES)
        ],
        predict_fn=predict,
        scorers=[exact],
    )
    return round(next(iter(found.metrics.values())) * SAMPLES)


measured(evaluate)
