"""Parts of a file, as a player asks for them: it can go to a place in a clip only where a server gives parts."""

import re
from typing import Final, NamedTuple

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


class Range(NamedTuple):
    start: int
    stop: int

    def describe(self, size: int) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{size}"


def asked_range(header: str | None, size: int) -> Range | None:
    """Return the part that a Range header asks for; None for the whole, which also answers what is not understood.

    Raises ValueError for a part that the file does not have.
    """
    asked = _RANGE.fullmatch((header or "").strip())
    if asked is None or not any(asked.groups()):
        return None
    first, last = asked.groups()
    if not first:
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), min(size, int(last) + 1 if last else size)
    if start >= stop:
        raise ValueError(f"a file of {size} bytes has no part {header!r}")
    return Range(start, stop)
