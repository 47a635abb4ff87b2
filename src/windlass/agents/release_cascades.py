"""Cascades of releases: the runs that speak for them found, and a cascade fitted on them."""

from windlass.agents.release_gates import ReleaseGates
from windlass.agents.release_runs import ReleaseRuns
from windlass.artifacts.registry import Registry
from windlass.evaluation.cascades.fit import CascadeFit, CascadeQuestion, fit_cascade
from windlass.evaluation.frontier.choices import check_runs
from windlass.evaluation.gates.verdicts import Side


class ReleaseCascades:
    """The fits of one server."""

    def __init__(self, *, registry: Registry, runs: ReleaseRuns, gates: ReleaseGates) -> None:
        self._registry = registry
        self._runs = runs
        self._gates = gates

    def fit(
        self, project: str, cheap: str, strong: str, question: CascadeQuestion, *, dataset: str | None = None
    ) -> CascadeFit:
        """Fit a cascade of two releases on their runs, which are named as for a gate.

        Raises NotFound and what ``fit_cascade`` raises.
        """
        data = self._registry.get(project, dataset, kind="dataset").digest if dataset else None
        first = self._gates.find(project, cheap, data)
        second = self._gates.find(project, strong, data or first.dataset.digest)
        check_runs([first, second])
        return fit_cascade(
            Side(first, self._runs.results(first)),
            Side(second, self._runs.results(second)),
            question,
            items={item.id: item for item in self._runs.items(first)},
        )
