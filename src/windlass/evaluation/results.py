"""What came of a run: summaries of its metrics, and its samples one by one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel

from windlass.errors import InputError
from windlass.evaluation.samples import Item, Judgement, SampleResult
from windlass.evaluation.statistics import mean_estimate

_FAILURES: Final = {"TimeoutError": "timeout", "Refused": "refused"}
"""Why a sample failed, by the type of its error, where that says more than that it did."""


class MetricSummary(BaseModel):
    """A metric over the samples of a run: its mean and 95 % t interval."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    missing: int
    """Items without a value: failed samples, and those where the metric is undefined."""
    missing_why: dict[str, int] = {}
    """How many of them for which reason: ``failed``, ``timeout``, ``refused`` (by the provider, until it was given
    up), ``absent`` (never sampled), ``undefined``, or what the evaluator says: ``error``, ``unparsable``,
    ``abstain`` and the like."""


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
    return {name: _summary(results, items, name) for name in evaluators}


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


def _summary(results: Mapping[str, SampleResult], items: Sequence[Item], metric: str) -> MetricSummary:
    values: list[float] = []
    why: Counter[str] = Counter()
    for item in items:
        result = results.get(item.id)
        judgement = result.judgements.get(metric) if result is not None else None
        if judgement is not None and judgement.value is not None:
            values.append(judgement.value)
        else:
            why[_reason(result, judgement)] += 1
    estimate = mean_estimate(values) if values else None
    return MetricSummary(
        mean=estimate.mean if estimate else None,
        low=estimate.low if estimate else None,
        high=estimate.high if estimate else None,
        n=len(values),
        missing=why.total(),
        missing_why=dict(why.most_common()),
    )


def _reason(result: SampleResult | None, judgement: Judgement | None) -> str:
    """Say why an item has no value."""
    if result is None:
        return "absent"
    if result.prediction is None:
        return _FAILURES.get(result.error_type, "failed")
    return "absent" if judgement is None else judgement.label or "undefined"
