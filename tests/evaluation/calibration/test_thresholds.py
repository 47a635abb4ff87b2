import math

import pytest
from pydantic import ValidationError

from windlass.evaluation.calibration.drift import measure_drift
from windlass.evaluation.calibration.judged import JudgedItem, JudgeVerdict
from windlass.evaluation.calibration.measuring import CalibrationResult, Scale, measure
from windlass.evaluation.calibration.thresholds import ThresholdCheck, Thresholds, check_thresholds
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.reviews.report import Figure

NONE = Figure(value=None, low=None, high=None, n=0)
COVERED = Figure(value=1.0, low=0.96, high=1.0, n=100)


def figure(value: float, low: float, high: float, n: int = 100) -> Figure:
    return Figure(value=value, low=low, high=high, n=n)


def one(thresholds: Thresholds, found: Figure, *, coverage: Figure = COVERED) -> ThresholdCheck:
    """Return the only check, whatever is asked: each measure has the same figure."""
    by_name = dict.fromkeys(("kappa", "position", "flip_rate"), found)
    (check,) = check_thresholds(thresholds, agreement=by_name, gaps=by_name, biases=by_name, coverage=coverage)
    return check


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (figure(0.8, 0.65, 0.9), "pass"),
        (figure(0.8, 0.55, 0.9), "not_enough_data"),
        (figure(0.4, 0.2, 0.55), "fail"),
        (figure(0.9, 0.6, 0.95), "pass"),
        (Figure(value=1.0, low=None, high=None, n=1), "not_enough_data"),
        (NONE, "not_enough_data"),
    ],
)
def test_a_minimum_is_held_against_the_end_of_the_interval(found: Figure, outcome: str) -> None:
    assert one(Thresholds(minimum={"kappa": 0.6}), found).outcome == outcome


@pytest.mark.parametrize(
    ("value", "high", "outcome"), [(0.96, 0.98, "pass"), (0.94, 0.97, "not_enough_data"), (0.9, 0.94, "fail")]
)
def test_coverage_is_a_count_and_must_be_reached_itself(value: float, high: float, outcome: str) -> None:
    coverage = figure(value, value - 0.05, high)
    assert one(Thresholds(minimum={"coverage": 0.95}), NONE, coverage=coverage).outcome == outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (figure(-0.05, -0.09, 0.01), "pass"),
        (figure(-0.05, -0.12, 0.01), "not_enough_data"),
        (figure(-0.3, -0.4, -0.2), "fail"),
        (figure(0.1, 0.02, 0.2), "pass"),
    ],
)
def test_a_ceiling_allows_so_much_less_than_people_and_any_more(found: Figure, outcome: str) -> None:
    check = one(Thresholds(minimum={}, ceiling={"kappa": 0.1}), found)
    assert (check.outcome, check.bound) == (outcome, 0.1)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (figure(0.02, -0.05, 0.09), "pass"),
        (figure(0.02, -0.15, 0.19), "not_enough_data"),
        (figure(-0.3, -0.4, -0.2), "fail"),
        (figure(0.3, 0.2, 0.4), "fail"),
    ],
)
def test_a_maximum_is_held_against_either_end_of_a_bias_that_has_a_sign(found: Figure, outcome: str) -> None:
    assert one(Thresholds(minimum={}, maximum={"position": 0.1}), found).outcome == outcome


def test_how_many_items_would_decide_follows_from_the_distance_that_is_left() -> None:
    # The lower end is 0.2 away and must come within 0.1: four times the items.
    assert one(Thresholds(minimum={"kappa": 0.7}), figure(0.8, 0.6, 0.9)).needed_n == 400
    # From below it is the upper end that must come down.
    assert one(Thresholds(minimum={"kappa": 0.7}), figure(0.6, 0.4, 0.9)).needed_n == 900
    # Clopper and Pearson's interval shrinks with the items themselves.
    assert one(Thresholds(minimum={"kappa": 0.95}), figure(1.0, 0.9, 1.0)).needed_n == 200
    assert one(Thresholds(minimum={"kappa": 0.8}), figure(0.8, 0.6, 0.9)).needed_n is None
    assert one(Thresholds(minimum={"kappa": 0.6}), figure(0.8, 0.65, 0.9)).needed_n is None


def test_a_measure_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        Thresholds.model_validate({"minimum": {"kapa": 0.6}})
    with pytest.raises(ValidationError):
        Thresholds.model_validate({"minimum": {"kappa": math.inf}})


def judged(number: int, people: float, judge: float | None) -> JudgedItem:
    verdict = JudgeVerdict(value=judge, missing_why="" if judge is not None else "error")
    return JudgedItem(item=f"i{number}", labels={"ann": people}, reference=people, verdicts=[verdict], length=10)


def result_of(*items: JudgedItem, yes_from: float | None = None) -> CalibrationResult:
    return measure(items, Scale(yes_from=yes_from), Thresholds())


def test_a_finer_scale_says_yes_from_a_score_on() -> None:
    items = [judged(number, float(number % 2), 0.3 + 0.4 * (number % 2)) for number in range(40)]
    cut = result_of(*items, yes_from=0.5)
    assert (cut.agreement.values, cut.agreement.measures["kappa"].value) == ([0.0, 1.0], 1)
    apart = result_of(*items)
    assert apart.agreement.measures["accuracy"].value == 0
    assert "from which score on the judge says yes" in apart.warnings[0]


def test_labels_that_are_all_alike_say_that_agreement_beyond_chance_is_not_seen() -> None:
    found = result_of(*[judged(number, 1.0, 1.0) for number in range(40)])
    assert (found.outcome, found.agreement.measures["kappa"].value) == ("not_enough_data", None)
    assert found.sentence == "Not enough data: kappa could not be measured, asked is at least 0.600."
    assert "the same label" in found.warnings[0]


def test_a_judge_that_never_answers_fails_by_its_coverage() -> None:
    found = result_of(*[judged(number, float(number % 2), None) for number in range(40)])
    assert (found.outcome, found.missing_why) == ("fail", {"error": 40})
    assert found.sentence.startswith("Fail: coverage is 0.000 (0.000 to 0.088)")


def test_verdicts_that_rose_as_often_as_they_fell_are_no_drift_while_people_are_agreed_with_as_often() -> None:
    former = [judged(number, float(number % 2), 0.0 if number < 10 else 1.0) for number in range(20)]
    turned = [judged(number, float(number % 2), 1.0 if number < 10 else 0.0) for number in range(20)]
    drift = measure_drift("calibration-1", former, turned[:-1], same_judge=True)
    assert (drift.items, drift.gone, drift.raised, drift.lowered, drift.gained, drift.lost) == (
        19,
        1,
        10,
        9,
        10,
        9,
    )
    assert not drift.drifted


def test_a_rule_that_says_nothing_of_calibration_is_written_as_before() -> None:
    rule = GateRule(primary=Requirement(metric="helpful", kind="superiority"))
    assert "calibrated_judges" not in rule.model_dump(mode="json")
    assert GateRule.model_validate(rule.model_dump(mode="json")).calibrated_judges == "warn"
    assert rule.model_copy(update={"calibrated_judges": "require"}).model_dump()["calibrated_judges"] == "require"
