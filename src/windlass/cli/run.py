"""`windlass eval`."""

import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, number, plain, print_table
from windlass.cli.run_evidence import JUDGE_ONLY, print_noise
from windlass.cli.run_options import (
    MaxCost,
    MaxTokens,
    ModelConcurrency,
    RequestsPerMinute,
    Timeout,
    TokensPerMinute,
    Tools,
    given,
)
from windlass.cli.target_options import (
    RequestTimeout,
    TargetArguments,
    TargetHeaders,
    TargetKey,
    TargetMethod,
    TargetModel,
    TargetParameters,
    TargetProtocol,
    TargetSkill,
    TargetTool,
    TargetUrl,
    read_target,
    require_built_in,
)

if TYPE_CHECKING:
    from windlass.client import Client
    from windlass.delivery.requirements import Required
    from windlass.evaluation.targets.spec import AgentSpec


def evaluate(
    dataset: Annotated[str, typer.Option("--dataset", help="The dataset: name@what.")],
    release: Annotated[
        str | None,
        typer.Argument(help="The release: name@what; with --outputs it may be left out.", show_default=False),
    ] = None,
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="An evaluator's name; again for more. [default: all that fit]"),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=1000, help="Samples in flight at once.")
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=1000, help="How often each item is asked.")] = 1,
    twice: Annotated[
        bool, typer.Option("--twice", help="Evaluate twice, and show by how much the release differs from itself.")
    ] = False,
    outputs: Annotated[
        str | None,
        typer.Option(
            "--outputs",
            help="A column of the dataset with recorded outputs: they are scored, and no model is asked.",
            show_default=False,
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            help="The metadata field whose equal values make items belong together, for intervals and gates.",
            show_default=False,
        ),
    ] = None,
    tools: Tools = None,
    target: TargetUrl = None,
    protocol: TargetProtocol = "openai",
    model: TargetModel = "",
    skill: TargetSkill = "",
    method: TargetMethod = "",
    tool: TargetTool = "",
    arguments: TargetArguments = "",
    parameters: TargetParameters = "",
    key: TargetKey = "",
    header: TargetHeaders = None,
    request_timeout: RequestTimeout = 120.0,
    on_server: Annotated[
        bool, typer.Option("--on-server", help="Have the server ask the target, which must be allowed there.")
    ] = False,
    require: Annotated[
        list[str] | None,
        typer.Option(
            "--require",
            help="METRIC>=NUMBER or METRIC<=NUMBER, which the whole 95 % interval of the mean must keep; again "
            "for more.",
            show_default=False,
        ),
    ] = None,
    cache: Annotated[
        bool, typer.Option("--cache", help="Give answers again that models gave to the same calls before.")
    ] = False,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    timeout: Timeout = None,
    requests_per_minute: RequestsPerMinute = None,
    tokens_per_minute: TokensPerMinute = None,
    model_concurrency: ModelConcurrency = None,
    data: Data = None,
) -> None:
    """Evaluate a release on a dataset, or an agent by URL: exit 0 when the run finished, 2 when it could not.

    With --require as a gate: 0 when all is shown, 1 when the contrary is, 3 when there is not enough data.
    """
    from windlass.delivery.requirements import parse_requirement
    from windlass.delivery.runs import push_recorded
    from windlass.errors import InputError
    from windlass.sdk.server_runs import start_run

    required = list(map(parse_requirement, require or []))

    options = given(
        cache=cache or None,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        timeout_s=timeout,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        model_concurrency=model_concurrency,
    )
    agent = None
    if target is not None:
        agent = read_target(
            target,
            protocol,
            model=model,
            skill=skill,
            method=method,
            tool=tool,
            arguments=arguments,
            parameters=parameters,
            key=key,
            headers=header,
            timeout_s=request_timeout,
        )
    with connect(data) as client:
        _refuse_twice(twice=twice, cache=cache, elsewhere=outputs is not None or agent is not None)
        if agent is not None and not on_server:
            _refuse_server_options(outputs, max_cost, max_tokens, tools)
            require_built_in(evaluator)
            finished = evaluate_here(
                client, agent, dataset, evaluator, release, concurrency, repeats, options, cluster
            )
        else:
            if release is None and agent is None:
                if outputs is None:
                    raise InputError(
                        "Name the release to evaluate, or with `--outputs` a column of recorded outputs."
                    )
                release, dataset = push_recorded(client, dataset, outputs)
            begin = partial(
                start_run,
                client,
                release,
                dataset,
                evaluators=evaluator,
                concurrency=concurrency,
                repeats=repeats,
                outputs=outputs,
                target=agent,
                tools=tools,
                options=options,
                cluster=cluster,
            )
            finished = finish(client, begin())
            if twice:
                again = finish(client, begin())
                print_noise(client, again["id"], finished["id"])
    _print_shown(finished, required)


def evaluate_here(
    client: "Client",
    agent: "AgentSpec",
    dataset: str,
    evaluators: list[str] | None,
    release: str | None,
    concurrency: int | None,
    repeats: int,
    options: Mapping[str, object],
    cluster: str | None = None,
) -> dict[str, Any]:
    """Evaluate an agent from this process, print the run and return it."""
    from windlass.evaluation.run_options import RunOptions
    from windlass.sdk.asked import AgentTarget
    from windlass.sdk.evaluation import evaluate_on

    run = evaluate_on(
        client,
        AgentTarget(agent),
        dataset=dataset,
        evaluators=evaluators or None,
        release=release,
        concurrency=concurrency or 8,
        repeats=repeats,
        options=RunOptions.model_validate(options),
        cluster=cluster,
        begun=lambda run_id: print(f"{run_id} began: {client.url}/runs/{run_id}", file=sys.stderr),
    )
    finished: dict[str, Any] = client.get(f"/runs/{run.id}")
    print_run(finished)
    print_failure(client, finished)
    return finished


def _refuse_twice(*, twice: bool, cache: bool, elsewhere: bool) -> None:
    from windlass.errors import InputError

    if twice and cache:
        raise InputError("Answers given again differ by nothing; leave `--twice` or `--cache` out.")
    if twice and elsewhere:
        raise InputError("`--twice` is for releases that the server asks; for others use `--repeats 2`.")


def _refuse_server_options(
    outputs: str | None, max_cost: float | None, max_tokens: int | None, tools: str | None
) -> None:
    from windlass.errors import InputError

    if outputs is not None:
        raise InputError("A run asks a target or scores recorded outputs; leave `--target` or `--outputs` out.")
    if tools is not None:
        raise InputError("`--tools` is of a release that the server asks; leave it out for a target.")
    if max_cost is not None or max_tokens is not None:
        raise InputError("A budget is for runs that the server executes: add `--on-server`.")


def _print_shown(run: dict[str, Any], required: "list[Required]") -> None:
    """Print what a run shows of what is required; exit as a gate does."""
    from windlass.delivery.requirements import check_requirements

    shown = check_requirements(run["metrics"], required)
    for each in shown:
        print(each.sentence)
    outcomes = {each.outcome for each in shown}
    if "fail" in outcomes:
        raise typer.Exit(1)
    if "not_enough_data" in outcomes:
        raise typer.Exit(3)


def finish(client: "Client", run: dict[str, Any]) -> dict[str, Any]:
    """Follow a run to its end, print it and return it. Raises ProviderError for one that did not finish."""
    from windlass.delivery.runs import follow_run
    from windlass.errors import ProviderError

    try:
        run = follow_run(client, run["id"], f"{run['release']['name']} {run['release']['number']}")
    except KeyboardInterrupt:
        print(f"{run['id']} goes on with its server; `windlass runs cancel {run['id']}` ends it.", file=sys.stderr)
        raise
    print_run(run)
    print_failure(client, run)
    if run["state"] != "finished":
        why = run["error"] or f"somebody ended it; `windlass runs resume {run['id']}` goes on with it."
        raise ProviderError(f"The run {run['id']} is {run['state']}: {why}")
    return run


def print_run(run: dict[str, Any]) -> None:
    """Print a run's metrics with their intervals."""
    from windlass.delivery.runs import describe_calls

    metrics, repeats = run["metrics"], run["repeats"]
    done = f"{run['finished_items']} of {run['items'] * repeats} samples, {run['failed_items']} failed"
    print(f"run {run['id']}: {run['state']}, {done}")
    if run["calls"]:
        print(describe_calls(run["calls"]))
    print_table(
        ("metric", "mean", "95 % interval", "n", "missing"),
        (
            (
                name + (f" ({JUDGE_ONLY})" if metric.get("judged") else ""),
                number(metric["mean"]),
                _bounds(metric),
                _items(metric),
                metric["missing"],
            )
            for name, metric in run["metrics"].items()
        ),
        right=("mean", "n", "missing"),
    )
    print_passes(metrics)


def print_failure(client: "Client", run: dict[str, Any]) -> None:
    """Print why the first of the samples that failed did: they often do for one reason."""
    if not run["failed_items"]:
        return
    found = client.get(f"/runs/{run['id']}/samples", limit=500)["items"]
    first = next((sample for sample in found if sample["error"]), None)
    if first is not None:
        print(plain(f"{first['item']} failed: {first['error']}"))


def print_passes(metrics: dict[str, Any]) -> None:
    """Print pass^k and pass@k of the metrics that have them."""
    rows = [
        (name, each["k"], *_rate(each["pass_hat"]), *_rate(each["pass_at"]), each["n"])
        for name, metric in metrics.items()
        for each in (metric.get("repeats") or {}).get("passes", ())
    ]
    if rows:
        print_table(
            ("metric", "k", "pass^k", "95 % interval", "pass@k", "95 % interval", "n"),
            rows,
            right=("k", "pass^k", "pass@k", "n"),
        )


def _items(metric: dict[str, Any]) -> str:
    clusters = metric.get("clusters")
    return f"{metric['n']}" if clusters is None else f"{metric['n']} in {clusters} clusters"


def _rate(rate: dict[str, Any]) -> tuple[str, str]:
    return number(rate["mean"]), _bounds(rate)


def _bounds(rate: dict[str, Any]) -> str:
    return MISSING if rate["low"] is None else f"{number(rate['low'])} to {number(rate['high'])}"
