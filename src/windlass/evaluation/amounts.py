"""What the samples of a run took, in numbers."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from windlass.evaluation.run_scores import Floats, RunScores
from windlass.evaluation.samples import Prediction, SampleResult


class Amounts(NamedTuple):
    """By row of a run's scores; NaN where nobody says."""

    cost_usd: Floats
    latency_s: Floats
    tokens: Floats
    """In and out."""

    @classmethod
    def unknown(cls, samples: int) -> "Amounts":
        return cls(*(np.full(samples, np.nan) for _ in cls._fields))


def amounts_of_results(results: Iterable[SampleResult], scores: RunScores) -> Amounts:
    """Return what samples took that are in memory."""
    amounts = Amounts.unknown(len(scores))
    for result in results:
        row = scores.row_of(result.item, result.repeat)
        if row is not None and result.prediction is not None:
            for values, value in zip(amounts, _of(result.prediction), strict=True):
                values[row] = np.nan if value is None else value
    return amounts


def _of(prediction: Prediction) -> tuple[float | None, float | None, float | None]:
    usage = prediction.usage
    tokens = None if usage is None else usage.input_tokens + usage.output_tokens
    return prediction.cost_usd, prediction.latency_s, tokens
