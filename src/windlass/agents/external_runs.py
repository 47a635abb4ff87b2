"""Runs whose samples and scores come from elsewhere: a user's own process, or another tool's file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.run_reading import RunReading
from windlass.artifacts.environments import Environments
from windlass.artifacts.references import parse_selector
from windlass.errors import Conflict
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.datasets import require_cluster
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.run_states import finish_run, note_cancelled, record_progress, start_run
from windlass.evaluation.runs import (
    CLUSTER,
    EXTERNAL,
    SOURCE,
    Run,
    RunSource,
    VersionName,
    create_run,
    find_run,
    get_run,
)
from windlass.evaluation.samples import Sample
from windlass.evaluation.score_summaries import summary_of_run
from windlass.storage.database import Database


class ExternalRuns:
    """The runs of one server that others execute."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        *,
        environments: Environments,
        datasets: Datasets,
        reading: RunReading,
        settle: Callable[[], None],
    ) -> None:
        """``settle`` returns when everything that was acknowledged can be read."""
        self._database = database
        self._audit = audit
        self._environments = environments
        self._datasets = datasets
        self._reading = reading
        self._settle = settle

    def record(
        self,
        principal: Principal,
        release: str,
        dataset: str,
        *,
        evaluators: Mapping[str, bool],
        concurrency: int,
        repeats: int = 1,
        source: RunSource | None = None,
        noted: Mapping[str, object] = MappingProxyType({}),
        cluster: str | None = None,
    ) -> Run:
        """Record a run.

        `evaluators` says of each metric whether higher is better, ``noted`` what was asked. A run with a source is
        recorded once; asked for again, it is returned as it stands. Raises NotFound and InputError.
        """
        version = self._environments.resolve(principal.project, release)
        data, items = self._datasets.load(principal.project, parse_selector(dataset, kind="dataset"))
        run_id = None if source is None else source.run_id(principal.project, version.digest, data.digest)
        if run_id is not None and (known := find_run(self._database, principal.project, run_id)) is not None:
            return known
        if cluster is not None:
            require_cluster(items, cluster)
            noted = {**noted, CLUSTER: cluster}
        run = create_run(
            self._database,
            self._audit,
            principal,
            release=VersionName.of(version),
            dataset=VersionName.of(data),
            items=len(items),
            evaluators=[Evaluator(name, _judged_elsewhere, higher) for name, higher in evaluators.items()],
            concurrency=concurrency,
            repeats=repeats,
            settings={EXTERNAL: True, **({SOURCE: source.model_dump()} if source is not None else {}), **noted},
            run_id=run_id,
        )
        return start_run(self._database, run.id) or run

    def note(self, principal: Principal, run_id: str, *, finished: int, failed: int) -> Run:
        """Note how far such a run is; return it, which says whether it was cancelled. Raises as finishing does."""
        self._external(principal, run_id)
        record_progress(self._database, run_id, finished=finished, failed=failed)
        return get_run(self._database, principal.project, run_id)

    def finish(self, principal: Principal, run_id: str) -> Run:
        """End such a run: summarise what it sent. Raises NotFound, and Conflict for a run of the server's own."""
        run = self._external(principal, run_id)
        self._settle()
        finished, failed, metrics = summary_of_run(run, self._reading.items(run), self._reading.store(run))
        record_progress(self._database, run_id, finished=finished, failed=failed)
        if not finish_run(self._database, run_id, metrics):
            note_cancelled(self._database, run_id, finished, failed, metrics)
        return get_run(self._database, principal.project, run_id)

    def _external(self, principal: Principal, run_id: str) -> Run:
        run = get_run(self._database, principal.project, run_id)
        if not run.is_external:
            raise Conflict(f"{run_id} is executed by the server, which finishes it itself.")
        return run


def _judged_elsewhere(_sample: Sample) -> None:
    """Stand for an evaluator that runs in a user's process."""
