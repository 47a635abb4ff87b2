"""How far spans are merged: into large parts while few arrive, once or twice while many do, in a burst not at all.

A merge writes its spans and their index of words anew, which costs twice what taking them in does; so while spans
arrive by the thousand a second, each is merged once or twice, and while they arrive by ten thousand and more, they
have the machine for themselves until there are many parts. But each part takes a moment of every search and of
every list, and the few small parts that are left between large ones have no index of words at all. That is made up
for when there is time: a million spans that lay in 94 parts come to lie in six. Parts are no larger, because to
erase a trace its parts are written anew.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from windlass.storage.warehouse import MERGES, Warehouse, WarehouseError
from windlass.telemetry.summaries import integer

_WINDOW_S: Final = 120.0
_FEW_BYTES: Final = 128 * 2**20
"""Of spans in so many seconds, where few arrive: what 500 of 2 kB a second make. There is no hurry: what comes in
bursts is not to wait for large merges."""

_FREE: Final = "number_of_free_entries_in_pool_to_lower_max_size_of_merge"
_AS_NEEDED: Final = f"merge_selector_base = 10, max_bytes_to_merge_at_max_space_in_pool = 150000000, {_FREE} = 2"
_MANY: Final = f"min_parts_to_merge_at_once = 10, {_AS_NEEDED}"
"""As the schema has it."""
_NONE: Final = f"min_parts_to_merge_at_once = 1000, {_AS_NEEDED}"
"""The engine takes a hundred at once, so there are never enough."""
_FEW: Final = (
    "min_parts_to_merge_at_once = 2, merge_selector_base = 3, max_bytes_to_merge_at_max_space_in_pool = 600000000"
)
_ONE_LARGE: Final = f"{_FEW}, {_FREE} = {MERGES}"
"""While it goes on others are smaller: it may take minutes, and new parts shall not wait for it."""

_BURST_S: Final = (1.0, 3.0)
"""What arrives within the first makes a burst; where nothing comes, it ends after the second."""
_BURST_BYTES: Final = 24 * 2**20
"""Of spans a second, more of which are a burst: what 12,000 of 2 kB make."""
_MOST_LEFT: Final = 200
"""Parts that a burst may leave unmerged, some two million spans: the engine slows inserts from 1,000 parts on."""


class _Look(NamedTuple):
    time_s: float
    arrived_bytes: int


class Merging:
    """Says to the engine how far to merge. For one thread."""

    def __init__(
        self,
        warehouse: Warehouse,
        arrived_bytes: Callable[[], int],
        *,
        few_bytes: int = _FEW_BYTES,
        burst_bytes: int = _BURST_BYTES,
        most_left: int = _MOST_LEFT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``arrived_bytes`` says how much arrived since some time, be it loaded or not.

        Up to ``few_bytes`` in two minutes are few; more than ``burst_bytes`` a second are a burst, which may
        leave ``most_left`` parts.
        """
        self._warehouse = warehouse
        self._arrived_bytes = arrived_bytes
        self._few_bytes = few_bytes
        self._burst_bytes = burst_bytes
        self._most_left = most_left
        self._clock = clock
        self._looks = deque([_Look(clock(), arrived_bytes())])
        # How many merges another engine has at once is its own affair.
        self._for_few = _ONE_LARGE if warehouse.embedded else _FEW
        self._said = ""

    def look(self, _stopping: threading.Event) -> None:
        """Look how much arrived lately, and say to the engine what that changes."""
        now = _Look(self._clock(), self._arrived_bytes())
        self._looks.append(now)
        while self._looks[1].time_s <= now.time_s - _WINDOW_S:
            self._looks.popleft()
        # Another engine has processors and memory of its own, which need not wait for the end of a burst.
        burst = self._warehouse.embedded and self._is_burst()
        waits = burst and self._may_leave_more()
        self._say(_NONE if waits else self._far_enough())
        if burst and not waits:
            self._give_memory_back()

    def _say(self, settings: str) -> None:
        if settings != self._said:
            self._warehouse.execute(f"ALTER TABLE spans MODIFY SETTING {settings}")
            self._said = settings

    def _far_enough(self) -> str:
        arrived, _ = self._within(_WINDOW_S)
        return self._for_few if arrived <= self._few_bytes else _MANY

    def _give_memory_back(self) -> None:
        """Let the engine give back what was freed.

        It keeps that for five seconds, which saves a tenth of what spans cost; beside a burst merges would keep
        too much.
        """
        # Not on every system has the engine this allocator.
        with contextlib.suppress(WarehouseError):
            self._warehouse.execute("SYSTEM JEMALLOC PURGE")

    def _is_burst(self) -> bool:
        # A look that comes late looks at more seconds.
        looks = ((seconds, *self._within(seconds)) for seconds in _BURST_S)
        return any(arrived > self._burst_bytes * max(took, seconds) for seconds, arrived, took in looks)

    def _within(self, seconds: float) -> tuple[int, float]:
        """Return the bytes that arrived in so many seconds, or since the last look before them, and that time."""
        now = self._looks[-1]
        earlier = (look for look in reversed(self._looks) if look.time_s <= now.time_s - seconds)
        before = next(earlier, self._looks[0])
        return now.arrived_bytes - before.arrived_bytes, now.time_s - before.time_s

    def _may_leave_more(self) -> bool:
        """Tell whether more parts may stay unmerged; once they may not, half of them are to go first."""
        (row,) = self._warehouse.query(_COUNT_UNMERGED)
        return integer(row["parts"]) < (self._most_left if self._said == _NONE else self._most_left // 2)


_COUNT_UNMERGED: Final = """
SELECT toInt64(count()) AS parts FROM system.parts
WHERE database = currentDatabase() AND table = 'spans' AND active AND level = 0
"""
