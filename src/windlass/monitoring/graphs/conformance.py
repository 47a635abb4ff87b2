"""How many traces keep to an allowed graph, and what the others do."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from windlass.evaluation.statistics.rates import clopper_pearson
from windlass.monitoring.graphs.graph import scope_of
from windlass.monitoring.graphs.models import Conformance, Rate, ViolatingPath, ViolationSummary
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.graphs.conformance import find_violations
from windlass.telemetry.graphs.flows import sequences_of_traces
from windlass.telemetry.graphs.models import AllowedGraph, StepSequence, Violation
from windlass.telemetry.graphs.patterns import EXAMPLES
from windlass.telemetry.graphs.selection import Selection

_MOST_PATHS: Final = 50


@dataclass
class _Tally:
    traces: int = 0
    most: int = 0
    examples: dict[str, None] = field(default_factory=dict)


def conformance_of(warehouse: Warehouse, project: str, selection: Selection, allowed: AllowedGraph) -> Conformance:
    """Hold the sequences of some traces against an allowed graph."""
    flow = sequences_of_traces(warehouse, project, selection)
    found = [(sequence, find_violations(allowed, sequence.steps)) for sequence in flow.sequences]
    violating = [(sequence, violations) for sequence, violations in found if violations]
    return Conformance(
        scope=scope_of(selection, flow),
        conforming=_rate(
            sum(sequence.traces for sequence, violations in found if not violations),
            sum(sequence.traces for sequence, _ in found),
        ),
        violations=_summaries(violating),
        paths=[
            ViolatingPath(
                steps=list(sequence.steps),
                traces=sequence.traces,
                violations=violations,
                examples=list(sequence.examples),
            )
            for sequence, violations in violating[:_MOST_PATHS]
        ],
    )


def _rate(successes: int, n: int) -> Rate | None:
    if not n:
        return None
    low, high = clopper_pearson(successes, n)
    return Rate(rate=successes / n, low=low, high=high, n=n)


def _summaries(violating: list[tuple[StepSequence, list[Violation]]]) -> list[ViolationSummary]:
    tallies: dict[tuple[str, str, str], _Tally] = defaultdict(_Tally)
    for sequence, violations in violating:
        for violation in violations:
            tally = tallies[violation.rule, violation.source, violation.target]
            tally.traces += sequence.traces
            tally.most = max(tally.most, violation.times)
            tally.examples |= dict.fromkeys(sequence.examples)
    summaries = [
        ViolationSummary.model_validate(
            {
                "rule": rule,
                "source": source,
                "target": target,
                "traces": tally.traces,
                "most": tally.most,
                "examples": list(tally.examples)[:EXAMPLES],
            }
        )
        for (rule, source, target), tally in tallies.items()
    ]
    return sorted(summaries, key=lambda summary: (-summary.traces, summary.rule, summary.source, summary.target))
