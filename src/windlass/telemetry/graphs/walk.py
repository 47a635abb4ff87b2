"""The order in which the steps of a trace are read: depth first, siblings by their start.

Agents that work at the same time are so read one after the other, not span by span in turns.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from windlass.telemetry.graphs.steps import caller_of
from windlass.telemetry.models import Span

MOST_SPANS: Final = 2000
"""Spans of a trace, from its first on, that its sequence is made of: what a trace may cost is bounded."""


class Visit(NamedTuple):
    """A span on the walk."""

    span: Span
    path: tuple[int, ...]
    """Positions of the spans above it and its own, in the order of their start."""
    caller: int | None
    """Position on the walk of the nearest step or container above it."""


def walk(spans: Sequence[Span]) -> list[Visit]:
    """Order spans that come in the order of their start.

    A span whose parent is not there, or by a skewed clock starts later, is read as a root: none is lost.
    """
    spans = spans[:MOST_SPANS]
    places = {span.span_id: place for place, span in enumerate(spans)}
    paths: list[tuple[int, ...]] = []
    for place, span in enumerate(spans):
        above = places.get(span.parent_span_id or "", place)
        paths.append((*paths[above], place) if above < place else (place,))
    paths.sort()
    order = {path[-1]: position for position, path in enumerate(paths)}
    return [Visit(spans[path[-1]], path, _caller(spans, path, order)) for path in paths]


def _caller(spans: Sequence[Span], path: tuple[int, ...], order: dict[int, int]) -> int | None:
    above = (order[place] for place in reversed(path[:-1]) if caller_of(spans[place]))
    return next(above, None)
