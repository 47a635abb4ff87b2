"""Making items: tasks side by side, each draft checked, and what is left held against each other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.samples import Item, Judgement
from windlass.evaluation.synthesis.candidates import Candidate, candidate_of
from windlass.evaluation.synthesis.checks import (
    CheckName,
    Finding,
    check_answerable,
    check_apart,
    check_leak,
)
from windlass.evaluation.synthesis.drafting import Drafter, Task
from windlass.models.calls.stopping import Stopped

CONCURRENCY: Final = 8


class Rejected(BaseModel):
    """A draft that was not taken."""

    question: str
    answer: str
    source: dict[str, object]
    check: CheckName
    reason: str


class Unwritten(BaseModel):
    """A passage, trace or item of which nothing was written."""

    source: dict[str, object]
    reason: str


class SynthesisReport(BaseModel):
    """What came of a synthesis: each draft is taken, there already, or rejected with a reason."""

    tasks: int = 0
    """Calls for items that were planned, and …"""
    done: int = 0
    """… those that came to an end."""
    drafts: int = 0
    taken: int = 0
    already: int = 0
    """Drafts that were made before and are in the dataset, as they were or edited since."""
    rejected: list[Rejected] = []
    unwritten: list[Unwritten] = []
    unfit: int = 0
    """Items or traces that were chosen and of which nothing can be made: they say no question or no answer."""


@dataclass(frozen=True)
class Maker:
    """What items are made with."""

    drafter: Drafter
    model: str
    judge: Ask | None
    judge_name: str
    seed: int
    split: str


@dataclass
class Made:
    """What was made so far."""

    report: SynthesisReport
    candidates: dict[int, list[tuple[Candidate, Mapping[str, object]]]] = field(default_factory=dict)
    """By the number of their task: that passed so far, with what the checks said."""


Observe = Callable[[SynthesisReport], Awaitable[bool]]
"""Is told how far it is, once at a time, and says whether to go on."""


async def make_items(
    tasks: Sequence[Task], maker: Maker, there: Mapping[str, Item], held_out: Sequence[Item], observe: Observe
) -> tuple[list[Item], SynthesisReport]:
    """Return the new items of some tasks, and the report; what was stopped before its checks is in neither.

    ``there`` are the dataset's items by id. Raises ConfigurationError and InputError of the models.
    """
    made = Made(SynthesisReport(tasks=len(tasks)))
    going_on = True
    waiting = iter(enumerate(tasks))
    observing = asyncio.Lock()

    async def work() -> None:
        nonlocal going_on
        for number, task in waiting:
            if not going_on:
                return
            try:
                await _make(number, task, maker, there, made)
            except Stopped:
                going_on = False
                return
            made.report.done += 1
            async with observing:
                going_on = await observe(made.report) and going_on

    workers = [asyncio.create_task(work()) for _ in range(min(CONCURRENCY, len(tasks)))]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
    return _apart(made, there, held_out), made.report


async def _make(number: int, task: Task, maker: Maker, there: Mapping[str, Item], made: Made) -> None:
    drafts = await maker.drafter.write(task)
    if isinstance(drafts, Judgement) or not drafts:
        reason = drafts.explanation if isinstance(drafts, Judgement) else "the model found nothing to ask"
        made.report.unwritten.append(Unwritten(source=dict(task.material.origin), reason=reason))
        return
    # Two drafts of one task that ask the same are one item.
    written = (
        candidate_of(draft, task, model=maker.model, seed=maker.seed, split=maker.split) for draft in drafts
    )
    candidates = {each.item.id: each for each in written}
    results = []
    for candidate in candidates.values():
        known = candidate.item.id in there
        results.append((candidate, known, [] if known else await _check(candidate, maker)))
    # Counted only now, when all of them are checked: what is stopped in between leaves no trace in the report.
    for candidate, known, findings in results:
        made.report.drafts += 1
        failed = next((finding for finding in findings if not finding.passed), None)
        if known:
            made.report.already += 1
        elif failed is not None:
            made.report.rejected.append(_rejected(candidate, failed))
        else:
            noted: dict[str, object] = {finding.check: finding.noted() for finding in findings}
            made.candidates.setdefault(number, []).append((candidate, noted))


async def _check(candidate: Candidate, maker: Maker) -> list[Finding]:
    """Check what costs nothing first: a draft that fails it is not paid for again."""
    leak = check_leak(candidate)
    if not leak.passed:
        return [leak]
    return [leak, await check_answerable(candidate, maker.judge, maker.judge_name)]


def _apart(made: Made, there: Mapping[str, Item], held_out: Sequence[Item]) -> list[Item]:
    passed = {
        candidate.item.id: (candidate, noted)
        for number in sorted(made.candidates)
        for candidate, noted in made.candidates[number]
    }
    items = []
    candidates = [candidate for candidate, _ in passed.values()]
    for candidate, failed, details in check_apart(candidates, there.values(), held_out):
        if failed is not None:
            made.report.rejected.append(_rejected(candidate, failed))
            continue
        items.append(candidate.checked({**passed[candidate.item.id][1], "duplicate": details}))
    made.report.taken = len(items)
    return items


def _rejected(candidate: Candidate, failed: Finding) -> Rejected:
    return Rejected(
        question=candidate.question,
        answer=candidate.answer,
        source=dict(candidate.material.origin),
        check=failed.check,
        reason=failed.reason,
    )
