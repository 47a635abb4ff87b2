"""The runner: asks the target for every item, scores the answers, and keeps both as it goes.

Three things run at once. Workers ask the target, at most `concurrency` at a time; a sample that is done goes
into a bounded queue; one committer takes whatever is waiting there, scores it and stores it in a thread. So
storing never slows the target down, and many samples share one commit.
"""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from opentelemetry import context as otel_context
from opentelemetry import trace

from windlass.errors import ConfigurationError, ProviderError, Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult, Target

_STORE_ATTEMPTS = 6


class SampleStore(Protocol):
    """Where the samples of one run are kept. Every call blocks; what was written is durable on return."""

    def stored(self) -> Mapping[str, SampleResult]:
        """Return the finished samples by item, with the judgements that were stored of them."""
        ...

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        """Store finished samples, first each sample, then its judgements."""
        ...

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        """Store judgements of samples that are stored already."""
        ...


class Progress(NamedTuple):
    items: int
    finished: int
    """Samples that are stored, failed ones among them."""
    failed: int
    stopped: bool = False


@dataclass(frozen=True)
class RunnerSettings:
    concurrency: int = 8
    attempts: int = 3
    """How often the target is asked when it answers Unavailable or ProviderError."""
    backoff_s: float = 0.5
    """Wait before the second attempt; it doubles each time, ± half at random."""
    timeout_s: float = 600.0
    """Longest time for one attempt."""
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
    """Bring every item to a stored and scored sample, and return how many there are.

    Finished samples are taken from the store and never asked again; those that lack a judgement are scored
    from their stored prediction. An error of the target becomes a failed sample. ConfigurationError, and a
    store that stays unavailable, end the run by raising; what was stored until then stays.
    """
    stored = await asyncio.to_thread(_rescore, items, evaluators, store)
    run = _Run(items, target, evaluators, store, settings or RunnerSettings(), observe, stored)
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
        stored: Mapping[str, SampleResult],
    ) -> None:
        self._target = target
        self._evaluators = evaluators
        self._store = store
        self._settings = settings
        self._observe = observe
        done = [stored[item.id] for item in items if item.id in stored]
        self._progress = Progress(len(items), len(done), sum(result.prediction is None for result in done))
        self._waiting: Iterator[Item] = iter([item for item in items if item.id not in stored])
        self._queue: asyncio.Queue[tuple[Item, SampleResult] | None] = asyncio.Queue(2 * settings.batch)
        self._hurry = asyncio.Event()
        """Set when a commit need not wait for more samples: there are enough, or there will be none."""
        self._all_asked = False
        self._misconfigured: ConfigurationError | None = None

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
        return self._progress

    async def _work(self) -> None:
        # All workers draw from one iterator: whoever is free takes the next item.
        for item in self._waiting:
            if self._progress.stopped or self._misconfigured is not None:
                return
            try:
                result = await _ask(item, self._target, self._settings)
            except ConfigurationError as error:
                # The same would befall every item. Samples in flight were paid for: they finish and are stored.
                self._misconfigured = error
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


async def _ask(item: Item, target: Target, settings: RunnerSettings) -> SampleResult:
    """Ask the target, again where that may help; the spans it makes become children of the sample's root."""
    trace_id, span_id = os.urandom(16), os.urandom(8)
    root = trace.SpanContext(
        int.from_bytes(trace_id), int.from_bytes(span_id), is_remote=False, trace_flags=trace.TraceFlags(1)
    )
    token = otel_context.attach(trace.set_span_in_context(trace.NonRecordingSpan(root)))
    start_ns, began = time.time_ns(), time.perf_counter()
    prediction: Prediction | None = None
    error: Exception | None = None
    attempt = 0
    try:
        while prediction is None:
            attempt += 1
            asked = time.perf_counter()
            try:
                async with asyncio.timeout(settings.timeout_s):
                    prediction = await target(item)
            except ConfigurationError:
                raise
            except (Unavailable, ProviderError) as transient:
                error = transient
                hopeless = isinstance(transient, ProviderError) and not transient.retryable
                if hopeless or attempt >= settings.attempts:
                    break
                await asyncio.sleep(_backoff(attempt, settings.backoff_s, transient))
            except TimeoutError:
                error = TimeoutError(f"the target did not answer within {settings.timeout_s:g} s")
                break
            except Exception as failure:  # noqa: BLE001 - whatever a target raises is this sample's result
                error = failure
                break
            else:
                if prediction.latency_s is None:
                    prediction = replace(prediction, latency_s=time.perf_counter() - asked)
    finally:
        otel_context.detach(token)
    return SampleResult(
        item=item.id,
        trace_id=trace_id.hex(),
        span_id=span_id.hex(),
        start_ns=start_ns,
        end_ns=start_ns + int((time.perf_counter() - began) * 1e9),
        prediction=prediction,
        error=None if prediction is not None else _sentence(error),
        error_type="" if prediction is not None else type(error).__name__,
        attempts=attempt,
    )


def _rescore(
    items: Sequence[Item], evaluators: Sequence[Evaluator], store: SampleStore
) -> Mapping[str, SampleResult]:
    """Return the finished samples, after giving those that lack a judgement the missing ones."""
    stored = store.stored()
    by_id = {item.id: item for item in items}
    missing = []
    for result in stored.values():
        absent = [evaluator for evaluator in evaluators if evaluator.name not in result.judgements]
        if absent and result.prediction is not None and result.item in by_id:
            missing.append(_scored(by_id[result.item], result, absent))
    if missing:
        _patiently(lambda: store.write_judgements(missing))
    return stored


def _scored(item: Item, result: SampleResult, evaluators: Sequence[Evaluator]) -> SampleResult:
    if result.prediction is None:
        return result
    sample = Sample.of(item, result.prediction)
    judgements: dict[str, Judgement] = {evaluator.name: evaluator(sample) for evaluator in evaluators}
    return replace(result, judgements=judgements)


def _patiently(write: Callable[[], None]) -> None:
    """Write, and wait for a store that is briefly unavailable: the samples in hand were paid for."""
    for attempt in range(1, _STORE_ATTEMPTS + 1):
        try:
            return write()
        except Unavailable as error:
            if attempt == _STORE_ATTEMPTS:
                raise
            time.sleep(_backoff(attempt, 0.25, error))
    return None


def _backoff(attempt: int, first_s: float, error: Exception) -> float:
    least = error.retry_after_s if isinstance(error, Unavailable) and error.retry_after_s > 1 else 0
    wait: float = first_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
    return max(least, wait)


def _sentence(error: BaseException | None) -> str:
    text = str(error).strip()
    return text or type(error).__name__
