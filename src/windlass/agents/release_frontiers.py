"""Releases set against each other by quality and cost: the runs that speak for them found, and read."""

from collections.abc import Sequence

from windlass.agents.release_gates import ReleaseGates
from windlass.agents.release_runs import ReleaseRuns
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.frontier.choices import check_runs
from windlass.evaluation.frontier.finding import BEST, Frontier, FrontierQuestion, find_frontier
from windlass.evaluation.gates.verdicts import Side


class ReleaseFrontiers:
    """The comparisons of many runs of one server."""

    def __init__(self, *, registry: Registry, runs: ReleaseRuns, gates: ReleaseGates) -> None:
        self._registry = registry
        self._runs = runs
        self._gates = gates

    def find(
        self, project: str, named: Sequence[str], question: FrontierQuestion, *, dataset: str | None = None
    ) -> Frontier:
        """Compare runs, or releases (`name@what`) by their newest finished run.

        Releases are looked for on the dataset that is named, else on that of the first run. The reference may be
        named in the same way as the run that it is. Raises NotFound and what ``find_frontier`` raises.
        """
        if not named:
            raise InputError("Name the runs or releases to compare.")
        data = self._registry.get(project, dataset, kind="dataset").digest if dataset else None
        runs = [self._gates.find(project, named[0], data)]
        runs += [self._gates.find(project, each, data or runs[0].dataset.digest) for each in named[1:]]
        check_runs(runs)
        known = dict(zip(named, runs, strict=True))
        if question.reference != BEST and question.reference in known:
            question = question.model_copy(update={"reference": known[question.reference].id})
        # Only scores decide: what was answered is not read.
        items, results = self._runs.reading.sides(*runs)
        sides = [Side(run, samples) for run, samples in zip(runs, results, strict=True)]
        return find_frontier(sides, question, items=items)
