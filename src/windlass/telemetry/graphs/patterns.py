"""What repeats in sequences of steps: loops, retries, and variants, the ways through."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from windlass.telemetry.graphs.models import Loop, Retry, StepSequence, Variant

LONGEST_PERIOD: Final = 4
"""Steps of the longest loop that is looked for."""
EXAMPLES: Final = 3
"""Traces that are named for each thing found."""


class Repetition(NamedTuple):
    steps: tuple[str, ...]
    times: int


@dataclass
class _Tally:
    count: int = 0
    traces: int = 0
    longest: int = 0
    recovered: int = 0
    failed: int = 0
    examples: dict[str, None] = field(default_factory=dict)

    def name(self, sequence: StepSequence) -> None:
        self.traces += sequence.traces
        for example in sequence.examples:
            if len(self.examples) < EXAMPLES:
                self.examples.setdefault(example)


def find_loops(sequences: Iterable[StepSequence]) -> list[Loop]:
    """Return the loops, those in most traces first."""
    tallies: dict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    for sequence in sequences:
        found = [Repetition(_ring(steps), times) for steps, times in repetitions(sequence.steps)]
        for repetition in found:
            tally = tallies[repetition.steps]
            tally.count += sequence.traces
            tally.longest = max(tally.longest, repetition.times)
        for steps in {repetition.steps for repetition in found}:
            tallies[steps].name(sequence)
    loops = [
        Loop(
            steps=list(steps),
            longest=tally.longest,
            count=tally.count,
            traces=tally.traces,
            examples=list(tally.examples),
        )
        for steps, tally in tallies.items()
    ]
    return sorted(loops, key=lambda loop: (-loop.traces, -loop.longest, loop.steps))


def repetitions(steps: Sequence[str]) -> Iterator[Repetition]:
    """Give every stretch of a sequence in which the same one to four steps came more than once in a row."""
    for period in range(1, LONGEST_PERIOD + 1):
        start = 0
        while start + 2 * period <= len(steps):
            end = start
            while end + period < len(steps) and steps[end] == steps[end + period]:
                end += 1
            pattern = tuple(steps[start : start + period])
            if end - start >= period and _is_primitive(pattern):
                yield Repetition(pattern, (end - start) // period + 1)
            start = end + 1


def find_retries(sequences: Iterable[StepSequence]) -> list[Retry]:
    """Return the steps that were tried again after they had failed, those in most traces first."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for sequence in sequences:
        found = list(_retries(sequence))
        for step, recovered in found:
            tallies[step].count += sequence.traces
            tallies[step].recovered += sequence.traces if recovered else 0
        for step in {step for step, _ in found}:
            tallies[step].name(sequence)
    retries = [
        Retry(
            step=step,
            count=tally.count,
            recovered=tally.recovered,
            traces=tally.traces,
            examples=list(tally.examples),
        )
        for step, tally in tallies.items()
    ]
    return sorted(retries, key=lambda retry: (-retry.traces, retry.step))


def _retries(sequence: StepSequence) -> Iterator[tuple[str, bool]]:
    steps, failed = sequence.steps, sequence.failed
    for place, step in enumerate(steps):
        if not failed[place]:
            continue
        again = place + 1
        if again < len(steps) and steps[again] != step and steps[again].startswith("model:"):
            again += 1
        if again < len(steps) and steps[again] == step:
            yield step, not failed[again]


def find_variants(sequences: Iterable[StepSequence]) -> list[Variant]:
    """Return the ways through, the most frequent first."""
    tallies: dict[tuple[str, ...], _Tally] = defaultdict(_Tally)
    for sequence in sequences:
        tally = tallies[collapse(sequence.steps)]
        tally.name(sequence)
        tally.failed += sequence.traces if any(sequence.failed) else 0
    whole = sum(tally.traces for tally in tallies.values())
    variants = [
        Variant(
            steps=list(steps),
            traces=tally.traces,
            share=tally.traces / whole,
            failed=tally.failed,
            examples=list(tally.examples),
        )
        for steps, tally in tallies.items()
    ]
    return sorted(variants, key=lambda variant: (-variant.traces, variant.steps))


def collapse(steps: Sequence[str]) -> tuple[str, ...]:
    """Return a sequence in which what came several times in a row stands once."""
    kept: list[str] = []
    for step in steps:
        kept.append(step)
        for period in range(1, LONGEST_PERIOD + 1):
            if len(kept) >= 2 * period and kept[-period:] == kept[-2 * period : -period]:
                del kept[-period:]
                break
    return tuple(kept)


def _ring(steps: tuple[str, ...]) -> tuple[str, ...]:
    return min(steps[turn:] + steps[:turn] for turn in range(len(steps)))


def _is_primitive(steps: tuple[str, ...]) -> bool:
    return all(steps[turn:] + steps[:turn] != steps for turn in range(1, len(steps)))
