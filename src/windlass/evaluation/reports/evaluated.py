"""A run with its items and samples, and what every report says of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.predictions import text_of
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.reports.document import Histogram, Histograms, Sample, Table, plain_table
from windlass.evaluation.reports.figures import MISSING, clipped, figure, interval, is_amount
from windlass.evaluation.results import MetricSummary, summarise
from windlass.evaluation.run_scores import RunScores, scores_of_results
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import MeanEstimate, mean_estimate
from windlass.evaluation.wording.language import said, say

_BINS = 12
_MOST_CHARTS = 12


@dataclass(frozen=True)
class Evaluated:
    """A run as reports read it."""

    run: Run
    items: Sequence[Item]
    samples: Mapping[str, SampleResult]
    """By key: each repeat of an item is one."""

    @cached_property
    def results(self) -> Mapping[str, SampleResult]:
        """By item, repeats averaged."""
        return self.samples if self.run.repeats == 1 else average_repeats(self.samples.values())

    @cached_property
    def metrics(self) -> Mapping[str, MetricSummary]:
        """Of a finished run those it was finished with, else of what is there so far."""
        return self.run.metrics or summarise(self.samples, self.items, self.run.evaluators, self.run.repeats)

    def scores(self, index: ItemIndex) -> RunScores:
        return scores_of_results(self.samples.values(), index)

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        """Return the samples of some items, by key."""
        wanted = set(items)
        return {key: result for key, result in self.samples.items() if result.item in wanted}

    @property
    def name(self) -> str:
        return f"{self.run.release.name}@{self.run.release.number}"

    @property
    def primary(self) -> str | None:
        """The metric that orders its samples: the first one."""
        return next(iter(self.run.evaluators), None)

    def ascending(self, metric: str) -> bool:
        """Tell whether more of a metric is better."""
        return self.run.higher_is_better.get(metric, True)

    def values(self, metric: str) -> list[float]:
        judged = (result.judgements.get(metric) for result in self.results.values())
        return [each.value for each in judged if each is not None and each.value is not None]

    def amounts(self, read: Callable[[SampleResult], float | None]) -> MeanEstimate | None:
        """Return the mean of what samples took; None where none says."""
        found = [value for result in self.samples.values() if (value := read(result)) is not None]
        return mean_estimate(found, skewed=True) if found else None


def cost_of(result: SampleResult) -> float | None:
    return result.prediction.cost_usd if result.prediction else None


def latency_of(result: SampleResult) -> float | None:
    return result.prediction.latency_s if result.prediction else None


def tokens_of(result: SampleResult) -> float | None:
    usage = result.prediction.usage if result.prediction else None
    return None if usage is None else usage.input_tokens + usage.output_tokens


def means_table(evaluated: Evaluated) -> Table:
    """Return the metrics with their intervals, and how many items have none."""
    rows = [
        [
            name,
            say("up") if evaluated.ascending(name) else say("down"),
            figure(name, metric.mean),
            interval(name, metric.low, metric.high),
            f"{metric.n:,}",
            f"{metric.missing:,}" if metric.missing else "0",
        ]
        for name, metric in evaluated.metrics.items()
    ]
    right = said("mean", "95 % interval", "n", "missing")
    return plain_table(*said("metric", "good is"), *right, rows=rows, right=right)


def coverage_table(evaluated: Evaluated) -> Table | None:
    """Return why items have no value; None where all have one."""
    reasons = Counter[str]()
    for metric in evaluated.metrics.values():
        reasons.update(metric.missing_why)
    if not reasons:
        return None
    reasons_found = [name for name, _ in reasons.most_common()]
    rows = [
        [name, *(f"{metric.missing_why.get(why, 0):,}" for why in reasons_found)]
        for name, metric in evaluated.metrics.items()
        if metric.missing
    ]
    names = said(*reasons_found)
    return plain_table(say("metric"), *names, rows=rows, right=names)


def histograms(evaluated: Evaluated) -> Histograms | None:
    """Return how the values of each metric are spread; None where no metric has any."""
    charts = []
    for name in evaluated.run.evaluators[:_MOST_CHARTS]:
        values = evaluated.values(name)
        if values:
            charts.append(_histogram(name, values))
    return Histograms(charts=charts) if charts else None


def _histogram(name: str, values: Sequence[float]) -> Histogram:
    ordered = sorted(values)
    low, high = ordered[0], ordered[-1]
    if set(ordered) <= {0.0, 1.0} and not is_amount(name):
        low, high, bins = 0.0, 1.0, 2
    else:
        bins = min(_BINS, len(set(ordered)))
    counts = [0] * bins
    for value in ordered:
        place = int((value - low) / (high - low) * bins) if high > low else 0
        counts[min(place, bins - 1)] += 1
    median = ordered[len(ordered) // 2]
    text = say("median {median}, n = {n}", median=figure(name, median), n=f"{len(ordered):,}")
    return Histogram(name=name, counts=counts, low=figure(name, low), high=figure(name, high), text=text)


def sample_of(item: Item, note: str) -> Sample:
    """Return an item as a report shows it, without answers yet."""
    references = item.reference if isinstance(item.reference, list) else [item.reference]
    reference = "\n".join(text_of(each) for each in references if each is not None)
    return Sample(
        name=item.id, note=note, input=clipped(text_of(item.input)), reference=clipped(reference), answers=[]
    )


def judged(result: SampleResult, metrics: Sequence[str]) -> str:
    """Return a sample's values in one line."""
    found = [(name, result.judgements.get(name)) for name in metrics]
    return ", ".join(
        f"{name} {figure(name, each.value) if each.value is not None else each.label or MISSING}"
        for name, each in found
        if each is not None
    )
