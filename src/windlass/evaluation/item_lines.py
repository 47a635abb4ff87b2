"""The items of a dataset version as lines of its blob: as many of them are in memory as are asked for."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, overload

import orjson

from windlass.errors import NotFound, Unavailable
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs

_READ_BYTES: Final = 2**20

Fields = Mapping[str, object]


class Described(NamedTuple):
    """What an item says of itself beside what is asked and what is right."""

    split: str
    metadata: Fields


class ItemLines:
    """The items of one blob, each a line of canonical JSON.

    Where each line begins is known after one pass over the blob, in eight bytes a line, so that any page is one
    read. The pass also checks the blob's digest, and counts the splits.
    """

    def __init__(self, blobs: Blobs, digest: str) -> None:
        """Raises NotFound for a blob that is gone, Unavailable for one that is damaged."""
        self.digest = digest
        self._blobs = blobs
        self._starts = array("Q", [0])
        splits: Counter[str] = Counter()
        try:
            for line in split_lines(blobs.chunks(digest)):
                self._starts.append(self._starts[-1] + len(line) + 1)
                splits[str(fields_of_line(line).get("split", ""))] += 1
        except orjson.JSONDecodeError as error:
            raise Unavailable(
                f"The blob {digest} is damaged: it holds no items. Restore it from a backup."
            ) from error
        self.splits: Mapping[str, int] = MappingProxyType(dict(sorted(splits.items())))

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def size_bytes(self) -> int:
        return self._starts[-1]

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """Give the lines from one on, reading ahead by about a megabyte."""
        while start < len(self):
            end = start + 1
            while end < len(self) and self._starts[end + 1] - self._starts[start] <= _READ_BYTES:
                end += 1
            first = self._starts[start]
            yield from self._blobs.read(self.digest, first, self._starts[end] - first - 1).split(b"\n")
            start = end

    def ids(self) -> Iterator[str]:
        """Give the ids of the items in their order."""
        return (str(fields_of_line(line)["id"]) for line in self.lines())

    def item(self, number: int) -> Item:
        """Return the item on a line, counted from 0."""
        start, end = self._starts[number], self._starts[number + 1]
        return item_of_line(self._blobs.read(self.digest, start, end - start - 1))

    def find(self, item_id: str) -> Item:
        """Return an item by its id. Raises NotFound."""
        told = b'"id":' + orjson.dumps(item_id)
        for line in self.lines():
            # Looking for the bytes first spares reading every line; text of an item may hold them, too.
            if told in line and fields_of_line(line)["id"] == item_id:
                return item_of_line(line)
        raise NotFound(f"There is no item {item_id!r} in this version; it may be in another one.")


class LineItems(Sequence[Item]):
    """The items of lines, each read when it is asked for."""

    def __init__(self, lines: ItemLines) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Item]:
        return map(item_of_line, self._lines.lines())

    def ids(self) -> Iterator[str]:
        """Give the ids alone, which is quicker."""
        return self._lines.ids()

    def described(self) -> Iterator[Described]:
        """Give the split and the metadata of each, which is quicker, too."""
        return map(_described, self._lines.lines())

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, slice):
            numbers = range(len(self))[index]
            if numbers.step == 1:
                # A page of lines is read at once.
                lines = zip(numbers, self._lines.lines(numbers.start), strict=False)
                return [item_of_line(line) for _, line in lines]
            return [self._lines.item(number) for number in numbers]
        return self._lines.item(range(len(self))[index])


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines of a text that comes in pieces."""
    begun: list[bytes] = []
    for chunk in chunks:
        first, *rest = chunk.split(b"\n")
        begun.append(first)
        for piece in rest:
            yield b"".join(begun)
            begun = [piece]
    if last := b"".join(begun):
        yield last


def fields_of_line(line: bytes) -> Fields:
    fields: Fields = orjson.loads(line)
    return fields


def _described(line: bytes) -> Described:
    fields = fields_of_line(line)
    metadata = fields.get("metadata")
    return Described(str(fields.get("split", "")), metadata if isinstance(metadata, dict) else {})


def item_of_line(line: bytes) -> Item:
    return Item.model_validate(fields_of_line(line))
