"""The report of one run."""

from collections import Counter
from collections.abc import Iterator, Sequence

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
    cost_of,
    coverage_table,
    histograms,
    judged,
    latency_of,
    means_table,
    sample_of,
    tokens_of,
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
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.statistics.paired import mean_estimate
from windlass.evaluation.statistics.rates import rate_interval
from windlass.evaluation.wording.language import said, say, say_count
from windlass.models.calls.counts import CallCounts

_WORST = 5
_FAILED = 3
_FIELDS = 4
_MOST_VALUES = 12
_FEWEST_ITEMS = 5


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
    for field, groups in _groups(evaluated.items):
        rows = []
        for value, items in groups.items():
            values = [
                each.value
                for item in items
                if (result := evaluated.results.get(item)) is not None
                and (each := result.judgements.get(metric)) is not None
                and each.value is not None
            ]
            rows.append([value, *_mean_cells(metric, values), f"{len(items):,}"])
        right = said("mean", "95 % interval", "n", "items")
        yield plain_table(field, *right, rows=rows, right=right)


def _mean_cells(metric: str, values: Sequence[float]) -> list[str]:
    if not values:
        return [MISSING, MISSING, "0"]
    estimate = mean_estimate(values, skewed=is_amount(metric))
    low, high = estimate.low, estimate.high
    if set(values) <= {0.0, 1.0} and not is_amount(metric):
        low, high = rate_interval(round(sum(values)), len(values))
    return [figure(metric, estimate.mean), interval(metric, low, high), f"{len(values):,}"]


def _groups(items: Sequence[Item]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Give the fields by which the data falls into a few parts, each of some items."""
    fields = Counter(field for item in items for field, value in item.metadata.items() if _names_a_part(value))
    names = ["split", *(field for field, times in fields.most_common() if times > len(items) / 2)]
    told = 0
    for name in names:
        groups: dict[str, list[str]] = {}
        for item in items:
            value = item.split if name == "split" else item.metadata.get(name)
            if _names_a_part(value):
                groups.setdefault(str(value), []).append(item.id)
        large = [value for value, members in groups.items() if len(members) >= _FEWEST_ITEMS]
        if 1 < len(groups) <= _MOST_VALUES and len(large) > 1 and told < _FIELDS:
            told += 1
            yield name, dict(sorted(groups.items()))


def _names_a_part(value: object) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and 0 < len(value) <= 80)


def _coverage(evaluated: Evaluated) -> list[Block]:
    table = coverage_table(evaluated)
    if table is None:
        return [Text(text=say("Every item has a value of every metric."))]
    why = say("Items without a value, by why. They are in no mean, and are never counted as 0.")
    return [Text(text=why), table]


def _costs(evaluated: Evaluated) -> Iterator[tuple[str, str]]:
    calls, metric = evaluated.run.calls, evaluated.amounts(cost_of)
    if metric is not None:
        known = (
            ""
            if metric.n == len(evaluated.samples)
            else say(", known of {n} of {all}", n=f"{metric.n:,}", all=f"{len(evaluated.samples):,}")
        )
        yield say("Cost of a sample"), say("{mean} at the mean{more}", mean=dollars(metric.mean), more=known)
        yield say("Cost of all samples"), dollars(metric.mean * metric.n)
    else:
        yield say("Cost of a sample"), say("not known: no price, or no tokens were stated")
    amounts = ((say("Time of a sample"), latency_of, seconds), (say("Tokens of a sample"), tokens_of, _whole))
    for name, read, show in amounts:
        found = evaluated.amounts(read)
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
    scored: list[tuple[float, Item, SampleResult]] = []
    for item in evaluated.items:
        result = evaluated.results.get(item.id)
        value = result.judgements[metric].value if result is not None and metric in result.judgements else None
        if result is not None and value is not None and result.prediction is not None:
            scored.append((sign * value, item, result))
    scored.sort(key=lambda each: each[0])
    return [_card(item, result, evaluated) for _, item, result in scored[:most]]


def failed(evaluated: Evaluated, most: int = _FAILED) -> list[Sample]:
    cards: list[Sample] = []
    for item in evaluated.items:
        result = evaluated.results.get(item.id)
        if result is not None and result.prediction is None and len(cards) < most:
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
