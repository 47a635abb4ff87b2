"""How much more the spool may take, when requests arrive faster than the engine loads them."""

import math
import time
from collections.abc import Callable


class Room:
    """Counts bytes of the spool against a bound; for one thread at a time.

    A load frees its room when it ends, and whoever waits would wait for all of it. So while one is under way its
    room is given back evenly, at the rate of the load before: requests then wait a little each.
    """

    def __init__(self, bound: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._bound = bound
        self._clock = clock
        self.taken = 0
        self._loading = 0
        self._last_load = 0
        """Bytes of the load that is under way, or was last."""
        self._since = 0.0
        self._rate = 0.0
        """Bytes a second."""

    def take(self, size: int) -> None:
        self.taken += size

    def free(self, size: int) -> None:
        self.taken -= size
        self._loading = max(0, self._loading - size)

    def begin_load(self, size: int) -> None:
        self._loading = self._last_load = size
        self._since = self._clock()

    def end_load(self, *, succeeded: bool) -> None:
        if succeeded:
            self._rate = self._last_load / max(self._clock() - self._since, 1e-3)
        self._loading = 0

    def wait_s(self) -> float:
        """Return in how many seconds there is room, which is infinity when only the end of a load gives it."""
        over = self.taken - self._bound + 1
        if over <= 0:
            return 0.0
        if over > self._loading or not self._rate:
            return math.inf
        return max(0.0, self._since + over / self._rate - self._clock())
