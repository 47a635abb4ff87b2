import json
from itertools import combinations

import krippendorff
import numpy as np
import pytest

from tests.real_data import real_data
from windlass.errors import InputError
from windlass.evaluation.reviews.agreement import cohen_kappa, krippendorff_alpha, raw_agreement
from windlass.evaluation.reviews.questions import Level

# Four coders, twelve units, some left out: part C of Krippendorff (2011), "Computing Krippendorff's Alpha".
CODERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
UNITS = [[int(value) for value in unit if value != "."] for unit in zip(*(c.split() for c in CODERS), strict=True)]

SCALE = [1, 2, 3, 4, 5]


def pandalm() -> list[list[int]]:
    file = real_data("pandalm/testset-v1.json")
    return [[pair[f"annotator{number}"] for number in (1, 2, 3)] for pair in json.loads(file.read_text())]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorff_s_example(level: Level, alpha: float) -> None:
    found = krippendorff_alpha(UNITS, SCALE, level)
    assert found.value == pytest.approx(alpha, abs=5e-4)
    assert found.n == 11
    assert found.low is not None
    assert found.high is not None
    assert found.low < alpha < found.high


def test_kappa_is_that_of_the_formula() -> None:
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    # p_o = 35/50, p_e = (25 · 30 + 25 · 20) / 50² = 0.5
    assert cohen_kappa(pairs).value == pytest.approx(0.4)


def test_people_who_labelled_pandalm_agree_as_was_published() -> None:
    labels = pandalm()
    kappas = [cohen_kappa([(item[a], item[b]) for item in labels]) for a, b in combinations(range(3), 2)]
    assert sorted(round(kappa.value or 0, 3) for kappa in kappas) == [0.852, 0.862, 0.879]
    alpha = krippendorff_alpha(labels, [0, 1, 2], "nominal")
    assert alpha.value == pytest.approx(0.864, abs=5e-4)
    assert alpha.n == 999
    assert alpha.low == pytest.approx(0.845, abs=0.01)
    assert alpha.high == pytest.approx(0.883, abs=0.01)


def test_raw_agreement_counts_pairs_of_labels_within_an_item() -> None:
    found = raw_agreement([["a", "a"], ["a", "b"], ["a", "a", "b"], ["a"]])
    assert found.value == pytest.approx((1 + 0 + 1 / 3) / 3)
    assert found.n == 3


def test_agreement_by_chance_is_about_zero_and_the_interval_says_so() -> None:
    generator = np.random.default_rng(7)
    items = generator.integers(0, 3, (400, 2)).tolist()
    for found in (krippendorff_alpha(items, [0, 1, 2], "nominal"), cohen_kappa([(a, b) for a, b in items])):
        assert found.low is not None
        assert found.high is not None
        assert found.low < 0 < found.high


def test_what_is_undefined_has_no_value() -> None:
    nothing = (raw_agreement([["a"]]), krippendorff_alpha([["a"]], ["a", "b"], "nominal"), cohen_kappa([]))
    assert {(each.value, each.n) for each in nothing} == {(None, 0)}
    always = (krippendorff_alpha([["a", "a"]] * 3, ["a", "b"], "nominal"), cohen_kappa([("a", "a")] * 3))
    assert {(each.value, each.low, each.n) for each in always} == {(None, None, 3)}


def test_a_single_item_has_no_interval() -> None:
    found = krippendorff_alpha([["a", "b"]], ["a", "b"], "nominal")
    assert found.value == 0
    assert (found.low, found.high) == (None, None)


def test_where_all_agree_resampling_claims_no_certainty() -> None:
    agreeing = [["a", "a"], ["b", "b"], ["a", "a"]]
    found = (krippendorff_alpha(agreeing, ["a", "b"], "nominal"), raw_agreement(agreeing))
    assert {(each.value, each.low, each.high) for each in found} == {(1.0, None, None)}


def test_the_same_labels_give_the_same_interval() -> None:
    assert krippendorff_alpha(UNITS, SCALE, "ordinal") == krippendorff_alpha(UNITS, SCALE, "ordinal")


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(3)
    # Two who say the truth in 80 % of yes/no items and guess otherwise: expected kappa is 0.64.
    covered = 0
    for trial in range(100):
        truth = generator.integers(0, 2, 150)
        said = [np.where(generator.random(150) < 0.8, truth, generator.integers(0, 2, 150)) for _ in range(2)]
        found = cohen_kappa(list(zip(said[0].tolist(), said[1].tolist(), strict=True)), seed=trial)
        covered += found.low is not None and found.high is not None and found.low <= 0.64 <= found.high
    assert covered >= 88


def test_a_label_that_is_no_answer_and_distances_of_words_are_refused() -> None:
    with pytest.raises(InputError, match="'c' is none of the answers"):
        krippendorff_alpha([["a", "c"]], ["a", "b"], "nominal")
    with pytest.raises(InputError, match="'a' is no number"):
        krippendorff_alpha([["a", "b"]], ["a", "b"], "interval")


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_is_that_of_the_package_krippendorff_with_gaps(level: Level) -> None:
    generator = np.random.default_rng(11)
    labels = generator.integers(1, 6, (4, 60)).astype(float)
    labels[1:] = np.where(generator.random((3, 60)) < 0.6, labels[0], labels[1:])
    labels[generator.random(labels.shape) < 0.2] = np.nan
    expected = krippendorff.alpha(labels, value_domain=SCALE, level_of_measurement=level)
    items = [[int(value) for value in item if not np.isnan(value)] for item in labels.T]
    assert krippendorff_alpha(items, SCALE, level).value == pytest.approx(expected)
