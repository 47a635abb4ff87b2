"""Pages of a run's samples: where each is is known from columns, and only what a page shows is read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from windlass.errors import InputError
from windlass.evaluation.item_index import UNKNOWN, ItemIndex
from windlass.evaluation.repeats import by_item
from windlass.evaluation.results import RunSample, run_sample
from windlass.evaluation.run_scores import RunScores
from windlass.evaluation.samples import Item, SampleResult, sample_key

ReadItems: TypeAlias = Callable[[Sequence[str]], Mapping[str, SampleResult]]
"""Reads the samples of some items, by key."""

_REPEATS: Final = 10_000
"""More than any item has: a place in a list is its item's position times this, and the repeat."""


class SamplePage(NamedTuple):
    items: list[RunSample]
    next: str | None


def samples_page(
    items: Sequence[Item],
    read: ReadItems,
    there: Callable[[], NDArray[np.uint64]],
    index: Callable[[], ItemIndex],
    *,
    limit: int = 50,
    cursor: str | None = None,
    repeats: int = 1,
) -> SamplePage:
    """Return finished samples in the order of the dataset, an item's repeats together.

    ``there`` tells the hashes of the items that have samples, which is asked where the next items have too few.
    The cursor is the place of the sample that comes next, so that it stays when others finish before it.
    """
    first = number_of(cursor)
    found: list[tuple[int, RunSample]] = []
    for positions in _pieces(len(items), first // _REPEATS, limit // repeats + 1, there, index):
        for position, item, result in _results(items, positions, read):
            place = position * _REPEATS + result.repeat
            if place >= first:
                found.append((place, run_sample(item, result)))
        if len(found) > limit:
            return SamplePage([sample for _, sample in found[:limit]], str(found[limit][0]))
    return SamplePage([sample for _, sample in found], None)


def _pieces(
    count: int, start: int, size: int, there: Callable[[], NDArray[np.uint64]], index: Callable[[], ItemIndex]
) -> Iterator[Sequence[int]]:
    """Give the positions to look at: the next ones, and from then on those that have a sample."""
    yield range(start, min(start + size, count))
    if start + size >= count:
        return
    known = np.unique(index().find(there()))
    left = known[known >= start + size].tolist()
    for at in range(0, len(left), size):
        yield left[at : at + size]


def _results(
    items: Sequence[Item], positions: Sequence[int], read: ReadItems
) -> Iterator[tuple[int, Item, SampleResult]]:
    if isinstance(positions, range):
        some = items[positions.start : positions.stop]
    else:
        some = [items[position] for position in positions]
    grouped = by_item(read([item.id for item in some]).values())
    for position, item in zip(positions, some, strict=True):
        for result in grouped.get(item.id, ()):
            yield position, item, result


def sorted_page(
    scores: RunScores,
    items: Sequence[Item],
    read: ReadItems,
    metric: str,
    *,
    descending: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> SamplePage:
    """Return finished samples by their values of a metric, those without one last; the cursor counts them.

    Raises InputError for a metric that the samples do not have.
    """
    if metric not in scores.columns:
        raise InputError(
            f"The samples have no metric {metric!r}; they have: {', '.join(scores.columns) or 'none'}."
        )
    values = scores.columns[metric].values
    order = np.argsort(-values if descending else values, kind="stable")
    start = number_of(cursor)
    rows = order[start : start + limit]
    places = [(items[int(scores.positions[row])], int(scores.repeats[row])) for row in rows]
    results = read(list(dict.fromkeys(item.id for item, _ in places)))
    keyed = [(item, results.get(sample_key(item.id, repeat))) for item, repeat in places]
    page = [run_sample(item, result) for item, result in keyed if result is not None]
    return SamplePage(page, str(start + limit) if len(order) > start + limit else None)


def item_page(index: ItemIndex, items: Sequence[Item], read: ReadItems, item: str) -> SamplePage:
    """Return the samples of one item; none where the dataset or the run does not have it."""
    position = index.position(item)
    if position == UNKNOWN:
        return SamplePage([], None)
    return SamplePage([run_sample(found, each) for _, found, each in _results(items, [position], read)], None)


def number_of(cursor: str | None) -> int:
    """Return a cursor that is a number. Raises InputError."""
    if cursor is None:
        return 0
    if not cursor.isdecimal() or len(cursor) > 18:
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before.")
    return int(cursor)
