"""What range the values of a metric lie in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.metrics.usage import AMOUNTS

Floats = NDArray[np.float64]
Range = tuple[float, float]

NO_RANGES: Final[Mapping[str, Sequence[float]]] = MappingProxyType({})


def range_of(metric: str, *values: Floats, declared: Mapping[str, Sequence[float]] = NO_RANGES) -> Range | None:
    """Return the least and the greatest value that a metric can have; None where nobody knows.

    What is declared counts. Else a score lies between 0 and 1, unless a value that lies elsewhere shows that it
    does not; an amount (time, tokens, cost) has no range. Raises InputError for a value beyond the declared one.
    """
    there = [each for column in values if (each := column[~np.isnan(column)]).size]
    ends = [float(end) for each in there for end in (each.min(), each.max())]
    if metric in declared:
        low, high = declared[metric]
        found = next((end for end in ends if not low <= end <= high), None)
        if found is not None:
            raise InputError(
                f"{metric} has the value {found:g}, beyond the range from {low:g} to {high:g} that the rule "
                "declares for it: declare the range that it can have."
            )
        return low, high
    known = metric not in AMOUNTS and all(0 <= end <= 1 for end in ends)
    return (0.0, 1.0) if known else None


def of_differences(values: Range | None, share: float = 1.0) -> Range | None:
    """Return between what second − share · first lies, of two values within a range."""
    if values is None:
        return None
    low, high = values
    ends = (share * low, share * high)
    return low - max(ends), high - min(ends)
