"""Looking at two runs in the order of a plan: when the gate is decided, and what was known along the way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.gates.comparisons import SEED, Comparison, Role, compare
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.result_columns import Results
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.sequential.asymptotic import Drift
from windlass.evaluation.sequential.betting import Bets
from windlass.evaluation.sequential.deciding import Shown, Stop, first_stop, step_down
from windlass.evaluation.sequential.evidence import AnytimeEvidence, Evidence, GroupEvidence, Look, Side
from windlass.evaluation.sequential.order import Plan
from windlass.evaluation.sequential.paired import PairedClusters, bounds_of, pair, value_of
from windlass.evaluation.sequential.rule import SequentialRule
from windlass.evaluation.statistics.paired import PairedDifference, paired_difference

Floats = NDArray[np.float64]

_NEARLY_ALL = 1 - 1e-9


@dataclass(frozen=True)
class Watched:
    """A requirement with its evidence; the improvement is oriented so that more is better."""

    requirement: Requirement
    role: Role
    higher_is_better: bool
    bounds: tuple[float, float] | None
    pairs: PairedClusters
    evidence: Evidence


@dataclass(frozen=True)
class Watching:
    """Two runs, as far as both are there, under a rule."""

    baseline: Results
    candidate: Results
    rule: GateRule
    sequential: SequentialRule
    plan: Plan
    reached: int
    """Clusters that are whole in both runs."""
    higher_is_better: Mapping[str, bool]

    @cached_property
    def checks(self) -> list[Watched]:
        """The primary requirement first. Raises InputError for a value beyond the range that is bet on."""
        requirements = [self.rule.primary, *self.rule.guardrails]
        return [
            self._watched(requirement, "guardrail" if place else "primary")
            for place, requirement in enumerate(requirements)
        ]

    @cached_property
    def stop(self) -> Stop | None:
        """When it was first decided, if it was."""
        primary, *guardrails = self.checks
        family = [each.evidence for each in guardrails]
        return first_stop(primary.evidence, family, self.errors, self.rule.tail, may_pass=self._may_pass)

    @property
    def clusters(self) -> int:
        """How many of them count: those until it was decided."""
        return self.stop.clusters if self.stop else self.reached

    @cached_property
    def looks(self) -> list[int]:
        """After how many clusters there is a look, of all that are planned."""
        return self.plan.looks(self.sequential.planned_looks)

    @cached_property
    def errors(self) -> Evidence:
        """Whether the candidate fails on more items."""
        pairs = pair(self.plan, self.reached, self.baseline, self.candidate, _failed_share)
        if self.sequential.mode == "group":
            return self._of_group(0.0, self._errors_until)
        return self._at_any_time(0.0, (0.0, 1.0), pairs.sums, pairs.sizes)

    def levels(self, side: Side, clusters: int) -> list[Shown]:
        """Return what of the requirements is shown by some time, the primary one alone and the others by Holm."""
        primary, *guardrails = (each.evidence for each in self.checks)
        crossing = primary.crossing(side, self.rule.tail)
        alone = Shown(crossing is not None and crossing <= clusters, self.rule.tail)
        return [alone, *step_down(guardrails, side, clusters, self.rule.tail)]

    def compared(self, requirement: Requirement, role: Role, clusters: int) -> Comparison:
        """Return the ordinary comparison on the first clusters. Raises InputError as that does."""
        aligned = Aligned(self.baseline, self.candidate, self.plan.first(clusters))
        return compare(requirement, role, aligned, rule=self.rule, higher_is_better=self.higher_is_better)

    def _watched(self, requirement: Requirement, role: Role) -> Watched:
        # A metric that the runs do not both have is refused here as by an ordinary gate.
        self.compared(requirement, role, 0)
        higher = self.higher_is_better[requirement.metric]
        bounds = bounds_of(requirement.metric, self.rule.declared)
        read = value_of(requirement.metric, bounds if self.sequential.mode == "anytime" else None)
        pairs = pair(self.plan, self.reached, self.baseline, self.candidate, read)
        sums = pairs.sums if higher else 0.0 - pairs.sums
        if self.sequential.mode == "anytime":
            evidence: Evidence = self._at_any_time(requirement.threshold, bounds, sums, pairs.sizes)
        else:
            evidence = self._of_group(
                requirement.threshold,
                lambda clusters: self.compared(requirement, role, clusters).improvement,
            )
        return Watched(requirement, role, higher, bounds, pairs, evidence)

    def _at_any_time(
        self, bound: float, bounds: tuple[float, float] | None, sums: Floats, sizes: Floats
    ) -> AnytimeEvidence:
        looks = np.array([each for each in self.looks if each <= self.reached], dtype=np.int64)
        planned = len(self.plan.clusters)
        if bounds is None:
            return AnytimeEvidence(Drift(sums, sizes, planned), bound, looks)
        reach = bounds[1] - bounds[0]
        # A bound beyond what the metric can differ by is as far away as can be.
        within = min(max(bound, -reach * _NEARLY_ALL), reach * _NEARLY_ALL)
        return AnytimeEvidence(Bets(sums, sizes, -reach, reach, self.plan.largest, planned), within, looks)

    def _of_group(self, bound: float, pairs_until: Callable[[int], PairedDifference | None]) -> GroupEvidence:
        looks = [Look(clusters, pairs_until(clusters)) for clusters in self.looks if clusters <= self.reached]
        return GroupEvidence(looks, self.fractions, bound, self.sequential.boundary)

    @cached_property
    def fractions(self) -> tuple[float, ...]:
        """What share of the items each planned look sees."""
        items = np.cumsum([len(members) for members in self.plan.clusters])
        return tuple(float(items[clusters - 1] / items[-1]) for clusters in self.looks)

    def _errors_until(self, clusters: int) -> PairedDifference | None:
        shares = Aligned(self.baseline, self.candidate, self.plan.first(clusters)).failed_shares()
        if not shares.both.any():
            return None
        before, after = shares.before[shares.both], shares.after[shares.both]
        return paired_difference(before, after, bounds=(-1.0, 1.0), seed=SEED)

    def _may_pass(self, clusters: int) -> int | None:
        """Return the first look, from some time on, at which not too many values are missing."""
        items = np.cumsum([len(members) for members in self.plan.clusters[: self.reached]])
        few = np.ones(self.reached, dtype=bool)
        for each in self.checks:
            few &= np.cumsum(each.pairs.missing) <= self.rule.max_missing * items
        return next((look for look in self.looks if clusters <= look <= self.reached and few[look - 1]), None)


def watch(
    baseline: Results,
    candidate: Results,
    rule: GateRule,
    *,
    items: Iterable[Item],
    higher_is_better: Mapping[str, bool],
    seed: str,
    done: Iterable[set[str] | None] = (),
) -> Watching:
    """Look at two runs in the order of a seed, as far as all sets of ``done`` have the items; None has all.

    Raises InputError for an item without the cluster that the rule names.
    """
    plan = Plan.of(items, rule.cluster, seed)
    reached = plan.reached(each for each in done if each is not None)
    sequential = rule.sequential or SequentialRule()
    return Watching(baseline, candidate, rule, sequential, plan, reached, higher_is_better)


def _failed_share(result: SampleResult) -> float:
    return result.failed_share
