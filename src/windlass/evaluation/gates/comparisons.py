"""Requirements with their numbers: what the samples of two runs say of each, before any level is shared."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

import numpy as np

from windlass.errors import InputError
from windlass.evaluation.gates.aligned import Aligned, Mask
from windlass.evaluation.gates.rules import BOUNDS, GateRule, Requirement
from windlass.evaluation.human.differences import Corrected, HumanEvidence, Judged, correct
from windlass.evaluation.human.labels import PairLabels
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.ranges import Range, of_differences, range_of
from windlass.evaluation.result_columns import is_judged
from windlass.evaluation.statistics.bounded_rates import BoundedRate, bounded_rate, percentile_interval
from windlass.evaluation.statistics.paired import Clusters, Floats, Interval, PairedDifference, paired_difference
from windlass.evaluation.statistics.ratios import ratio_interval

SEED = 20_080_911
"""Of sign flips and bootstrap: the same scores give the same verdict, digit for digit."""

Role = Literal["primary", "guardrail"]

NO_LABELS: Final[Mapping[str, PairLabels]] = MappingProxyType({})

_TINY = 1e-300


class Level(NamedTuple):
    """Whether a one-sided test rejects, and the level it was held to."""

    rejects: bool
    tail: float


class SliceName(NamedTuple):
    """The items whose metadata field has a value."""

    field: str
    value: str


class Coverage(NamedTuple):
    """How many of the items of a requirement have a value, and where."""

    items: int
    baseline: int
    candidate: int
    both: int

    @property
    def missing(self) -> int:
        """Items with a value on one side only."""
        return self.baseline + self.candidate - 2 * self.both

    @property
    def undefined(self) -> int:
        """Items with a value on neither side."""
        return self.items - self.baseline - self.candidate + self.both


class Tested(NamedTuple):
    """What decides a requirement: an estimate turned so that more is better, and what it must lie above."""

    estimate: PairedDifference | BoundedRate
    threshold: float


class Estimate(NamedTuple):
    """A number with its interval, whose ends are None where the data give none."""

    value: float
    low: float | None
    high: float | None


class Comparison(NamedTuple):
    """A requirement with its numbers."""

    requirement: Requirement
    role: Role
    of_slice: SliceName | None
    higher_is_better: bool
    coverage: Coverage
    before: Floats
    """Values of the baseline: of the pairs, or for a bound of all that it has."""
    after: Floats
    clusters: Clusters | None
    improvement: PairedDifference | None
    """The paired difference, turned so that more is better; None without a pair, and for a bound."""
    tested: Tested | None
    """None where there is nothing to test."""
    corrected: Corrected | None = None
    """By what people said, where the requirement asks for that: then `improvement` is the corrected one."""
    judge_only: bool = False
    """Whether the metric is a judge's word alone."""
    range: Range | None = None
    """In which the metric's values lie, where that is known."""

    @property
    def means(self) -> tuple[float | None, float | None]:
        """Return the means of baseline and candidate."""
        if self.corrected is not None:
            return self.corrected.baseline_mean, self.corrected.candidate_mean
        return _mean(self.before), _mean(self.after)

    @property
    def human(self) -> HumanEvidence | None:
        return self.corrected.human if self.corrected else None

    @property
    def p_pass(self) -> float:
        """Small when what is asked is so; 1 where nothing can be shown (see ``fewest``)."""
        return 1.0 if self.fewest(greater=True) else self._p(greater=True)

    @property
    def p_fail(self) -> float:
        """Small when the contrary is so."""
        return 1.0 if self.fewest(greater=False) else self._p(greater=False)

    def fewest(self, *, greater: bool) -> int | None:
        """Return how many clusters it takes until skewness leaves a test what it promises; None where it does."""
        return self.tested.estimate.fewest(greater=greater) if self.tested else None

    def withheld(self, tail: float) -> int | None:
        """Return as many where only that they are too few keeps a test from deciding."""
        return next(
            (
                fewest
                for greater in (True, False)
                if (fewest := self.fewest(greater=greater)) and self._p(greater=greater) <= tail
            ),
            None,
        )

    def _p(self, *, greater: bool) -> float:
        if self.tested is None:
            return 1.0
        estimate, threshold = self.tested
        p_value = estimate.p_greater(threshold) if greater else estimate.p_less(threshold)
        return 1.0 if p_value is None else p_value

    def alone(self, tail: float) -> tuple[Level, Level]:
        """Return the tests for passing and for failing, when this is the only requirement of its level."""
        return Level(self.p_pass <= tail, tail), Level(self.p_fail <= tail, tail)

    def difference_interval(self, confidence: float) -> Interval | None:
        """Return that of candidate − baseline, in units of the metric."""
        interval = self.improvement.interval(confidence) if self.improvement else None
        return interval if self.higher_is_better else _turned(interval)

    def ratio_interval(self, confidence: float) -> Interval | None:
        """Return that of candidate / baseline."""
        if not self.before.size:
            return None
        return ratio_interval(
            self.before, self.after, self.clusters, confidence, seed=SEED, contrast=self._contrast
        )

    def _contrast(self, ratio: float) -> PairedDifference:
        """Return candidate − ratio · baseline."""
        return _paired(
            self.requirement.metric,
            ratio * self.before,
            self.after,
            self.clusters,
            of_differences(self.range, ratio),
        )

    def level(self, confidence: float) -> Estimate | None:
        """Return what a bound is asked of: the candidate's own mean, or a percentile of its values."""
        if self.tested is None:
            return None
        if self.requirement.percentile is not None:
            share = self.requirement.percentile / 100
            value = float(np.quantile(self.after, share, method="inverted_cdf"))
            return Estimate(value, *percentile_interval(self.after, share, self.clusters, confidence))
        interval = self.tested.estimate.interval(confidence)
        if interval is not None and self.requirement.kind == "at_most":
            interval = _turned(interval)
        mean = float(self.after.mean())
        if interval is None:
            return Estimate(mean, None, None)
        if interval.width == 0:
            return Estimate(mean, mean, mean)
        shift = self._shift
        return Estimate(mean, interval.low + shift, interval.high + shift)

    @property
    def _shift(self) -> float:
        """What lies between the estimate that is tested and the candidate's mean."""
        assert self.tested is not None
        if isinstance(self.tested.estimate, BoundedRate):
            return 0.0 if self.requirement.kind == "at_least" else 1.0
        return self.requirement.bound or 0.0


def compare(
    requirement: Requirement,
    role: Role,
    aligned: Aligned,
    *,
    rule: GateRule,
    higher_is_better: Mapping[str, bool],
    of_slice: SliceName | None = None,
    within: Mask | None = None,
    labels: Mapping[str, PairLabels] = NO_LABELS,
) -> Comparison:
    """Line up what a requirement is about, of all items or of those within a slice.

    ``labels`` are what people said, by the metrics whose requirement asks for it. Raises InputError for a metric
    that was not evaluated.
    """
    metric = requirement.metric
    if metric not in higher_is_better:
        raise InputError(
            f"The gate asks for the metric {metric!r}, which the runs do not both have; they have "
            f"{', '.join(sorted(higher_is_better)) or 'none'}. Evaluate both releases with it, or change the rule."
        )
    pair = aligned.pair(metric)
    known = range_of(metric, *pair, declared=rule.declared)
    within = aligned.everything if within is None else within
    there = pair.both & within
    coverage = Coverage(
        items=int(within.sum()),
        baseline=int((pair.has_before & within).sum()),
        candidate=int((pair.has_after & within).sum()),
        both=int(there.sum()),
    )
    corrected: Corrected | None = None
    if requirement.kind in BOUNDS:
        used = pair.has_after & within
        before, after = pair.before[pair.has_before & within], pair.after[used]
        clusters = aligned.clusters(rule.cluster, used)
        improvement, tested = None, _tested_bound(requirement, after, clusters, known)
    else:
        before, after, clusters = pair.before[there], pair.after[there], aligned.clusters(rule.cluster, there)
        better = higher_is_better[metric]
        improvement = _improvement(metric, before, after, clusters, known, higher_is_better=better)
        if requirement.human is not None and improvement is not None:
            judged = Judged(aligned.names(there), before.tolist(), after.tolist(), improvement, clusters, better)
            corrected = correct(judged, requirement.human, labels.get(metric, PairLabels({}, {})))
            improvement = corrected.improvement
        tested = _tested_difference(
            requirement, improvement, before, after, clusters, known, higher_is_better=better
        )
    return Comparison(
        requirement=requirement,
        role=role,
        of_slice=of_slice,
        higher_is_better=higher_is_better[metric],
        coverage=coverage,
        before=before,
        after=after,
        clusters=clusters,
        improvement=improvement,
        tested=tested,
        corrected=corrected,
        judge_only=requirement.human is None
        and (is_judged(aligned.baseline, metric) or is_judged(aligned.candidate, metric)),
        range=known,
    )


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _paired(
    metric: str,
    first: Floats,
    second: Floats,
    clusters: Clusters | None,
    bounds: Range | None,
    *,
    amount: bool = False,
) -> PairedDifference:
    """Return the mean of second − first, with what guards it: the bounds of a difference, or its skewness."""
    amount = amount or metric in AMOUNTS
    return paired_difference(
        first, second, clusters, amount=amount, bounds=bounds, skewed=bounds is None, seed=SEED
    )


def _improvement(
    metric: str,
    before: Floats,
    after: Floats,
    clusters: Clusters | None,
    known: Range | None,
    *,
    higher_is_better: bool,
) -> PairedDifference | None:
    if not before.size:
        return None
    ascending = (before, after) if higher_is_better else (after, before)
    return _paired(metric, *ascending, clusters, of_differences(known))


def _tested_difference(
    requirement: Requirement,
    improvement: PairedDifference | None,
    before: Floats,
    after: Floats,
    clusters: Clusters | None,
    known: Range | None,
    *,
    higher_is_better: bool,
) -> Tested | None:
    if improvement is None:
        return None
    wins = requirement.kind == "superiority"
    if requirement.margin_ratio is None:
        return Tested(improvement, requirement.threshold)
    share = 1 + requirement.margin_ratio * (1 if wins == higher_is_better else -1)
    if share <= 0:
        raise InputError(
            f"A margin_ratio of {requirement.margin_ratio:g} asks nothing of {requirement.metric}, or what cannot "
            "be: 1 is all that the baseline has. Give one below 1."
        )
    asked, bounds = share * before, of_differences(known, share)
    if not higher_is_better and bounds is not None:
        bounds = (0.0 - bounds[1], 0.0 - bounds[0])
    ascending = (asked, after) if higher_is_better else (after, asked)
    contrast = _paired(requirement.metric, *ascending, clusters, bounds)
    # Where neither side takes anything, the candidate takes no more.
    nothing = requirement.metric in AMOUNTS and not wins and not before.any() and not after.any()
    return Tested(contrast, -_TINY if nothing else 0.0)


def _tested_bound(
    requirement: Requirement, values: Floats, clusters: Clusters | None, known: Range | None
) -> Tested | None:
    if not values.size:
        return None
    bound, least = requirement.bound or 0.0, requirement.kind == "at_least"
    if requirement.percentile is not None:
        return tested_percentile(values, bound, requirement.percentile / 100, clusters, least)
    if requirement.metric not in AMOUNTS and ((values == 0) | (values == 1)).all():
        rate = bounded_rate(values, clusters)
        return Tested(rate, bound) if least else Tested(rate.mirrored, 1 - bound)
    # A mean is held against a bound as against a baseline that is the same everywhere.
    asked = values * 0 + bound
    ascending = (asked, values) if least else (values, asked)
    bounds = None
    if known is not None:
        bounds = (known[0] - bound, known[1] - bound) if least else (bound - known[1], bound - known[0])
    return Tested(_paired(requirement.metric, *ascending, clusters, bounds, amount=True), 0.0)


def tested_percentile(
    values: Floats, bound: float, share: float, clusters: Clusters | None, least: bool
) -> Tested:
    """Hold a percentile against a bound: it is at most that where at least such a share of the values is."""
    within = (values >= bound) if least else (values <= bound)
    return Tested(bounded_rate(within.astype(float), clusters), 1 - share if least else share)


def _turned(interval: Interval | None) -> Interval | None:
    return None if interval is None else Interval(0.0 - interval.high, 0.0 - interval.low)
