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
from windlass.evaluation.gates.verdicts import Verdict
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
from windlass.evaluation.reports.figures import MISSING, clipped, count, difference, figure, interval, moment
from windlass.evaluation.samples import Item

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
    verdict_facts = [("Verdict", f"{verdict.outcome.replace('_', ' ')} ({verdict.id})")] if verdict else []
    return Document(
        title=f"{candidate.name} against {baseline.name}",
        subtitle=f"Two runs on {candidate.run.dataset.name}@{candidate.run.dataset.number}",
        lead=lead,
        tone=tone,
        facts=[
            ("Candidate", f"{candidate.name}, {candidate.run.id}, {moment(candidate.run.started)}"),
            ("Baseline", f"{baseline.name}, {baseline.run.id}, {moment(baseline.run.started)}"),
            ("Paired items", f"{compared.items_paired:,} of {compared.items_paired + compared.items_missing:,}"),
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
            title="Differences",
            note="On the same items; an interval that holds 0 shows no difference.",
            blocks=[*plots(named, bounds), _table(compared.metrics)],
        ),
        Section(
            title="Worst regressions",
            note=f"Where {compared.metric} lost most.",
            blocks=_cards(regressions(baseline, candidate, compared)),
        ),
        Section(
            title="Newly failed samples",
            note="The baseline answered these; the candidate raised an error.",
            blocks=_cards(_newly_failed(broken, compared.metric)),
        ),
        Section(title="Coverage", blocks=_coverage(baseline, candidate)),
    ]


def _lead(compared: Comparison) -> tuple[str, Tone]:
    first = next(each for each in compared.metrics if each.name == compared.metric)
    if first.difference is None:
        return f"{first.name} has no item with a value in both runs.", "warn"
    word, tone = direction(first)
    change = "shows no clear difference" if word == "unclear" else f"is {word}"
    reach = (
        f", 95 % interval {interval(first.name, first.low, first.high, signed=True)}"
        if first.low is not None
        else ""
    )
    means = f"{figure(first.name, first.baseline_mean)} → {figure(first.name, first.candidate_mean)}"
    change = f"{change}: {difference(first.name, first.difference)}"
    return f"{first.name} {change} ({means}{reach}, {count(first.n, 'pair')}).", tone


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
    right = ("baseline", "candidate", "difference", "95 % interval", "p", "n")
    return plain_table(
        "metric", "baseline", "candidate", "difference", "95 % interval", "p", "n", "", rows=rows, right=right
    )


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
            answers=_answers(each, metric, ("Baseline", "Candidate")),
        )
        for each in broken
    ]


def _answers(sample: ComparedSample, metric: str, names: tuple[str, str]) -> list[Answer]:
    sides = zip(("Baseline", "Candidate"), names, (sample.baseline, sample.candidate), strict=True)
    return [_answer(role if name == role else f"{role}, {name}", side, metric) for role, name, side in sides]


def _answer(name: str, side: ComparedSide | None, metric: str) -> Answer:
    if side is None:
        return Answer(name=name, text="Never sampled.", tone="warn")
    if side.error is not None:
        return Answer(name=name, text=clipped(side.error), note="failed", tone="bad")
    return Answer(name=name, text=clipped(side.output), note=f"{metric} {figure(metric, side.scores.get(metric))}")


def _cards(samples: list[Sample]) -> list[Block]:
    return [Samples(samples=samples)] if samples else []


def _coverage(*sides: Evaluated) -> list[Block]:
    rows = [
        [side.name, name, f"{metric.n:,}", f"{metric.missing:,}", _why(metric.missing_why)]
        for side in sides
        for name, metric in side.metrics.items()
        if metric.missing
    ]
    if not rows:
        return [Text(text="Every item has a value of every metric in both runs.")]
    return [plain_table("run", "metric", "n", "missing", "why", rows=rows, right=("n", "missing"))]


def _why(reasons: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in reasons.items())
