"""What came of a run: summaries of its metrics, and its samples one by one."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, Field, JsonValue, computed_field

from windlass.evaluation.media.files import Media
from windlass.evaluation.metrics.usage import AMOUNTS
from windlass.evaluation.pass_rates import PassRates
from windlass.evaluation.passes import all_pass_rates
from windlass.evaluation.repeats import average_repeats, by_item
from windlass.evaluation.replay.shown import ReplayedSample
from windlass.evaluation.run_means import clusters_of, run_mean
from windlass.evaluation.samples import Item, Judgement, SampleResult

_FAILURES: Final = {"TimeoutError": "timeout", "Refused": "refused"}
"""Why a sample failed, by the type of its error, where that says more than that it did."""


class RepeatSummary(BaseModel):
    """A metric over the repeats of a run's items."""

    samples: int
    """Samples with a value, of all items together."""
    missing: int
    """Samples without one."""
    passes: list[PassRates]
    """pass^k and pass@k; empty for a metric that has other values than 0 and 1."""


class MetricSummary(BaseModel):
    """A metric over the items of a run: its mean and 95 % interval (the exact one of a rate, t of another mean).

    Of an item's repeats the mean counts. Where the run has a cluster, intervals take account of it.
    """

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
    repeats: RepeatSummary | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run that repeats its items."""
    judged: bool = Field(default=False, exclude_if=lambda value: not value)
    """Whether a model judged: then it is a judge's word alone, until people label samples of the run."""
    clusters: int | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run with a cluster: how many clusters have a value."""
    effective_n: float | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a run with a cluster: how many independent items would be as sure; else that is n."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def coverage(self) -> float | None:
        """The share of the items that have a value; None for no items at all."""
        items = self.n + self.missing
        return self.n / items if items else None


class RunSample(BaseModel):
    """One item of a run with what the release made of it."""

    item: str
    repeat: int
    """Which of the item's repeats this is, from 1."""
    trace_id: str
    input: object
    reference: object
    output: str
    error: str | None
    scores: dict[str, float | None]
    labels: dict[str, str]
    explanations: dict[str, str]
    evidence: dict[str, JsonValue]
    """What a judgement rests on, by the evaluators that say."""
    media: list[Media]
    """The pictures and clips that the release made."""
    latency_s: float | None
    metadata: dict[str, object]
    replay: ReplayedSample | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a replay: where its tools' results came from, and where it left the record."""


def summarise(
    results: Mapping[str, SampleResult],
    items: Sequence[Item],
    evaluators: Sequence[str],
    repeats: int = 1,
    *,
    cluster: str | None = None,
) -> dict[str, MetricSummary]:
    """Summarise every evaluator over the items of a run; what has no value is counted, not hidden."""
    tally = Tally(evaluators, repeats, clusters_of(items, cluster))
    grouped = by_item(results.values())
    for item in items:
        tally.add(grouped.get(item.id, ()))
    return tally.summaries()


def run_sample(item: Item, result: SampleResult) -> RunSample:
    judgements = result.judgements
    return RunSample(
        item=item.id,
        repeat=result.repeat,
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
        evidence={name: each.evidence for name, each in judgements.items() if each.evidence is not None},
        media=[Media(each.uri, each.type) for each in result.prediction.media] if result.prediction else [],
        latency_s=result.prediction.latency_s if result.prediction else None,
        metadata=item.metadata,
        replay=ReplayedSample.of(result.prediction.replay) if result.prediction else None,
    )


class Tally:
    """What a run's summaries are made of: of each item its values, and of those without one why."""

    def __init__(self, evaluators: Sequence[str], repeats: int, clusters: Mapping[str, int] | None = None) -> None:
        """``clusters`` says which one each item belongs to."""
        self._repeats = repeats
        self._clusters = clusters
        self._belonging = {name: array("q") for name in evaluators}
        self._values = {name: array("d") for name in evaluators}
        self._why: dict[str, Counter[str]] = {name: Counter() for name in evaluators}
        self._judged: set[str] = set()
        self._of_repeats: dict[str, list[list[float]]] = {name: [] for name in evaluators}

    def add(self, samples: Sequence[SampleResult]) -> None:
        """Count an item with its samples, in the order of the repeats."""
        result = samples[0] if len(samples) == 1 else next(iter(average_repeats(samples).values()), None)
        for name, values in self._values.items():
            judgement = result.judgements.get(name) if result is not None else None
            if judgement is not None and judgement.source == "judge":
                self._judged.add(name)
            if judgement is not None and judgement.value is not None:
                values.append(judgement.value)
                if self._clusters is not None:
                    self._belonging[name].append(self._clusters[samples[0].item])
            else:
                self._why[name][_reason(result, judgement)] += 1
            if self._repeats > 1:
                self._of_repeats[name].append(values_of(samples, name))

    def summaries(self) -> dict[str, MetricSummary]:
        return {name: self._summary(name) for name in self._values}

    def _summary(self, name: str) -> MetricSummary:
        values, why = self._values[name], self._why[name]
        clusters = None if self._clusters is None else self._belonging[name]
        return MetricSummary(
            **run_mean(name, values, clusters)._asdict(),
            n=len(values),
            missing=why.total(),
            missing_why=dict(why.most_common()),
            repeats=self._repeat_summary(name, self._of_repeats[name]) if self._repeats > 1 else None,
            judged=name in self._judged,
        )

    def _repeat_summary(self, name: str, values: Sequence[Sequence[float]]) -> RepeatSummary:
        there = sum(map(len, values))
        missing = len(values) * self._repeats - there
        passes = [] if name in AMOUNTS else all_pass_rates(values, self._repeats)
        return RepeatSummary(samples=there, missing=missing, passes=passes)


def values_of(results: Sequence[SampleResult], metric: str) -> list[float]:
    """Return the values that an item's repeats have."""
    judgements = (result.judgements.get(metric) for result in results)
    return [each.value for each in judgements if each is not None and each.value is not None]


def _reason(result: SampleResult | None, judgement: Judgement | None) -> str:
    """Say why an item has no value."""
    if result is None:
        return "absent"
    if result.prediction is None:
        return reason_of_failure(result.error_type)
    return "absent" if judgement is None else judgement.label or "undefined"


def reason_of_failure(error_type: str) -> str:
    return _FAILURES.get(error_type, "failed")
