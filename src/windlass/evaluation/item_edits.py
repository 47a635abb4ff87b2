"""A version's items with some put in, changed or taken out, line by line."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from windlass.canonical import canonical_json
from windlass.errors import Conflict, InputError
from windlass.evaluation.formats.format import fields_of
from windlass.evaluation.item_lines import fields_of_line
from windlass.evaluation.samples import Item


def line_of_item(item: Item) -> bytes:
    return canonical_json(fields_of(item))


def edited_lines(lines: Iterable[bytes], put: Sequence[Item], remove: Collection[str]) -> Iterator[bytes]:
    """Give the lines after an edit: an item takes the place of the one with its id, or comes last.

    Raises InputError for an item that is to be both put and removed, and for one to be removed that is not there.
    """
    waiting = {item.id: item for item in put}
    owed = set(remove)
    if both := sorted(owed & waiting.keys()):
        raise InputError(f"The item {both[0]!r} is to be put and to be removed: decide for one.")
    for line in lines:
        item_id = str(fields_of_line(line)["id"])
        if item_id in owed:
            owed.remove(item_id)
        elif item_id in waiting:
            yield line_of_item(waiting.pop(item_id))
        else:
            yield line
    if owed:
        raise InputError(f"There is no item {min(owed)!r} to remove; it may be gone already.")
    yield from map(line_of_item, waiting.values())


def new_items(lines: Iterable[bytes], added: Sequence[Item]) -> list[Item]:
    """Return those of some items that are not there yet.

    Raises Conflict for one whose id another item has: what somebody wrote there is not overwritten.
    """
    there = {item.id: line_of_item(item) for item in added}
    missing = set(there)
    for line in lines:
        item_id = str(fields_of_line(line)["id"])
        if item_id not in there:
            continue
        if there[item_id] != line:
            raise Conflict(
                f"The dataset has another item {item_id!r} already: edit that one, or give the new one another id."
            )
        missing.discard(item_id)
    return [item for item in added if item.id in missing]
