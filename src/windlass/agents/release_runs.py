"""Evaluating releases: a run is recorded, then executed as durable work that survives the process."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from opentelemetry.trace import Tracer

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.agents.assistant import Answerer
from windlass.agents.assistants import Assistants
from windlass.agents.external_runs import ExternalRuns
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.models import Models
from windlass.agents.replays import check_replay
from windlass.agents.run_calls import calls_of, refuse_unpriced
from windlass.agents.run_opening import RunOpening
from windlass.agents.run_reading import RunReading, StoredSamples
from windlass.agents.tool_doors import LiveDoor, ToolPolicy
from windlass.agents.tools import greet_tools
from windlass.agents.url_targets import UrlTargets
from windlass.artifacts.environments import Environments
from windlass.artifacts.references import parse_selector
from windlass.artifacts.registry import Registry
from windlass.errors import InputError, Unavailable
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.datasets import require_cluster
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.metrics.replays import replay_match
from windlass.evaluation.recorded import require_outputs
from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.resuming import changed_options, check_resumable, resume_run
from windlass.evaluation.run_lists import unfinished_runs
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.run_states import fail_run, note_cancelled
from windlass.evaluation.runs import (
    CLUSTER,
    EVALUATOR_VERSIONS,
    JUDGE_PROMPTS,
    OPTIONS,
    OUTPUTS,
    REPLAY,
    TARGET,
    TOOLS,
    UNFINISHED,
    Run,
    VersionName,
    create_run,
    get_run,
)
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.score_summaries import summary_of_run
from windlass.evaluation.targets.spec import AgentSpec
from windlass.evaluation.workers.sharing import RunSharing
from windlass.models.answer_store import AnswerStore
from windlass.models.calls.run_calls import BudgetOf
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
        self._environments = environments
        self._datasets = datasets
        self._assistants = assistants
        self._tracer_of = tracer_of
        self._store_of = store_of
        self._prices = prices
        self._concurrency = concurrency
        self._sharing = sharing
        self.reading = RunReading(datasets, store_of)
        self.external = ExternalRuns(
            database, audit, environments=environments, datasets=datasets, reading=self.reading, settle=settle
        )
        self.opening = RunOpening(
            registry=registry,
            environments=environments,
            assistants=assistants,
            models=models,
            tracer_of=tracer_of,
            reading=self.reading,
            answers=answers,
            prices=prices,
            targets=targets,
            facilities=facilities,
        )
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
        tools: ToolPolicy | None = None,
        options: RunOptions | None = None,
        noted: Mapping[str, object] = MappingProxyType({}),
        cluster: str | None = None,
    ) -> Run:
        """Record a run and start it; ``noted`` is kept in its settings.

        Without evaluators, every built-in one is taken that the dataset has the columns for. With ``outputs``, a
        column of the dataset, what stands there is scored, and no model of the release is asked. With a
        ``target`` that agent is asked; without a release, one is made that stands for it. With ``replay`` either
        answers in recorded worlds. ``tools`` says which tools of the release are called, those that change nothing
        by default. ``cluster`` is the metadata field whose equal values make items belong together.

        Raises NotFound, InputError for an evaluator that the dataset cannot feed and for a ceiling of money where
        a price is not known, ConfigurationError for a model without a key, Denied for an agent or a tool that this
        server may not call, ProviderFailure for one that is not there: all before a run is recorded.
        """
        if target is not None and outputs is not None:
            raise InputError("A run asks a target or scores recorded outputs; leave one of the two out.")
        _refuse_tools(tools, target=target, outputs=outputs, replay=replay)
        if release is None and target is None:
            raise InputError("Name the release to evaluate, or the target that is asked in its place.")
        version = None if release is None else self._environments.resolve(principal.project, release)
        data, items = self._datasets.load(principal.project, parse_selector(dataset, kind="dataset"))
        options = options or RunOptions()
        calls = calls_of(self._prices, principal.project, options)
        chosen = self.opening.choose(principal.project, items, evaluators, calls)
        if cluster is not None:
            require_cluster(items, cluster)
        agent = self.opening.targets.open(target, calls) if target is not None else None
        called: ToolPolicy | None = None
        assistant: Answerer | None = None
        if outputs is not None:
            require_outputs(items, outputs, repeats=repeats)
        elif agent is None:
            assert version is not None
            assistant = self._assistants.load(principal.project, version, self._tracer_of(principal.project))
            # Known to the calls, so that a run with a ceiling of money can be refused.
            assistant.governed_by(calls)
            if assistant.tools and replay is None:
                called = tools or "read"
                greet_tools([tool for tool in assistant.tools if LiveDoor(called).allows(tool)])
        if replay is not None:
            check_replay(replay, items, agent=agent, release=assistant)
            chosen = chosen.with_always(replay_match)
        refuse_unpriced(options, calls)
        if version is None:
            assert target is not None
            version = self.opening.targets.release(principal, target)
        run = create_run(
            self._database,
            self._audit,
            principal,
            release=VersionName.of(version),
            dataset=VersionName.of(data),
            items=len(items),
            evaluators=chosen.evaluators,
            concurrency=concurrency or self._concurrency,
            repeats=repeats,
            settings={
                **({OUTPUTS: outputs} if outputs is not None else {}),
                **({CLUSTER: cluster} if cluster is not None else {}),
                **({TARGET: target.known()} if target is not None else {}),
                **({REPLAY: replay.known()} if replay is not None else {}),
                **({TOOLS: called} if called is not None else {}),
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
        options = self.check_resume(run, changed)
        resumed = resume_run(self._database, self._audit, principal, run, options)
        self._jobs.start(_JOB, run_id, id=_job_of(resumed))
        return resumed

    def check_resume(self, run: Run, changed: Mapping[str, object]) -> RunOptions:
        """Return the options that a resumed run would have. Raises as ``resume``, with nothing changed."""
        if self._jobs.state(_job_of(run)) in {"waiting", "running"} and run.state not in UNFINISHED:
            raise Unavailable(f"{run.id} is storing its last samples; resume it in a moment.")
        options = changed_options(run, changed)
        check_resumable(self._database, run, options)
        if options.max_cost_usd is not None:
            calls = self.open_parts(run).calls
            assert calls is not None
            refuse_unpriced(options, calls)
        return options

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
            if self._jobs.state(_job_of(run)) in {"finished", "failed"}:
                # A job of one name runs once: nobody would work on the run, which would stand there as running.
                again = f"`windlass runs resume {run.id}` goes on with it."
                fail_run(self._database, run.id, f"Its work broke off and could not be taken up; {again}")

    def open_parts(self, run: Run, *, budget_of: BudgetOf | None = None) -> RunParts:
        """Open what a run works with; ``budget_of`` as ``RunCalls`` has it."""
        return self.opening.parts(run, budget_of=budget_of)

    def _execute(self, run_id: str) -> None:
        execute_run(
            run_id,
            database=self._database,
            open_parts=self.open_parts,
            stopping=self._jobs.stopping,
            sharing=self._sharing,
        )


def _refuse_tools(
    tools: ToolPolicy | None, *, target: AgentSpec | None, outputs: str | None, replay: ReplayNote | None
) -> None:
    """Refuse what does not go together: a release's tools, and what takes its place or theirs."""
    if replay is not None and outputs is not None:
        raise InputError(
            "Recorded outputs call no tools that a record could answer; leave `replay` or `outputs` out."
        )
    if tools is not None and replay is not None:
        raise InputError("A replay answers tools from the record, and by its policy beyond it; leave `tools` out.")
    if tools is not None and (target is not None or outputs is not None):
        raise InputError("`tools` is of a release that the server asks; leave it out for a target or for outputs.")


def _job_of(run: Run) -> str:
    """Name the job that executes a run: a job of one name runs once, and a resumed run is to run again."""
    return f"{run.id}-{run.resumed}" if run.resumed else run.id
