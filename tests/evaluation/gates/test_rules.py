"""What a gate's rule may say, and the sentence for what it may not."""

import pytest

from windlass.errors import InputError
from windlass.evaluation.gates.rules import GateRule, parse_rule

PRIMARY = {"metric": "f1", "kind": "superiority"}
PEOPLE = {"queue": "answers"}


def rule(**more: object) -> dict[str, object]:
    return {"primary": PRIMARY, **more}


def primary(**fields: object) -> dict[str, object]:
    return {"primary": {"metric": "f1", **fields}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (primary(kind="at_most"), "primary: at_most needs a bound, in units of the metric"),
        (primary(kind="at_least", bound=0.8, margin=0.1), "at_least has a bound and no margin"),
        (primary(kind="at_least", bound=0.8, margin_ratio=0.1), "at_least has a bound and no margin"),
        (primary(kind="superiority", bound=0.8), "bound goes with at_least and at_most; superiority compares"),
        (primary(kind="superiority", percentile=95), "percentile goes with at_least and at_most"),
        (primary(kind="at_most", bound=2, percentile=100), r"primary\.percentile"),
        (primary(kind="non_inferiority"), "non_inferiority needs a margin above 0 or a margin_ratio"),
        (primary(kind="non_inferiority", margin=0.1, margin_ratio=0.1), "give margin, .* or margin_ratio"),
        (primary(kind="superiority", margin_ratio=0), r"primary\.margin_ratio"),
        (rule(alpha=0.05, confidence=0.95), "give alpha, .* or confidence, of the two-sided intervals; not both"),
        (rule(alpha=0.3), r"alpha: Input should be less than 0.25"),
        (rule(min_coverage=1.2), "min_coverage"),
        (rule(slices=[{"by": "topic", "metric": "f1"}]), r"slices\.0: non_inferiority needs a margin"),
        (rule(slices=[{"by": "topic", "metric": "f1", "margin": 0.1, "values": []}]), r"slices\.0\.values"),
        (rule(slices=[{"by": "topic", "metric": "f1", "margin": 0.1, "min_items": 0}]), r"slices\.0\.min_items"),
        (rule(slices=[{"by": "topic", "metric": "f1", "margin": 0.1, "kind": "superiority"}]), "Extra inputs"),
        (primary(kind="at_least", bound=0.8, human=PEOPLE), "human goes with a margin in units of the metric"),
        (primary(kind="superiority", margin_ratio=0.1, human=PEOPLE), "human goes with a margin in units"),
        (rule(sequential={}, min_coverage=0.9), "sequential goes with margins in units of the metric"),
        (rule(sequential={}, slices=[{"by": "topic", "metric": "f1", "margin": 0.1}]), "need all samples"),
        (rule(sequential={}, guardrails=[{"metric": "f1", "kind": "at_least", "bound": 0.5}]), "need all samples"),
        (rule(sequential={}, guardrails=[{**PRIMARY, "human": PEOPLE}]), "need all samples"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_sentence(value: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_rule(value)


def test_alpha_is_the_level_of_one_side_and_confidence_that_of_both() -> None:
    by_alpha, by_confidence = parse_rule(rule(alpha=0.05)), parse_rule(rule(confidence=0.9))
    assert by_alpha.tail == pytest.approx(by_confidence.tail)
    assert by_alpha.confidence == pytest.approx(0.9)
    # As a verdict keeps it, the rule says both, and is read again.
    assert parse_rule(by_alpha.model_dump(mode="json")) == by_alpha


def test_a_rule_of_before_is_written_as_it_was() -> None:
    assert GateRule.model_validate(rule()).model_dump(mode="json") == {
        "primary": {**PRIMARY, "margin": 0.0},
        "guardrails": [],
        "confidence": 0.95,
        "cluster": None,
        "max_missing": 0.05,
    }
