"""Repeats of an item are averaged within it: items are what a run is made of, however often each was asked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from windlass.evaluation.samples import Judgement, SampleResult


@dataclass(frozen=True, slots=True)
class RepeatedResult(SampleResult):
    """An item's repeats as one result: the first one that was answered, with the means of all judgements."""

    repeats: tuple[SampleResult, ...] = ()

    @property
    def failed_share(self) -> float:
        """The share of the repeats that failed."""
        return sum(each.failed_share for each in self.repeats) / len(self.repeats)


def by_item(results: Iterable[SampleResult]) -> dict[str, list[SampleResult]]:
    """Return the samples of each item, in the order of their repeats."""
    grouped: defaultdict[str, list[SampleResult]] = defaultdict(list)
    for result in sorted(results, key=lambda each: each.repeat):
        grouped[result.item].append(result)
    return dict(grouped)


def average_repeats(results: Iterable[SampleResult]) -> dict[str, SampleResult]:
    """Return one result for each item: that of its only sample, or of all its repeats together.

    A metric's value is the mean over the repeats that have one. What the others lack is no zero; it is counted
    in the run's summary.
    """
    return {item: _averaged(repeats) for item, repeats in by_item(results).items()}


def _averaged(repeats: Sequence[SampleResult]) -> SampleResult:
    if len(repeats) == 1:
        return repeats[0]
    shown = next((each for each in repeats if each.prediction is not None), repeats[0])
    return RepeatedResult(
        item=shown.item,
        trace_id=shown.trace_id,
        span_id=shown.span_id,
        start_ns=shown.start_ns,
        end_ns=shown.end_ns,
        prediction=shown.prediction,
        error=shown.error,
        error_type=shown.error_type,
        attempts=shown.attempts,
        judgements=_mean_judgements([each.judgements for each in repeats]),
        repeat=shown.repeat,
        repeats=tuple(repeats),
    )


def _mean_judgements(judged: Sequence[Mapping[str, Judgement]]) -> dict[str, Judgement]:
    names = dict.fromkeys(name for judgements in judged for name in judgements)
    return {name: _mean([each[name] for each in judged if name in each]) for name in names}


def _mean(judgements: Sequence[Judgement]) -> Judgement:
    """Return the mean of an item's judgements; one without a value where none has one, which says why."""
    values = [each.value for each in judgements if each.value is not None]
    if not values:
        return judgements[0]
    return Judgement(sum(values) / len(values), source=judgements[0].source)
