"""What a run works with, opened: its evaluators, its target, its items in their order and its store."""

from collections.abc import Callable, Sequence

from opentelemetry.trace import Tracer

from windlass.agents.assistants import Assistants
from windlass.agents.facilities import ProjectFacilities
from windlass.agents.judges import judges_of
from windlass.agents.models import Models
from windlass.agents.replays import Replays
from windlass.agents.run_calls import calls_of
from windlass.agents.run_reading import RunReading
from windlass.agents.target import ReleaseTarget
from windlass.agents.tool_doors import LiveDoor, read_tool_policy
from windlass.agents.url_targets import UrlTargets
from windlass.artifacts.environments import Environments
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.datasets import require_columns
from windlass.evaluation.default_evaluators import fitting
from windlass.evaluation.evaluator_making import OpenJudge
from windlass.evaluation.evaluator_versions import ChosenEvaluators, choose_evaluators, restore_evaluators
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.execution import RunParts
from windlass.evaluation.media.targets import KeepingTarget
from windlass.evaluation.recorded import RecordedOutputs
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.run_options import DEFAULT_TIMEOUT_S
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import Run
from windlass.evaluation.samples import Item, Target
from windlass.evaluation.sequential.order import in_order
from windlass.evaluation.targets.spec import read_spec
from windlass.models.answer_store import AnswerStore
from windlass.models.calls.run_calls import BudgetOf, RunCalls
from windlass.prices.book import PriceBook


class RunOpening:
    """Opens what the runs of one server work with."""

    def __init__(
        self,
        *,
        registry: Registry,
        environments: Environments,
        assistants: Assistants,
        models: Models,
        tracer_of: Callable[[str], Tracer],
        reading: RunReading,
        answers: AnswerStore,
        prices: PriceBook,
        targets: UrlTargets,
        facilities: ProjectFacilities,
    ) -> None:
        self._registry = registry
        self._environments = environments
        self._assistants = assistants
        self._models = models
        self._tracer_of = tracer_of
        self._reading = reading
        self._answers = answers
        self._prices = prices
        self.targets = targets
        self._facilities = facilities

    def choose(
        self, project: str, items: Sequence[Item], names: Sequence[str] | None, calls: RunCalls
    ) -> ChosenEvaluators:
        """Return the evaluators of some names; without any, the usual ones that the items have the columns for."""
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

    def parts(self, run: Run, *, budget_of: BudgetOf | None = None) -> RunParts:
        """Open all of it; ``budget_of`` as ``RunCalls`` has it."""
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
            store=self._reading.store(run),
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
        items = self._reading.items(run)
        if run.order is None:
            return items
        cluster = run.order.get("cluster")
        return in_order(items, None if cluster is None else str(cluster), run.dataset.digest)

    def _target(self, run: Run, calls: RunCalls) -> Target:
        if run.outputs is not None:
            return KeepingTarget(RecordedOutputs(run.outputs), self._facilities.resources(run.project))
        if run.target is not None:
            agent = self.targets.open(read_spec(run.target), calls)
            replays = self._replays(run, calls)
            return agent if replays is None else replays.of_agent(agent)
        release = self._environments.resolve(run.project, f"release/{run.release.name}@{run.release.digest}")
        assistant = self._assistants.load(run.project, release, self._tracer_of(run.project)).governed_by(calls)
        replays = self._replays(run, calls)
        if replays is not None:
            return replays.of_release(assistant, run.id)
        return ReleaseTarget(assistant.through(LiveDoor(read_tool_policy(run.tools), calls)), run=run.id)

    def _replays(self, run: Run, calls: RunCalls) -> Replays | None:
        if run.replay is None:
            return None
        note = ReplayNote.model_validate(run.replay)
        return Replays(note, self._models, self._tracer_of(run.project), calls)


def _refuse_other_prompts(run: Run, evaluators: Sequence[Evaluator]) -> None:
    """Refuse to go on with a run whose judges would be told something else than when it began."""
    other = [each.name for each in evaluators if each.prompt != run.judge_prompts.get(each.name, "")]
    if other:
        raise InputError(
            f"The run began with other instructions to {', '.join(other)} than this windlass gives; "
            "samples judged so far and from now on could not be compared. Start the run again."
        )
