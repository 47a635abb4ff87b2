"""The report of a verdict: what was decided, by which rule, on which evidence."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from windlass.evaluation.gates.checks import Check, Outcome
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.reports.differences import Named, bounds_of, plots
from windlass.evaluation.reports.document import Block, Document, Facts, Section, Table, Text, Tone, plain_table
from windlass.evaluation.reports.figures import (
    MISSING,
    clipped,
    difference,
    figure,
    interval,
    moment,
    outcome_words,
    percent,
)
from windlass.evaluation.wording.language import said, say

_TONES: Final[dict[Outcome, Tone]] = {"pass": "good", "fail": "bad", "not_enough_data": "warn"}

_TOLD: Final = frozenset(
    {
        "outcome",
        "sentence",
        "candidate",
        "baseline",
        "dataset",
        "rule",
        "checks",
        "pairs",
        "evaluators",
        "unapproved",
        "seed",
        "windlass",
        "id",
        "digest",
        "created",
        "by",
        "signed_by",
    }
)
"""What the sections below say of a verdict; whatever else it holds is shown as it stands."""

_LONGEST_CELL: Final = 300


def verdict_report(verdict: Verdict, made: str) -> Document:
    baseline, candidate = verdict.baseline, verdict.candidate
    return Document(
        title=say(
            "{candidate} against {baseline}",
            candidate=f"{candidate.name}@{candidate.number}",
            baseline=f"{baseline.name}@{baseline.number}",
        ),
        subtitle=say("Verdict {verdict}", verdict=verdict.id),
        lead=verdict.sentence,
        tone=_TONES[verdict.outcome],
        facts=[
            (say("Outcome"), outcome_words(verdict.outcome)),
            (say("Candidate"), f"{candidate.name}@{candidate.number}, {candidate.run}"),
            (say("Baseline"), f"{baseline.name}@{baseline.number}, {baseline.run}"),
            (say("Data"), f"{verdict.dataset.name}@{verdict.dataset.number}"),
            (say("Decided"), say("{time} by {who}", time=moment(verdict.created), who=verdict.by)),
        ],
        sections=[section for section in _sections(verdict) if section.blocks],
        made=made,
    )


def words(name: str) -> str:
    """Return the name of a field as it is read."""
    return say(name.replace("_", " "))


def _sections(verdict: Verdict) -> Iterator[Section]:
    named = [Named(each.metric, each) for each in verdict.checks if each.slice is None and each.bound is None]
    warnings = [
        Text(text=f"{each.metric}: {each.warning}.", tone="warn") for each in verdict.checks if each.warning
    ]
    yield Section(
        title=say("Checks"),
        note=say(
            "Guardrails share their level by Holm: each interval has the confidence that its check was held to."
        ),
        blocks=[
            *plots(named, bounds_of(verdict.checks), verdict.rule.confidence),
            _checks(verdict.checks),
            *warnings,
        ],
    )
    yield Section(title=say("Rule"), blocks=[Facts(facts=_rule(verdict))])
    yield Section(title=say("Items"), blocks=[Facts(facts=_pairs(verdict))])
    yield from _others(verdict)
    yield Section(title=say("Evidence"), blocks=[Facts(facts=_evidence(verdict))])


def _checks(checks: Sequence[Check]) -> Table:
    rows = [
        [
            _subject(each),
            say(each.role),
            _asked(each),
            figure(each.metric, each.baseline_mean),
            figure(each.metric, each.candidate_mean),
            difference(each.metric, each.difference),
            interval(each.metric, each.low, each.high, signed=True),
            percent(each.confidence, 1),
            f"{each.n:,}",
            f"{each.needed_n:,}" if each.needed_n else MISSING,
            outcome_words(each.outcome),
        ]
        for each in checks
    ]
    columns = said("baseline", "candidate", "difference", "interval", "at", "n", "would decide")
    return plain_table(say("metric"), "", say("asked"), *columns, say("outcome"), rows=rows, right=columns)


def _subject(check: Check) -> str:
    if check.slice is None:
        return check.metric
    return say("{metric} on {slice}", metric=check.metric, slice=f"{check.slice.field}={check.slice.value}")


def _asked(check: Check) -> str:
    if check.bound is not None:
        of = f"p{check.percentile:g} " if check.percentile is not None else ""
        bound = figure(check.metric, check.bound)
        return of + (
            say("at least {bound}", bound=bound)
            if check.kind == "at_least"
            else say("at most {bound}", bound=bound)
        )
    ratio = check.margin_ratio
    margin = figure(check.metric, check.margin) if ratio is None else percent(ratio, 1)
    if check.kind == "non_inferiority":
        return say("no worse than {margin}", margin=margin)
    return say("better by {margin}", margin=margin) if check.margin or ratio else say("better")


def _rule(verdict: Verdict) -> list[tuple[str, str]]:
    rule = verdict.rule
    return [
        (say("Primary"), rule.primary.metric),
        (say("Guardrails"), ", ".join(each.metric for each in rule.guardrails) or say("none")),
        (say("Confidence"), percent(rule.confidence, 1)),
        (say("Items that belong together"), rule.cluster or say("none stated: every item is its own")),
        (say("Missing on one side at most"), percent(rule.max_missing, 1)),
    ]


def _pairs(verdict: Verdict) -> list[tuple[str, str]]:
    pairs = verdict.pairs
    left_out = [(say("Synthetic, approved by nobody"), f"{verdict.unapproved:,}")] if verdict.unapproved else []
    return [
        (say("Items"), f"{pairs.items:,}"),
        (say("Answered by both"), f"{pairs.paired:,}"),
        (say("Failed in the baseline"), f"{pairs.baseline_errors:,}"),
        (say("Failed in the candidate"), f"{pairs.candidate_errors:,}"),
        (say("Never sampled by one or both"), f"{pairs.absent:,}"),
        (say("p of the candidate failing more"), f"{pairs.errors_p_value:.4f}"),
        *left_out,
    ]


def _evidence(verdict: Verdict) -> list[tuple[str, str]]:
    return [
        (say("Verdict"), verdict.digest),
        (say("Candidate"), verdict.candidate.digest),
        (say("Its scores"), verdict.candidate.scores),
        (say("Baseline"), verdict.baseline.digest),
        (say("Its scores"), verdict.baseline.scores),
        (say("Data"), verdict.dataset.digest),
        (say("Signed by"), ", ".join(verdict.signed_by) or MISSING),
        (say("Evaluators"), ", ".join(verdict.evaluators)),
        (say("Seed"), str(verdict.seed)),
        ("windlass", verdict.windlass),
    ]


def _others(verdict: Verdict) -> Iterator[Section]:
    held: Mapping[str, JsonValue] = verdict.model_dump(mode="json", exclude=set(_TOLD))
    scalars = [(title(name), _cell(value)) for name, value in held.items() if _is_scalar(value)]
    if scalars:
        yield Section(title=say("Also"), blocks=[Facts(facts=scalars)])
    for name, value in held.items():
        if value and not _is_scalar(value):
            yield Section(title=title(name), blocks=[_shown(value)])


def title(name: str) -> str:
    said_name = words(name)
    return said_name[:1].upper() + said_name[1:]


def _is_scalar(value: JsonValue) -> bool:
    return isinstance(value, str | int | float | bool)


def _shown(value: JsonValue) -> Block:
    """Return a list of records as a table, an object as facts, and anything else as JSON."""
    if isinstance(value, dict):
        return Facts(facts=[(words(str(name)), _cell(each)) for name, each in value.items()])
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        records = [each for each in value if isinstance(each, dict)]
        columns = list(dict.fromkeys(name for each in records for name in each))
        numbers = tuple(
            words(name)
            for name in columns
            if all(isinstance(each.get(name), int | float | None) for each in records)
        )
        rows = [[_cell(each.get(name)) for name in columns] for each in records]
        return plain_table(*map(words, columns), rows=rows, right=numbers)
    return Text(text=clipped(json.dumps(value, ensure_ascii=False)))


def _cell(value: JsonValue) -> str:
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, float):
        return f"{value:.4g}".replace("-", "−")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clipped(text, _LONGEST_CELL)
