"""Gates: the decision a rule takes on two runs. Pure: no engine and no clock, and chance only by a fixed seed."""

from collections.abc import Mapping

from pydantic import BaseModel

from windlass.evaluation.binary_pairs import mcnemar_exact
from windlass.evaluation.checks import (
    NO_LABELS,
    SEED,
    Check,
    Comparison,
    Level,
    Outcome,
    Results,
    check,
    compare,
)
from windlass.evaluation.human_labels import PairLabels
from windlass.evaluation.rules import GateRule
from windlass.evaluation.samples import Item
from windlass.evaluation.sentences import gate_sentence
from windlass.evaluation.statistics import holm, paired_difference


class Pairs(BaseModel):
    """How the items of the two runs met; errors are a class of their own, neither good nor bad scores."""

    items: int
    paired: int
    """Items that both runs answered."""
    baseline_errors: int
    """Items on which it erred, be it in one of their repeats."""
    candidate_errors: int
    absent: int
    """Items that one run or both never got to."""
    errors_p_value: float
    """One-sided: small when the candidate fails where the baseline does not. McNemar's exact p, or with repeats
    that of the shares of an item's repeats that failed."""


class Decision(BaseModel):
    outcome: Outcome
    sentence: str
    checks: list[Check]
    """The primary one first."""
    pairs: Pairs


def decide(
    baseline: Results,
    candidate: Results,
    rule: GateRule,
    *,
    items: Mapping[str, Item],
    higher_is_better: Mapping[str, bool],
    labels: Mapping[str, PairLabels] = NO_LABELS,
) -> Decision:
    """Test a candidate's samples against a baseline's.

    The primary requirement comes first, at the full level; guardrails share theirs by Holm, for passing and for
    failing alike. All must pass for the gate to pass, and one that fails makes it fail. A candidate that errs
    on significantly more items than the baseline fails whatever its scores. ``labels`` are what people said, by
    the metrics whose requirement asks for it.

    Raises InputError when a metric was not evaluated in both runs, or an item has no cluster.
    """
    primary, *guardrails = (
        compare(
            requirement,
            "guardrail" if position else "primary",
            baseline,
            candidate,
            rule=rule,
            items=items,
            higher_is_better=higher_is_better,
            labels=labels,
        )
        for position, requirement in enumerate([rule.primary, *rule.guardrails])
    )
    levels = [primary.alone(rule.tail), *_shared(guardrails, rule.tail)]
    checks = [
        check(compared, passing, failing, rule=rule, items=len(items))
        for compared, (passing, failing) in zip([primary, *guardrails], levels, strict=True)
    ]
    pairs = _pairs(baseline, candidate, items)
    errs_more = pairs.errors_p_value <= rule.tail
    outcome: Outcome = "not_enough_data"
    if errs_more or any(each.outcome == "fail" for each in checks):
        outcome = "fail"
    elif all(each.outcome == "pass" for each in checks):
        outcome = "pass"
    errors = (pairs.candidate_errors, pairs.baseline_errors) if errs_more else None
    sentence = gate_sentence(outcome, checks, items=len(items), more_errors=errors)
    return Decision(outcome=outcome, sentence=sentence, checks=checks, pairs=pairs)


def _shared(guardrails: list[Comparison], tail: float) -> list[tuple[Level, Level]]:
    passing = holm([each.p_pass for each in guardrails], tail)
    failing = holm([each.p_fail for each in guardrails], tail)
    return [(Level(*one), Level(*other)) for one, other in zip(passing, failing, strict=True)]


def _pairs(baseline: Results, candidate: Results, items: Mapping[str, Item]) -> Pairs:
    before = {item: baseline[item].failed_share for item in items if item in baseline}
    after = {item: candidate[item].failed_share for item in items if item in candidate}
    both = before.keys() & after.keys()
    return Pairs(
        items=len(items),
        paired=sum(before[item] < 1 and after[item] < 1 for item in both),
        baseline_errors=sum(share > 0 for share in before.values()),
        candidate_errors=sum(share > 0 for share in after.values()),
        absent=len(items) - len(both),
        errors_p_value=_errors_p([(before[item], after[item]) for item in items if item in both]),
    )


def _errors_p(shares: list[tuple[float, float]]) -> float:
    """Return the one-sided p value of "the candidate fails no more often", by each item's shares of failures."""
    if all(share in (0, 1) for pair in shares for share in pair):
        return mcnemar_exact(
            sum(before > after for before, after in shares),
            sum(after > before for before, after in shares),
            one_sided=True,
        )
    before, after = zip(*shares, strict=True)
    p_value = paired_difference(before, after, seed=SEED).p_greater()
    return 1.0 if p_value is None else p_value
