"""How far spans are merged: into large parts while few arrive, and only as far as needed while many do.

A merge writes its spans and their index of words anew, which costs twice what taking them in does; so while spans
arrive by the thousand a second, each is merged once or twice. But each part takes a moment of every search and of
every list, and the few small parts that are left between large ones have no index of words at all. That is made up
for when there is time: a million spans that lay in 94 parts come to lie in six. Parts are no larger, because to
erase a trace its parts are written anew.
"""

import threading
from typing import Final

from windlass.storage.warehouse import MERGES, Warehouse
from windlass.telemetry.summaries import integer

_WINDOW_S: Final = 120
_MOST_SPANS: Final = 60_000
"""In so many seconds, where few arrive. There is no hurry: what comes in bursts is not to wait for it."""

_FREE: Final = "number_of_free_entries_in_pool_to_lower_max_size_of_merge"
_MANY: Final = (
    "min_parts_to_merge_at_once = 10, merge_selector_base = 10, "
    f"max_bytes_to_merge_at_max_space_in_pool = 150000000, {_FREE} = 2"
)
"""As the schema has it, and so each start."""
_FEW: Final = (
    "min_parts_to_merge_at_once = 2, merge_selector_base = 3, max_bytes_to_merge_at_max_space_in_pool = 600000000"
)
_ONE_LARGE: Final = f"{_FEW}, {_FREE} = {MERGES}"
"""While it goes on others are smaller: it may take minutes, and new parts shall not wait for it."""

_ARRIVED: Final = """
SELECT toInt64(sum(rows)) AS spans FROM system.parts
WHERE database = currentDatabase() AND table = 'spans' AND level = 0
  AND modification_time > now() - {window:UInt32}
"""
"""Parts that were merged meanwhile are listed for some minutes more."""


class Merging:
    """Says to the engine how far to merge. For one thread."""

    def __init__(self, warehouse: Warehouse, *, most_spans: int = _MOST_SPANS, window_s: int = _WINDOW_S) -> None:
        """Up to ``most_spans`` in so many seconds are few."""
        self._warehouse = warehouse
        self._most_spans = most_spans
        self._window_s = window_s
        # How many merges another engine has at once is its own affair.
        self._for_few = _ONE_LARGE if warehouse.embedded else _FEW
        self._said = ""

    def look(self, _stopping: threading.Event) -> None:
        """Look how many spans arrived lately, and say to the engine what that changes."""
        (arrived,) = self._warehouse.query(_ARRIVED, {"window": self._window_s})
        settings = self._for_few if integer(arrived["spans"]) <= self._most_spans else _MANY
        if settings != self._said:
            self._warehouse.execute(f"ALTER TABLE spans MODIFY SETTING {settings}")
            self._said = settings
