"""Reading a large run part by part."""

from typing import Final, NamedTuple


class Part(NamedTuple):
    """One of so many parts of a run, each with all samples of its items."""

    number: int
    parts: int

    @property
    def parameters(self) -> dict[str, object]:
        return {"part": self.number, "parts": self.parts}


WHOLE: Final = Part(0, 1)

IN_PART: Final = "cityHash64(item) % {parts:UInt64} = {part:UInt64}"
