"""Below which confidence to escalate: as rarely as is shown to be good enough."""

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.gates.comparisons import SEED
from windlass.evaluation.ranges import Range
from windlass.evaluation.statistics.paired import Floats, paired_difference
from windlass.evaluation.statistics.power import deciding_items

ALWAYS = math.inf
"""Escalate whatever the confidence: no cascade is shown to be good enough."""
NEVER = -math.inf
"""Escalate only where there is no confidence: the cheap one is good enough by itself."""

_SHARES = 20


class Pairs(NamedTuple):
    """What both releases made of the same items; qualities are turned so that more is better."""

    confidence: Floats
    """Of the cheap answer; −inf where it is not known, so that it always escalates."""
    cheap: Floats
    strong: Floats
    clusters: Sequence[Hashable] | None
    bounds: Range | None = None
    """Of a difference of two qualities, where the range of the metric is known."""

    def only(self, places: NDArray[np.intp]) -> "Pairs":
        chosen = None if self.clusters is None else [self.clusters[int(place)] for place in places]
        return Pairs(self.confidence[places], self.cheap[places], self.strong[places], chosen, self.bounds)

    def qualities(self, threshold: float) -> Floats:
        """Return the qualities of a cascade with this threshold."""
        return np.where(escalates(self.confidence, threshold), self.strong, self.cheap)


class Chosen(NamedTuple):
    threshold: float
    needed: int | None
    """How many items would decide about the next lower threshold, were the difference to stay as it is."""
    too_bad: bool = False
    """Whether the next lower one is shown to lose more than the margin."""


def escalates(confidence: Floats, threshold: float | Floats) -> NDArray[np.bool_]:
    """Tell of each answer whether the next release is asked; the thresholds may differ."""
    return (confidence < threshold) | np.isneginf(confidence)


def choose_threshold(pairs: Pairs, *, margin: float, tail: float) -> Chosen:
    """Return the lowest threshold that is shown to lose no more than the margin.

    Thresholds are tried from the one that escalates 95 % of the items down to none, each at the full level, and
    the first that is not shown ends it: a fixed sequence, whose error does not grow with the number of thresholds
    (Angelopoulos et al. 2021, Learn then Test). The sequence depends on confidences alone and not on qualities.
    """
    threshold = ALWAYS
    for tried in _sequence(pairs.confidence):
        difference = paired_difference(
            pairs.strong, pairs.qualities(tried), pairs.clusters, bounds=pairs.bounds, seed=SEED
        )
        p_value = difference.p_greater(-margin)
        if p_value is None or p_value > tail:
            lost = difference.p_less(-margin)
            if lost is not None and lost <= tail:
                return Chosen(threshold, None, too_bad=True)
            return Chosen(threshold, deciding_items(difference, -margin, 1 - 2 * tail))
        threshold = tried
    return Chosen(threshold, None)


def _sequence(confidence: Floats) -> list[float]:
    """Return thresholds that escalate ever less, each between two confidences that there are."""
    known = np.sort(confidence[np.isfinite(confidence)])
    values = np.unique(known)
    cuts = [known.size * share // _SHARES for share in range(_SHARES - 1, 0, -1)]
    # Answers that are equally sure go together, so that a cut among them moves above them.
    above = [int(np.searchsorted(values, known[cut - 1], side="right")) for cut in cuts if cut > 0]
    between = [float(values[place - 1] + values[place]) / 2 for place in above if place < values.size]
    return [*dict.fromkeys(between), NEVER]
