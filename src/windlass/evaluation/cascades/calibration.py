"""From a model's confidence to the quality that its answers have: by isotonic regression."""

from typing import NamedTuple

import numpy as np

from windlass.evaluation.statistics.paired import Floats

_BINS = 10


class Level(NamedTuple):
    """From this confidence on, this quality is to be expected."""

    least: float
    quality: float


def isotonic(confidence: Floats, quality: Floats) -> list[Level]:
    """Return the steps, rising with the confidence, that lie nearest to the qualities (Ayer et al. 1955).

    Pool adjacent violators: neighbours that would fall are one step, with their mean.
    """
    order = np.argsort(confidence, kind="stable")
    blocks: list[tuple[float, float, int]] = []  # least confidence, sum of qualities, count
    for place in order:
        least, total, count = float(confidence[place]), float(quality[place]), 1
        while blocks and _falls(blocks[-1], (least, total, count)):
            before = blocks.pop()
            least, total, count = before[0], before[1] + total, before[2] + count
        blocks.append((least, total, count))
    return [Level(least, total / count) for least, total, count in blocks]


def expected_quality(levels: list[Level], confidence: Floats) -> Floats:
    """Return the quality to be expected of answers; below the lowest step it is that of the lowest."""
    places = np.searchsorted([level.least for level in levels], confidence, side="right") - 1
    return np.array([level.quality for level in levels])[np.maximum(places, 0)]


def calibration_error(expected: Floats, quality: Floats) -> float:
    """Return the mean distance of what was expected from what was, over ten bins of equally many answers."""
    order = np.argsort(expected, kind="stable")
    bins = [part for part in np.array_split(order, _BINS) if part.size]
    return float(sum(abs(expected[part].sum() - quality[part].sum()) for part in bins) / expected.size)


def _falls(before: tuple[float, float, int], after: tuple[float, float, int]) -> bool:
    """Tell whether the later block has no more quality than the one before; or the same confidence."""
    return before[1] / before[2] >= after[1] / after[2] or before[0] == after[0]
