"""A run with its items and samples, and what every report says of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from windlass.evaluation.amounts import Amounts
from windlass.evaluation.predictions import text_of
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.reports.document import Histogram, Histograms, Sample, Table, plain_table
from windlass.evaluation.reports.figures import MISSING, clipped, figure, interval, is_amount
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_scores import Floats, Mask, RunScores
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.score_summaries import cluster_codes, summarise_scores
from windlass.evaluation.statistics.paired import MeanEstimate, mean_estimate
from windlass.evaluation.wording.language import said, say
from windlass.evaluation.wording.reasons import reason_words

_BINS = 12
_MOST_CHARTS = 12


class AnswerStore(Protocol):
    """Where the samples of a run are read that a report shows."""

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:
        """Return the samples of some items, by key."""
        ...

    def amounts(self, scores: RunScores) -> Amounts:
        """Return what each sample took."""
        ...


@dataclass(frozen=True)
class Evaluated:
    """A run as reports read it."""

    run: Run
    items: Sequence[Item]
    scores: RunScores
    store: AnswerStore

    @cached_property
    def metrics(self) -> Mapping[str, MetricSummary]:
        """Of a finished run those it was finished with, else of what is there so far."""
        return self.run.metrics or summarise_scores(
            self.scores,
            self.run.evaluators,
            self.run.repeats,
            clusters=cluster_codes(self.items, self.run.cluster),
        )

    @cached_property
    def amounts(self) -> Amounts:
        return self.store.amounts(self.scores)

    @property
    def name(self) -> str:
        return f"{self.run.release.name}@{self.run.release.number}"

    @property
    def primary(self) -> str | None:
        """The metric that orders its samples: the first one."""
        return next(iter(self.run.evaluators), None)

    @cached_property
    def answered(self) -> Mask:
        """Tell of each position whether one of its item's samples was answered."""
        return self.scores.counts_of(self.scores.answered) > 0

    def ascending(self, metric: str) -> bool:
        """Tell whether more of a metric is better."""
        return self.run.higher_is_better.get(metric, True)

    def values(self, metric: str) -> Floats:
        """Return the values of the items that have one, repeats averaged."""
        values = self.scores.by_item(metric)
        return values[~np.isnan(values)]

    def shown(self, positions: Sequence[int]) -> list[tuple[Item, SampleResult]]:
        """Return the items at some positions with what came of them, repeats averaged."""
        items = [self.items[position] for position in positions]
        results = average_repeats(self.store.of_items([item.id for item in items]).values())
        return [(item, results[item.id]) for item in items if item.id in results]


def mean_of(amounts: Floats) -> MeanEstimate | None:
    """Return the mean of what samples took; None where none says."""
    known = amounts[~np.isnan(amounts)]
    return mean_estimate(known, skewed=True) if known.size else None


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
    names = tuple(map(reason_words, reasons_found))
    return plain_table(say("metric"), *names, rows=rows, right=names)


def histograms(evaluated: Evaluated) -> Histograms | None:
    """Return how the values of each metric are spread; None where no metric has any."""
    charts = []
    for name in evaluated.run.evaluators[:_MOST_CHARTS]:
        values = evaluated.values(name)
        if values.size:
            charts.append(_histogram(name, values))
    return Histograms(charts=charts) if charts else None


def _histogram(name: str, values: Floats) -> Histogram:
    ordered = np.sort(values)
    low, high = float(ordered[0]), float(ordered[-1])
    if ((ordered == 0) | (ordered == 1)).all() and not is_amount(name):
        low, high, bins = 0.0, 1.0, 2
    else:
        bins = min(_BINS, np.unique(ordered).size)
    places = np.zeros(ordered.size, dtype=np.int64)
    if high > low:
        places = np.minimum(((ordered - low) / (high - low) * bins).astype(np.int64), bins - 1)
    counts = np.bincount(places, minlength=bins).tolist()
    median = float(ordered[ordered.size // 2])
    text = say("median {median}, n = {n}", median=figure(name, median), n=f"{ordered.size:,}")
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
