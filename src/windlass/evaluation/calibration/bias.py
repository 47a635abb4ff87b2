"""What a judge is swayed by beside the answers: their order, their length, and chance."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel

from windlass.evaluation.calibration.judged import JudgedItem, Order, clusters_of
from windlass.evaluation.calibration.logistic import fit_logistic
from windlass.evaluation.calibration.resampling import CONFIDENCE, SEED
from windlass.evaluation.reviews.agreement import raw_agreement
from windlass.evaluation.reviews.report import Figure
from windlass.evaluation.statistics.bounded_rates import bounded_rate
from windlass.evaluation.statistics.paired import PairedDifference, normal_quantile, paired_difference
from windlass.evaluation.statistics.rates import clopper_pearson

_FIRST: Final[dict[Order, float]] = {"first": 1.0, "tie": 0.5, "second": 0.0}
_SEPARATE: Final = "length decides alone, so that there is no finite coefficient"


class PositionBias(BaseModel):
    """Of comparisons in both orders."""

    first_preference: Figure
    """P1 − 0.5: how much more often than half the time the answer shown first is preferred; a tie is half."""
    order_consistency: Figure
    """The share of pairs with the same winner, or a tie, in both orders."""


class VerbosityBias(BaseModel):
    judge_picks_longer: float | None
    people_pick_longer: float | None
    """On the same pairs, those of unequal length; a tie counts as half. Null where answers are not compared."""
    excess: Figure
    """P(judge picks the longer) − P(people pick the longer)."""
    coefficient: Figure
    """Log-odds of a high verdict for one standard deviation of length, people's label being equal."""
    why_none: str = ""
    """Why there is no coefficient."""


class Consistency(BaseModel):
    repeats: int
    flip_rate: Figure
    """The chance that two verdicts on the same item, nothing being changed, differ."""


class NullAnswer(BaseModel):
    """A constant answer that says nothing, compared with the answers that people preferred."""

    pairs: int
    wins: int
    rate: Figure


def position_bias(items: Sequence[JudgedItem]) -> PositionBias | None:
    """Measure it on the items that have a verdict in both orders; None where there are none."""
    both = [item for item in items if item.verdict.orders is not None and len(item.verdict.orders) == 2]
    if not both:
        return None
    orders = [_orders(item) for item in both]
    clusters = clusters_of(both)
    # The first order shows the judged answer first, the second one the other: a pair is one observation of two.
    shares = [(_FIRST[first] + _FIRST[second]) / 2 for first, second in orders]
    preference = paired_difference([0.5] * len(shares), shares, clusters, seed=SEED)
    same = [_FIRST[first] + _FIRST[second] == 1.0 for first, second in orders]
    return PositionBias(first_preference=_difference(preference), order_consistency=_rate(same, clusters))


def verbosity_bias(items: Sequence[JudgedItem], scale: tuple[float, float]) -> VerbosityBias | None:
    """Measure whether length sways the judge more than people; ``scale`` are the lowest and the highest value.

    Of comparisons the highest value is for the judged answer and the lowest for the other one.
    """
    known = [
        item for item in items if item.verdict.value is not None and item.reference is not None and item.length > 0
    ]
    if not known:
        return None
    pairs = [item for item in known if item.other_length]
    if pairs:
        return _of_pairs([item for item in pairs if item.length != item.other_length], scale)
    coefficient, why = _length_coefficient(known, [math.log(item.length) for item in known], scale)
    return VerbosityBias(
        judge_picks_longer=None, people_pick_longer=None, excess=NONE, coefficient=coefficient, why_none=why
    )


def consistency(items: Sequence[JudgedItem]) -> Consistency | None:
    """Measure how often verdicts flip; None where no item was judged twice."""
    repeats = max((len(item.verdicts) for item in items), default=0)
    if repeats < 2:
        return None
    given = [[each.value for each in item.verdicts if each.value is not None] for item in items]
    same = raw_agreement(given)
    if same.value is None:
        return Consistency(repeats=repeats, flip_rate=NONE)
    twice = sum(len(values) > 1 for values in given)
    low, high = same.low, same.high
    if low is None or high is None:
        low, high = clopper_pearson(twice, twice) if same.value == 1 else clopper_pearson(0, twice)
    rate = Figure(value=1 - same.value, low=1 - high, high=1 - low, n=twice)
    return Consistency(repeats=repeats, flip_rate=rate)


def null_answer(wins: int, pairs: int) -> NullAnswer | None:
    """Say how often a constant answer won; none of them should."""
    if not pairs:
        return None
    low, high = clopper_pearson(wins, pairs)
    return NullAnswer(pairs=pairs, wins=wins, rate=Figure(value=wins / pairs, low=low, high=high, n=pairs))


NONE: Final = Figure(value=None, low=None, high=None, n=0)


def _of_pairs(pairs: Sequence[JudgedItem], scale: tuple[float, float]) -> VerbosityBias | None:
    if not pairs:
        return None
    judge = [_picks_longer(item, _given(item.verdict.value), scale) for item in pairs]
    people = [
        float(np.mean([_picks_longer(item, label, scale) for label in item.labels.values() or [_reference(item)]]))
        for item in pairs
    ]
    excess = paired_difference(people, judge, clusters_of(pairs), seed=SEED)
    decided = [item for item in pairs if _given(item.verdict.value) != sum(scale) / 2]
    longer = [math.log(item.length / item.other_length) for item in decided if item.other_length]
    coefficient, why = _length_coefficient(decided, longer, scale)
    return VerbosityBias(
        judge_picks_longer=float(np.mean(judge)),
        people_pick_longer=float(np.mean(people)),
        excess=_difference(excess),
        coefficient=coefficient,
        why_none=why,
    )


def _picks_longer(item: JudgedItem, value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    share = min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.5
    assert item.other_length is not None
    return share if item.length > item.other_length else 1 - share


def _length_coefficient(
    items: Sequence[JudgedItem], lengths: Sequence[float], scale: tuple[float, float]
) -> tuple[Figure, str]:
    """Regress whether the verdict is in the upper half of the scale on length and on what people said."""
    middle = sum(scale) / 2
    chosen = np.array([float(_given(item.verdict.value) > middle) for item in items])
    labels = np.array([_reference(item) for item in items])
    lengthy = np.array(lengths)
    if len(items) < 3 or len(set(chosen.tolist())) < 2 or np.ptp(lengthy) == 0:
        return NONE, "the verdicts, or the lengths, are all alike"
    columns = [lengthy / lengthy.std()]
    if np.ptp(labels) > 0:
        columns.append(labels)
    fitted = fit_logistic(np.column_stack(columns), chosen, clusters_of(items))
    if fitted is None:
        return NONE, f"{_SEPARATE}, or people's label does"
    value, reach = fitted.coefficients[0], normal_quantile(0.5 + CONFIDENCE / 2) * fitted.errors[0]
    return Figure(value=float(value), low=float(value - reach), high=float(value + reach), n=len(items)), ""


def _rate(held: Sequence[bool], clusters: Sequence[str] | None) -> Figure:
    n = len(held)
    low, high = bounded_rate(np.array(held, dtype=np.float64), clusters).interval(CONFIDENCE)
    return Figure(value=sum(held) / n, low=low, high=high, n=n)


def _difference(pairs: PairedDifference) -> Figure:
    interval = pairs.interval(CONFIDENCE)
    low, high = interval or (None, None)
    return Figure(value=pairs.difference, low=low, high=high, n=pairs.n)


def _orders(item: JudgedItem) -> tuple[Order, Order]:
    orders = item.verdict.orders
    assert orders is not None
    return orders[0], orders[1]


def _given(value: float | None) -> float:
    assert value is not None
    return value


def _reference(item: JudgedItem) -> float:
    return _given(item.reference)
