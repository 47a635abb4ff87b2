"""What two runs made of the same items, as a cascade of them would have."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from windlass.errors import InputError
from windlass.evaluation.cascades.thresholds import Pairs, escalates
from windlass.evaluation.gates.verdicts import Side
from windlass.evaluation.ranges import of_differences, range_of
from windlass.evaluation.repeats import RepeatedResult
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.statistics.paired import Floats

ESCALATED: Final = "escalated"
LATENCY: Final = "latency_s"


@dataclass(frozen=True)
class CascadeSamples:
    """Items that both runs have a quality of, or the strong one alone where the cheap one failed."""

    items: list[str]
    pairs: Pairs
    metric: str
    cost: str
    measure: str
    cheap_quality: Floats
    """As it is, whichever way is better."""
    strong_quality: Floats
    cheap_amounts: Mapping[str, Floats]
    """What the cheap answers took, by metric; 0 of one that failed, NaN where it is not known."""
    strong_amounts: Mapping[str, Floats]

    @property
    def metrics(self) -> list[str]:
        return [self.metric, *self.strong_amounts, ESCALATED]

    @property
    def sure(self) -> Floats:
        """The confidences that are known."""
        return self.pairs.confidence[np.isfinite(self.pairs.confidence)]

    @property
    def cheap_quality_of_sure(self) -> Floats:
        return self.cheap_quality[np.isfinite(self.pairs.confidence)]

    def results(self, thresholds: Floats) -> dict[str, SampleResult]:
        """Return what a cascade with these thresholds, one for each item, would have made of the items.

        Where no threshold was shown the strong release is asked alone, and the cheap one is not paid for.
        """
        alone = np.isposinf(thresholds)
        up = escalates(self.pairs.confidence, thresholds)
        amounts = {
            name: np.where(alone, 0.0, self.cheap_amounts[name]) + np.where(up, self.strong_amounts[name], 0.0)
            for name in self.strong_amounts
        }
        quality = np.where(up, self.strong_quality, self.cheap_quality)
        return self._results({self.metric: quality, **amounts, ESCALATED: up.astype(np.float64)})

    def strong_results(self) -> dict[str, SampleResult]:
        return self._results({self.metric: self.strong_quality, **self.strong_amounts})

    def _results(self, values: Mapping[str, Floats]) -> dict[str, SampleResult]:
        return {
            item: SampleResult(
                item=item,
                trace_id="",
                span_id="",
                start_ns=0,
                end_ns=0,
                prediction=Prediction(output=""),
                judgements={
                    name: Judgement(None if np.isnan(each[place]) else float(each[place]))
                    for name, each in values.items()
                },
            )
            for place, item in enumerate(self.items)
        }


def read_samples(
    cheap: Side,
    strong: Side,
    metric: str,
    cost: str,
    *,
    items: Mapping[str, Item],
    cluster: str | None,
    higher_is_better: bool,
) -> CascadeSamples:
    """Line up both runs. Raises InputError where no answer has a confidence, and for an item without its group."""
    used = [item for item in items if _usable(cheap.samples.get(item), strong.samples.get(item), metric)]
    measure = _measure(cheap, used)
    amounts = [cost] if cost == LATENCY or not _has(cheap, strong, LATENCY) else [cost, LATENCY]
    before = [cheap.samples[item] for item in used]
    after = [strong.samples[item] for item in used]
    cheap_quality = np.array([_value(result, metric) for result in before])
    strong_quality = np.array([_value(result, metric) for result in after])
    failed = np.array([result.prediction is None for result in before])
    confidence = np.array([_confidence(result, measure) for result in before])
    # A failed answer has no quality; it escalates, so that its quality never counts.
    cheap_quality = np.where(np.isnan(cheap_quality), strong_quality, cheap_quality)
    sign = 1.0 if higher_is_better else -1.0
    return CascadeSamples(
        items=used,
        pairs=Pairs(
            confidence,
            sign * cheap_quality,
            sign * strong_quality,
            _groups(used, items, cluster),
            of_differences(range_of(metric, cheap_quality, strong_quality)),
        ),
        metric=metric,
        cost=cost,
        measure=measure,
        cheap_quality=cheap_quality,
        strong_quality=strong_quality,
        cheap_amounts={
            name: np.where(failed, 0.0, [_value(result, name) for result in before]) for name in amounts
        },
        strong_amounts={name: np.array([_value(result, name) for result in after]) for name in amounts},
    )


def _usable(cheap: SampleResult | None, strong: SampleResult | None, metric: str) -> bool:
    if cheap is None or strong is None or np.isnan(_value(strong, metric)):
        return False
    return cheap.prediction is None or not np.isnan(_value(cheap, metric))


def _measure(cheap: Side, used: list[str]) -> str:
    measures = Counter(
        found.prediction.confidence.measure
        for item in used
        if (found := cheap.samples[item]).prediction is not None and found.prediction.confidence is not None
    )
    if not measures:
        raise InputError(
            f"The answers of {cheap.run.id} have no confidence, without which nothing can be decided. The model "
            "`local:extractive` gives one, and one over OpenAI's wire with the parameter `logprobs: true`: set it "
            "and evaluate the release again."
        )
    return measures.most_common(1)[0][0]


def _confidence(result: SampleResult, measure: str) -> float:
    """Return the confidence of an answer, of its repeats the mean; −inf where it is not known."""
    repeats = result.repeats if isinstance(result, RepeatedResult) else (result,)
    found = [
        each.prediction.confidence.value
        for each in repeats
        if each.prediction and each.prediction.confidence and each.prediction.confidence.measure == measure
    ]
    return sum(found) / len(found) if found else -np.inf


def _has(cheap: Side, strong: Side, metric: str) -> bool:
    return metric in cheap.run.evaluators and metric in strong.run.evaluators


def _groups(used: list[str], items: Mapping[str, Item], cluster: str | None) -> list[str] | None:
    if cluster is None:
        return None
    without = next((item for item in used if items[item].metadata.get(cluster) is None), None)
    if without is not None:
        raise InputError(
            f"The item {without!r} has no metadata {cluster!r}, by which items are to belong together."
        )
    return [str(items[item].metadata[cluster]) for item in used]


def _value(result: SampleResult, metric: str) -> float:
    judgement = result.judgements.get(metric)
    return np.nan if judgement is None or judgement.value is None else judgement.value
