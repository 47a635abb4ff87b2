"""Whether what agents did is what they may do."""

from collections import Counter
from collections.abc import Iterator

from windlass.telemetry.graphs.models import AllowedGraph, Violation
from windlass.telemetry.graphs.steps import END, START


def find_violations(allowed: AllowedGraph, steps: tuple[str, ...]) -> list[Violation]:
    """Return what in a sequence of steps is against the allowed graph; nothing when it conforms."""
    return [*_of_edges(allowed, steps), *_of_steps(allowed, steps)]


def _of_edges(allowed: AllowedGraph, steps: tuple[str, ...]) -> Iterator[Violation]:
    edges = Counter(zip((START, *steps), (*steps, END), strict=True))
    for (source, target), times in edges.items():
        if _is_among(allowed.forbidden, source, target):
            yield Violation(rule="forbidden", source=source, target=target, times=times)
        elif allowed.allowed is not None and not _is_among(allowed.allowed, source, target):
            yield Violation(rule="not_allowed", source=source, target=target, times=times)


def _of_steps(allowed: AllowedGraph, steps: tuple[str, ...]) -> Iterator[Violation]:
    for pattern in allowed.required:
        if not any(matches(pattern, step) for step in steps):
            yield Violation(rule="missing", source="", target=pattern, times=0)
    for pattern, most in allowed.max_repeats.items():
        for step, times in Counter(step for step in steps if matches(pattern, step)).items():
            if times > most:
                yield Violation(rule="too_often", source="", target=step, times=times)


def _is_among(edges: list[tuple[str, str]], source: str, target: str) -> bool:
    return any(matches(first, source) and matches(second, target) for first, second in edges)


def matches(pattern: str, step: str) -> bool:
    """Tell whether a step has a name; ``*`` in it stands for anything."""
    first, *others = pattern.split("*")
    if not others:
        return step == pattern
    # By hand, for a regular expression of many stars may search for ever.
    *middle, last = others
    if len(step) < len(first) + len(last) or not step.startswith(first) or not step.endswith(last):
        return False
    place, end = len(first), len(step) - len(last)
    for part in middle:
        place = step.find(part, place, end)
        if place < 0:
            return False
        place += len(part)
    return True
