"""Gates: the decision a rule takes on two runs. Pure: no engine and no clock, and chance only by a fixed seed."""

from collections.abc import Mapping

from pydantic import BaseModel

from windlass.evaluation.binary_pairs import mcnemar_exact
from windlass.evaluation.checks import Check, Comparison, Level, Outcome, Results, check, compare
from windlass.evaluation.rules import GateRule
from windlass.evaluation.samples import Item
from windlass.evaluation.sentences import gate_sentence
from windlass.evaluation.statistics import holm


class Pairs(BaseModel):
    """How the items of the two runs met; errors are a class of their own, neither good nor bad scores."""

    items: int
    paired: int
    """Items that both runs answered."""
    baseline_errors: int
    candidate_errors: int
    absent: int
    """Items that one run or both never got to."""
    errors_p_value: float
    """McNemar's exact one-sided p: small when the candidate fails where the baseline does not."""


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
) -> Decision:
    """Test a candidate's samples against a baseline's.

    The primary requirement comes first, at the full level; guardrails share theirs by Holm, for passing and for
    failing alike. All must pass for the gate to pass, and one that fails makes it fail. A candidate that errs
    on significantly more items than the baseline fails whatever its scores.

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
    failed_before = {item for item in items if item in baseline and baseline[item].prediction is None}
    failed_after = {item for item in items if item in candidate and candidate[item].prediction is None}
    absent = {item for item in items if item not in baseline or item not in candidate}
    both = set(items) - absent
    only_before, only_after = (failed_before - failed_after) & both, (failed_after - failed_before) & both
    return Pairs(
        items=len(items),
        paired=len(both - failed_before - failed_after),
        baseline_errors=len(failed_before),
        candidate_errors=len(failed_after),
        absent=len(absent),
        errors_p_value=mcnemar_exact(len(only_before), len(only_after), one_sided=True),
    )
