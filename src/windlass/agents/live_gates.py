"""Live gates: two releases evaluated side by side in an order that nobody chose, until it is decided."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence

from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.access.signing import SigningKeys
from windlass.agents.release_runs import ReleaseRuns
from windlass.agents.tool_doors import ToolPolicy
from windlass.artifacts.environments import Environments
from windlass.artifacts.references import parse_selector
from windlass.errors import Conflict, InputError, Unavailable, WindlassError
from windlass.evaluation.approvals import Approvals
from windlass.evaluation.dataset_versions import Datasets
from windlass.evaluation.default_evaluators import fitting
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.gates.verdicts import Side, give_verdict, same_evaluators, shared_directions
from windlass.evaluation.run_lists import newest_finished_run
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.run_states import cancel_run, end_decided_run
from windlass.evaluation.runs import GATE, ORDER, UNFINISHED, Run, get_run
from windlass.evaluation.samples import Item
from windlass.evaluation.sequential.decision import report_of
from windlass.evaluation.sequential.live_gates import (
    RUNNING,
    LiveGate,
    cancel_live_gate,
    check_undecided,
    create_live_gate,
    end_live_gate,
    find_live_gate_of,
    get_live_gate,
    new_gate_id,
    note_look,
    resume_live_gate,
    running_gates,
)
from windlass.evaluation.sequential.order import Plan
from windlass.evaluation.sequential.rule import SequentialRule
from windlass.evaluation.sequential.sides import done_items
from windlass.evaluation.sequential.watching import Watching, watch
from windlass.storage.database import Database
from windlass.storage.jobs import JobInterrupted, Jobs

_JOB = "gate"
_LOOK_S = 0.25
_DRAW_S = 1.0
_GOING_ON = {*UNFINISHED, "finished", "decided"}
"""States of runs that need nothing to have their gate go on: they have all samples, or those that decided."""
_PATIENCE = 4.0
"""How many times as long as a look takes is waited for the next one."""


class LiveGates:
    """The live gates of one server."""

    def __init__(
        self,
        database: Database,
        audit: AuditChain,
        signing: SigningKeys,
        jobs: Jobs,
        *,
        environments: Environments,
        datasets: Datasets,
        runs: ReleaseRuns,
        approvals: Approvals,
    ) -> None:
        self._database = database
        self._audit = audit
        self._signing = signing
        self._jobs = jobs
        self._environments = environments
        self._datasets = datasets
        self._runs = runs
        self._approvals = approvals
        jobs.register(_JOB, self._execute)

    def start(
        self,
        principal: Principal,
        candidate: str,
        baseline: str,
        dataset: str,
        *,
        rule: GateRule | None = None,
        evaluators: Sequence[str] | None = None,
        concurrency: int | None = None,
        repeats: int = 1,
        tools: ToolPolicy | None = None,
        options: RunOptions | None = None,
    ) -> LiveGate:
        """Evaluate two releases until it is decided which way the gate goes.

        ``tools`` says which tools of both are called, those that change nothing by default. Where the baseline has
        a finished run on this data with the same evaluators, asked alike, that run speaks for it, and only the
        candidate is evaluated. Raises what starting a run raises, and InputError for data without the
        cluster that the rule names.
        """
        before = self._environments.resolve(principal.project, baseline)
        after = self._environments.resolve(principal.project, candidate)
        if before.digest == after.digest:
            raise InputError(f"Candidate and baseline are the same release, {after.name}@{after.number}.")
        data, items = self._datasets.load(principal.project, parse_selector(dataset, kind="dataset"))
        evaluators = evaluators or _evaluators(rule, items)
        rule = _sequential(rule, evaluators)
        Plan.of(items, rule.cluster, data.digest)
        gate_id = new_gate_id()

        def evaluate(release: str) -> Run:
            return self._runs.start(
                principal,
                release,
                f"{data.name}@{data.digest}",
                evaluators=evaluators,
                concurrency=concurrency,
                repeats=repeats,
                tools=tools,
                options=options,
                cluster=rule.cluster,
                noted={GATE: gate_id, ORDER: {"cluster": rule.cluster}},
            )

        first = evaluate(candidate)
        try:
            second = self._finished(before.digest, first, rule) or evaluate(baseline)
        except WindlassError:
            self._cancel_runs(principal, first)
            raise
        gate = create_live_gate(
            self._database,
            self._audit,
            principal,
            gate_id=gate_id,
            candidate=first.id,
            baseline=second.id,
            rule=rule,
        )
        self._jobs.start(_JOB, gate.id, id=_job_of(gate))
        return gate

    def resume(self, principal: Principal, gate_id: str, changed: Mapping[str, object]) -> LiveGate:
        """Go on with an undecided gate that has ended, and with those of its runs that have, options changed.

        Finished samples stay. Raises NotFound, Conflict for a gate that is under way or decided, and what resuming
        a run raises: all before anything is changed.
        """
        gate = get_live_gate(self._database, principal.project, gate_id)
        check_undecided(gate)
        if self._jobs.state(_job_of(gate)) in {"waiting", "running"}:
            raise Unavailable(f"{gate_id} is ending; resume it in a moment.")
        ended = [run for run in self._both(gate) if run.state not in _GOING_ON]
        for run in ended:
            self._runs.check_resume(run, changed)
        resumed = resume_live_gate(self._database, self._audit, principal, gate, changed)
        try:
            for run in ended:
                self._runs.resume(principal, run.id, changed)
        except WindlassError:
            self._cancel_runs(principal, *self._both(gate))
            end_live_gate(self._database, gate.id, gate.state, error=gate.error)
            raise
        self._jobs.start(_JOB, gate.id, id=_job_of(resumed))
        return resumed

    def cancel(self, principal: Principal, gate_id: str) -> LiveGate:
        """End a gate and its runs; what is finished of them stays. Raises NotFound and Conflict."""
        gate = cancel_live_gate(self._database, self._audit, principal, gate_id)
        self._cancel_runs(principal, *self._both(gate))
        return gate

    def recover(self) -> None:
        """Go on with the gates that an earlier process left undecided."""
        owed = running_gates(self._database)
        if not owed:
            return
        self._jobs.launch()
        for gate in owed:
            self._jobs.start(_JOB, gate.id, id=_job_of(gate))

    def _finished(self, release: str, candidate: Run, rule: GateRule) -> Run | None:
        """Return a run that speaks for the baseline already."""
        run = newest_finished_run(self._database, candidate.project, release, candidate.dataset.digest)
        if (
            run is None
            or not run.asks_as(candidate)
            or run.repeats != candidate.repeats
            or not set(rule.metrics) <= set(run.evaluators)
        ):
            return None
        return run if same_evaluators(candidate, run, rule.metrics) else None

    def _execute(self, gate_id: str) -> None:
        gate = find_live_gate_of(self._database, gate_id)
        principal = Principal(id=gate.by, kind="user", role="editor", project=gate.project)
        try:
            self._attend(gate, principal)
        except WindlassError as error:
            self._give_up(gate, principal, error.message)
        except Exception as error:
            # A fault of ours: the record must not say "running" for ever, and the job must say what it was.
            self._give_up(gate, principal, f"The gate failed with {type(error).__name__}: {error}.")
            raise

    def _attend(self, gate: LiveGate, principal: Principal) -> None:
        """Look whenever there is more to see, until it is decided or there will be no more."""
        seen: tuple[int, ...] | None = None
        pace = _Pace()
        while find_live_gate_of(self._database, gate.id).state == RUNNING:
            # A database or warehouse that is away for a moment is asked again.
            with contextlib.suppress(Unavailable):
                both = self._both(gate)
                there = tuple(run.finished_items for run in both)
                over = [run for run in both if run.state not in UNFINISHED]
                if there != seen or len(over) == len(both):
                    with pace.looking():
                        watching = self._look(gate, *both)
                        is_decided = watching.stop is not None or all(run.state == "finished" for run in both)
                    seen = there
                    self._note(gate, watching, pace, at_last=is_decided)
                    if is_decided:
                        self._decide(gate, principal, watching)
                        return
                if any(run.state not in {*UNFINISHED, "finished"} for run in over):
                    self._stop(gate, principal, over)
                    return
            if self._jobs.stopping.wait(pace.wait_s):
                raise JobInterrupted

    def _note(self, gate: LiveGate, watching: Watching, pace: "_Pace", *, at_last: bool) -> None:
        """Draw what is known now and then: it takes longer than to see that nothing is decided."""
        if at_last or pace.may_draw:
            with pace.drawing():
                note_look(self._database, gate.id, report_of(watching))

    def _look(self, gate: LiveGate, candidate: Run, baseline: Run) -> Watching:
        items = self._runs.items(candidate)
        left_out = self._approvals.unapproved(gate.project, candidate.dataset.name, items)
        _, (before, after) = self._runs.reading.sides(baseline, candidate)
        return watch(
            before,
            after,
            gate.rule,
            items=(item for item in items if item.id not in left_out),
            higher_is_better=shared_directions(candidate, baseline),
            seed=candidate.dataset.digest,
            done=(done_items(baseline, before, gate.taken_up), done_items(candidate, after, gate.taken_up)),
        )

    def _decide(self, gate: LiveGate, principal: Principal, watching: Watching) -> None:
        """End both runs, and give the verdict once their last samples in flight are stored."""
        report = report_of(watching)
        for run in self._both(gate):
            end_decided_run(self._database, run.id, _why(report.n, report.of))
        self._await_ends(gate)
        candidate, baseline = self._both(gate)
        items, (after, before) = self._runs.reading.sides(candidate, baseline)
        verdict = give_verdict(
            self._database,
            self._audit,
            self._signing,
            principal,
            candidate=Side(candidate, after),
            baseline=Side(baseline, before),
            items=items,
            rule=gate.rule,
            unapproved=self._approvals.unapproved(gate.project, candidate.dataset.name, items.in_order),
        )
        end_live_gate(self._database, gate.id, "decided", verdict=verdict.id)

    def _await_ends(self, gate: LiveGate) -> None:
        """Wait until nobody works on the runs any more, and see to it that their summaries are there."""
        for run in self._both(gate):
            while self._runs.is_at_work(run):
                if self._jobs.stopping.wait(_LOOK_S):
                    raise JobInterrupted
            self._runs.summarise_decided(get_run(self._database, run.project, run.id))

    def _stop(self, gate: LiveGate, principal: Principal, over: Sequence[Run]) -> None:
        """End a gate whose runs will not be finished."""
        self._cancel_runs(principal, *self._both(gate))
        ended = next(run for run in over if run.state != "finished")
        why = f": {ended.error}" if ended.error else "."
        end_live_gate(
            self._database,
            gate.id,
            "stopped",
            error=(
                f"It is undecided, and {ended.id} is {ended.state}{why} `windlass gate --resume {gate.id}` goes "
                f"on with both runs. What is shown so far tells `windlass gate --candidate {gate.candidate} "
                f"--baseline {gate.baseline}` with the same rule; its verdict then keeps the runs as they are."
            ),
        )

    def _give_up(self, gate: LiveGate, principal: Principal, error: str) -> None:
        end_live_gate(self._database, gate.id, "failed", error=error)
        self._cancel_runs(principal, *self._both(gate))

    def _both(self, gate: LiveGate) -> tuple[Run, Run]:
        return (
            get_run(self._database, gate.project, gate.candidate),
            get_run(self._database, gate.project, gate.baseline),
        )

    def _cancel_runs(self, principal: Principal, *runs: Run) -> None:
        for run in runs:
            with contextlib.suppress(Conflict):
                cancel_run(self._database, self._audit, principal, run.id)


class _Pace:
    """How often is looked and drawn: neither shall take more than a part of the time."""

    def __init__(self) -> None:
        self.wait_s = _LOOK_S
        self._draw_at = 0.0

    @property
    def may_draw(self) -> bool:
        return time.perf_counter() >= self._draw_at

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.wait_s = max(_LOOK_S, (time.perf_counter() - began) * _PATIENCE)

    @contextlib.contextmanager
    def drawing(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        ended = time.perf_counter()
        self._draw_at = ended + max(_DRAW_S, (ended - began) * _PATIENCE)


def _job_of(gate: LiveGate) -> str:
    """Name the job that attends to a gate: a job of one name runs once, and a resumed gate is to run again."""
    return f"{gate.id}-{gate.resumed}" if gate.resumed else gate.id


def _evaluators(rule: GateRule | None, items: Sequence[Item]) -> list[str]:
    """Return what to evaluate by: the rule's metrics, and everything usual that the items have the columns for."""
    usual = [each.name for each in fitting(items)]
    return list(dict.fromkeys([*(rule.metrics if rule else ()), *usual]))


def _sequential(rule: GateRule | None, evaluators: Sequence[str]) -> GateRule:
    rule = rule or GateRule(primary=Requirement(metric=evaluators[0], kind="superiority"))
    lacking = [metric for metric in rule.metrics if metric not in evaluators]
    if lacking:
        raise InputError(f"The gate asks for {', '.join(lacking)}: add it to the evaluators.")
    return rule if rule.sequential is not None else rule.model_copy(update={"sequential": SequentialRule()})


def _why(items: int, of: int) -> str:
    return (
        f"Stopped early: its gate was decided after {items:,} of {of:,} items. The means of such a run lean "
        "towards what was decided; what holds is the confidence sequence of the gate."
    )
