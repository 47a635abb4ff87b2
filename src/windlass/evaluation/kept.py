"""What was read last, kept for the next who asks for it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A few values by what they were made of; the one not asked for the longest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[K, Future[V]] = OrderedDict()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key; one that is not kept is made, once, and whoever else wants it waits for it.

        Raises what making it raises, and keeps nothing then.
        """
        with self._lock:
            found = self._values.get(key)
            value: Future[V] = Future() if found is None else found
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        if found is None:
            self._make(key, value, make)
        return value.result()

    def _make(self, key: K, value: "Future[V]", make: Callable[[], V]) -> None:
        try:
            value.set_result(make())
        except BaseException as error:
            with self._lock:
                if self._values.get(key) is value:
                    del self._values[key]
            value.set_exception(error)
            raise
