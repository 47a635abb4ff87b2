# /// script
# requires-python = "<3.14"
# dependencies = ["ppi-python", "statsmodels", "pandas", "numpy"]
# ///
"""Record recorded.json: what ppi-python and statsmodels say of generated data, as oracles of our own statistics.

uv run tests/evaluation/oracles/record.py
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
PACKAGES = ("ppi-python", "statsmodels")


def main() -> None:
    generator = np.random.default_rng(20_080_911)
    recorded = {
        "versions": {package: version(package) for package in PACKAGES},
        "prediction_powered": [powered(generator, number) for number in range(24)],
        "proportions": [proportion(generator) for _ in range(40)],
        "two_proportions": [two_proportions(generator) for _ in range(20)],
        "mcnemar": [mcnemar(generator) for _ in range(30)],
        "adjusted": [adjusted(generator) for _ in range(20)],
        "clustered": [clustered(generator) for _ in range(12)],
    }
    (HERE / "recorded.json").write_text(json.dumps(recorded) + "\n", encoding="utf-8")


def powered(generator: np.random.Generator, number: int) -> dict[str, Any]:
    """Judges of every worth: useless, good, biased, and one that says the contrary, whose weight is 0."""
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    n, others = int(generator.integers(5, 60)), int(generator.integers(10, 200))
    worth = (0.0, 0.5, 0.95, -0.8)[number % 4]
    truth = generator.normal(0.5, 0.2, n + others).round(3)
    judge = (worth * truth + 0.1 + generator.normal(0, 0.08, n + others)).round(3)
    if number % 3 == 0:
        truth, judge = (truth > 0.5).astype(float), (judge > np.median(judge)).astype(float)
    said, beside, unlabelled = truth[:n], judge[:n], judge[n:]
    low, high = ppi_mean_ci(said, beside, unlabelled, alpha=0.05)
    fixed = ppi_mean_pointestimate(said, beside, unlabelled, lam=0.7)
    return {
        "labels": list(said),
        "beside": list(beside),
        "others": list(unlabelled),
        "estimate": ppi_mean_pointestimate(said, beside, unlabelled).item(),
        "low": low.item(),
        "high": high.item(),
        "estimate_at_0.7": fixed.item(),
    }


def proportion(generator: np.random.Generator) -> dict[str, Any]:
    from statsmodels.stats.proportion import proportion_confint

    n = int(generator.integers(1, 1500))
    successes, confidence = int(generator.integers(0, n + 1)), float(generator.uniform(0.8, 0.99))
    bounds = proportion_confint(successes, n, alpha=1 - confidence, method="beta")
    return {"successes": successes, "n": n, "confidence": confidence, "beta": list(map(float, bounds))}


def two_proportions(generator: np.random.Generator) -> dict[str, Any]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    first, second = map(int, generator.integers(10, 300, 2))
    a, b = int(generator.integers(1, first)), int(generator.integers(1, second))
    bounds = confint_proportions_2indep(b, second, a, first, method="newcomb", compare="diff", alpha=0.05)
    return {"base": [a, first], "candidate": [b, second], "newcombe": list(map(float, bounds))}


def mcnemar(generator: np.random.Generator) -> dict[str, Any]:
    from statsmodels.stats.contingency_tables import mcnemar as test

    losses, gains = map(int, generator.integers(0, 60, 2))
    table = [[10, losses], [gains, 7]]
    return {"losses": losses, "gains": gains, "p_value": float(test(table, exact=True).pvalue)}


def adjusted(generator: np.random.Generator) -> dict[str, Any]:
    from statsmodels.stats.multitest import multipletests

    values = generator.beta(0.4, 2, int(generator.integers(1, 12))).round(3)
    return {
        "p_values": list(values),
        "holm_rejects": list(map(bool, multipletests(values, 0.05, "holm")[0])),
        "benjamini_hochberg": list(multipletests(values, 0.05, "fdr_bh")[1]),
    }


def clustered(generator: np.random.Generator) -> dict[str, Any]:
    """A mean is the regression on a constant alone; statsmodels corrects by G/(G−1) · (n−1)/(n−1)."""
    import statsmodels.api as sm

    clusters = int(generator.integers(5, 60))
    groups = generator.integers(0, clusters, int(generator.integers(clusters, 200)))
    differences = (generator.normal(0.05, 0.2, groups.size) + generator.normal(0, 0.1, clusters)[groups]).round(3)
    fitted = sm.OLS(differences, np.ones(groups.size)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}
    )
    return {
        "differences": list(differences),
        "clusters": list(map(int, groups)),
        "mean": float(fitted.params[0]),
        "standard_error": float(fitted.bse[0]),
    }


if __name__ == "__main__":
    main()
