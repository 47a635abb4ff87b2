"""One thing of many samples at once, as an array; scores that are columns already are not made samples of."""

from collections.abc import Mapping, Sequence

import numpy as np

from windlass.evaluation.run_scores import Floats
from windlass.evaluation.samples import SampleResult
from windlass.evaluation.scored_samples import ScoredItems

Results = Mapping[str, SampleResult]
"""What came of a run, by item."""


def values_of(results: Results, items: Sequence[str], metric: str) -> Floats:
    """Return a metric of some items; NaN where there is no value."""
    if isinstance(results, ScoredItems):
        return results.values_of(items, metric)
    judged = [None if result is None else result.judgements.get(metric) for result in map(results.get, items)]
    # One pass without calls: there may be hundreds of thousands.
    values = [np.nan if each is None or (value := each.value) is None else value for each in judged]
    return np.array(values, dtype=np.float64)


def failed_shares_of(results: Results, items: Sequence[str]) -> Floats:
    """Return what share of each item's repeats failed; NaN for an item without a sample."""
    if isinstance(results, ScoredItems):
        return results.failed_shares_of(items)
    shares = [np.nan if result is None else result.failed_share for result in map(results.get, items)]
    return np.array(shares, dtype=np.float64)


def is_judged(results: Results, metric: str) -> bool:
    """Tell whether a metric's values come from a model that judges."""
    if isinstance(results, ScoredItems):
        return results.is_judged(metric)
    found = (result.judgements.get(metric) for result in results.values())
    return any(judgement is not None and judgement.source == "judge" for judgement in found)
