"""What changed from one version of a dataset to another, item by item."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Literal, NamedTuple

from pydantic import BaseModel

from windlass.evaluation.item_lines import ItemLines, fields_of_line
from windlass.evaluation.samples import Item

ChangeKind = Literal["added", "removed", "changed"]


class FieldChange(BaseModel):
    """A field of an item that differs; null where a side does not have it."""

    field: str
    """input, reference, split or metadata.<name>."""
    before: object
    after: object


class ItemChange(BaseModel):
    id: str
    kind: ChangeKind
    before: Item | None
    after: Item | None
    fields: list[FieldChange]
    """Of a changed item, those that differ."""


class ItemChanges(BaseModel):
    """A page of changes, in the order of the later version; what was removed comes last."""

    added: int
    removed: int
    changed: int
    unchanged: int
    items: list[ItemChange]
    next: str | None


class _Place(NamedTuple):
    """The lines of an item in both versions; None where it is not."""

    before: int | None
    after: int | None


class Differences:
    """Which items differ between two versions: places in both, and none of their contents.

    The order of items is no part of it: what only moved is unchanged.
    """

    def __init__(self, before: ItemLines, after: ItemLines) -> None:
        self._before, self._after = before, after
        known = {item_id: (number, content) for item_id, number, content in _contents(before)}
        added: list[_Place] = []
        changed: list[_Place] = []
        self._unchanged = 0
        places: list[_Place] = []
        for item_id, number, content in _contents(after):
            old = known.pop(item_id, None)
            if old is None:
                added.append(_Place(None, number))
                places.append(added[-1])
            elif old[1] != content:
                changed.append(_Place(old[0], number))
                places.append(changed[-1])
            else:
                self._unchanged += 1
        removed = [_Place(number, None) for number, _ in known.values()]
        self._by_kind = {"added": added, "removed": removed, "changed": changed}
        self._places = [*places, *removed]

    def page(self, *, kind: ChangeKind | None = None, limit: int, start: int = 0) -> ItemChanges:
        """Return some of the changes, of one kind or all; the cursor counts them."""
        places = self._places if kind is None else self._by_kind[kind]
        end = start + limit
        return ItemChanges(
            added=len(self._by_kind["added"]),
            removed=len(self._by_kind["removed"]),
            changed=len(self._by_kind["changed"]),
            unchanged=self._unchanged,
            items=[self._change(place) for place in places[start:end]],
            next=str(end) if end < len(places) else None,
        )

    def _change(self, place: _Place) -> ItemChange:
        before = None if place.before is None else self._before.item(place.before)
        after = None if place.after is None else self._after.item(place.after)
        if before is not None and after is not None:
            return ItemChange(
                id=after.id, kind="changed", before=before, after=after, fields=changed_fields(before, after)
            )
        item = after or before
        assert item is not None
        return ItemChange(
            id=item.id, kind="removed" if after is None else "added", before=before, after=after, fields=[]
        )


def changed_fields(before: Item, after: Item) -> list[FieldChange]:
    """Return the fields in which two items differ."""
    old, new = dict(_fields(before)), dict(_fields(after))
    return [
        FieldChange(field=field, before=old.get(field), after=new.get(field))
        for field in dict.fromkeys((*old, *new))
        if old.get(field) != new.get(field)
    ]


def _fields(item: Item) -> Iterator[tuple[str, object]]:
    yield "input", item.input
    yield "reference", item.reference
    yield "split", item.split or None
    for name, value in item.metadata.items():
        yield f"metadata.{name}", value


def _contents(lines: ItemLines) -> Iterator[tuple[str, int, bytes]]:
    """Give the id, the line and a digest of each item."""
    for number, line in enumerate(lines.lines()):
        yield str(fields_of_line(line)["id"]), number, blake2b(line, digest_size=16).digest()
