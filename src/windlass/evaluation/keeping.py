"""Keeping the samples of a run: patiently, and each for itself."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from windlass.errors import Unavailable
from windlass.evaluation.said import said
from windlass.evaluation.sample_stores import SampleStore
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.sampling import backoff
from windlass.evaluation.spans import encode_samples

Done = Sequence[tuple[Item, SampleResult]]

_ATTEMPTS: Final = 6


def keep_samples(store: SampleStore, done: Done) -> Done:
    """Store finished samples, and return them as they are stored.

    One whose answer cannot be written down (a set among its tools' results, say) is a failed sample that says so:
    the others of its batch were paid for.
    """
    try:
        patiently(lambda: store.write(done))
    except (ValueError, TypeError, RecursionError):
        kept = [(item, _keepable(item, result)) for item, result in done]
        patiently(lambda: store.write(kept))
        return kept
    return done


def patiently(write: Callable[[], None]) -> None:
    """Write, and wait for a store that is briefly unavailable: the samples in hand were paid for."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return write()
        except Unavailable as error:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(backoff(attempt, 0.25, error))
    return None


def _keepable(item: Item, result: SampleResult) -> SampleResult:
    try:
        encode_samples([(item, result)], {})
    except (ValueError, TypeError, RecursionError) as error:
        why = f"the target's answer cannot be written down as JSON: {said(error)}"
        return replace(result, prediction=None, judgements={}, error=why, error_type=type(error).__name__)
    return result
