"""How far a judge agrees with people, and how far people agree with one another on the same items."""

from collections.abc import Callable, Hashable, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from pydantic import BaseModel

from windlass.evaluation.calibration.contingency import Floats, Measure, measures_of
from windlass.evaluation.calibration.judged import JudgedItem, clusters_of, most_said
from windlass.evaluation.calibration.ranks import spearman
from windlass.evaluation.calibration.resampling import CONFIDENCE, Cell, Counted, all_estimates, count
from windlass.evaluation.reviews.agreement import Coefficient, cohen_kappa, krippendorff_alpha
from windlass.evaluation.reviews.questions import Level
from windlass.evaluation.reviews.report import Figure, PairKappa
from windlass.evaluation.statistics.rates import clopper_pearson

MOST_VALUES: Final = 20
"""More values than these are no categories: only their order is compared."""
_MOST_RATERS: Final = 12
"""Every two of them are compared."""


class JudgeAgreement(BaseModel):
    """The judge against what people settled on."""

    values: list[float]
    """That people or the judge gave, in their order; empty where they are too many to be categories."""
    confusion: list[list[int]]
    """Items by what people said (down) and what the judge said (across), in the order of ``values``."""
    measures: dict[str, Figure]
    """accuracy, balanced_accuracy, kappa, linear_kappa, quadratic_kappa, ac1, alpha, spearman."""


class Ceiling(BaseModel):
    """How far people agree on the items that the judge judged: what can be asked of it at most."""

    raters: list[str]
    pairs: list[PairKappa]
    """Cohen's kappa of every two people."""
    alpha: Figure
    """Krippendorff's alpha of all of them."""
    people: dict[str, Figure]
    """Each person against what most of the others said, averaged over people by how many items they labelled."""
    judge: dict[str, Figure]
    """The judge against the very same majorities."""
    gap: dict[str, Figure]
    """Judge − people, of the same resamples."""


def judge_agreement(items: Sequence[JudgedItem], level: Level) -> JudgeAgreement:
    """Measure the judge on the items that have a reference and a verdict."""
    both = [item for item in items if item.reference is not None and item.verdict.value is not None]
    pairs = [(_number(item.reference), _number(item.verdict.value)) for item in both]
    clusters = clusters_of(both)
    values = sorted({value for pair in pairs for value in pair})
    if not pairs:
        return JudgeAgreement(values=[], confusion=[], measures={})
    if len(values) > MOST_VALUES:
        ranks = spearman([human for human, _ in pairs], [judge for _, judge in pairs], clusters)
        return JudgeAgreement(values=[], confusion=[], measures={"spearman": figure(ranks)})
    codes = {value: code for code, value in enumerate(values)}
    counted = count(
        [[Cell(0, codes[human], codes[judge])] for human, judge in pairs], clusters, (1, len(values), len(values))
    )
    return JudgeAgreement(
        values=values,
        confusion=counted.observed[0].astype(int).tolist(),
        measures=_measured(counted, values, level, clustered=clusters is not None),
    )


def human_ceiling(items: Sequence[JudgedItem], level: Level) -> Ceiling | None:
    """Measure people against one another on the items with a verdict; None where no two labelled the same item."""
    judged = [item for item in items if item.verdict.value is not None and len(item.labels) > 1]
    raters = sorted({rater for item in judged for rater in item.labels})
    values = sorted({value for item in judged for value in (*item.labels.values(), _number(item.verdict.value))})
    if len(raters) < 2 or len(values) > MOST_VALUES:
        return None
    compared = _against_others(judged, raters, values)
    people: Callable[[Floats], Floats] = lambda tables: tables[:, : len(raters)]  # noqa: E731
    judge: Callable[[Floats], Floats] = lambda tables: tables[:, len(raters) :]  # noqa: E731
    of = {name: each for name, each in measures_of(level).items() if name != "alpha"}
    n = compared.n
    estimates = {
        "people": all_estimates(compared, {name: _averaged(of[name], values, people) for name in of}, n=n),
        "judge": all_estimates(compared, {name: _averaged(of[name], values, judge) for name in of}, n=n),
        "gap": all_estimates(compared, {name: _gap(of[name], values, people, judge) for name in of}, n=n),
    }
    labels = [list(item.labels.values()) for item in judged]
    return Ceiling(
        raters=raters,
        pairs=[PairKappa(reviewers=list(pair), kappa=figure(_kappa_of(judged, *pair))) for pair in _pairs(raters)],
        alpha=figure(krippendorff_alpha(labels, sorted({each for given in labels for each in given}), level)),
        **{kind: {name: figure(each) for name, each in found.items()} for kind, found in estimates.items()},
    )


def figure(coefficient: Coefficient) -> Figure:
    return Figure(value=coefficient.value, low=coefficient.low, high=coefficient.high, n=coefficient.n)


def _measured(counted: Counted, values: Sequence[float], level: Level, *, clustered: bool) -> dict[str, Figure]:
    of = measures_of(level)
    found = all_estimates(counted, {name: _on(measure, values) for name, measure in of.items()}, n=counted.n)
    figures = {name: figure(each) for name, each in found.items()}
    right = round(float(np.trace(counted.observed[0])))
    if not clustered:
        interval = clopper_pearson(right, counted.n)
        figures["accuracy"] = figures["accuracy"].model_copy(update=interval._asdict())
    if right == counted.n:
        figures = {name: _bounded(each, counted, of[name], values) for name, each in figures.items()}
    return figures


def _bounded(found: Figure, counted: Counted, measure: Measure, values: Sequence[float]) -> Figure:
    """Draw an interval where the judge was right throughout, which resampling would take for certainty.

    The share of items that could still be judged wrongly is bounded by Clopper and Pearson; the lower end is the
    measure were so many items given the other values, by how common these are.
    """
    if found.value is None:
        return found
    wrong = 1 - clopper_pearson(counted.clusters, counted.clusters, confidence=CONFIDENCE).low
    table = counted.observed[0]
    chance = np.outer(table.sum(axis=1), table.sum(axis=0))
    np.fill_diagonal(chance, 0.0)
    if not chance.any():
        return found
    mixed = (1 - wrong) * table + wrong * table.sum() * chance / chance.sum()
    low = float(measure(mixed[None], values)[0])
    return found.model_copy(update={"low": low, "high": found.value})


def _against_others(items: Sequence[JudgedItem], raters: Sequence[str], values: Sequence[float]) -> Counted:
    """Count each person, and then the judge, against what most of the other people said."""
    codes = {value: code for code, value in enumerate(values)}

    def cells(item: JudgedItem) -> list[Cell]:
        found = []
        for number, rater in enumerate(raters):
            others = most_said(value for name, value in item.labels.items() if name != rater)
            if rater in item.labels and others is not None:
                found.append(Cell(number, codes[others], codes[item.labels[rater]]))
                said = codes[_number(item.verdict.value)]
                found.append(Cell(len(raters) + number, codes[others], said))
        return found

    size = len(values)
    return count([cells(item) for item in items], clusters_of(items), (2 * len(raters), size, size))


def _averaged(
    measure: Measure, values: Sequence[float], part: Callable[[Floats], Floats]
) -> Callable[[Floats], Floats]:
    """Return the mean of a measure over a part of the tables that are side by side, by their numbers of items."""

    def of(stacks: Floats) -> Floats:
        tables = part(stacks)
        rows, side_by_side = tables.shape[:2]
        found = measure(tables.reshape(-1, *tables.shape[2:]), values).reshape(rows, side_by_side)
        weights = np.where(np.isnan(found), 0.0, tables.sum(axis=(2, 3)))
        total = weights.sum(axis=1)
        means = np.full(rows, np.nan)
        np.divide((np.nan_to_num(found) * weights).sum(axis=1), total, out=means, where=total > 0)
        return means

    return of


def _gap(
    measure: Measure,
    values: Sequence[float],
    people: Callable[[Floats], Floats],
    judge: Callable[[Floats], Floats],
) -> Callable[[Floats], Floats]:
    of_judge, of_people = _averaged(measure, values, judge), _averaged(measure, values, people)
    return lambda stacks: of_judge(stacks) - of_people(stacks)


def _on(measure: Measure, values: Sequence[float]) -> Callable[[Floats], Floats]:
    return lambda stacks: measure(stacks[:, 0], values)


def _pairs(raters: Sequence[str]) -> list[tuple[str, str]]:
    return list(combinations(raters[:_MOST_RATERS], 2))


def _kappa_of(items: Sequence[JudgedItem], first: str, second: str) -> Coefficient:
    both: list[tuple[Hashable, Hashable]] = [
        (item.labels[first], item.labels[second])
        for item in items
        if first in item.labels and second in item.labels
    ]
    return cohen_kappa(both)


def _number(value: float | None) -> float:
    assert value is not None
    return value
