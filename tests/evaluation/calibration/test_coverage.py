"""How often the intervals of agreement hold the truth: figures in docs/reference/statistics.md."""

import numpy as np
import pytest

from windlass.evaluation.calibration.agreement import judge_agreement
from windlass.evaluation.calibration.contingency import measures_of
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict

REPEATS = 400
NAMES = ("kappa", "quadratic_kappa", "ac1", "alpha", "spearman")
COMMON = np.array([[0.05, 0.04], [0.03, 0.88]])
"""A value that is common: kappa 0.55, where people and judge agree on 93 %."""
EVEN = np.array([[0.22, 0.05, 0.02], [0.06, 0.26, 0.06], [0.02, 0.06, 0.25]])


def covered(chances: np.ndarray, n: int, *, of_each: int = 1) -> dict[str, float]:
    """Return how often each interval holds its truth, for items in clusters that are ``of_each`` alike."""
    generator = np.random.default_rng(n)
    size = len(chances)
    values = [float(value) for value in range(size)]
    truth = {
        name: float(measure(chances[None] * 1e9, values)[0]) for name, measure in measures_of("nominal").items()
    }
    held = dict.fromkeys(NAMES, 0)
    for _ in range(REPEATS):
        drawn = np.repeat(generator.choice(size * size, n // of_each, p=chances.ravel()), of_each)
        items = [
            JudgedItem(
                item=str(number),
                labels={},
                reference=float(cell // size),
                verdicts=[JudgeVerdict(value=float(cell % size))],
                cluster=str(number // of_each),
            )
            for number, cell in enumerate(drawn.tolist())
        ]
        measures = judge_agreement(items, "nominal").measures
        for name in NAMES:
            low, high = measures[name].low, measures[name].high
            held[name] += low is not None and high is not None and low <= truth[name] <= high
    return {name: count / REPEATS for name, count in held.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chances", "n", "of_each", "least"),
    [
        (EVEN, 50, 1, 0.90),
        (EVEN, 200, 1, 0.92),
        (COMMON, 100, 1, 0.86),
        (COMMON, 400, 1, 0.92),
        (EVEN, 200, 4, 0.90),
    ],
    ids=["50", "200", "100 skewed", "400 skewed", "200 in fifty clusters"],
)
def test_95_percent_intervals_of_agreement_cover_the_truth(
    chances: np.ndarray, n: int, of_each: int, least: float
) -> None:
    shares = covered(chances, n, of_each=of_each)
    print(f"n {n}, clusters of {of_each}: " + ", ".join(f"{name} {share:.3f}" for name, share in shares.items()))
    assert min(shares.values()) >= least
    assert max(shares.values()) <= 0.985
