import json
from collections.abc import Sequence
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from scipy import stats
from statsmodels.stats import inter_rater

from tests.real_data import real_data
from windlass.evaluation.calibration.agreement import (
    MOST_VALUES,
    Ceiling,
    JudgeAgreement,
    human_ceiling,
    judge_agreement,
)
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict, most_said
from windlass.evaluation.calibration.ranks import spearman
from windlass.evaluation.reviews.questions import Level


def item(number: int, labels: Sequence[float], judge: float | None, cluster: str | None = None) -> JudgedItem:
    return JudgedItem(
        item=f"i{number}",
        labels={f"p{rater}": label for rater, label in enumerate(labels)},
        reference=most_said(labels),
        verdicts=[JudgeVerdict(value=judge, missing_why="" if judge is not None else "unparsable")],
        cluster=cluster,
    )


def scored(values: Sequence[float], n: int = 200, seed: int = 5) -> tuple[list[float], list[float]]:
    """Return what people said and what a judge said that agrees with them more often than not."""
    generator = np.random.default_rng(seed)
    human = generator.choice(values, n, p=np.arange(1, len(values) + 1) / sum(range(1, len(values) + 1)))
    judge = np.where(generator.random(n) < 0.6, human, generator.choice(values, n))
    return human.tolist(), judge.tolist()


def measured(human: Sequence[float], judge: Sequence[float]) -> JudgeAgreement:
    pairs = zip(human, judge, strict=True)
    return judge_agreement([item(number, [one], other) for number, (one, other) in enumerate(pairs)], "nominal")


def value(found: JudgeAgreement, name: str) -> float:
    number = found.measures[name].value
    assert number is not None
    return number


def table_of(human: Sequence[float], judge: Sequence[float]) -> np.ndarray:
    values = sorted({*human, *judge})
    table = np.zeros((len(values), len(values)))
    for one, other in zip(human, judge, strict=True):
        table[values.index(one), values.index(other)] += 1
    return table


@pytest.mark.parametrize("values", [[0.0, 1.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
def test_kappas_are_those_of_statsmodels(values: list[float]) -> None:
    human, judge = scored(values)
    found, table = measured(human, judge), table_of(human, judge)
    assert found.confusion == table.astype(int).tolist()
    for name, weights in (("kappa", None), ("linear_kappa", "linear"), ("quadratic_kappa", "quadratic")):
        oracle = inter_rater.cohens_kappa(table, wt=weights).kappa
        assert value(found, name) == pytest.approx(oracle, abs=1e-9)


def test_a_weighted_kappa_goes_by_how_far_apart_the_values_are_and_not_by_their_order() -> None:
    human, judge = scored([0.0, 0.5, 4.0])
    table = table_of(human, judge)
    apart = np.abs(np.subtract.outer([0.0, 0.5, 4.0], [0.0, 0.5, 4.0]))
    oracle = inter_rater.cohens_kappa(table, weights=apart).kappa
    assert value(measured(human, judge), "linear_kappa") == pytest.approx(oracle, abs=1e-9)


def test_rank_correlation_is_that_of_scipy_with_ties_and_without_categories() -> None:
    human, judge = scored([1.0, 2.0, 3.0, 4.0, 5.0])
    oracle = stats.spearmanr(human, judge).statistic
    assert value(measured(human, judge), "spearman") == pytest.approx(oracle, abs=1e-9)
    assert spearman(human, judge).value == pytest.approx(oracle, abs=1e-9)
    fine = [round(each + 0.01 * number, 2) for number, each in enumerate(judge)]
    found = measured(human, fine)
    assert (found.values, found.confusion, list(found.measures)) == ([], [], ["spearman"])
    assert len(set(fine)) > MOST_VALUES
    assert value(found, "spearman") == pytest.approx(stats.spearmanr(human, fine).statistic, abs=1e-9)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_is_that_of_the_package_krippendorff(level: Level) -> None:
    human, judge = scored([1.0, 2.0, 3.0, 4.0])
    items = [item(number, [one], other) for number, (one, other) in enumerate(zip(human, judge, strict=True))]
    found = judge_agreement(items, level)
    oracle = krippendorff.alpha(reliability_data=[human, judge], level_of_measurement=level)
    assert value(found, "alpha") == pytest.approx(oracle, abs=1e-9)


def test_accuracy_balanced_accuracy_and_ac1_are_those_of_their_formulas() -> None:
    # 40 yes of which 30 are seen, 60 no of which 54 are.
    human = [1.0] * 40 + [0.0] * 60
    judge = [1.0] * 30 + [0.0] * 10 + [1.0] * 6 + [0.0] * 54
    found = measured(human, judge)
    assert value(found, "accuracy") == pytest.approx(0.84, abs=1e-12)
    assert value(found, "balanced_accuracy") == pytest.approx((30 / 40 + 54 / 60) / 2, abs=1e-12)
    # π of yes is (40 + 36) / 200, p_e = 2 π (1 − π) / (2 − 1).
    expected = 2 * 0.38 * 0.62
    assert value(found, "ac1") == pytest.approx((0.84 - expected) / (1 - expected), abs=1e-12)
    assert found.confusion == [[54, 6], [10, 30]]


def test_where_one_label_is_common_kappa_falls_and_ac1_does_not() -> None:
    careless = measured([1.0] * 95 + [0.0] * 5, [1.0] * 100)
    assert value(careless, "accuracy") == 0.95
    assert value(careless, "kappa") == 0
    assert value(careless, "ac1") > 0.9
    assert value(careless, "balanced_accuracy") == 0.5


def test_a_judge_that_is_always_right_is_given_no_certainty() -> None:
    human = [0.0, 1.0] * 10
    kappa = measured(human, human).measures["kappa"]
    wrong = 1 - 0.025 ** (1 / 20)
    assert (kappa.value, kappa.high) == (1.0, 1.0)
    # As many as Clopper and Pearson cannot rule out, judged the other way.
    assert kappa.low == pytest.approx(1 - 2 * wrong, abs=1e-9)
    wider = measured(human[:6], human[:6]).measures["kappa"].low
    assert wider is not None
    assert wider < (kappa.low or 0)


def test_items_that_belong_together_widen_the_interval() -> None:
    human, judge = scored([0.0, 1.0], n=60)
    alone = [item(number, [one], other) for number, (one, other) in enumerate(zip(human, judge, strict=True))]
    thrice = [
        item(10 * number + copy, [one], other, cluster=f"c{number}")
        for number, (one, other) in enumerate(zip(human, judge, strict=True))
        for copy in range(3)
    ]
    one, three = (judge_agreement(items, "nominal").measures["kappa"] for items in (alone, thrice))
    assert one.value == pytest.approx(three.value)
    # The same thing said three times is no more than said once.
    assert one.low == pytest.approx(three.low, abs=0.02)
    assert one.high == pytest.approx(three.high, abs=0.02)
    assert three.n == 180


def test_what_people_could_not_settle_and_what_did_not_parse_is_no_agreement() -> None:
    items = [item(1, [1.0, 0.0], 1.0), item(2, [1.0, 1.0], None), item(3, [1.0, 1.0], 1.0)]
    assert judge_agreement(items, "nominal").measures["accuracy"].n == 1
    nothing = judge_agreement(items[:2], "nominal")
    assert (nothing.values, nothing.measures) == ([], {})


def test_the_ceiling_holds_people_and_judge_against_the_same_majorities() -> None:
    # Three people: the third errs on every fifth item; the judge on every fourth.
    items = []
    for number in range(100):
        truth = float(number % 2)
        third = 1 - truth if number % 5 == 0 else truth
        items.append(item(number, [truth, truth, third], 1 - truth if number % 4 == 0 else truth))
    found = ceiling(items)
    # Against two of whom one errs there is no majority: the first two are compared on 80 items, the third on 100.
    assert found.people["accuracy"].value == pytest.approx((80 + 80 + 80) / 260)
    assert found.judge["accuracy"].value == pytest.approx((60 + 60 + 75) / 260)
    gap = found.gap["accuracy"]
    assert gap.value == pytest.approx(-45 / 260)
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < -45 / 260 < gap.high < 0
    assert [pair.reviewers for pair in found.pairs] == [["p0", "p1"], ["p0", "p2"], ["p1", "p2"]]
    assert found.pairs[0].kappa.value == 1


def test_one_label_an_item_tells_no_ceiling() -> None:
    assert human_ceiling([item(number, [1.0], 1.0) for number in range(5)], "nominal") is None


def test_the_same_items_give_the_same_digits() -> None:
    human, judge = scored([0.0, 0.5, 1.0])
    assert measured(human, judge) == measured(human, judge)


def test_judges_and_people_on_pandalm_are_as_was_published() -> None:
    folder = real_data("pandalm")
    pairs = json.loads((folder / "testset-v1.json").read_text())
    said = {
        each["idx"]: each["pandalm_result"]
        for each in json.loads((folder / "pandalm-7b-testset-v1.json").read_text())
    }
    items = [
        item(pair["idx"], [float(pair[f"annotator{rater}"]) for rater in (1, 2, 3)], float(said[pair["idx"]]))
        for pair in pairs
    ]
    found, people = judge_agreement(items, "nominal"), ceiling(items)
    assert found.measures["accuracy"].value == pytest.approx(0.6677, abs=5e-5)
    kappas = [pair.kappa.value or 0 for pair in people.pairs]
    assert sorted(round(kappa, 3) for kappa in kappas) == [0.852, 0.862, 0.879]
    assert people.alpha.value == pytest.approx(0.864, abs=5e-4)
    assert len(kappas) == len(list(combinations(people.raters, 2)))
    gap = people.gap["kappa"]
    assert gap.high is not None
    assert gap.high < -0.3, "the judge is far below people, and surely so"


def ceiling(items: Sequence[JudgedItem]) -> Ceiling:
    found = human_ceiling(items, "nominal")
    assert found is not None
    return found
