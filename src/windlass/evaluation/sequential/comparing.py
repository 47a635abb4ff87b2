"""The parts of an ordinary gate that a sequential one takes: one requirement on some of the items."""

from collections.abc import Mapping

from windlass.evaluation.aligned import Aligned, Results
from windlass.evaluation.checks import Check, check_all
from windlass.evaluation.comparisons import SEED, Comparison, Level, Role, compare
from windlass.evaluation.rules import GateRule, Requirement
from windlass.evaluation.samples import Item
from windlass.evaluation.statistics.paired import PairedDifference, paired_difference


def compared(
    requirement: Requirement,
    role: Role,
    baseline: Results,
    candidate: Results,
    *,
    rule: GateRule,
    items: Mapping[str, Item],
    higher_is_better: Mapping[str, bool],
) -> Comparison:
    """Compare two runs on some items. Raises InputError as an ordinary gate does."""
    aligned = Aligned(baseline, candidate, items)
    return compare(requirement, role, aligned, rule=rule, higher_is_better=higher_is_better)


def improvement(comparison: Comparison) -> PairedDifference | None:
    """Return the paired improvement, where more is better; None without a pair."""
    return comparison.improvement


def more_failures(baseline: Results, candidate: Results, items: Mapping[str, Item]) -> PairedDifference | None:
    """Return by how much more of the items the candidate fails on."""
    both = [item for item in items if item in baseline and item in candidate]
    if not both:
        return None
    before = [baseline[item].failed_share for item in both]
    after = [candidate[item].failed_share for item in both]
    return paired_difference(before, after, seed=SEED)


def bound_of(requirement: Requirement) -> float:
    """Return what the improvement must be above."""
    return requirement.margin if requirement.kind == "superiority" else -requirement.margin


def plain_check(
    comparison: Comparison, met: tuple[bool, float], missed: tuple[bool, float], *, rule: GateRule
) -> Check:
    """Return the ordinary check for tests that were decided elsewhere."""
    (only,) = check_all([comparison], [(Level(*met), Level(*missed))], rule=rule)
    return only
