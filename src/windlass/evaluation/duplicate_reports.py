"""What is said of the items of a dataset version that ask the same, or nearly."""

from collections.abc import Sequence
from typing import Final, Self

from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.duplicates import SIMILAR, Duplicates, Pair, find_duplicates
from windlass.evaluation.samples import Item

MOST_ITEMS: Final = 50_000
"""As many are compared while somebody waits, in some seconds."""
_MOST_LISTED: Final = 500


class DuplicatePair(BaseModel):
    """Two items that ask the same, or nearly."""

    first: str
    first_split: str
    second: str
    second_split: str
    similarity: float
    """1 for inputs that are the same but for case, punctuation and spacing."""
    leaks: bool
    """Whether they lie in different splits: what is measured on one was seen in the other."""
    same_reference: bool

    @classmethod
    def of(cls, pair: Pair) -> Self:
        return cls(
            first=pair.first,
            first_split=pair.splits[0],
            second=pair.second,
            second_split=pair.splits[1],
            similarity=pair.similarity,
            leaks=pair.leaks,
            same_reference=pair.same_reference,
        )


class DuplicateReport(BaseModel):
    items: int
    similar: float
    """From which similarity on two inputs are nearly the same."""
    exact: int
    """Items that ask the same as one before."""
    near: int
    """Pairs that ask nearly the same."""
    leaks: int
    """Pairs of either kind in different splits."""
    contradictions: int
    """Items that ask the same as one before and have another reference."""
    cut: bool
    """Whether there are more near pairs than were counted."""
    pairs: list[DuplicatePair]
    """Those in different splits first, then the most similar; 500 at most."""


def duplicate_report(items: Sequence[Item], *, similar: float = SIMILAR) -> DuplicateReport:
    """Compare the items of a version. Raises InputError for a similarity that is none, and for too many items."""
    if len(items) > MOST_ITEMS:
        raise InputError(
            f"{len(items):,} items are too many to compare while you wait ({MOST_ITEMS:,} are not): "
            "`windlass datasets check` compares them on your machine."
        )
    return report_of(find_duplicates(items, similar=similar), items=len(items), similar=similar)


def report_of(found: Duplicates, *, items: int, similar: float) -> DuplicateReport:
    pairs = sorted((*found.exact, *found.near), key=lambda pair: (not pair.leaks, -pair.similarity))
    return DuplicateReport(
        items=items,
        similar=similar,
        exact=len(found.exact),
        near=len(found.near),
        leaks=len(found.leaks),
        contradictions=sum(not pair.same_reference for pair in found.exact),
        cut=found.cut,
        pairs=[DuplicatePair.of(pair) for pair in pairs[:_MOST_LISTED]],
    )
