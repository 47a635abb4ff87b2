"""The report of one run."""

from collections.abc import Iterator

import numpy as np

from windlass.evaluation.pass_rates import PassRate
from windlass.evaluation.reports.document import (
    Answer,
    Block,
    Document,
    Facts,
    IntervalRow,
    Intervals,
    Sample,
    Samples,
    Section,
    Table,
    Text,
    plain_table,
)
from windlass.evaluation.reports.evaluated import (
    Evaluated,
    coverage_table,
    histograms,
    judged,
    mean_of,
    means_table,
    sample_of,
)
from windlass.evaluation.reports.figures import (
    MISSING,
    clipped,
    dollars,
    figure,
    interval,
    is_amount,
    moment,
    percent,
    reach_words,
    seconds,
    share_words,
)
from windlass.evaluation.reports.parts import parts_of
from windlass.evaluation.run_scores import Floats
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import mean_estimate
from windlass.evaluation.statistics.rates import clopper_pearson
from windlass.evaluation.wording.language import said, say, say_count
from windlass.models.calls.counts import CallCounts

_WORST = 5
_FAILED = 3


def run_report(evaluated: Evaluated, made: str) -> Document:
    run = evaluated.run
    return Document(
        title=say("{release} on {data}", release=evaluated.name, data=f"{run.dataset.name}@{run.dataset.number}"),
        subtitle=say("Evaluation run {run}", run=run.id),
        lead=_lead(evaluated),
        facts=facts_of(evaluated),
        sections=[section for section in _sections(evaluated) if section.blocks],
        made=made,
    )


def facts_of(evaluated: Evaluated) -> list[tuple[str, str]]:
    run = evaluated.run
    repeats = [(say("Repeats of each item"), f"{run.repeats}")] if run.repeats > 1 else []
    return [
        (say("State"), say(run.state) if run.error is None else f"{say(run.state)}: {run.error}"),
        (say("Items"), f"{run.items:,}"),
        *repeats,
        (say("Failed samples"), f"{run.failed_items:,}"),
        (say("Started"), moment(run.started or run.created)),
        (say("By"), run.by),
        (say("Release"), run.release.digest),
        (say("Data"), run.dataset.digest),
    ]


def _lead(evaluated: Evaluated) -> str:
    name = evaluated.primary
    metric = evaluated.metrics.get(name) if name else None
    if name is None or metric is None or metric.mean is None:
        return say("No item has a value yet.")
    missing = (
        say_count(metric.missing, "; {n} item without a value", "; {n} items without a value")
        if metric.missing
        else ""
    )
    return say(
        "{metric} is {mean} ({items}{reach}{missing}).",
        metric=name,
        mean=figure(name, metric.mean),
        items=say_count(metric.n, "{n} item", "{n} items"),
        reach=reach_words(name, metric.low, metric.high),
        missing=missing,
    )


def _sections(evaluated: Evaluated) -> Iterator[Section]:
    yield Section(title=say("Summary"), blocks=[*_chart(evaluated), means_table(evaluated)])
    yield Section(
        title=say("Repeats"),
        note=say(
            "pass^k: all of k tries pass; pass@k: any of them does; of metrics that are 0 or 1 on every sample."
        ),
        blocks=_passes(evaluated),
    )
    spread = histograms(evaluated)
    yield Section(title=say("Distributions"), blocks=[spread] if spread else [])
    yield Section(
        title=say("Slices"),
        note=say(
            "Means of {metric} within parts of the data. Many are looked at, and some differ by chance: a place "
            "to look, not a finding.",
            metric=evaluated.primary,
        ),
        blocks=list(_slices(evaluated)),
    )
    yield Section(title=say("Coverage"), blocks=_coverage(evaluated))
    yield Section(title=say("Cost and time"), blocks=[Facts(facts=list(_costs(evaluated)))])
    yield Section(
        title=say("Worst samples"),
        note=say("Lowest {metric} first.", metric=evaluated.primary)
        if _ascending(evaluated)
        else say("Highest {metric} first.", metric=evaluated.primary),
        blocks=_cards(worst(evaluated)),
    )
    yield Section(title=say("Failed samples"), blocks=_cards(failed(evaluated)))


def _chart(evaluated: Evaluated) -> list[Block]:
    rows = [
        IntervalRow(name=name, value=each.mean, low=each.low, high=each.high, text=figure(name, each.mean))
        for name, each in evaluated.metrics.items()
        if each.mean is not None and not is_amount(name)
    ]
    return [Intervals(caption=say("Means with their 95 % intervals"), rows=rows)] if rows else []


def _passes(evaluated: Evaluated) -> list[Block]:
    rows = [
        [name, f"{each.k}", _rate(each.pass_hat), _rate(each.pass_at), f"{each.n:,}"]
        for name, metric in evaluated.metrics.items()
        if metric.repeats is not None
        for each in metric.repeats.passes
    ]
    right = ("k", "pass^k", "pass@k", "n")
    return [plain_table(say("metric"), *right, rows=rows, right=right)] if rows else []


def _rate(rate: PassRate) -> str:
    return share_words(rate.mean, rate.low, rate.high)


def _ascending(evaluated: Evaluated) -> bool:
    return evaluated.ascending(evaluated.primary or "")


def _slices(evaluated: Evaluated) -> Iterator[Table]:
    metric = evaluated.primary
    if metric is None:
        return
    values = evaluated.scores.by_item(metric)
    known = ~np.isnan(values)
    right = said("mean", "95 % interval", "n", "items")
    for field, parts in parts_of(evaluated.items):
        rows = [
            [part.name, *_mean_cells(metric, values[part.items & known]), f"{int(part.items.sum()):,}"]
            for part in parts
        ]
        yield plain_table(field, *right, rows=rows, right=right)


def _mean_cells(metric: str, values: Floats) -> list[str]:
    if not values.size:
        return [MISSING, MISSING, "0"]
    estimate = mean_estimate(values, skewed=is_amount(metric))
    low, high = estimate.low, estimate.high
    if ((values == 0) | (values == 1)).all() and not is_amount(metric):
        low, high = clopper_pearson(int(values.sum()), values.size)
    return [figure(metric, estimate.mean), interval(metric, low, high), f"{values.size:,}"]


def _coverage(evaluated: Evaluated) -> list[Block]:
    table = coverage_table(evaluated)
    if table is None:
        return [Text(text=say("Every item has a value of every metric."))]
    why = say("Items without a value, by why. They are in no mean, and are never counted as 0.")
    return [Text(text=why), table]


def _costs(evaluated: Evaluated) -> Iterator[tuple[str, str]]:
    calls, took, samples = evaluated.run.calls, evaluated.amounts, len(evaluated.scores)
    metric = mean_of(took.cost_usd)
    if metric is not None:
        known = (
            "" if metric.n == samples else say(", known of {n} of {all}", n=f"{metric.n:,}", all=f"{samples:,}")
        )
        yield say("Cost of a sample"), say("{mean} at the mean{more}", mean=dollars(metric.mean), more=known)
        yield say("Cost of all samples"), dollars(metric.mean * metric.n)
    else:
        yield say("Cost of a sample"), say("not known: no price, or no tokens were stated")
    for name, amounts, show in (
        (say("Time of a sample"), took.latency_s, seconds),
        (say("Tokens of a sample"), took.tokens, _whole),
    ):
        found = mean_of(amounts)
        if found is not None:
            reach = (
                say(
                    ", 95 % interval {ends}",
                    ends=say("{low} to {high}", low=show(found.low), high=show(found.high)),
                )
                if found.low is not None and found.high is not None
                else ""
            )
            yield name, say("{mean} at the mean{more}", mean=show(found.mean), more=reach)
    if calls is not None:
        yield from _calls(calls)


def _calls(calls: CallCounts) -> Iterator[tuple[str, str]]:
    answered = [say("{n} answered", n=f"{calls.answered:,}")]
    if calls.cached:
        answered.append(say("{n} kept answers given again", n=f"{calls.cached:,}"))
    if calls.refused:
        answered.append(say("{n} refusals", n=f"{calls.refused:,}"))
    yield say("Model calls"), ", ".join(answered)
    spent = dollars(calls.spent_usd)
    if calls.unpriced:
        share = percent(calls.unpriced / calls.answered)
        spent = say("{spent} ({share} of the calls without a price)", spent=spent, share=share)
    yield say("Spent, judges included"), spent


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _cards(samples: list[Sample]) -> list[Block]:
    return [Samples(samples=samples)] if samples else []


def worst(evaluated: Evaluated, most: int = _WORST) -> list[Sample]:
    """Return the samples that the primary metric likes least."""
    metric = evaluated.primary
    if metric is None:
        return []
    sign = 1 if evaluated.ascending(metric) else -1
    values = evaluated.scores.by_item(metric)
    there = np.flatnonzero(~np.isnan(values) & evaluated.answered)
    order = there[np.argsort(sign * values[there], kind="stable")]
    return [_card(item, result, evaluated) for item, result in evaluated.shown(order[:most].tolist())]


def failed(evaluated: Evaluated, most: int = _FAILED) -> list[Sample]:
    cards: list[Sample] = []
    places = np.flatnonzero(evaluated.scores.has_item() & ~evaluated.answered)
    for item, result in evaluated.shown(places[:most].tolist()):
        card = sample_of(item, result.error_type or say("failed"))
        card.answers = [Answer(name=say("Error"), text=clipped(result.error or say("failed")), tone="bad")]
        cards.append(card)
    return cards


def _card(item: Item, result: SampleResult, evaluated: Evaluated) -> Sample:
    assert result.prediction is not None
    card = sample_of(item, judged(result, evaluated.run.evaluators))
    metric = evaluated.primary or ""
    why = result.judgements[metric].explanation if metric in result.judgements else ""
    card.answers = [Answer(name=say("Answer"), text=clipped(result.prediction.output), note=clipped(why, 400))]
    return card
