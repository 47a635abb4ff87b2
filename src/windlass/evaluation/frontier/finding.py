"""Many runs on one dataset version: which are worth their cost, and which is the cheapest that is good enough."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from windlass.errors import InputError
from windlass.evaluation.frontier.choices import (
    check_evaluators,
    check_runs,
    choose,
    costs_of,
    mean_of,
    qualities_of,
)
from windlass.evaluation.frontier.dominance import Axes, Standing, dominances
from windlass.evaluation.frontier.sentences import Named, frontier_sentence
from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.gates.checks import Check, Outcome, check_all
from windlass.evaluation.gates.comparisons import Comparison, Level, compare
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.gates.verdicts import Side
from windlass.evaluation.runs import Run, RunSummary
from windlass.evaluation.samples import Item
from windlass.evaluation.statistics.paired import PairedDifference, holm

BEST: Final = "best"
"""The reference that is the run with the best mean."""


class FrontierQuestion(BaseModel):
    """What is asked of the runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str | None = None
    """Of the quality; left out, the first that all runs have and that says no amount."""
    cost: str | None = None
    """Of the cost, of which less is better; left out, the first known of cost_usd, output_tokens, latency_s."""
    reference: str = BEST
    """The run that a candidate must not be worse than, or `best`."""
    margin: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """How much worse, in units of the metric, is good enough; left out, nobody is held against the reference."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    cluster: str | None = None
    """The metadata field whose equal values make items belong together."""

    @property
    def tail(self) -> float:
        return (1 - self.confidence) / 2


class CostDifference(BaseModel):
    """FrontierCandidate − reference, over the items whose cost is known in both."""

    difference: float
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, saving: PairedDifference | None, confidence: float) -> "CostDifference | None":
        """Turn what a candidate saves into what it costs more; None where no item's cost is known in both."""
        if saving is None:
            return None
        interval = saving.interval(confidence)
        return cls(
            difference=0.0 - saving.difference,
            low=0.0 - interval.high if interval else None,
            high=0.0 - interval.low if interval else None,
            n=saving.n,
        )


class FrontierCandidate(BaseModel):
    """One run among the others."""

    run: RunSummary
    standing: Standing
    dominated_by: str | None
    """The run that is better and cheaper, where one is."""
    p_value: float | None
    """Of that, one-sided and before Holm's step."""
    check: Check | None
    """Whether it is good enough; absent of the reference, and where no margin is given."""
    cost_difference: CostDifference | None
    """Absent of the reference."""


class Frontier(BaseModel):
    metric: str
    cost: str
    metrics: list[str]
    """What can be the quality."""
    costs: list[str]
    """What can be the cost."""
    higher_is_better: dict[str, bool]
    reference: str
    """The run that it is."""
    margin: float | None
    confidence: float
    items: int
    candidates: list[FrontierCandidate]
    """The cheapest first; last those whose cost is not known."""
    front: list[str]
    """Those that no other run dominates as seen, the cheapest first."""
    cheapest: str | None
    """The cheapest that is good enough, the reference among them; absent without a margin."""
    outcome: Outcome | None
    """``pass``: there is one cheaper than the reference; ``fail``: there is none; else it is not known yet."""
    sentence: str | None


class _Asked(NamedTuple):
    """The question with what was left out filled in."""

    metric: str
    cost: str
    rule: GateRule
    directions: Mapping[str, bool]
    items: Mapping[str, Item]


def find_frontier(sides: Sequence[Side], question: FrontierQuestion, *, items: Mapping[str, Item]) -> Frontier:
    """Set runs on the same data against each other by quality and cost.

    Raises InputError for runs that cannot be compared: fewer than two or too many, the same one twice, one that
    is not finished, other data, a metric that one of them lacks or that two versions of its evaluator scored.
    """
    runs = [side.run for side in sides]
    check_runs(runs)
    metrics, costs = qualities_of(runs), costs_of(runs)
    metric, cost = choose(question.metric, metrics, "metric"), choose(question.cost, costs, "cost")
    check_evaluators(runs, metric)
    asked = _Asked(metric, cost, _rule(question, metric), runs[0].higher_is_better, items)
    reference = _reference(sides, question.reference, asked)
    checks = _checks(sides, reference, question.margin, asked)
    standings = dominances([side.run.id for side in sides], _axes(sides, asked), tail=question.tail)
    candidates = [
        FrontierCandidate(
            run=RunSummary.model_validate(side.run.model_dump()),
            standing=standings[side.run.id].standing,
            dominated_by=standings[side.run.id].by,
            p_value=standings[side.run.id].p_value,
            check=checks.get(side.run.id),
            cost_difference=None if side is reference else _cost_difference(reference, side, asked),
        )
        for side in sides
    ]
    # The reference before others of its cost: they are not cheaper.
    candidates.sort(key=lambda each: (*_known_first(each.run, cost), each.run.id != reference.run.id))
    cheapest, outcome = _cheapest(candidates, reference.run.id, cost) if question.margin else (None, None)
    return Frontier(
        metric=metric,
        cost=cost,
        metrics=metrics,
        costs=costs,
        higher_is_better={name: asked.directions[name] for name in [*metrics, *costs]},
        reference=reference.run.id,
        margin=question.margin,
        confidence=question.confidence,
        items=len(items),
        candidates=candidates,
        front=[each.run.id for each in candidates if each.standing == "front"],
        cheapest=cheapest,
        outcome=outcome,
        sentence=None if outcome is None else _sentence(outcome, candidates, cheapest, reference.run, asked),
    )


def _rule(question: FrontierQuestion, metric: str) -> GateRule:
    kind: Literal["superiority", "non_inferiority"] = "non_inferiority" if question.margin else "superiority"
    requirement = Requirement(metric=metric, kind=kind, margin=question.margin or 0.0)
    return GateRule(primary=requirement, confidence=question.confidence, cluster=question.cluster)


def _reference(sides: Sequence[Side], named: str, asked: _Asked) -> Side:
    if named != BEST:
        found = next((side for side in sides if side.run.id == named), None)
        if found is None:
            raise InputError(f"The reference {named!r} is none of the runs; name one of them, or {BEST!r}.")
        return found
    known = [side for side in sides if mean_of(side.run, asked.metric) is not None]
    if not known:
        raise InputError(f"No run has a value of {asked.metric}; choose another metric.")
    sign = -1 if asked.directions[asked.metric] else 1
    # Of equally good ones the cheaper.
    return min(
        known,
        key=lambda side: (sign * (mean_of(side.run, asked.metric) or 0.0), *_known_first(side.run, asked.cost)),
    )


def _checks(sides: Sequence[Side], reference: Side, margin: float | None, asked: _Asked) -> dict[str, Check]:
    """Hold every run against the reference, by Holm over all of them, for passing and for failing alike."""
    if margin is None:
        return {}
    others = [side for side in sides if side is not reference]
    compared = [_compared(asked.rule.primary, reference, side, asked) for side in others]
    passing = holm([each.p_pass for each in compared], asked.rule.tail)
    failing = holm([each.p_fail for each in compared], asked.rule.tail)
    levels = [(Level(*one), Level(*other)) for one, other in zip(passing, failing, strict=True)]
    checks = check_all(compared, levels, rule=asked.rule)
    return {side.run.id: each for side, each in zip(others, checks, strict=True)}


def _compared(requirement: Requirement, baseline: Side, candidate: Side, asked: _Asked) -> Comparison:
    aligned = Aligned(baseline.samples, candidate.samples, asked.items)
    return compare(requirement, "primary", aligned, rule=asked.rule, higher_is_better=asked.directions)


def _axes(sides: Sequence[Side], asked: _Asked) -> Callable[[int, int], Axes]:
    """Return what tells by how much the second of two runs is better and cheaper than the first."""

    def axes(first: int, second: int) -> Axes:
        quality, cost = (
            _compared(Requirement(metric=name, kind="superiority"), sides[first], sides[second], asked).improvement
            for name in (asked.metric, asked.cost)
        )
        return Axes(quality, cost)

    return axes


def _cost_difference(reference: Side, candidate: Side, asked: _Asked) -> CostDifference | None:
    saving = _axes([reference, candidate], asked)(0, 1).cost
    return CostDifference.of(saving, asked.rule.confidence)


def _cheapest(candidates: Sequence[FrontierCandidate], reference: str, cost: str) -> tuple[str, Outcome]:
    """Return the first in the order of cost that is good enough, and what that says."""
    for place, each in enumerate(candidates):
        if each.run.id == reference or mean_of(each.run, cost) is None:
            undecided = any(
                other.check and other.check.outcome == "not_enough_data" for other in candidates[:place]
            )
            return reference, "not_enough_data" if undecided else "fail"
        if each.check is not None and each.check.outcome == "pass":
            return each.run.id, "pass"
    raise AssertionError("the reference is among the candidates")


def _sentence(
    outcome: Outcome, candidates: Sequence[FrontierCandidate], cheapest: str | None, reference: Run, asked: _Asked
) -> str:
    named = [
        Named(
            _name(each.run, [other.run for other in candidates]),
            each.check,
            mean_of(each.run, asked.cost),
            each.run.id,
        )
        for each in candidates
    ]
    by_run = {each.run: each for each in named}
    cheaper = named[: next(place for place, each in enumerate(named) if each.run == cheapest)]
    return frontier_sentence(
        outcome,
        cheapest=by_run[cheapest or reference.id],
        reference=by_run[reference.id],
        cheaper=cheaper,
        cost=asked.cost,
    )


def _name(run: RunSummary, others: Sequence[RunSummary]) -> str:
    """Name a run by its release, and by itself where two are of one release."""
    name = f"{run.release.name}@{run.release.number}"
    alike = sum(other.release.digest == run.release.digest for other in others)
    return f"{name} ({run.id})" if alike > 1 else name


def _known_first(run: RunSummary, cost: str) -> tuple[bool, float]:
    mean = mean_of(run, cost)
    return mean is None, mean or 0.0
