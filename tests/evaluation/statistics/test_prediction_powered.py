import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.human.labels import HumanLabels
from windlass.evaluation.human.metrics import CorrectedMetric, correct_metric
from windlass.evaluation.imports.imported import ImportedRun, ImportOptions
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.samples import SampleResult
from windlass.evaluation.statistics.paired import mean_estimate
from windlass.evaluation.statistics.prediction_powered import PredictionPowered, prediction_powered
from windlass.evaluation.statistics.rates import clopper_pearson

FIELD = HumanLabels(field="majority")


def judged(n: int, others: int, seed: int = 1, *, bias: float = 0.2) -> tuple[list[float | None], list[float]]:
    """Return labels of the first items and a judge's values of all: it follows the truth, and is biased."""
    generator = np.random.default_rng(seed)
    truth = generator.normal(0.6, 0.2, n + others)
    judge = truth + bias + generator.normal(0, 0.1, n + others)
    return [*truth[:n].tolist(), *[None] * others], judge.tolist()


def test_the_estimate_is_the_formula_written_out() -> None:
    labels, judge = judged(30, 200)
    found = prediction_powered(labels, judge)
    said, beside, others = np.array(labels[:30], dtype=float), np.array(judge[:30]), np.array(judge[30:])
    covariance = np.mean((said - said.mean()) * (beside - beside.mean()))
    weight = covariance / ((1 + 30 / 200) * np.var([*beside, *others], ddof=1))
    assert found.weight == pytest.approx(weight, abs=1e-12)
    assert found.estimate == pytest.approx(weight * others.mean() + np.mean(said - weight * beside), abs=1e-12)
    residual = np.var(said - weight * beside, ddof=2)
    assert found.standard_error == pytest.approx(np.sqrt(residual / 30 + weight**2 * np.var(others, ddof=1) / 200))
    assert (found.labelled, found.unlabelled, found.clusters, found.df) == (30, 200, 30, 28)


def test_the_unlabelled_items_are_those_without_a_label_and_no_others() -> None:
    # Were the labelled ones among them, the judge's mean over the N would count what was measured twice.
    found = prediction_powered([1.0, 3.0, None, None], [1.0, 2.0, 5.0, 7.0], weight=1.0)
    assert (found.labelled, found.unlabelled) == (2, 2)
    assert found.estimate == pytest.approx((5 + 7) / 2 + ((1 - 1) + (3 - 2)) / 2)


def test_a_biased_judge_whose_plain_interval_misses_the_truth_is_corrected() -> None:
    labels, judge = judged(60, 2000)
    plain, found = mean_estimate(judge), prediction_powered(labels, judge)
    interval = found.interval()
    assert plain.low is not None
    assert plain.low > 0.75
    assert interval is not None
    assert interval.low < 0.6 < interval.high
    assert found.effective_labels is not None
    assert found.effective_labels > 2 * found.labelled


def test_a_judge_that_knows_nothing_or_says_the_contrary_leaves_the_labels_alone() -> None:
    labels, judge = judged(40, 400)
    for useless in ([0.7] * 440, [-value for value in judge]):
        found = prediction_powered(labels, useless)
        alone = mean_estimate([label for label in labels if label is not None])
        assert found.weight == 0.0
        assert found.estimate == pytest.approx(alone.mean)
        assert found.interval() == pytest.approx((alone.low, alone.high))
        assert found.effective_labels == pytest.approx(40)


def test_shifting_what_a_judge_says_changes_nothing() -> None:
    labels, judge = judged(25, 100)
    shifted = prediction_powered(labels, [value + 10 for value in judge])
    assert shifted.estimate == pytest.approx(prediction_powered(labels, judge).estimate)


def test_clusters_of_one_item_change_nothing() -> None:
    labels, judge = judged(25, 100)
    alone, clustered = prediction_powered(labels, judge), prediction_powered(labels, judge, range(125))
    assert clustered.standard_error == pytest.approx(alone.standard_error)
    assert clustered.interval() == pytest.approx(alone.interval())


def test_the_clustered_error_counts_a_cluster_that_is_partly_labelled_once() -> None:
    labels, judge = judged(60, 120)
    clusters = [number % 20 for number in range(180)]
    found = prediction_powered(labels, judge, clusters, weight=0.8)
    said, f = np.array(labels[:60], dtype=float), np.array(judge)
    residuals, others = said - 0.8 * f[:60], 0.8 * f[60:]
    total = 0.0
    for g in range(20):
        within = residuals[np.arange(60) % 20 == g] - residuals.mean()
        beside = others[np.arange(60, 180) % 20 == g] - others.mean()
        total += 20 / 19 * (within.sum() / 60 + beside.sum() / 120) ** 2
    assert found.standard_error == pytest.approx(np.sqrt(total))
    assert (found.clusters, found.df) == (20, 19)


def test_labelling_each_item_of_a_cluster_gains_no_certainty() -> None:
    labels, judge = judged(20, 100)
    once = prediction_powered(labels, judge, weight=0.9)
    tenfold = prediction_powered(
        [label for label in labels for _ in range(10)],
        [value for value in judge for _ in range(10)],
        [number for number in range(120) for _ in range(10)],
        weight=0.9,
    )
    assert tenfold.standard_error == pytest.approx(once.standard_error)


def test_a_share_has_the_exact_interval_and_stays_within_0_and_1() -> None:
    labels = [1.0] * 47 + [0.0] * 3
    found = prediction_powered(labels, [0.5] * 50)
    interval = found.interval()
    assert interval is not None
    assert 0 < interval.low < 0.94 < interval.high < 1
    assert interval == pytest.approx(clopper_pearson(47, 50), abs=0.01)


def test_labels_that_are_all_the_same_are_no_certainty() -> None:
    found = prediction_powered([1.0] * 30 + [None] * 70, [1.0] * 100)
    interval = found.interval()
    assert interval is not None
    assert interval == pytest.approx(clopper_pearson(30, 30))
    assert found.p_beyond(0.2) == pytest.approx(0.8**30)
    assert (found.p_beyond(-0.1), found.p_beyond(1.5)) == (1.0, 0.0)
    assert found.effective_labels is None


@pytest.mark.parametrize("labels", [[0.3, None, None], [None, 0.4, 0.5]])
def test_a_label_or_two_say_little_and_the_judge_gets_no_weight(labels: list[float | None]) -> None:
    found = prediction_powered(labels, [0.1, 0.9, 0.5])
    assert found.weight == 0.0
    assert (found.interval() is None) == (found.labelled == 1)


def test_without_any_label_there_is_nothing_to_correct_by() -> None:
    with pytest.raises(InputError, match="No item has a human label"):
        prediction_powered([None, None], [0.1, 0.2])
    with pytest.raises(InputError, match="there are 2 and 1"):
        prediction_powered([None, 1.0], [0.1])
    with pytest.raises(InputError, match="not a finite number"):
        prediction_powered([float("nan"), 1.0], [0.1, 0.2])


def test_everything_labelled_needs_no_judge() -> None:
    found: PredictionPowered = prediction_powered([0.2, 0.4, 0.9], [0.0, 0.5, 1.0])
    assert (found.weight, found.unlabelled) == (0.0, 0)
    assert found.estimate == pytest.approx(0.5)


def pandalm(judge: str, verdict: str, verdicts: dict[str, float]) -> tuple[ImportedRun, dict[str, SampleResult]]:
    """Return the run of a judge on PandaLM's test set, with the majority of three people in each item."""
    folder = real_data("pandalm")
    names = ("instruction", "input", "response1", "response2")
    columns = {"id": "idx", **{f"input.{name}": name for name in names}, "verdict": verdict}
    options = ImportOptions(items=folder / "testset-v1.json", columns=columns, verdicts=verdicts)
    (run,) = read_runs("judgements", folder / judge, options)
    results = {
        sample.item: SampleResult(sample.item, "t", "s", 0, 1, sample.prediction, judgements=sample.scores)
        for sample in run.samples
    }
    return run, results


def majority(people: Sequence[int]) -> float:
    """Return 1 where most prefer the first answer, 0 the second, and a half for a tie."""
    return {1: 1.0, 2: 0.0, 0: 0.5}[Counter(people).most_common(1)[0][0]]


@pytest.mark.parametrize(
    ("judge", "verdict", "verdicts", "worth"),
    [
        ("gpt-3.5-turbo-testset-v1.json", "gpt_result", {"1": 1.0, "2": 0.0, "Tie": 0.5}, 1.51),
        ("pandalm-7b-testset-v1.json", "pandalm_result", {"1": 1.0, "2": 0.0, "0": 0.5}, 1.36),
    ],
    ids=["gpt-3.5", "pandalm-7b"],
)
def test_50_labels_beside_a_published_judge_are_worth_more_of_them(
    judge: str, verdict: str, verdicts: dict[str, float], worth: float
) -> None:
    run, results = pandalm(judge, verdict, verdicts)
    people = {
        item.id: majority([int(str(item.metadata[f"annotator{n}"])) for n in (1, 2, 3)]) for item in run.items
    }
    truth = sum(people.values()) / len(people)
    generator = np.random.default_rng(0)
    corrected: list[CorrectedMetric] = []
    for _ in range(600):
        drawn = generator.choice(list(people), 50, replace=False)
        found = correct_metric("verdict", FIELD, {item: people[item] for item in drawn}, results, run.items)
        assert found is not None
        corrected.append(found)
    # All 999 items count, those on which the judge's verdict did not parse among them.
    assert {(each.labelled, each.unlabelled) for each in corrected} == {(50, 949)}
    held = [
        each.low is not None and each.high is not None and each.low <= truth <= each.high for each in corrected
    ]
    # Three standard errors of the simulation around 94 to 96 %.
    assert 0.94 - 0.029 <= np.mean(held) <= 0.96 + 0.024
    effective = [each.effective_labels for each in corrected if each.effective_labels is not None]
    assert np.mean(effective) / 50 == pytest.approx(worth, abs=0.03)


RECORDED = json.loads((Path(__file__).parents[1] / "oracles" / "recorded.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", RECORDED["prediction_powered"], ids=str)
def test_estimate_weight_and_variance_are_those_of_ppi_python(case: dict[str, list[float]]) -> None:
    labels, beside, others = case["labels"], case["beside"], case["others"]
    n = len(labels)
    given, judge = [*labels, *[None] * len(others)], [*beside, *others]
    found = prediction_powered(given, judge)
    assert found.estimate == pytest.approx(case["estimate"], abs=1e-9)
    fixed = prediction_powered(given, judge, weight=0.7)
    assert fixed.estimate == pytest.approx(case["estimate_at_0.7"], abs=1e-9)
    # Theirs is the normal interval with variances divided by n; ours divides by the degrees of freedom.
    residual = float(np.var(np.array(labels) - found.weight * np.array(beside))) / n
    judged_part = found.weight**2 * float(np.var(others)) / len(others)
    reach = 1.959963984540054 * np.sqrt(residual + judged_part)
    assert (found.estimate - reach, found.estimate + reach) == pytest.approx((case["low"], case["high"]), abs=1e-9)
    assert found.standard_error is not None
    ours = residual * n / found.df + judged_part * len(others) / (len(others) - 1)
    assert found.standard_error**2 == pytest.approx(ours, abs=1e-12)
