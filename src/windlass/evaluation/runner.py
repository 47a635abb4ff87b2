"""The runner: asks the target for every item, scores the answers, and keeps both as it goes.

Three things run at once. Workers ask the target, and then the evaluators that wait for something (judges), at
most `concurrency` samples at a time; a sample that is done goes into a bounded queue; one committer takes whatever
is waiting there, scores it by the other evaluators and stores it in a thread. So storing never slows the target
down, and many samples share one commit.
"""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, Protocol

from opentelemetry import context as otel_context
from opentelemetry import trace

from windlass.errors import ConfigurationError, ProviderError, Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import (
    CUT_OFF,
    Item,
    Judgement,
    Prediction,
    Sample,
    SampleResult,
    Target,
    sample_key,
)
from windlass.models.calls.answers import asked_again
from windlass.models.calls.clock import TimeLimit
from windlass.models.calls.stopping import Stopped

_STORE_ATTEMPTS = 6


class SampleStore(Protocol):
    """Where the samples of one run are kept. Every call blocks; what was written is durable on return."""

    def stored(self) -> Mapping[str, SampleResult]:
        """Return the finished samples by key, with the judgements that were stored of them."""
        ...

    def pieces(self) -> Iterable[Mapping[str, SampleResult]]:
        """Give the same piece by piece, for they may be many: all of an item in one piece, at least one piece."""
        ...

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        """Store finished samples, first each sample, then its judgements."""
        ...

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        """Store judgements of samples that are stored already."""
        ...


class Progress(NamedTuple):
    items: int
    """Samples that there are to be: the items, each as often as the run repeats it."""
    finished: int
    """Samples that are stored, failed ones among them."""
    failed: int
    stopped: bool = False


@dataclass(frozen=True)
class RunnerSettings:
    concurrency: int = 8
    repeats: int = 1
    """How often each item is asked; all items once, before any is asked again."""
    item_by_item: bool = False
    """Whether an item is asked all its times before the next one is."""
    first_repeat: int = 1
    """The first of the repeats that are asked here; others may ask those before."""
    measure_latency: bool = True
    """Whether the time that a target takes is its latency, where it says none: not when answers are looked up."""
    attempts: int = 3
    """How often the target is asked when it answers Unavailable or ProviderError."""
    backoff_s: float = 0.5
    """Wait before the second attempt; it doubles each time, ± half at random."""
    timeout_s: float = 600.0
    """Longest time for one sample, its attempts together, and for each evaluator that waits; what a provider's
    limits hold back does not count."""
    batch: int = 256
    """Most samples in one commit."""
    linger_s: float = 0.1
    """How long a commit waits for more samples to join it: a commit costs tens of milliseconds, however small."""


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
) -> Progress:
    """Bring every item to stored and scored samples, one for each repeat, and return how many there are.

    Finished samples are taken from the store and never asked again; those that lack a judgement are scored
    from their stored prediction. An error of the target becomes a failed sample; Stopped leaves its item as it
    was and ends the run. ConfigurationError, and a store that stays unavailable, end it by raising; what was
    stored until then stays.
    """
    settings = settings or RunnerSettings()
    finished = await _finished(items, evaluators, store, settings)
    run = _Run(items, target, evaluators, store, settings, observe, finished)
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
        finished: Mapping[str, bool],
    ) -> None:
        """``finished`` are the keys of samples that are stored, and whether they failed."""
        self._target = target
        self._evaluators = evaluators
        self._store = store
        self._settings = settings
        self._observe = observe
        # Items may be many, and read one by one: none is kept here.
        wanted = len(items) * (settings.repeats - settings.first_repeat + 1)
        done = _done(items, settings, finished)
        self._progress = Progress(wanted, len(done), sum(done))
        self._waiting = ((item, repeat) for key, item, repeat in _samples(items, settings) if key not in finished)
        self._queue: asyncio.Queue[tuple[Item, SampleResult] | None] = asyncio.Queue(2 * settings.batch)
        self._hurry = asyncio.Event()
        """Set when a commit need not wait for more samples: there are enough, or there will be none."""
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
                self._all_asked = True
                self._hurry.set()
        except BaseExceptionGroup as group_of_errors:
            # The first error is the cause; the others are what it stopped.
            raise group_of_errors.exceptions[0] from None
        if self._misconfigured is not None:
            raise self._misconfigured
        return self._progress._replace(stopped=True) if self._halted else self._progress

    async def _work(self) -> None:
        # All workers draw from one iterator: whoever is free takes the next sample.
        for item, repeat in self._waiting:
            if self._progress.stopped or self._halted or self._misconfigured is not None:
                return
            try:
                # Answers that are kept for one repeat are not those of another.
                with asked_again("repeat", repeat - 1):
                    result = await _ask(item, repeat, self._target, self._settings)
                    result = await _judged(item, result, self._evaluators, self._settings)
            except ConfigurationError as error:
                # The same would befall every item. Samples in flight were paid for: they finish and are stored.
                self._misconfigured = error
                return
            except Stopped:
                self._halted = True
                return
            await self._queue.put((item, result))
            if self._queue.qsize() >= self._settings.batch:
                self._hurry.set()

    async def _commit_all(self) -> None:
        more = True
        while more:
            batch: list[tuple[Item, SampleResult]] = []
            more = await self._gather(batch)
            if batch:
                self._progress = await asyncio.to_thread(self._commit, batch)

    async def _gather(self, batch: list[tuple[Item, SampleResult]]) -> bool:
        """Take what is waiting, at least one sample; return False when there will be no more."""
        entry = await self._queue.get()
        if entry is not None and not self._all_asked and self._queue.qsize() < self._settings.batch:
            self._hurry.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self._settings.linger_s)
        while entry is not None:
            batch.append(entry)
            if self._queue.empty() or len(batch) >= self._settings.batch:
                return True
            entry = self._queue.get_nowait()
        return False

    def _commit(self, batch: Sequence[tuple[Item, SampleResult]]) -> Progress:
        scored = [(item, _scored(item, result, self._evaluators)) for item, result in batch]
        _patiently(lambda: self._store.write(scored))
        failed = sum(result.prediction is None for _, result in scored)
        progress = self._progress._replace(
            finished=self._progress.finished + len(scored), failed=self._progress.failed + failed
        )
        going_on = self._observe is None or self._observe(progress)
        return progress._replace(stopped=not going_on)


def _samples(items: Iterable[Item], settings: RunnerSettings) -> Iterator[tuple[str, Item, int]]:
    """Give what there is to ask, with its key."""
    repeats = range(settings.first_repeat, settings.repeats + 1)
    if settings.item_by_item:
        yield from ((sample_key(item.id, repeat), item, repeat) for item in items for repeat in repeats)
        return
    for repeat in repeats:
        for item in items:
            yield sample_key(item.id, repeat), item, repeat


def _done(items: Sequence[Item], settings: RunnerSettings, finished: Mapping[str, bool]) -> list[bool]:
    """Return whether each sample failed that is there already."""
    if not finished:
        return []
    return [finished[key] for key, _, _ in _samples(items, settings) if key in finished]


async def _ask(item: Item, repeat: int, target: Target, settings: RunnerSettings) -> SampleResult:
    """Ask the target, again where that may help; the spans it makes become children of the sample's root."""
    trace_id, span_id = os.urandom(16).hex(), os.urandom(8).hex()
    start_ns, began = time.time_ns(), time.perf_counter()
    prediction: Prediction | None = None
    error: Exception | None = None
    attempt = 0
    with _within(trace_id, span_id):
        try:
            async with TimeLimit(settings.timeout_s) as limit:
                while prediction is None:
                    attempt += 1
                    asked = time.perf_counter()
                    try:
                        prediction = await target(item)
                    except (Unavailable, ProviderError) as transient:
                        error = transient
                        hopeless = isinstance(transient, ProviderError) and not transient.retryable
                        if hopeless or attempt >= settings.attempts:
                            break
                        await asyncio.sleep(backoff(attempt, settings.backoff_s, transient))
                    else:
                        if prediction.latency_s is None and settings.measure_latency:
                            prediction = replace(prediction, latency_s=time.perf_counter() - asked)
        except (ConfigurationError, Stopped):
            raise
        except Exception as failure:  # noqa: BLE001 - whatever a target raises is this sample's result
            error = failure
            if limit.expired:
                error = TimeoutError(f"the target did not answer within {settings.timeout_s:g} s")
    return SampleResult(
        item=item.id,
        trace_id=trace_id,
        span_id=span_id,
        start_ns=start_ns,
        end_ns=start_ns + int((time.perf_counter() - began) * 1e9),
        prediction=prediction,
        error=None if prediction is not None else _sentence(error),
        error_type="" if prediction is not None else type(error).__name__,
        attempts=attempt,
        repeat=repeat,
    )


@contextlib.contextmanager
def _within(trace_id: str, span_id: str) -> Iterator[None]:
    """Make the spans that are begun meanwhile children of a sample's root."""
    root = trace.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=trace.TraceFlags(1))
    token = otel_context.attach(trace.set_span_in_context(trace.NonRecordingSpan(root)))
    try:
        yield
    finally:
        otel_context.detach(token)


async def _judged(
    item: Item, result: SampleResult, evaluators: Sequence[Evaluator], settings: RunnerSettings
) -> SampleResult:
    """Return a sample with the judgements of the evaluators that wait."""
    waiting = [evaluator for evaluator in evaluators if evaluator.waits]
    if result.prediction is None or result.prediction.is_cut_off or not waiting:
        return result
    sample = Sample.of(item, result.prediction)
    with _within(result.trace_id, result.span_id):
        judgements = await asyncio.gather(*(_judge(each, sample, settings.timeout_s) for each in waiting))
    paired = zip(waiting, judgements, strict=True)
    named = {each.name: judgement for each, judgement in paired if judgement is not None}
    return replace(result, judgements={**result.judgements, **named})


async def _judge(evaluator: Evaluator, sample: Sample, timeout_s: float) -> Judgement | None:
    """Return a judgement; None when the run is ending and the judge was not asked: it is once the run goes on."""
    try:
        async with TimeLimit(timeout_s):
            return await evaluator.judge(sample)
    except Stopped:
        return None
    except TimeoutError:
        return Judgement(None, "error", f"The evaluator did not answer within {timeout_s:g} s.")


async def _finished(
    items: Sequence[Item], evaluators: Sequence[Evaluator], store: SampleStore, settings: RunnerSettings
) -> Mapping[str, bool]:
    """Return the keys of the finished samples, and whether each failed, after judging what lacks a judgement."""
    finished: dict[str, bool] = {}
    pieces = iter(await asyncio.to_thread(store.pieces))
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        await _rescore(piece, items, evaluators, store, settings)
        finished.update((key, result.prediction is None) for key, result in piece.items())
        # Not to hold on to it while the next one is read.
        piece = {}
    return finished


async def _rescore(
    stored: Mapping[str, SampleResult],
    items: Sequence[Item],
    evaluators: Sequence[Evaluator],
    store: SampleStore,
    settings: RunnerSettings,
) -> None:
    """Give finished samples that lack a judgement the missing ones."""
    names = {evaluator.name for evaluator in evaluators}
    unjudged = [
        result for result in stored.values() if result.prediction is not None and names - set(result.judgements)
    ]
    by_id = _named(items, {result.item for result in unjudged})
    places = asyncio.Semaphore(settings.concurrency)

    async def complete(result: SampleResult) -> SampleResult:
        absent = [evaluator for evaluator in evaluators if evaluator.name not in result.judgements]
        async with places:
            with asked_again("repeat", result.repeat - 1):
                judged = await _judged(by_id[result.item], replace(result, judgements={}), absent, settings)
        return _scored(by_id[result.item], judged, absent)

    lacking = [result for result in unjudged if result.item in by_id]
    for start in range(0, len(lacking), settings.batch):
        completed = await asyncio.gather(*map(complete, lacking[start : start + settings.batch]))
        await asyncio.to_thread(_patiently, partial(store.write_judgements, completed))


def _named(items: Iterable[Item], names: Collection[str]) -> dict[str, Item]:
    return {item.id: item for item in items if item.id in names} if names else {}


def _scored(item: Item, result: SampleResult, evaluators: Sequence[Evaluator]) -> SampleResult:
    """Return a sample with the judgements of the evaluators that do not wait added."""
    if result.prediction is None:
        return result
    sample = Sample.of(item, result.prediction)
    judgements = {
        evaluator.name: evaluator(sample) if evaluator.of_replays or not result.prediction.is_cut_off else CUT_OFF
        for evaluator in evaluators
        if not evaluator.waits or result.prediction.is_cut_off
    }
    return replace(result, judgements={**result.judgements, **judgements})


def _patiently(write: Callable[[], None]) -> None:
    """Write, and wait for a store that is briefly unavailable: the samples in hand were paid for."""
    for attempt in range(1, _STORE_ATTEMPTS + 1):
        try:
            return write()
        except Unavailable as error:
            if attempt == _STORE_ATTEMPTS:
                raise
            time.sleep(backoff(attempt, 0.25, error))
    return None


def backoff(attempt: int, first_s: float, error: Exception) -> float:
    """Return how many seconds to wait after an attempt (from 1): twice as long each time, ± half at random."""
    least = error.retry_after_s if isinstance(error, Unavailable) and error.retry_after_s > 1 else 0
    wait: float = first_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
    return max(least, wait)


def _sentence(error: BaseException | None) -> str:
    text = str(error).strip()
    return text or type(error).__name__
