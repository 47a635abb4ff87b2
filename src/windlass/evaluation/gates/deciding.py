"""Gates: the decision a rule takes on two runs. Pure: no engine and no clock, and chance only by a fixed seed."""

from collections.abc import Iterable, Mapping

import numpy as np
from pydantic import BaseModel, Field

from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.gates.checks import Check, Outcome, check_all
from windlass.evaluation.gates.comparisons import NO_LABELS, SEED, Comparison, Level, compare
from windlass.evaluation.gates.regressions import Regression, worst_regressions
from windlass.evaluation.gates.rules import GateRule
from windlass.evaluation.gates.sentences import gate_sentence
from windlass.evaluation.gates.slices import SliceDifference, asked_slices, slice_report
from windlass.evaluation.human.labels import PairLabels
from windlass.evaluation.result_columns import Results
from windlass.evaluation.samples import Item
from windlass.evaluation.sequential.decision import EarlyDecision, decide_early
from windlass.evaluation.sequential.report import SequentialReport
from windlass.evaluation.sequential.watching import watch
from windlass.evaluation.statistics.binary_pairs import mcnemar_exact
from windlass.evaluation.statistics.paired import Floats, holm, paired_difference


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
    errors_decide: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether, of a gate that looks early, they alone made it fail; of others the p value says it."""


class Decision(BaseModel):
    outcome: Outcome
    sentence: str
    checks: list[Check]
    """The primary one first."""
    pairs: Pairs
    slices: list[SliceDifference]
    """What changed on slices of the items: exploratory."""
    worst: list[Regression]
    """The items that lost most."""
    sequential: SequentialReport | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a rule that looks as samples come: what the looks saw."""


def decide(
    baseline: Results,
    candidate: Results,
    rule: GateRule,
    *,
    items: Mapping[str, Item],
    higher_is_better: Mapping[str, bool],
    seed: str = "",
    done: Iterable[set[str] | None] = (),
    labels: Mapping[str, PairLabels] = NO_LABELS,
) -> Decision:
    """Test a candidate's samples against a baseline's.

    The primary requirement comes first, at the full level; guardrails, slices among them, share theirs by Holm,
    for passing and for failing alike. All must pass for the gate to pass, and one that fails makes it fail. A
    candidate that errs on significantly more items than the baseline fails whatever its scores. ``labels`` are
    what people said, by the metrics whose requirement asks for it.

    A sequential rule looks at the items in an order of its own, which ``seed`` fixes, as far as they are in all
    sets of ``done`` (None: all), and no further than to the item that decides.

    Raises InputError when a metric was not evaluated in both runs, an item has no cluster, or a slice no item.
    """
    if rule.sequential is not None:
        watching = watch(
            baseline,
            candidate,
            rule,
            items=items.values(),
            higher_is_better=higher_is_better,
            seed=seed,
            done=done,
        )
        early = decide_early(watching)
        return _early(early, Aligned(baseline, candidate, early.items), rule, higher_is_better)
    aligned = Aligned(baseline, candidate, items)
    checks = _checks(aligned, rule, higher_is_better, labels)
    pairs = _pairs(aligned)
    errs_more = pairs.errors_p_value <= rule.tail
    # Everything that has a say: what fails fails all, and all must pass.
    says: list[Outcome] = ["fail" if errs_more else "pass", *(each.outcome for each in checks if each.blocking)]
    outcome = combined(says)
    errors = (pairs.candidate_errors, pairs.baseline_errors) if errs_more else None
    return Decision(
        outcome=outcome,
        sentence=gate_sentence(outcome, checks, items=len(items), more_errors=errors),
        checks=checks,
        pairs=pairs,
        slices=slice_report(
            aligned,
            rule.metrics,
            higher_is_better,
            fields=(each.by for each in rule.slices),
            cluster=rule.cluster,
            declared=rule.declared,
        ),
        worst=worst_regressions(aligned, rule.metrics, higher_is_better),
    )


def combined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return what outcomes come to together."""
    met = set(outcomes)
    if "fail" in met:
        return "fail"
    return "not_enough_data" if "not_enough_data" in met else "pass"


def _checks(
    aligned: Aligned, rule: GateRule, higher_is_better: Mapping[str, bool], labels: Mapping[str, PairLabels]
) -> list[Check]:
    primary = compare(
        rule.primary, "primary", aligned, rule=rule, higher_is_better=higher_is_better, labels=labels
    )
    guardrails = [
        compare(each, "guardrail", aligned, rule=rule, higher_is_better=higher_is_better, labels=labels)
        for each in rule.guardrails
    ]
    slices = asked_slices(aligned, rule, higher_is_better)
    sharing = [*guardrails, *(each.compared for each in slices if each.blocking)]
    levels = [primary.alone(rule.tail), *_shared(sharing, rule.tail)]
    thin = [each.compared for each in slices if not each.blocking]
    return [
        *check_all([primary, *sharing], levels, rule=rule),
        *check_all(thin, [each.alone(rule.tail) for each in thin], rule=rule, blocking=False),
    ]


def _early(
    early: EarlyDecision, aligned: Aligned, rule: GateRule, higher_is_better: Mapping[str, bool]
) -> Decision:
    pairs = _pairs(aligned).model_copy(update={"errors_decide": early.errs_more})
    errors = (pairs.candidate_errors, pairs.baseline_errors) if early.errs_more else None
    sentence = gate_sentence(early.outcome, early.checks, items=len(early.items), more_errors=errors)
    return Decision(
        outcome=early.outcome,
        sentence=f"{sentence} {early.sentence}",
        checks=early.checks,
        pairs=pairs,
        # Tests of slices hold for one look only.
        slices=[],
        worst=worst_regressions(aligned, rule.metrics, higher_is_better),
        sequential=early.report,
    )


def _shared(guardrails: list[Comparison], tail: float) -> list[tuple[Level, Level]]:
    passing = holm([each.p_pass for each in guardrails], tail)
    failing = holm([each.p_fail for each in guardrails], tail)
    return [(Level(*one), Level(*other)) for one, other in zip(passing, failing, strict=True)]


def _pairs(aligned: Aligned) -> Pairs:
    shares = aligned.failed_shares()
    before, after, both = shares.before, shares.after, shares.both
    return Pairs(
        items=len(aligned.items),
        paired=int(((before[both] < 1) & (after[both] < 1)).sum()),
        baseline_errors=int((before > 0).sum()),
        candidate_errors=int((after > 0).sum()),
        absent=int((~both).sum()),
        errors_p_value=_errors_p(before[both], after[both]),
    )


def _errors_p(before: Floats, after: Floats) -> float:
    """Return the one-sided p value of "the candidate fails no more often", by each item's shares of failures."""
    shares = np.concatenate([before, after])
    if ((shares == 0) | (shares == 1)).all():
        return mcnemar_exact(int((before > after).sum()), int((after > before).sum()), one_sided=True)
    p_value = paired_difference(before, after, bounds=(-1.0, 1.0), seed=SEED).p_greater()
    return 1.0 if p_value is None else p_value
