"""The decision of a gate that looks as samples come, with its checks and a report of the looking."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from windlass.evaluation.gates.cautions import Caution
from windlass.evaluation.gates.checks import Check, Outcome, check_all
from windlass.evaluation.gates.comparisons import Level
from windlass.evaluation.samples import Item
from windlass.evaluation.sequential.deciding import Shown
from windlass.evaluation.sequential.evidence import AnytimeEvidence, GroupEvidence
from windlass.evaluation.sequential.report import Look, PlannedLook, SequentialCheck, SequentialReport
from windlass.evaluation.sequential.watching import Watched, Watching
from windlass.evaluation.statistics.paired import Interval, normal_quantile
from windlass.evaluation.wording.language import say, say_count

_POINTS = 40
"""Looks that a report shows of a metric, of those there were."""
_WORK = 2_000_000
"""Values that may be gone through to draw a sequence: of many items fewer looks are shown."""


class EarlyDecision(NamedTuple):
    outcome: Outcome
    sentence: str
    """What to add to the gate's own."""
    checks: list[Check]
    items: dict[str, Item]
    """Those that were looked at, and decide."""
    errs_more: bool
    report: SequentialReport


def decide_early(watching: Watching) -> EarlyDecision:
    """Return what was decided, as soon as it was; no item beyond has a say."""
    clusters = watching.clusters
    items = watching.plan.first(clusters)
    above, below = watching.levels("above", clusters), watching.levels("below", clusters)
    report = report_of(watching)
    outcome: Outcome = watching.stop.outcome if watching.stop else "not_enough_data"
    checks = [
        _check(watching, watched, reported, met, missed)
        for watched, reported, met, missed in zip(watching.checks, report.checks, above, below, strict=True)
    ]
    crossing = watching.errors.crossing("above", watching.rule.tail)
    return EarlyDecision(
        outcome,
        looks_sentence(report),
        checks,
        items,
        crossing is not None and crossing <= clusters,
        report,
    )


def report_of(watching: Watching) -> SequentialReport:
    """Say what the looks saw until it was decided, or until now."""
    clusters = watching.clusters
    seen, there = len(watching.plan.first(clusters)), watching.plan.items
    above, below = watching.levels("above", clusters), watching.levels("below", clusters)
    return SequentialReport(
        mode=watching.sequential.mode,
        n=seen,
        of=there,
        saved=there - seen if watching.stop else 0,
        decided=watching.stop is not None,
        planned=_planned(watching),
        checks=[
            _reported(watching, watched, _holding(met, missed), clusters)
            for watched, met, missed in zip(watching.checks, above, below, strict=True)
        ],
    )


def _check(watching: Watching, watched: Watched, reported: SequentialCheck, met: Shown, missed: Shown) -> Check:
    clusters = watching.clusters
    compared = watching.compared(watched.requirement, watched.role, clusters)
    (plain,) = check_all([compared], [(Level(*met), Level(*missed))], rule=watching.rule)
    evidence = watched.evidence
    last = reported.looks[-1] if reported.looks else None
    caution = plain.caution if plain.withheld else _caution(evidence)
    return plain.model_copy(
        update={
            "low": last.low if last else None,
            "high": last.high if last else None,
            "method": evidence.method,
            "p_value": evidence.p_value("above", clusters),
            "needed_n": None,
            "detectable": None,
            # The ordinary interval, which a bootstrap may question, is not what decides here.
            "warning": caution.words if caution else None,
            "caution": caution,
            "distance": None,
            "standard_error": None,
        }
    )


def _caution(evidence: object) -> Caution | None:
    if not isinstance(evidence, AnytimeEvidence) or evidence.method != "asymptotic":
        return None
    return Caution(kind="asymptotic")


def _reported(watching: Watching, watched: Watched, level: float, clusters: int) -> SequentialCheck:
    evidence = watched.evidence
    bets = isinstance(evidence, AnytimeEvidence)
    sign = 1 if watched.higher_is_better else -1
    crossings = [evidence.crossing("above", level), evidence.crossing("below", level)]
    shown = min((each for each in crossings if each is not None and each <= clusters), default=None)
    return SequentialCheck(
        metric=watched.requirement.metric,
        bound=sign * watched.requirement.threshold,
        higher_is_better=watched.higher_is_better,
        confidence=1 - 2 * level,
        range=list(watched.bounds) if watched.bounds else None,
        e_met=1 / evidence.p_value("above", clusters) if bets else None,
        e_missed=1 / evidence.p_value("below", clusters) if bets else None,
        shown_after=None if shown is None else len(watching.plan.first(shown)),
        looks=_looks(watching, watched, level, clusters),
    )


def _looks(watching: Watching, watched: Watched, level: float, clusters: int) -> list[Look]:
    """Draw a sequence: at some of the looks, each end never further out than before."""
    found: list[Look] = []
    narrow: Interval | None = None
    items = np.cumsum([len(members) for members in watching.plan.clusters[:clusters]])
    for until in _shown_looks(watching, clusters):
        drawn = watched.evidence.interval(until, level)
        narrow = _narrowed(narrow, drawn)
        natural = _natural(narrow, watched.higher_is_better)
        pairs = float(watched.pairs.sizes[:until].sum())
        found.append(
            Look(
                n=int(items[until - 1]),
                difference=float(watched.pairs.sums[:until].sum()) / pairs if pairs else None,
                low=natural.low if natural else None,
                high=natural.high if natural else None,
            )
        )
    return found


def _shown_looks(watching: Watching, clusters: int) -> Sequence[int]:
    looks = [each for each in watching.looks if each <= clusters]
    points = min(_POINTS, max(4, _WORK // max(clusters, 1)), len(looks))
    if not points:
        return []
    chosen = np.unique(np.linspace(0, len(looks) - 1, points).round().astype(int))
    return [looks[place] for place in chosen]


def _narrowed(before: Interval | None, now: Interval | None) -> Interval | None:
    if before is None or now is None:
        return now or before
    both = Interval(max(before.low, now.low), min(before.high, now.high))
    # Once in many times a sequence loses the truth, and then nothing is left of it: the last that was stays.
    return both if both.low <= both.high else before


def _planned(watching: Watching) -> list[PlannedLook]:
    primary = watching.checks[0].evidence
    if not isinstance(primary, GroupEvidence):
        return []
    items = np.cumsum([len(members) for members in watching.plan.clusters])
    return [
        PlannedLook(
            n=int(items[clusters - 1]),
            fraction=fraction,
            z=-normal_quantile(level) if level > 0 else None,
            level=level,
        )
        for clusters, fraction, level in zip(
            watching.looks, watching.fractions, primary.levels(watching.rule.tail), strict=True
        )
    ]


def looks_sentence(report: SequentialReport) -> str:
    """Say after the gate's sentence how far it looked."""
    seen, of = f"{report.n:,}", f"{report.of:,}"
    if report.decided and report.saved:
        return say_count(
            report.saved,
            "Decided after {seen} of {of} items; the {n} other was not needed.",
            "Decided after {seen} of {of} items; the {n} others were not needed.",
            seen=seen,
            of=of,
        )
    if report.n == report.of:
        return say("All {of} items were looked at.", of=of)
    return say("{seen} of {of} items were looked at.", seen=seen, of=of)


def _holding(met: Shown, missed: Shown) -> float:
    """Return the level that an interval is drawn at, so that it tells what was decided."""
    return missed.level if missed.rejects else met.level


def _natural(interval: Interval | None, higher_is_better: bool) -> Interval | None:
    """Turn an interval of the improvement into one of candidate − baseline."""
    if interval is None or higher_is_better:
        return interval
    return Interval(0.0 - interval.high, 0.0 - interval.low)
