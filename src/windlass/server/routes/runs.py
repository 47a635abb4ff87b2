"""Runs: starting, following, reading and comparing them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.agents.tool_doors import ToolPolicy
from windlass.evaluation.agent_scores import AgentScores, agent_scores
from windlass.evaluation.compare import ComparedPage, Comparison
from windlass.evaluation.gates.slices import SliceDifference
from windlass.evaluation.pass_rates import PassRates
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.results import RunSample
from windlass.evaluation.run_lists import list_runs
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.run_states import cancel_run
from windlass.evaluation.runs import REPLAY, TARGET, Run, RunSource, RunSummary, get_run
from windlass.evaluation.targets.spec import AgentSpec
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Items, Limit, Page
from windlass.telemetry.agent_steps import steps_of_run

router = APIRouter(prefix="/runs", tags=["runs"])

Reader = Annotated[Principal, Depends(allowed("run:read"))]
Writer = Annotated[Principal, Depends(allowed("run:write"))]

Concurrency = Annotated[int, Field(ge=1, le=1000)]
Repeats = Annotated[int, Field(ge=1, le=1000)]
CalledTools = Annotated[
    ToolPolicy | None,
    Field(
        description="Which of a release's tools are called: those that change nothing (`read`, the default), "
        "`all` or `none`. The model is told of any other call that it was not made."
    ),
]


class RunRequest(RunOptions):
    release: str | None = None
    """`name@what`; may be left out with a target, for which a release is made then."""
    dataset: str
    """`name@what`."""
    evaluators: list[str] | None = None
    """Names; left out: every built-in one that the dataset has the columns for."""
    concurrency: Concurrency | None = None
    repeats: Repeats = 1
    cluster: str | None = None
    """The metadata field whose equal values make items belong together; intervals take account of it."""
    outputs: str | None = None
    """The column of the dataset whose recorded outputs are scored: no model is asked."""
    target: AgentSpec | None = None
    """An agent by URL that is asked, of those that this server may call (`WINDLASS_TARGET_URLS`)."""
    replay: ReplayNote | None = None
    """Whether the release or target answers in the recorded worlds that the items hold, and what happens where
    they end."""
    tools: CalledTools = None

    @property
    def options(self) -> RunOptions:
        return RunOptions.model_validate({name: getattr(self, name) for name in RunOptions.model_fields})


class ExternalRunRequest(BaseModel):
    release: str
    dataset: str
    evaluators: dict[str, bool] = Field(min_length=1)
    """By name, whether higher is better."""
    concurrency: Concurrency = 8
    repeats: Repeats = 1
    cluster: str | None = None
    """The metadata field whose equal values make items belong together; intervals take account of it."""
    source: RunSource | None = None
    """Of a run that another tool made; the same again is the run that is there."""
    target: AgentSpec | None = None
    """The agent by URL that the caller asks."""
    replay: ReplayNote | None = None
    """How the caller replays recordings."""

    @property
    def noted(self) -> dict[str, object]:
        target: dict[str, object] = {} if self.target is None else {TARGET: self.target.known()}
        return target if self.replay is None else {**target, REPLAY: self.replay.known()}


class Progress(BaseModel):
    finished: int = Field(ge=0)
    """Samples that were sent, failed ones among them."""
    failed: int = Field(ge=0)


@router.get("")
def list_all_runs(
    principal: Reader,
    services: ServicesOf,
    release: str | None = None,
    dataset: str | None = None,
    evaluator: str | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RunSummary]:
    """List runs, newest first; `release` and `dataset` are names or digests, `evaluator` is a name."""
    page = list_runs(
        services.database,
        principal.project,
        release=release,
        dataset=dataset,
        evaluator=evaluator,
        limit=limit,
        cursor=cursor,
    )
    return Page(items=page.items, next=page.next)


@router.post("", status_code=202)
def start_run(body: RunRequest, principal: Writer, services: ServicesOf) -> RunSummary:
    """Start a run. It goes on when the server is killed and started again."""
    return services.runs.start(
        principal,
        body.release,
        body.dataset,
        evaluators=body.evaluators,
        concurrency=body.concurrency,
        repeats=body.repeats,
        outputs=body.outputs,
        target=body.target,
        replay=body.replay,
        tools=body.tools,
        options=body.options,
        cluster=body.cluster,
    )


@router.post("/external", status_code=201)
def record_external_run(body: ExternalRunRequest, principal: Writer, services: ServicesOf) -> RunSummary:
    """Record a run whose samples and scores the caller sends as traces and scores.

    Answers with the run as it stands where one of the same source is there already.
    """
    return services.runs.external.record(
        principal,
        body.release,
        body.dataset,
        evaluators=body.evaluators,
        concurrency=body.concurrency,
        repeats=body.repeats,
        source=body.source,
        noted=body.noted,
        cluster=body.cluster,
    )


@router.get("/{run_id}")
def get_one_run(run_id: str, principal: Reader, services: ServicesOf) -> Run:
    """Return a run as it stands."""
    return get_run(services.database, principal.project, run_id)


@router.get("/{run_id}/samples")
def list_samples(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    sort: Annotated[str | None, Query(description="A metric: samples by its values, those without last.")] = None,
    descending: Annotated[bool, Query(description="With `sort`: the greatest values first.")] = False,
    item: Annotated[str | None, Query(description="Only the samples of this item.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RunSample]:
    """List a run's finished samples in the order of its dataset, an item's repeats together, or by a metric."""
    run, reading = get_run(services.database, principal.project, run_id), services.runs.reading
    if item is not None:
        page = reading.samples_of(run, item)
    else:
        page = reading.page(run, sort=sort, descending=descending, limit=limit, cursor=cursor)
    return Page(items=page.items, next=page.next)


@router.get("/{run_id}/agents")
def list_agents_of_run(run_id: str, principal: Reader, services: ServicesOf) -> Items[AgentScores]:
    """Say what each agent spent in a run's samples, and how its tool calls met those it should have made."""
    run = get_run(services.database, principal.project, run_id)
    steps = steps_of_run(services.warehouse, principal.project, run_id, services.price_book)
    return Items(
        items=agent_scores(services.runs.items(run), services.runs.reading.scores(run), steps, run.repeats)
    )


@router.get("/{run_id}/passes")
def get_passes(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    metric: Annotated[str, Query(description="One that is 0 or 1 on every sample.")],
    k: Annotated[int, Query(ge=1, description="How many tries; at most the run's repeats.")],
) -> PassRates:
    """Return pass^k and pass@k of a run's metric; its summary has them for the usual k."""
    return services.runs.reading.passes(get_run(services.database, principal.project, run_id), metric, k)


@router.post("/{run_id}/progress")
def note_external_progress(run_id: str, body: Progress, principal: Writer, services: ServicesOf) -> RunSummary:
    """Note how far a run is whose samples the caller sends; its state says whether it was cancelled meanwhile."""
    return services.runs.external.note(principal, run_id, finished=body.finished, failed=body.failed)


@router.post("/{run_id}/finish")
def finish_external_run(run_id: str, principal: Writer, services: ServicesOf) -> Run:
    """Summarise a run whose samples the caller sent."""
    return services.runs.external.finish(principal, run_id)


@router.post("/{run_id}/cancel")
def cancel_one_run(run_id: str, principal: Writer, services: ServicesOf) -> Run:
    """Stop a run after the calls in flight; what is finished stays, and the run can be resumed."""
    return cancel_run(services.database, services.audit, principal, run_id)


@router.post("/{run_id}/resume", status_code=202)
def resume_one_run(run_id: str, body: RunOptions, principal: Writer, services: ServicesOf) -> Run:
    """Go on with a run that has ended. Options that are given replace its own; null takes one back.

    Finished samples stay. Those that took too long, or whose provider failed, are asked again.
    """
    return services.runs.resume(principal, run_id, body.model_dump(exclude_unset=True))


Baseline = Annotated[str, Query(description="The run to compare with.")]
Metric = Annotated[str | None, Query(description="Orders the samples, worst first.")]


@router.get("/{run_id}/slices")
def compare_slices_of_runs(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    baseline: Baseline,
    metric: Annotated[str | None, Query(description="Left out: the first that both runs have.")] = None,
) -> Items[SliceDifference]:
    """Say what changed on each slice of the items, by the metadata that groups them: exploratory."""
    before = get_run(services.database, principal.project, baseline)
    after = get_run(services.database, principal.project, run_id)
    return Items(items=services.runs.reading.slices(before, after, metric=metric))


@router.get("/{run_id}/compare")
def compare_two_runs(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    baseline: Baseline,
    metric: Metric = None,
    limit: Limit = 50,
) -> Comparison:
    """Compare a run with a baseline run on the same dataset version: metrics, and the worst samples."""
    before = get_run(services.database, principal.project, baseline)
    after = get_run(services.database, principal.project, run_id)
    return services.runs.reading.compare(before, after, metric=metric, limit=limit)


@router.get("/{run_id}/compare/samples")
def list_compared_samples(
    run_id: str,
    principal: Reader,
    services: ServicesOf,
    baseline: Baseline,
    metric: Metric = None,
    item: Annotated[str | None, Query(description="Only this item.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ComparedPage:
    """List the samples of a comparison, the greatest losses first."""
    before = get_run(services.database, principal.project, baseline)
    after = get_run(services.database, principal.project, run_id)
    if item is not None:
        return services.runs.reading.compared_item(before, after, item, metric=metric)
    return services.runs.reading.compared_page(before, after, metric=metric, limit=limit, cursor=cursor)
