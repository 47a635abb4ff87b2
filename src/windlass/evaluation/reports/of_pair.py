"""The report of two runs: the differences, and where the candidate lost most."""

import numpy as np

from windlass.evaluation.compare import (
    ComparedSample,
    ComparedSide,
    Comparison,
    PairedMetric,
    ReadBoth,
    compare_runs,
    compared_at,
    pair_runs,
)
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.predictions import text_of
from windlass.evaluation.reports.differences import Named, bounds_of, direction, plots
from windlass.evaluation.reports.document import (
    Answer,
    Block,
    Document,
    Sample,
    Samples,
    Section,
    Table,
    Text,
    Tone,
    plain_table,
)
from windlass.evaluation.reports.evaluated import Evaluated, sample_of
from windlass.evaluation.reports.figures import (
    MISSING,
    clipped,
    difference,
    figure,
    interval,
    moment,
    outcome_words,
    reach_words,
)
from windlass.evaluation.samples import Item
from windlass.evaluation.wording.language import said, say, say_count
from windlass.evaluation.wording.reasons import reasons_line

_WORST = 5
_BROKEN = 3


def pair_report(baseline: Evaluated, candidate: Evaluated, verdict: Verdict | None, made: str) -> Document:
    """Return the report of two runs on one dataset version; a verdict on them brings what the gate asked.

    Raises InputError for runs that cannot be compared.
    """
    both = ReadBoth(baseline.store.of_items, candidate.store.of_items)
    pairing = pair_runs(baseline.run, candidate.run, baseline.scores, candidate.scores)
    compared = compare_runs(pairing, candidate.items, both, limit=_WORST)
    broken = compared_at(pairing, candidate.items, both, _broken(baseline, candidate))
    lead, tone = _lead(compared)
    verdict_facts = [(say("Verdict"), f"{outcome_words(verdict.outcome)} ({verdict.id})")] if verdict else []
    return Document(
        title=say("{candidate} against {baseline}", candidate=candidate.name, baseline=baseline.name),
        subtitle=say("Two runs on {data}", data=f"{candidate.run.dataset.name}@{candidate.run.dataset.number}"),
        lead=lead,
        tone=tone,
        facts=[
            (say("Candidate"), f"{candidate.name}, {candidate.run.id}, {moment(candidate.run.started)}"),
            (say("Baseline"), f"{baseline.name}, {baseline.run.id}, {moment(baseline.run.started)}"),
            (
                say("Paired items"),
                say(
                    "{n} of {all}",
                    n=f"{compared.items_paired:,}",
                    all=f"{compared.items_paired + compared.items_missing:,}",
                ),
            ),
            *verdict_facts,
        ],
        sections=[
            section for section in _sections(baseline, candidate, compared, broken, verdict) if section.blocks
        ],
        made=made,
    )


def _broken(baseline: Evaluated, candidate: Evaluated) -> list[int]:
    """Return the positions of the first items that the baseline answered, and on which the candidate failed."""
    failed = candidate.scores.has_item() & ~candidate.answered
    places: list[int] = np.flatnonzero(baseline.answered & failed)[:_BROKEN].tolist()
    return places


def _sections(
    baseline: Evaluated,
    candidate: Evaluated,
    compared: Comparison,
    broken: list[ComparedSample],
    verdict: Verdict | None,
) -> list[Section]:
    bounds = bounds_of(verdict.checks) if verdict else {}
    named = [Named(each.name, each) for each in compared.metrics]
    return [
        Section(
            title=say("Differences"),
            note=say("On the same items; an interval that holds 0 shows no difference."),
            blocks=[*plots(named, bounds), _table(compared.metrics)],
        ),
        Section(
            title=say("Worst regressions"),
            note=say("Where {metric} lost most.", metric=compared.metric),
            blocks=_cards(regressions(baseline, candidate, compared)),
        ),
        Section(
            title=say("Newly failed samples"),
            note=say("The baseline answered these; the candidate raised an error."),
            blocks=_cards(_newly_failed(broken, compared.metric)),
        ),
        Section(title=say("Coverage"), blocks=_coverage(baseline, candidate)),
    ]


def _lead(compared: Comparison) -> tuple[str, Tone]:
    first = next(each for each in compared.metrics if each.name == compared.metric)
    if first.difference is None:
        return say("{metric} has no item with a value in both runs.", metric=first.name), "warn"
    _, tone = direction(first)
    figures = {
        "metric": first.name,
        "change": difference(first.name, first.difference),
        "means": f"{figure(first.name, first.baseline_mean)} → {figure(first.name, first.candidate_mean)}",
        "reach": reach_words(first.name, first.low, first.high, signed=True),
        "pairs": say_count(first.n, "{n} pair", "{n} pairs"),
    }
    if tone == "good":
        return say("{metric} is better: {change} ({means}{reach}, {pairs}).", **figures), tone
    if tone == "bad":
        return say("{metric} is worse: {change} ({means}{reach}, {pairs}).", **figures), tone
    return say("{metric} shows no clear difference: {change} ({means}{reach}, {pairs}).", **figures), tone


def _table(metrics: list[PairedMetric]) -> Table:
    rows = [
        [
            each.name,
            figure(each.name, each.baseline_mean),
            figure(each.name, each.candidate_mean),
            difference(each.name, each.difference),
            interval(each.name, each.low, each.high, signed=True),
            MISSING if each.p_value is None else f"{each.p_value:.4f}" if each.p_value >= 0.0001 else "<0.0001",
            f"{each.n:,}",
            direction(each)[0] if each.difference is not None else "",
        ]
        for each in metrics
    ]
    right = said("baseline", "candidate", "difference", "95 % interval", "p", "n")
    return plain_table(say("metric"), *right, "", rows=rows, right=right)


def regressions(
    baseline: Evaluated, candidate: Evaluated, compared: Comparison, most: int = _WORST
) -> list[Sample]:
    """Return the items on which the candidate lost, worst first, with both answers."""
    ascending = candidate.ascending(compared.metric)
    lost = [
        each
        for each in compared.samples
        if each.difference is not None and each.difference != 0 and (each.difference < 0) == ascending
    ]
    cards = []
    for each in lost[:most]:
        item = Item(id=each.item, input=each.input, reference=each.reference)
        card = sample_of(item, f"{compared.metric} {difference(compared.metric, each.difference)}")
        card.answers = _answers(each, compared.metric, (baseline.name, candidate.name))
        cards.append(card)
    return cards


def _newly_failed(broken: list[ComparedSample], metric: str) -> list[Sample]:
    return [
        Sample(
            name=each.item,
            note="",
            input=clipped(text_of(each.input)),
            reference=clipped(text_of(each.reference)) if each.reference is not None else "",
            answers=_answers(each, metric, (say("Baseline"), say("Candidate"))),
        )
        for each in broken
    ]


def _answers(sample: ComparedSample, metric: str, names: tuple[str, str]) -> list[Answer]:
    sides = zip((say("Baseline"), say("Candidate")), names, (sample.baseline, sample.candidate), strict=True)
    return [_answer(role if name == role else f"{role}, {name}", side, metric) for role, name, side in sides]


def _answer(name: str, side: ComparedSide | None, metric: str) -> Answer:
    if side is None:
        return Answer(name=name, text=say("Never sampled."), tone="warn")
    if side.error is not None:
        return Answer(name=name, text=clipped(side.error), note=say("failed"), tone="bad")
    return Answer(name=name, text=clipped(side.output), note=f"{metric} {figure(metric, side.scores.get(metric))}")


def _cards(samples: list[Sample]) -> list[Block]:
    return [Samples(samples=samples)] if samples else []


def _coverage(*sides: Evaluated) -> list[Block]:
    rows = [
        [side.name, name, f"{metric.n:,}", f"{metric.missing:,}", reasons_line(metric.missing_why)]
        for side in sides
        for name, metric in side.metrics.items()
        if metric.missing
    ]
    if not rows:
        return [Text(text=say("Every item has a value of every metric in both runs."))]
    columns = said("run", "metric", "n", "missing", "why")
    return [plain_table(*columns, rows=rows, right=said("n", "missing"))]
