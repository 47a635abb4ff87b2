"""Evaluating releases: a run is recorded, then executed as durable work that survives the process."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from opentelemetry.trace import Tracer

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.assistants import Assistants
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.replays import check_replay, open_replay
from windlass.agents.run_calls import calls_of, refuse_unpriced
from windlass.agents.run_reading import RunReading, StoredSamples
from windlass.agents.target import ReleaseTarget
from windlass.agents.url_targets import UrlTargets
from windlass.artifacts.environments import Environments
from windlass.artifacts.references import parse_selector
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version
from windlass.errors import Conflict, InputError, Unavailable
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.datasets import require_cluster, require_columns
from windlass.evaluation.default_evaluators import fitting
from windlass.evaluation.evaluator_making import OpenJudge
from windlass.evaluation.evaluator_versions import ChosenEvaluators, choose_evaluators, restore_evaluators
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.media.targets import KeepingTarget
from windlass.evaluation.metrics.replays import replay_match
from windlass.evaluation.recorded import RecordedOutputs, require_outputs
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.resuming import changed_options, resume_run
from windlass.evaluation.run_options import DEFAULT_TIMEOUT_S, RunOptions
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import (
    CLUSTER,
    EVALUATOR_VERSIONS,
    EXTERNAL,
    JUDGE_PROMPTS,
    OPTIONS,
    OUTPUTS,
    REPLAY,
    SOURCE,
    TARGET,
    UNFINISHED,
    Run,
    RunSource,
    VersionName,
    create_run,
    find_run,
    finish_run,
    get_run,
    note_cancelled,
    record_progress,
    start_run,
    unfinished_runs,
)
from windlass.evaluation.samples import Item, Sample, SampleResult, Target
from windlass.evaluation.score_summaries import summary_of_run
from windlass.evaluation.sequential.order import in_order
from windlass.evaluation.targets.spec import AgentSpec, read_spec
from windlass.evaluation.workers.sharing import RunSharing
from windlass.models.answer_store import AnswerStore
from windlass.models.calls.run_calls import BudgetOf, RunCalls
from windlass.prices.book import PriceBook
from windlass.storage.database import Database
from windlass.storage.jobs import Jobs

_JOB = "run"


class ReleaseRuns:
    """The runs of one server."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        jobs: Jobs,
        *,
        registry: Registry,
        environments: Environments,
        datasets: Datasets,
        assistants: Assistants,
        models: Models,
        tracer_of: Callable[[str], Tracer],
        store_of: Callable[[Run], StoredSamples],
        settle: Callable[[], None],
        answers: AnswerStore,
        prices: PriceBook,
        targets: UrlTargets,
        facilities: ProjectFacilities,
        concurrency: int,
        sharing: RunSharing | None = None,
    ) -> None:
        """``settle`` returns when everything that was acknowledged can be read.

        ``sharing`` has other processes work on the runs, where there are any.
        """
        self._database = database
        self._audit = audit
        self._jobs = jobs
        self._registry = registry
        self._environments = environments
        self._datasets = datasets
        self._assistants = assistants
        self._models = models
        self._tracer_of = tracer_of
        self._store_of = store_of
        self._settle = settle
        self._answers = answers
        self._prices = prices
        self._targets = targets
        self._facilities = facilities
        self._concurrency = concurrency
        self._sharing = sharing
        self.reading = RunReading(datasets, store_of)
        jobs.register(_JOB, self._execute)

    def start(
        self,
        principal: Principal,
        release: str | None,
        dataset: str,
        *,
        evaluators: Sequence[str] | None = None,
        concurrency: int | None = None,
        repeats: int = 1,
        outputs: str | None = None,
        target: AgentSpec | None = None,
        replay: ReplayNote | None = None,
        options: RunOptions | None = None,
        noted: Mapping[str, object] = MappingProxyType({}),
        cluster: str | None = None,
    ) -> Run:
        """Record a run and start it; ``noted`` is kept in its settings.

        Without evaluators, every built-in one is taken that the dataset has the columns for. With ``outputs``, a
        column of the dataset, what stands there is scored, and no model of the release is asked. With a
        ``target`` that agent is asked, with ``replay`` in recorded worlds; without a release, one is made that
        stands for it. ``cluster`` is the metadata field whose equal values make items belong together.

        Raises NotFound, InputError for an evaluator that the dataset cannot feed and for a ceiling of money where
        a price is not known, ConfigurationError for a model without a key, Denied for an agent that this server
        may not call: all before a run is recorded.
        """
        if target is not None and outputs is not None:
            raise InputError("A run asks a target or scores recorded outputs; leave one of the two out.")
        if release is None and target is None:
            raise InputError("Name the release to evaluate, or the target that is asked in its place.")
        version = None if release is None else self._environments.resolve(principal.project, release)
        data, items = self._datasets.load(principal.project, parse_selector(dataset, kind="dataset"))
        options = options or RunOptions()
        calls = calls_of(self._prices, principal.project, options)
        chosen = self._choose(principal.project, items, evaluators, calls)
        if cluster is not None:
            require_cluster(items, cluster)
        agent = self._targets.open(target, calls) if target is not None else None
        if replay is not None:
            check_replay(replay, items, agent)
            chosen = chosen.with_always(replay_match)
        if outputs is not None:
            require_outputs(items, outputs, repeats=repeats)
        elif agent is None:
            assert version is not None
            tracer = self._tracer_of(principal.project)
            self._assistants.load(principal.project, version, tracer).governed_by(calls)
        refuse_unpriced(options, calls)
        if version is None:
            assert target is not None
            version = self._targets.release(principal, target)
        run = create_run(
            self._database,
            self._audit,
            principal,
            release=_name(version),
            dataset=_name(data),
            items=len(items),
            evaluators=chosen.evaluators,
            concurrency=concurrency or self._concurrency,
            repeats=repeats,
            settings={
                **({OUTPUTS: outputs} if outputs is not None else {}),
                **({CLUSTER: cluster} if cluster is not None else {}),
                **({TARGET: target.known()} if target is not None else {}),
                **({REPLAY: replay.known()} if replay is not None else {}),
                EVALUATOR_VERSIONS: chosen.versions,
                JUDGE_PROMPTS: {each.name: each.prompt for each in chosen.evaluators if each.prompt},
                OPTIONS: options.model_dump(exclude_defaults=True),
                **noted,
            },
        )
        self._jobs.start(_JOB, run.id, id=_job_of(run))
        return run

    def is_at_work(self, run: Run) -> bool:
        """Tell whether samples of a run may still be coming."""
        return not run.is_external and self._jobs.state(_job_of(run)) in {"waiting", "running"}

    def summarise_decided(self, run: Run) -> None:
        """Write down what a run had that its gate ended; the process that executed it may have died before."""
        if run.state != "decided":
            return
        note_cancelled(self._database, run.id, *summary_of_run(run, self.items(run), self._store_of(run)))

    def resume(self, principal: Principal, run_id: str, changed: Mapping[str, object]) -> Run:
        """Go on with a run that has ended, with some of its options changed.

        Finished samples stay; those that a passing trouble spoilt are asked again. Raises what ``resume_run``
        raises, InputError for a ceiling of money without a price, and Unavailable while its last samples are
        stored.
        """
        run = get_run(self._database, principal.project, run_id)
        if self._jobs.state(_job_of(run)) in {"waiting", "running"} and run.state not in UNFINISHED:
            raise Unavailable(f"{run_id} is storing its last samples; resume it in a moment.")
        options = changed_options(run, changed)
        if options.max_cost_usd is not None:
            calls = self.open_parts(run).calls
            assert calls is not None
            refuse_unpriced(options, calls)
        resumed = resume_run(self._database, self._audit, principal, run, options)
        self._jobs.start(_JOB, run_id, id=_job_of(resumed))
        return resumed

    def record_external(
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
        """Record a run whose samples and scores come from elsewhere: a user's own process, or another tool's file.

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
            release=_name(version),
            dataset=_name(data),
            items=len(items),
            evaluators=[Evaluator(name, _judged_elsewhere, higher) for name, higher in evaluators.items()],
            concurrency=concurrency,
            repeats=repeats,
            settings={EXTERNAL: True, **({SOURCE: source.model_dump()} if source is not None else {}), **noted},
            run_id=run_id,
        )
        return start_run(self._database, run.id) or run

    def note_external(self, principal: Principal, run_id: str, *, finished: int, failed: int) -> Run:
        """Note how far such a run is; return it, which says whether it was cancelled. Raises as finishing does."""
        self._external(principal, run_id)
        record_progress(self._database, run_id, finished=finished, failed=failed)
        return get_run(self._database, principal.project, run_id)

    def finish_external(self, principal: Principal, run_id: str) -> Run:
        """End such a run: summarise what it sent. Raises NotFound, and Conflict for a run of the server's own."""
        run = self._external(principal, run_id)
        self._settle()
        finished, failed, metrics = summary_of_run(run, self.items(run), self._store_of(run))
        record_progress(self._database, run_id, finished=finished, failed=failed)
        if not finish_run(self._database, run_id, metrics):
            note_cancelled(self._database, run_id, finished, failed, metrics)
        return get_run(self._database, principal.project, run_id)

    def samples(self, run: Run) -> Mapping[str, SampleResult]:
        """Return a run's finished samples by key."""
        return self._store_of(run).stored()

    def results(self, run: Run) -> Mapping[str, SampleResult]:
        """Return what came of a run by item, its repeats averaged."""
        samples = self.samples(run)
        return samples if run.repeats == 1 else average_repeats(samples.values())

    def items(self, run: Run) -> Sequence[Item]:
        """Return the items of a run's dataset version; of a large one each is read when it is asked for."""
        return self.reading.items(run)

    def recover(self) -> None:
        """Go on with the runs that an earlier process left unfinished."""
        owed = [run for run in unfinished_runs(self._database) if not run.is_external]
        if not owed:
            return
        self._jobs.launch()
        for run in owed:
            # One that was recorded but not started yet is started; any other is known to the jobs already.
            self._jobs.start(_JOB, run.id, id=_job_of(run))

    def _external(self, principal: Principal, run_id: str) -> Run:
        run = get_run(self._database, principal.project, run_id)
        if not run.is_external:
            raise Conflict(f"{run_id} is executed by the server, which finishes it itself.")
        return run

    def _choose(
        self, project: str, items: Sequence[Item], names: Sequence[str] | None, calls: RunCalls
    ) -> ChosenEvaluators:
        if not names:
            return ChosenEvaluators(fitting(items), {})
        chosen = choose_evaluators(
            self._registry, project, names, self._judges(project, calls), self._facilities.of(project)
        )
        require_columns(items, chosen.evaluators)
        return chosen

    def _judges(self, project: str, calls: RunCalls) -> OpenJudge:
        return judges_of(
            self._models, self._tracer_of(project), calls, self._facilities.resources(project).keep_picture
        )

    def _execute(self, run_id: str) -> None:
        execute_run(
            run_id,
            database=self._database,
            open_parts=self.open_parts,
            stopping=self._jobs.stopping,
            sharing=self._sharing,
        )

    def open_parts(self, run: Run, *, budget_of: BudgetOf | None = None) -> RunParts:
        """Open what a run works with; ``budget_of`` as ``RunCalls`` has it."""
        answers = self._answers.of_run(run.project) if run.options.cache else None
        calls = calls_of(
            self._prices, run.project, run.options, answers=answers, counts=run.calls, budget_of=budget_of
        )
        evaluators = restore_evaluators(
            self._registry,
            run.project,
            run.evaluators,
            run.evaluator_versions,
            self._judges(run.project, calls),
            self._facilities.of(run.project),
        )
        _refuse_other_prompts(run, evaluators)
        return RunParts(
            items=self._items_to_ask(run),
            target=self._target(run, calls),
            evaluators=evaluators,
            store=self._store_of(run),
            settings=RunnerSettings(
                concurrency=run.concurrency,
                repeats=run.repeats,
                item_by_item=run.order is not None,
                measure_latency=run.outputs is None,
                timeout_s=run.options.timeout_s or DEFAULT_TIMEOUT_S,
            ),
            calls=calls,
            flush=answers.flush if answers is not None else None,
        )

    def _items_to_ask(self, run: Run) -> Sequence[Item]:
        """Return the items in the order in which they are asked."""
        items = self.items(run)
        if run.order is None:
            return items
        cluster = run.order.get("cluster")
        return in_order(items, None if cluster is None else str(cluster), run.dataset.digest)

    def _target(self, run: Run, calls: RunCalls) -> Target:
        if run.outputs is not None:
            return KeepingTarget(RecordedOutputs(run.outputs), self._facilities.resources(run.project))
        if run.target is not None:
            agent = self._targets.open(read_spec(run.target), calls)
            if run.replay is None:
                return agent
            note = ReplayNote.model_validate(run.replay)
            return open_replay(agent, note, self._models, self._tracer_of(run.project), calls)
        release = self._environments.resolve(run.project, f"release/{run.release.name}@{run.release.digest}")
        assistant = self._assistants.load(run.project, release, self._tracer_of(run.project)).governed_by(calls)
        return ReleaseTarget(assistant, run=run.id)


def _job_of(run: Run) -> str:
    """Name the job that executes a run: a job of one name runs once, and a resumed run is to run again."""
    return f"{run.id}-{run.resumed}" if run.resumed else run.id


def _refuse_other_prompts(run: Run, evaluators: Sequence[Evaluator]) -> None:
    """Refuse to go on with a run whose judges would be told something else than when it began."""
    other = [each.name for each in evaluators if each.prompt != run.judge_prompts.get(each.name, "")]
    if other:
        raise InputError(
            f"The run began with other instructions to {', '.join(other)} than this windlass gives; "
            "samples judged so far and from now on could not be compared. Start the run again."
        )


def _judged_elsewhere(_sample: Sample) -> None:
    """Stand for an evaluator that runs in a user's process."""


def _name(version: Version) -> VersionName:
    return VersionName(name=version.name, number=version.number, digest=version.digest)
