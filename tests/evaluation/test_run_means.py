"""Means of a run whose items belong together."""

import numpy as np
import pytest

from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.results import summarise
from windlass.evaluation.run_means import run_mean
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.score_summaries import cluster_codes, summarise_scores


def clustered(clusters: int, of_each: int, spread: float) -> tuple[list[float], list[int]]:
    """Values that share most of what they are with their cluster."""
    generator = np.random.default_rng(clusters)
    own = generator.normal(0.5, spread, clusters).repeat(of_each)
    values = own + generator.normal(0, 0.05, clusters * of_each)
    return list(values), [number for number in range(clusters) for _ in range(of_each)]


def test_items_that_belong_together_count_as_fewer() -> None:
    values, clusters = clustered(40, 10, 0.2)
    alone, together = run_mean("f1", values, None), run_mean("f1", values, clusters)
    assert together.mean == pytest.approx(alone.mean)
    assert together.clusters == 40
    # Nearly all the variance is between clusters: ten items tell little more than one.
    assert together.effective_n == pytest.approx(40, rel=0.15)
    assert alone.low is not None
    assert together.low is not None
    assert together.mean is not None
    assert together.mean - together.low > 2.5 * (together.mean - alone.low)


def test_a_rate_without_a_failure_is_as_sure_as_its_clusters() -> None:
    mean = run_mean("right", [1.0] * 200, [number // 20 for number in range(200)])
    assert (mean.mean, mean.high, mean.effective_n) == (1.0, 1.0, 10)
    assert mean.low == pytest.approx(0.025 ** (1 / 10))


def test_an_amount_is_no_rate_in_clusters_either() -> None:
    free = run_mean("cost_usd", [0.0] * 40, [number // 4 for number in range(40)])
    assert (free.mean, free.low, free.high) == (0.0, 0.0, 0.0)


def result(item: str, value: float) -> SampleResult:
    judgements = {"m": Judgement(value)}
    return SampleResult(item, "1" * 32, "1" * 16, 0, 1, Prediction(output="x"), judgements=judgements)


def test_a_summary_counts_the_clusters_that_have_a_value_however_its_samples_come() -> None:
    items = [Item(id=f"i{number}", input="?", metadata={"page": f"p{number // 2}"}) for number in range(8)]
    results = {item.id: result(item.id, 0.1 * number) for number, item in enumerate(items[:6])}
    summary = summarise(results, items, ["m"], cluster="page")["m"]
    assert (summary.n, summary.missing, summary.clusters, summary.coverage) == (6, 2, 3, 0.75)
    columns = scores_of_results(results.values(), ItemIndex(item.id for item in items))
    assert summarise_scores(columns, ["m"], clusters=cluster_codes(items, "page"))["m"] == summary
