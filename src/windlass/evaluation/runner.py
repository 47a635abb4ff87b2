"""The runner: asks the target for every item, scores the answers, and keeps both as it goes.

Three things run at once. Workers ask the target, and then the evaluators that wait for something (judges), at
most `concurrency` samples at a time; a sample that is done goes into a bounded queue; one committer takes whatever
is waiting there, scores it by the other evaluators and stores it in a thread. So storing never slows the target
down, and many samples share one commit.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from windlass.errors import ConfigurationError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.functions import call_in_thread
from windlass.evaluation.keeping import Patience, keep_samples
from windlass.evaluation.sample_stores import MOST_AT_ONCE, Finished, SampleStore
from windlass.evaluation.samples import (
    Item,
    SampleResult,
    Target,
)
from windlass.evaluation.sampling import AskSettings, ask, judged, scored
from windlass.models.calls.answers import asked_again
from windlass.models.calls.stopping import Stopped


class Progress(NamedTuple):
    items: int
    """Samples that there are to be: the items, each as often as the run repeats it."""
    finished: int
    """Samples that are stored, failed ones among them."""
    failed: int
    stopped: bool = False


@dataclass(frozen=True)
class RunnerSettings(AskSettings):
    concurrency: int = 8
    repeats: int = 1
    """How often each item is asked; all items once, before any is asked again."""
    item_by_item: bool = False
    """Whether an item is asked all its times before the next one is."""
    first_repeat: int = 1
    """The first of the repeats that are asked here; others may ask those before."""
    batch: int = 512
    """Most samples in one commit, and most that wait for the next: more do not make one cheaper by much, and these
    are what a killed process asks again."""
    linger_s: float = 0.1
    """How long a commit waits for more samples to join it: a commit costs tens of milliseconds, however small.

    Where the store is slow it waits longer, but no more than ``_MOST_LINGER`` times: see ``_REST``."""


_REST = 3
"""A commit waits so many times as long as the one before took: storing leaves most of a core to asking."""
_MOST_LINGER = 5

_AWAY_S = 0.1
"""How often who could ask looks whether the store is back."""

Observer = Callable[[Progress], bool]
"""Called in the storing thread after each commit; answers whether to go on."""


async def run_samples(
    items: Sequence[Item],
    target: Target,
    evaluators: Sequence[Evaluator],
    store: SampleStore,
    *,
    settings: RunnerSettings | None = None,
    observe: Observer | None = None,
    give_up: threading.Event | None = None,
) -> Progress:
    """Bring every item to stored and scored samples, one for each repeat, that can be read; return how many.

    Finished samples are taken from the store and never asked again; those that lack a judgement are scored
    from their stored prediction. An error of the target becomes a failed sample; Stopped leaves its item as it
    was and ends the run. While the store is away nothing is asked; ConfigurationError, and a store that stays
    unavailable or is when ``give_up`` is set, end the run by raising; what was stored until then stays.
    """
    settings = settings or RunnerSettings()
    patience = Patience(give_up)
    repeats = range(settings.first_repeat, settings.repeats + 1)
    names = {evaluator.name for evaluator in evaluators}
    finished = await asyncio.to_thread(store.finished, items, repeats, names)
    for unjudged in _together(items, finished.unjudged()):
        await _rescore(unjudged, evaluators, store, settings, patience)
    run = _Run(items, target, evaluators, store, settings, observe, finished, patience)
    return await run.execute()


class _Run:
    def __init__(
        self,
        items: Sequence[Item],
        target: Target,
        evaluators: Sequence[Evaluator],
        store: SampleStore,
        settings: RunnerSettings,
        observe: Observer | None,
        finished: Finished,
        patience: Patience,
    ) -> None:
        self._target = target
        self._evaluators = evaluators
        self._store = store
        self._settings = settings
        self._observe = observe
        self._patience = patience
        # Items may be many, and read one by one: none is kept here.
        wanted = len(items) * (settings.repeats - settings.first_repeat + 1)
        self._progress = Progress(wanted, finished.samples, finished.failed)
        self._queue: asyncio.Queue[tuple[Item, SampleResult] | None] = asyncio.Queue(settings.batch)
        self._linger_s = settings.linger_s
        self._hurry = asyncio.Event()
        """Set when a commit need not wait for more samples: there are enough, or the last are being asked."""
        self._waiting = _telling_of_the_last(_waiting(items, settings, finished), self._end_waiting)
        self._all_asked = False
        self._misconfigured: ConfigurationError | None = None
        self._halted = False

    async def execute(self) -> Progress:
        if self._observe is not None and not await asyncio.to_thread(self._observe, self._progress):
            return self._progress._replace(stopped=True)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._commit_all())
                workers = [group.create_task(self._work()) for _ in range(self._settings.concurrency)]
                await asyncio.wait(workers)
                await self._queue.put(None)
                self._end_waiting()
        except BaseExceptionGroup as group_of_errors:
            # The first error is the cause; the others are what it stopped.
            raise group_of_errors.exceptions[0] from None
        await call_in_thread(self._patience.until_written, self._store.settle)
        if self._misconfigured is not None:
            raise self._misconfigured
        return self._progress._replace(stopped=True) if self._halted else self._progress

    def _end_waiting(self) -> None:
        """Have no commit wait for more samples any longer."""
        self._all_asked = True
        self._hurry.set()

    async def _work(self) -> None:
        # All workers draw from one iterator: whoever is free takes the next sample.
        for item, repeat in self._waiting:
            while self._patience.is_waiting:  # noqa: ASYNC110 - it is another thread that waits
                await asyncio.sleep(_AWAY_S)
            if self._progress.stopped or self._halted or self._misconfigured is not None:
                return
            try:
                # Answers that are kept for one repeat are not those of another.
                with asked_again("repeat", repeat - 1):
                    result = await ask(item, repeat, self._target, self._settings)
                    result = await judged(item, result, self._evaluators, self._settings)
            except ConfigurationError as error:
                # The same would befall every item. Samples in flight were paid for: they finish and are stored.
                self._misconfigured = error
                return
            except Stopped:
                self._halted = True
                return
            await self._queue.put((item, result))
            if self._queue.full():
                self._hurry.set()

    async def _commit_all(self) -> None:
        more = True
        while more:
            batch: list[tuple[Item, SampleResult]] = []
            more = await self._gather(batch)
            if batch:
                began = time.monotonic()
                self._progress = await call_in_thread(self._commit, batch)
                least = self._settings.linger_s
                self._linger_s = min(max(least, _REST * (time.monotonic() - began)), _MOST_LINGER * least)

    async def _gather(self, batch: list[tuple[Item, SampleResult]]) -> bool:
        """Take what is waiting, at least one sample; return False when there will be no more."""
        entry = await self._queue.get()
        if entry is not None and not self._all_asked and self._queue.qsize() + 1 < self._settings.batch:
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self._linger_s)
        while entry is not None:
            batch.append(entry)
            if self._queue.empty() or len(batch) >= self._settings.batch:
                return True
            entry = self._queue.get_nowait()
        return False

    def _commit(self, batch: Sequence[tuple[Item, SampleResult]]) -> Progress:
        judged_all = [(item, scored(item, result, self._evaluators)) for item, result in batch]
        done = keep_samples(self._store, judged_all, self._patience)
        failed = sum(result.prediction is None for _, result in done)
        progress = self._progress._replace(
            finished=self._progress.finished + len(done), failed=self._progress.failed + failed
        )
        going_on = self._observe is None or self._observe(progress)
        return progress._replace(stopped=not going_on)


def _waiting(items: Sequence[Item], settings: RunnerSettings, finished: Finished) -> Iterator[tuple[Item, int]]:
    """Give what there is to ask."""
    repeats = range(settings.first_repeat, settings.repeats + 1)
    for together in [repeats] if settings.item_by_item else [[repeat] for repeat in repeats]:
        for wanted in finished.missing(together):
            for position, item in zip(wanted, items[wanted.start : wanted.stop], strict=True):
                yield from ((item, repeat) for repeat in together if not finished.has(position, repeat))


def _telling_of_the_last(
    waiting: Iterator[tuple[Item, int]], tell: Callable[[], None]
) -> Iterator[tuple[Item, int]]:
    """Give the same, and call ``tell`` right before the last of it."""
    last = next(waiting, None)
    while last is not None:
        following = next(waiting, None)
        if following is None:
            tell()
        yield last
        last = following


def _together(items: Sequence[Item], wanted: Iterable[range]) -> Iterator[list[Item]]:
    """Give the items of ranges in lists that are worth a question to the store: ranges may be of one item each."""
    found: list[Item] = []
    for places in wanted:
        found += items[places.start : places.stop]
        if len(found) >= MOST_AT_ONCE:
            yield found
            found = []
    if found:
        yield found


async def _rescore(
    items: Sequence[Item],
    evaluators: Sequence[Evaluator],
    store: SampleStore,
    settings: RunnerSettings,
    patience: Patience,
) -> None:
    """Give the finished samples of some items the judgements that they lack."""
    names = {evaluator.name for evaluator in evaluators}
    by_id = {item.id: item for item in items}
    stored = await asyncio.to_thread(store.of_items, list(by_id))
    places = asyncio.Semaphore(settings.concurrency)

    async def complete(result: SampleResult) -> SampleResult:
        absent = [evaluator for evaluator in evaluators if evaluator.name not in result.judgements]
        async with places:
            with asked_again("repeat", result.repeat - 1):
                found = await judged(by_id[result.item], replace(result, judgements={}), absent, settings)
        return scored(by_id[result.item], found, absent)

    lacking = [
        result for result in stored.values() if result.prediction is not None and names - set(result.judgements)
    ]
    for start in range(0, len(lacking), settings.batch):
        completed = await asyncio.gather(*map(complete, lacking[start : start + settings.batch]))
        await call_in_thread(patience.until_written, partial(store.write_judgements, completed))
