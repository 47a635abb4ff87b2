"""What was read of a table, for as long as nothing is inserted into it."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import TypeVar, cast

_T = TypeVar("_T")


class Remembered:
    """Facts of tables, each under a key. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._facts: dict[str, dict[str, object]] = {}
        self._forgotten: Counter[str] = Counter()

    def get(self, table: str, key: str, read: Callable[[], _T]) -> _T:
        """Return what is remembered under a key, or what is read now."""
        with self._lock:
            facts = self._facts.get(table, {})
            if key in facts:
                return cast("_T", facts[key])
            forgotten = self._forgotten[table]
        found = read()
        with self._lock:
            # What came in meanwhile may have been read or not.
            if self._forgotten[table] == forgotten:
                self._facts.setdefault(table, {})[key] = found
        return found

    def forget(self, table: str) -> None:
        """Forget what was read of a table: to be called before something is inserted and once it is there."""
        with self._lock:
            self._forgotten[table] += 1
            self._facts.pop(table, None)
