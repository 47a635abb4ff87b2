"""Keeping the samples of a run: patiently, and each for itself."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from windlass.errors import Unavailable
from windlass.evaluation.said import said
from windlass.evaluation.sample_stores import SampleStore
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.sampling import backoff
from windlass.evaluation.spans import encode_samples

Done = Sequence[tuple[Item, SampleResult]]

_PATIENCE_S: Final = 300.0
"""How long a store may be away: a database that fails over, or a server that restarts, is back by then."""
_MOST_WAIT_S: Final = 5.0


class Patience:
    """Waits for a store that is away: the samples in hand were paid for."""

    def __init__(self, give_up: threading.Event | None = None) -> None:
        """``give_up`` is set when the process is to end."""
        self._give_up = give_up or threading.Event()
        self.is_waiting = False
        """Whether the store is away just now, so that nothing more should be asked."""

    def until_written(self, write: Callable[[], None]) -> None:
        """Write, again and again where the store is Unavailable. Raises Unavailable once that lasts too long."""
        until, attempt = time.monotonic() + _PATIENCE_S, 0
        with self._done_waiting():
            while True:
                try:
                    return write()
                except Unavailable as error:
                    attempt += 1
                    wait_s = min(backoff(attempt, 0.25, error), _MOST_WAIT_S)
                    self.is_waiting = True
                    if time.monotonic() + wait_s > until or self._give_up.wait(wait_s):
                        raise

    @contextlib.contextmanager
    def _done_waiting(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.is_waiting = False


def keep_samples(store: SampleStore, done: Done, patience: Patience) -> Done:
    """Store finished samples, and return them as they are stored.

    One whose answer cannot be written down (a set among its tools' results, say) is a failed sample that says so:
    the others of its batch were paid for.
    """
    try:
        patience.until_written(lambda: store.write(done))
    except (ValueError, TypeError, RecursionError):
        kept = [(item, _keepable(item, result)) for item, result in done]
        patience.until_written(lambda: store.write(kept))
        return kept
    return done


def _keepable(item: Item, result: SampleResult) -> SampleResult:
    try:
        encode_samples([(item, result)], {})
    except (ValueError, TypeError, RecursionError) as error:
        why = f"the target's answer cannot be written down as JSON: {said(error)}"
        return replace(result, prediction=None, judgements={}, error=why, error_type=type(error).__name__)
    return result
