"""How far spans are merged: into large parts while few arrive, and only as far as needed while many do.

A merge writes its spans and their index of words anew, which costs twice what taking them in does; so while spans
arrive by the thousand a second, each is merged once or twice. But each part takes a moment of every search and of
every list, and the few small parts that are left between large ones have no index of words at all. That is made up
for when there is time: a million spans that lay in 94 parts come to lie in six. Parts are no larger, because to
erase a trace its parts are written anew.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

from windlass.storage.warehouse import MERGES, Warehouse

_WINDOW_S: Final = 120.0
_MOST_BYTES: Final = 128 * 2**20
"""Of spans in so many seconds, where few arrive: what 500 of 2 kB a second make. There is no hurry: what comes in
bursts is not to wait for large merges."""

_FREE: Final = "number_of_free_entries_in_pool_to_lower_max_size_of_merge"
_MANY: Final = (
    "min_parts_to_merge_at_once = 10, merge_selector_base = 10, "
    f"max_bytes_to_merge_at_max_space_in_pool = 150000000, {_FREE} = 2"
)
"""As the schema has it."""
_FEW: Final = (
    "min_parts_to_merge_at_once = 2, merge_selector_base = 3, max_bytes_to_merge_at_max_space_in_pool = 600000000"
)
_ONE_LARGE: Final = f"{_FEW}, {_FREE} = {MERGES}"
"""While it goes on others are smaller: it may take minutes, and new parts shall not wait for it."""


class _Look(NamedTuple):
    time_s: float
    loaded_bytes: int


class Merging:
    """Says to the engine how far to merge. For one thread."""

    def __init__(
        self,
        warehouse: Warehouse,
        loaded_bytes: Callable[[], int],
        *,
        most_bytes: int = _MOST_BYTES,
        window_s: float = _WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``loaded_bytes`` says how much was loaded since some time; up to ``most_bytes`` in a window are few."""
        self._warehouse = warehouse
        self._loaded_bytes = loaded_bytes
        self._most_bytes = most_bytes
        self._window_s = window_s
        self._clock = clock
        self._looks = deque([_Look(clock(), loaded_bytes())])
        # How many merges another engine has at once is its own affair.
        self._for_few = _ONE_LARGE if warehouse.embedded else _FEW
        self._said = ""

    def look(self, _stopping: threading.Event) -> None:
        """Look how much arrived lately, and say to the engine what that changes."""
        settings = self._for_few if self._arrived() <= self._most_bytes else _MANY
        if settings != self._said:
            self._warehouse.execute(f"ALTER TABLE spans MODIFY SETTING {settings}")
            self._said = settings

    def _arrived(self) -> int:
        """Return the bytes that arrived in the window, or since the last look before it."""
        now = _Look(self._clock(), self._loaded_bytes())
        self._looks.append(now)
        while self._looks[1].time_s <= now.time_s - self._window_s:
            self._looks.popleft()
        return now.loaded_bytes - self._looks[0].loaded_bytes
