"""Gating releases: the runs that speak for two releases found, and a verdict given on them."""

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.agents.release_runs import ReleaseRuns
from windlass.artifacts.environments import Environments
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.approvals import Approvals
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.gates.verdicts import Side, give_verdict
from windlass.evaluation.reviews.run_labels import labels_of_rule
from windlass.evaluation.run_lists import newest_finished_run
from windlass.evaluation.runs import Run, get_run
from windlass.storage.database import Database

_RUN_PREFIX = "run-"


class ReleaseGates:
    """The gates of one server."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        signing: SigningKeys,
        *,
        registry: Registry,
        environments: Environments,
        runs: ReleaseRuns,
        approvals: Approvals,
    ) -> None:
        self._database = database
        self._audit = audit
        self._signing = signing
        self._registry = registry
        self._environments = environments
        self._runs = runs
        self._approvals = approvals

    def decide(
        self,
        principal: Principal,
        candidate: str,
        baseline: str,
        *,
        dataset: str | None = None,
        rule: GateRule | None = None,
    ) -> Verdict:
        """Give a verdict on two releases (`name@what`) or runs.

        A release is spoken for by its newest finished run: on the dataset named, else the candidate's on any and
        the baseline's on the same. Synthetic items that nobody approved are left out where the dataset asks for
        approval. Raises InputError when a release has no such run.
        """
        project = principal.project
        data = self._registry.get(project, dataset, kind="dataset").digest if dataset else None
        after = self.find(project, candidate, data)
        before = self.find(project, baseline, data or after.dataset.digest)
        asked = rule or _default_rule(before, after)
        known = self._runs.items(after)
        # Only scores decide: what was answered is not read.
        items, (candidates, baselines) = self._runs.reading.sides(after, before)
        return give_verdict(
            self._database,
            self._audit,
            self._signing,
            principal,
            candidate=Side(after, candidates),
            baseline=Side(before, baselines),
            items=items,
            rule=asked,
            unapproved=self._approvals.unapproved(project, after.dataset.name, known),
            labels=labels_of_rule(
                self._database, project, asked, baseline=before.id, candidate=after.id, items=known
            ),
        )

    def find(self, project: str, named: str, dataset: str | None) -> Run:
        """Return a run, or the newest finished one of a release (`name@what`), on a dataset where one is given.

        Raises NotFound, and InputError where a release has none.
        """
        if named.startswith(_RUN_PREFIX) and "@" not in named:
            return get_run(self._database, project, named)
        release = self._environments.resolve(project, named)
        run = newest_finished_run(self._database, project, release.digest, dataset)
        if run is None:
            where = " on this dataset version" if dataset else ""
            raise InputError(
                f"release/{release.name} {release.number} has no finished run{where}: evaluate it first with "
                f"`windlass eval {release.name}@{release.number} --dataset …`."
            )
        return run


def _default_rule(baseline: Run, candidate: Run) -> GateRule:
    shared = [name for name in candidate.evaluators if name in baseline.evaluators]
    if not shared:
        raise InputError("The two runs have no metric in common; evaluate both with the same evaluators.")
    return GateRule(primary=Requirement(metric=shared[0], kind="superiority"))
