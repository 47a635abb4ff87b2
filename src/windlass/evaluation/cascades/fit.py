"""A cascade of two releases, fitted on their runs: its threshold, and what is to be expected of it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from windlass.errors import InputError
from windlass.evaluation.cascades.calibration import calibration_error, expected_quality, isotonic
from windlass.evaluation.cascades.routing import apgr
from windlass.evaluation.cascades.samples import ESCALATED, CascadeSamples, read_samples
from windlass.evaluation.cascades.sentences import cascade_sentence, missing_sentence
from windlass.evaluation.cascades.thresholds import ALWAYS, NEVER, Chosen, choose_threshold
from windlass.evaluation.frontier.choices import (
    check_evaluators,
    check_runs,
    choose,
    costs_of,
    mean_of,
    qualities_of,
)
from windlass.evaluation.frontier.finding import CostDifference
from windlass.evaluation.gates.aligned import Aligned
from windlass.evaluation.gates.checks import Check, Outcome, check_all
from windlass.evaluation.gates.comparisons import SEED, compare
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.gates.verdicts import Side
from windlass.evaluation.results import MetricSummary, summarise
from windlass.evaluation.runs import RunSummary
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import Floats

FOLDS: Final = 5
FEWEST_ITEMS: Final = 30
"""Below so many there is nothing to fit."""


class CascadeQuestion(BaseModel):
    """What a cascade shall keep to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    margin: float = Field(gt=0, allow_inf_nan=False)
    """How much worse than the strong release is good enough, in units of the metric."""
    metric: str | None = None
    """Of the quality; left out, the first that both runs have and that says no amount."""
    cost: str | None = None
    """Left out, the first known of cost_usd, output_tokens and latency_s."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    cluster: str | None = None
    """The metadata field whose equal values make items belong together."""


class CascadeFit(BaseModel):
    """What came of it. What is expected is of items that its threshold was not chosen on."""

    outcome: Outcome
    sentence: str
    cheap: RunSummary
    strong: RunSummary
    metric: str
    cost: str
    margin: float
    measure: str
    """Of the confidence."""
    items: int
    """Items that count: the strong run has a quality of them, and the cheap one too or no answer."""
    missing: int
    """Items that do not."""
    unsure: int
    """Items among them whose cheap answer has no confidence, or failed: they always escalate."""
    escalate_below: float | None
    """Absent where no cascade is to be made: nothing is shown, or the cheap release is good enough by itself."""
    expected: dict[str, MetricSummary]
    """Of the quality, the cost, `latency_s` where known, and the share `escalated`."""
    check: Check
    """The cascade against the strong release."""
    cost_difference: CostDifference | None
    """Cascade − strong release."""
    apgr: float | None
    """Average performance gap recovered by escalating the least sure first; 0.5 by chance, None without a gap."""
    calibration: list[tuple[float, float]]
    """From which confidence on which quality is to be expected."""
    calibration_error: float | None
    needed_n: int | None
    """Where more items would let it escalate less: how many would decide."""
    release: dict[str, JsonValue] | None
    """The body of the release that is this cascade; absent unless it passes."""


class _HeldOut(NamedTuple):
    thresholds: Floats
    """Of each item, the one that was chosen without it."""
    expected: Floats
    """The quality that was expected of its cheap answer, without it; NaN where it has no confidence."""


class _Fitted(NamedTuple):
    """Everything that the answer is made of."""

    question: CascadeQuestion
    cheap: Side
    strong: Side
    samples: CascadeSamples
    missing: int
    chosen: Chosen
    held_out: _HeldOut
    expected: dict[str, MetricSummary]
    quality: Check
    saving: CostDifference | None
    too_many_missing: bool


def fit_cascade(cheap: Side, strong: Side, question: CascadeQuestion, *, items: Mapping[str, Item]) -> CascadeFit:
    """Fit a cascade that asks the cheap release first.

    The threshold is chosen on all items. What is expected of it comes from doing the same on four fifths of the
    items, by group where they have any, and looking at the last fifth, in turn.

    Raises InputError for runs that cannot be compared, a cost that is not known, answers without a confidence, and
    fewer than thirty items.
    """
    rule, cost = _asked(cheap, strong, question)
    metric = rule.primary.metric
    higher = cheap.run.higher_is_better.get(metric, True)
    samples = read_samples(
        cheap, strong, metric, cost, items=items, cluster=question.cluster, higher_is_better=higher
    )
    if len(samples.items) < FEWEST_ITEMS:
        raise InputError(
            f"Both runs have a value of {metric} on {len(samples.items)} items only; a cascade is fitted on "
            f"{FEWEST_ITEMS} and more."
        )
    held_out = _hold_out(samples, margin=question.margin, tail=rule.tail)
    cascade, alone = samples.results(held_out.thresholds), samples.strong_results()
    known = {item: items[item] for item in samples.items}
    missing = len(items) - len(known)
    return _report(
        _Fitted(
            question=question,
            cheap=cheap,
            strong=strong,
            samples=samples,
            missing=missing,
            chosen=choose_threshold(samples.pairs, margin=question.margin, tail=rule.tail),
            held_out=held_out,
            expected=summarise(cascade, list(known.values()), samples.metrics),
            quality=_against(cascade, alone, rule, metric, known, higher),
            saving=_cost_difference(cascade, alone, rule, cost, known),
            too_many_missing=missing > rule.max_missing * len(items),
        )
    )


def _asked(cheap: Side, strong: Side, question: CascadeQuestion) -> tuple[GateRule, str]:
    """Return the rule that a cascade must keep to, and the cost, with what the question leaves out."""
    runs = [cheap.run, strong.run]
    check_runs(runs)
    metric = choose(question.metric, qualities_of(runs), "metric")
    cost = choose(question.cost, costs_of(runs), "cost")
    check_evaluators(runs, metric)
    unknown = next((run.id for run in runs if mean_of(run, cost) is None), None)
    if unknown is not None:
        raise InputError(f"{unknown} has no value of {cost}: choose another cost, or set the price of its model.")
    rule = GateRule(
        primary=Requirement(metric=metric, kind="non_inferiority", margin=question.margin),
        confidence=question.confidence,
        cluster=question.cluster,
    )
    return rule, cost


def _report(fitted: _Fitted) -> CascadeFit:
    samples, chosen = fitted.samples, fitted.chosen
    outcome = _outcome(fitted)
    levels = isotonic(samples.sure, samples.cheap_quality_of_sure)
    calibration = [(round(least, 6), round(value, 6)) for least, value in levels]
    makes = outcome == "pass" and chosen.threshold not in (ALWAYS, NEVER)
    return CascadeFit(
        outcome=outcome,
        sentence=_sentence(fitted, outcome),
        cheap=RunSummary.model_validate(fitted.cheap.run.model_dump()),
        strong=RunSummary.model_validate(fitted.strong.run.model_dump()),
        metric=samples.metric,
        cost=samples.cost,
        margin=fitted.question.margin,
        measure=samples.measure,
        items=len(samples.items),
        missing=fitted.missing,
        unsure=len(samples.items) - int(samples.sure.size),
        escalate_below=_rounded(chosen.threshold),
        expected=fitted.expected,
        check=fitted.quality,
        cost_difference=fitted.saving,
        apgr=_apgr(samples),
        calibration=calibration,
        calibration_error=_calibration_error(fitted.held_out, samples),
        needed_n=chosen.needed,
        release=_body(fitted, calibration) if makes else None,
    )


def _outcome(fitted: _Fitted) -> Outcome:
    """Return ``pass`` where a threshold is shown, holds on items that did not choose it, and saves something."""
    if fitted.chosen.threshold == ALWAYS:
        return "fail" if fitted.chosen.too_bad else "not_enough_data"
    if fitted.quality.outcome != "pass":
        return fitted.quality.outcome
    if fitted.saving is None or fitted.saving.difference >= 0:
        return "fail"
    return "not_enough_data" if fitted.too_many_missing else "pass"


def _sentence(fitted: _Fitted, outcome: Outcome) -> str:
    samples = fitted.samples
    if outcome == "not_enough_data" and fitted.too_many_missing:
        return missing_sentence(fitted.missing, len(samples.items) + fitted.missing, samples.metric)
    return cascade_sentence(
        outcome,
        threshold=fitted.chosen.threshold,
        measure=samples.measure,
        quality=fitted.quality,
        escalated=fitted.expected[ESCALATED].mean,
        cost=samples.cost,
        costs=(fitted.expected[samples.cost].mean, mean_of(fitted.strong.run, samples.cost)),
        names=(_name(fitted.cheap), _name(fitted.strong)),
        needed=fitted.chosen.needed,
    )


def _hold_out(samples: CascadeSamples, *, margin: float, tail: float) -> _HeldOut:
    """Choose and calibrate without each fifth of the groups of items, for that fifth."""
    pairs = samples.pairs
    groups = list(range(len(samples.items))) if pairs.clusters is None else list(pairs.clusters)
    names = list(dict.fromkeys(groups))
    turns = dict(zip(names, np.random.default_rng(SEED).permutation(len(names)) % FOLDS, strict=True))
    fold = np.array([turns[group] for group in groups])
    thresholds, expected = np.full(fold.size, ALWAYS), np.full(fold.size, np.nan)
    for turn in range(FOLDS):
        inside, outside = np.flatnonzero(fold == turn), np.flatnonzero(fold != turn)
        training = pairs.only(outside)
        thresholds[inside] = choose_threshold(training, margin=margin, tail=tail).threshold
        sure = np.isfinite(training.confidence)
        asked = inside[np.isfinite(pairs.confidence[inside])]
        if sure.any() and asked.size:
            levels = isotonic(training.confidence[sure], samples.cheap_quality[outside[sure]])
            expected[asked] = expected_quality(levels, pairs.confidence[asked])
    return _HeldOut(thresholds, expected)


def _against(
    cascade: Mapping[str, SampleResult],
    strong: Mapping[str, SampleResult],
    rule: GateRule,
    metric: str,
    items: Mapping[str, Item],
    higher: bool,
) -> Check:
    aligned = Aligned(strong, cascade, items)
    compared = compare(rule.primary, "primary", aligned, rule=rule, higher_is_better={metric: higher})
    (only,) = check_all([compared], [compared.alone(rule.tail)], rule=rule)
    return only


def _cost_difference(
    cascade: Mapping[str, SampleResult],
    strong: Mapping[str, SampleResult],
    rule: GateRule,
    cost: str,
    items: Mapping[str, Item],
) -> CostDifference | None:
    requirement = Requirement(metric=cost, kind="superiority")
    aligned = Aligned(strong, cascade, items)
    compared = compare(requirement, "primary", aligned, rule=rule, higher_is_better={cost: False})
    return CostDifference.of(compared.improvement, rule.confidence)


def _apgr(samples: CascadeSamples) -> float | None:
    pairs = samples.pairs
    if float((pairs.strong - pairs.cheap).mean()) <= 0:
        return None
    return apgr(pairs.confidence, pairs.cheap, pairs.strong)


def _calibration_error(held_out: _HeldOut, samples: CascadeSamples) -> float | None:
    known = np.isfinite(held_out.expected)
    if not known.any():
        return None
    return calibration_error(held_out.expected[known], samples.cheap_quality[known])


def _rounded(threshold: float) -> float | None:
    return None if threshold in (ALWAYS, NEVER) else round(threshold, 12)


def _body(fitted: _Fitted, calibration: Sequence[tuple[float, float]]) -> dict[str, JsonValue]:
    first: dict[str, JsonValue] = {
        "release": _reference(fitted.cheap),
        "confidence": fitted.samples.measure,
        "escalate_below": _rounded(fitted.chosen.threshold),
        "calibration": [list(level) for level in calibration],
    }
    description = f"Fitted on {fitted.cheap.run.id} and {fitted.strong.run.id}."
    return {"description": description, "cascade": {"steps": [first, {"release": _reference(fitted.strong)}]}}


def _reference(side: Side) -> dict[str, JsonValue]:
    return {"kind": "release", "name": side.run.release.name, "digest": side.run.release.digest}


def _name(side: Side) -> str:
    return f"{side.run.release.name}@{side.run.release.number}"
