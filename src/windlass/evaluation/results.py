"""What came of a run: summaries of its metrics, and its samples one by one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics import mean_estimate


class MetricSummary(BaseModel):
    """A metric over the samples of a run: its mean and 95 % t interval."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    missing: int
    """Items without a value: failed samples, and those where the metric is undefined."""


class RunSample(BaseModel):
    """One item of a run with what the release made of it."""

    item: str
    trace_id: str
    input: object
    reference: object
    output: str
    error: str | None
    scores: dict[str, float | None]
    labels: dict[str, str]
    explanations: dict[str, str]
    latency_s: float | None
    metadata: dict[str, object]


class SamplePage(NamedTuple):
    items: list[RunSample]
    next: str | None


def summarise(
    results: Mapping[str, SampleResult], items: Sequence[Item], evaluators: Sequence[str]
) -> dict[str, MetricSummary]:
    """Summarise every evaluator over the items of a run; what has no value is counted, not hidden."""
    return {name: _summary(_values(results, items, name), len(items)) for name in evaluators}


def samples_page(
    items: Sequence[Item],
    results: Mapping[str, SampleResult],
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> SamplePage:
    """Return finished samples in the order of the dataset; the cursor counts items."""
    if cursor is not None and not cursor.isdecimal():
        raise InputError(f"{cursor!r} is no cursor of this list; use `next` of the page before.")
    finished = [item for item in items if item.id in results]
    start = int(cursor or 0)
    page = [run_sample(item, results[item.id]) for item in finished[start : start + limit]]
    return SamplePage(page, str(start + limit) if len(finished) > start + limit else None)


def run_sample(item: Item, result: SampleResult) -> RunSample:
    judgements = result.judgements
    return RunSample(
        item=item.id,
        trace_id=result.trace_id,
        input=item.input,
        reference=item.reference,
        output=result.prediction.output if result.prediction else "",
        error=result.error,
        scores={name: judgement.value for name, judgement in judgements.items()},
        labels={name: judgement.label for name, judgement in judgements.items() if judgement.label},
        explanations={
            name: judgement.explanation for name, judgement in judgements.items() if judgement.explanation
        },
        latency_s=result.prediction.latency_s if result.prediction else None,
        metadata=item.metadata,
    )


def _values(results: Mapping[str, SampleResult], items: Sequence[Item], metric: str) -> list[float]:
    judgements = (results[item.id].judgements.get(metric) for item in items if item.id in results)
    return [judgement.value for judgement in judgements if judgement is not None and judgement.value is not None]


def _summary(values: list[float], items: int) -> MetricSummary:
    missing = items - len(values)
    if not values:
        return MetricSummary(mean=None, low=None, high=None, n=0, missing=missing)
    estimate = mean_estimate(values)
    return MetricSummary(mean=estimate.mean, low=estimate.low, high=estimate.high, n=estimate.n, missing=missing)
