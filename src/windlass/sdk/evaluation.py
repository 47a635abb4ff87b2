"""`windlass.evaluate`: a function of one's own evaluated on a dataset, as a run like any other."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from windlass.artifacts.references import parse_selector
from windlass.client import Client
from windlass.errors import InputError, WindlassError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import items_of, require_columns
from windlass.evaluation.default_evaluators import fitting
from windlass.evaluation.evaluators import Evaluator, Function, evaluator
from windlass.evaluation.media.targets import KeepingTarget
from windlass.evaluation.pass_rates import PassRates
from windlass.evaluation.recorded import RecordedOutputs
from windlass.evaluation.run_options import DEFAULT_TIMEOUT_S, RunOptions
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.samples import Context, Judgement, Prediction, Sample
from windlass.evaluation.trajectories import ToolCall
from windlass.sdk.answers import ServerAnswers
from windlass.sdk.asked import AgentTarget, Asked, asked_of
from windlass.sdk.connection import current_client
from windlass.sdk.exporting import flush
from windlass.sdk.media import RESOURCES
from windlass.sdk.progress import shown_progress
from windlass.sdk.requirements import Bound, require_bound, require_verdict
from windlass.sdk.sampling import sample_here
from windlass.sdk.server_samples import ServerSamples

__all__ = [
    "Context",
    "Judgement",
    "Metric",
    "Prediction",
    "RecordedOutputs",
    "Run",
    "Sample",
    "ToolCall",
    "evaluate",
    "evaluator",
]


@dataclass(frozen=True)
class Metric:
    """A metric over a run's items: mean, 95 % interval, how many have a value, how many have none and why."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    missing: int
    missing_why: Mapping[str, int]
    passes: Mapping[int, PassRates] = field(default_factory=dict)
    """pass^k and pass@k by k, of a run with repeats, for a metric that is 0 or 1."""
    judged: bool = False
    """Whether a model judged: then the mean is a judge's word alone, until people label samples of the run."""
    clusters: int | None = None
    """Of a run with a cluster: how many of them have a value, which its interval takes account of."""
    effective_n: float | None = None
    """How many independent items would be as sure then."""

    @property
    def coverage(self) -> float | None:
        """The share of the items that have a value; None for no items at all."""
        items = self.n + self.missing
        return self.n / items if items else None

    def passing(self, k: int) -> PassRates:
        """Return pass^k (`pass_hat`) and pass@k (`pass_at`). Raises InputError where the run has not told."""
        if k in self.passes:
            return self.passes[k]
        most = max(self.passes, default=0)
        if k <= most:
            told = ", ".join(map(str, self.passes))
            raise InputError(f"The run's summary tells pass^k and pass@k for k = {told}, not for {k}.")
        there = f"there are {most}" if most else "this run has none, or the metric has other values than 0 and 1"
        raise InputError(f"pass^{k} and pass@{k} need {k} repeats of an item, and {there}.")


@dataclass(frozen=True)
class Run:
    """A run that has ended."""

    id: str
    url: str
    """Its page in the web UI."""
    items: int
    failed: int
    """Samples without an answer; of a run with repeats there are several of each item."""
    metrics: Mapping[str, Metric]
    repeats: int = 1
    state: str = "finished"
    """`cancelled` when somebody ended it before its last sample: the metrics are of what there is."""

    def require(
        self,
        metric: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        max_missing: float = 0.05,
    ) -> None:
        """Require the whole 95 % interval of a metric's mean to keep a bound.

        Args:
            metric: Its name.
            at_least: The least that the mean may be.
            at_most: The most.
            max_missing: The largest share of items that may have no value.

        Raises NotShown, an AssertionError: with the outcome ``fail`` where the interval lies beyond the bound, and
        ``not_enough_data`` where the bound lies within it. Raises InputError for a metric that the run has not.
        """
        if metric not in self.metrics:
            raise InputError(f"The run has no metric {metric!r}; it has {', '.join(self.metrics)}.")
        bounds = [Bound(at_least, True)] if at_least is not None else []
        bounds += [Bound(at_most, False)] if at_most is not None else []
        if not bounds:
            raise InputError(f"Say what {metric} must be: at_least=… or at_most=….")
        for bound in bounds:
            require_bound(metric, self.metrics[metric], bound, max_missing=max_missing)

    def require_gate(self, baseline: "Run | str", rule: Mapping[str, object]) -> None:
        """Require this run to pass a gate against another on the same items.

        Args:
            baseline: The other run, or its id.
            rule: As in a gate's file: `{"primary": {"metric": "token_f1", "kind": "superiority"}}` and more.

        Raises NotShown with the verdict's sentence and its page, InputError for what is no rule, NotFound.
        """
        client = current_client()
        other = baseline if isinstance(baseline, str) else baseline.id
        require_verdict(
            client.post("/gates", {"candidate": self.id, "baseline": other, "rule": dict(rule)}), client.url
        )


def evaluate(
    target: Callable[[Any], Any] | RecordedOutputs | AgentTarget,
    *,
    dataset: str | Sequence[Mapping[str, object]],
    evaluators: Sequence[str | Function | Evaluator],
    release: str | None = None,
    name: str | None = None,
    concurrency: int = 8,
    repeats: int = 1,
    cluster: str | None = None,
    cache: bool = False,
    timeout_s: float | None = None,
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
    model_concurrency: int | None = None,
    progress: bool | None = None,
) -> Run:
    """Evaluate a function on a dataset; every sample is a trace with scores on the server.

    Args:
        target: Called with each item's `input`, at most `concurrency` at a time; sync (in threads) or async.
            It returns the answer as text, or a `Prediction` with contexts, usage, cost, the tool calls that it
            made (`trajectory`) and the pictures and clips (`media`). Or `RecordedOutputs(column)`: what stands in
            a column of the dataset is scored, and nothing is called. Or an agent by URL (`windlass.agent`).
        dataset: A version (`guide-questions@latest`), or items (`{"input": …, "reference": …}`), which are
            pushed as the dataset `name`.
        evaluators: Names of built-in evaluators, functions (async too) from a `Sample` to a number, None or a
            `Judgement`, or judges (`windlass.judge`).
        release: The release that is evaluated (`name@what`). By default a release is made of the function's
            own source, so that a change of the code is a change of the release.
        name: Of that release and dataset; by default the function's name.
        concurrency: Samples in flight at once.
        repeats: How often each item is asked. Metrics are of an item's mean over its repeats, and those that are
            0 or 1 have pass^k and pass@k.
        cluster: The metadata field of items whose equal values make them belong together, such as a session or a
            document: intervals take account of it.
        cache: Give answers again that the models of judges gave to the same calls before; they are kept on the
            server.
        timeout_s: Longest seconds for one sample, and for one judgement; 600 by default. A function that is not
            async goes on in its thread after that, unheeded.
        requests_per_minute, tokens_per_minute, model_concurrency: Ceilings of what judges ask of each model.
        progress: Whether to draw how far it is; by default where standard error is a terminal.

    Judges wait for a provider that refuses them, all together, and try again. A run that is cancelled on the
    server ends here too, after the samples in flight.

    Raises InputError and NotFound before the first call, Unavailable when the server is away. What the target
    raises is its sample's result: a failed sample, counted.
    """
    options = RunOptions(
        cache=cache,
        timeout_s=timeout_s,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        model_concurrency=model_concurrency,
    )
    return evaluate_on(
        current_client(),
        asked_of(target),
        dataset=dataset,
        evaluators=evaluators,
        release=release,
        name=name,
        concurrency=concurrency,
        repeats=repeats,
        options=options,
        cluster=cluster,
        progress=progress,
    )


def evaluate_on(
    client: Client,
    asked: Asked,
    *,
    dataset: str | Sequence[Mapping[str, object]],
    evaluators: Sequence[str | Function | Evaluator] | None,
    release: str | None = None,
    name: str | None = None,
    concurrency: int = 8,
    repeats: int = 1,
    options: RunOptions | None = None,
    begun: Callable[[str], None] | None = None,
    always: Sequence[Evaluator] = (),
    cluster: str | None = None,
    progress: bool | None = None,
) -> Run:
    """Evaluate what is asked, as a run of a server; ``begun`` is told the run's id.

    Without evaluators every built-in one is taken that the dataset has the columns for; those of ``always`` too.
    """
    options = options or RunOptions()
    chosen = [_evaluator(each) for each in evaluators or ()]
    if evaluators is not None:
        _check_names(chosen)
    title = name or asked.title
    data = _find(client, dataset) if isinstance(dataset, str) else _push_items(client, title, dataset)
    rows = client.pages(f"/datasets/{data['name']}/items", limit=500, ref=data["digest"])
    items = items_of(rows, f"dataset/{data['name']}")
    require_columns(items, chosen)
    chosen = chosen or fitting(items)
    chosen += [each for each in always if each not in chosen]
    asked.check(items, repeats)
    settings = RunnerSettings(
        concurrency=concurrency,
        repeats=repeats,
        measure_latency=asked.measures_latency,
        timeout_s=options.timeout_s or DEFAULT_TIMEOUT_S,
    )
    run = client.post(
        "/runs/external",
        {
            "release": release or _push_release(client, *asked.release(data, title)),
            "dataset": f"{data['name']}@{data['digest']}",
            "evaluators": {each.name: each.higher_is_better for each in chosen},
            "concurrency": concurrency,
            "repeats": repeats,
            **asked.noted(),
            **({} if cluster is None else {"cluster": cluster}),
        },
    )
    if begun is not None:
        begun(run["id"])
    store = ServerSamples(client, run, ServerAnswers(client) if options.cache else None)
    try:
        with shown_progress(title, len(items) * repeats, progress) as store.observe:
            sample_here(items, KeepingTarget(asked.open(), RESOURCES), chosen, store, settings, options)
    except BaseException:
        # It would stand there as running for ever. What is finished of it is summarised all the same.
        with contextlib.suppress(WindlassError):
            client.post(f"/runs/{run['id']}/cancel", {})
            flush()
            client.post(f"/runs/{run['id']}/finish", {})
        raise
    flush()
    return run_of(client, client.post(f"/runs/{run['id']}/finish", {}))


def run_of(client: Client, ended: Mapping[str, Any]) -> Run:
    """Return a run that has ended as a program has it."""
    return Run(
        id=ended["id"],
        url=f"{client.url}/runs/{ended['id']}",
        items=ended["items"],
        failed=ended["failed_items"],
        metrics={metric: _metric(summary) for metric, summary in ended["metrics"].items()},
        repeats=ended["repeats"],
        state=ended["state"],
    )


def _metric(summary: Mapping[str, Any]) -> Metric:
    plain = {name: value for name, value in summary.items() if name not in {"repeats", "coverage"}}
    told = (summary.get("repeats") or {}).get("passes", [])
    return Metric(**plain, passes={each["k"]: PassRates.model_validate(each) for each in told})


def _evaluator(given: str | Function | Evaluator) -> Evaluator:
    if isinstance(given, Evaluator):
        return given.ready()
    if isinstance(given, str):
        return BUILT_IN.select([given])[0]
    return Evaluator(name=getattr(given, "__name__", type(given).__name__), function=given)


def _check_names(evaluators: Sequence[Evaluator]) -> None:
    if not evaluators:
        raise InputError("A run needs at least one evaluator; name some, for example token_f1.")
    names = [evaluator.name for evaluator in evaluators]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"Two evaluators are named {twice!r}; scores are told apart by name: give each its own.")


def _find(client: Client, dataset: str) -> dict[str, Any]:
    """Return the version that a selector names now: a label may move while the run is under way."""
    _, name, what = parse_selector(dataset, kind="dataset")
    version: dict[str, Any] = client.get(f"/artifacts/dataset/{name}/versions/{what}")
    return version


def _push_items(client: Client, name: str, items: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    version: dict[str, Any] = client.post(f"/datasets/{name}", {"items": [dict(item) for item in items]})
    return version


def _push_release(client: Client, name: str, body: Mapping[str, object]) -> str:
    return f"{name}@{client.post(f'/artifacts/release/{name}', {'body': dict(body)})['digest']}"
