"""One sample: the target is asked, again where that may help, and the evaluators judge."""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from opentelemetry import context as otel_context
from opentelemetry import trace

from windlass.errors import ConfigurationError, ProviderError, Unavailable
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.said import is_cancelled, said, whole_text
from windlass.evaluation.samples import CUT_OFF, Item, Judgement, Prediction, Sample, SampleResult, Target
from windlass.models.calls.clock import TimeLimit
from windlass.models.calls.stopping import Stopped


@dataclass(frozen=True)
class AskSettings:
    """How a target is asked."""

    measure_latency: bool = True
    """Whether the time that a target takes is its latency, where it says none: not when answers are looked up."""
    attempts: int = 3
    """How often the target is asked when it answers Unavailable or ProviderError."""
    backoff_s: float = 0.5
    """Wait before the second attempt; it doubles each time, ± half at random."""
    timeout_s: float = 600.0
    """Longest time for one sample, its attempts together, and for each evaluator that waits; what a provider's
    limits hold back does not count."""


async def ask(item: Item, repeat: int, target: Target, settings: AskSettings) -> SampleResult:
    """Ask the target, again where that may help; the spans it makes become children of the sample's root."""
    ids = os.urandom(24).hex()
    trace_id, span_id = ids[:32], ids[32:]
    start_ns, began = time.time_ns(), time.perf_counter()
    prediction: Prediction | None = None
    error: BaseException | None = None
    attempt = 0
    with within(trace_id, span_id):
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
                        if not prediction.output.isascii():
                            prediction = replace(prediction, output=whole_text(prediction.output))
        except (ConfigurationError, Stopped):
            raise
        except asyncio.CancelledError as cancelled:
            if is_cancelled():
                raise
            error = cancelled
        except (Exception, SystemExit) as failure:  # noqa: BLE001 - whatever a target raises is this sample's result
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
        error=None if prediction is not None else said(error),
        error_type="" if prediction is not None else type(error).__name__,
        attempts=attempt,
        repeat=repeat,
    )


@contextlib.contextmanager
def within(trace_id: str, span_id: str) -> Iterator[None]:
    """Make the spans that are begun meanwhile children of a sample's root."""
    root = trace.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=trace.TraceFlags(1))
    token = otel_context.attach(trace.set_span_in_context(trace.NonRecordingSpan(root)))
    try:
        yield
    finally:
        otel_context.detach(token)


async def judged(
    item: Item, result: SampleResult, evaluators: Sequence[Evaluator], settings: AskSettings
) -> SampleResult:
    """Return a sample with the judgements of the evaluators that wait."""
    waiting = [evaluator for evaluator in evaluators if evaluator.waits]
    if result.prediction is None or result.prediction.is_cut_off or not waiting:
        return result
    sample = Sample.of(item, result.prediction)
    with within(result.trace_id, result.span_id):
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


def scored(item: Item, result: SampleResult, evaluators: Sequence[Evaluator]) -> SampleResult:
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


def backoff(attempt: int, first_s: float, error: Exception) -> float:
    """Return how many seconds to wait after an attempt (from 1): twice as long each time, ± half at random."""
    least = error.retry_after_s if isinstance(error, Unavailable) and error.retry_after_s > 1 else 0
    wait: float = first_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
    return max(least, wait)
