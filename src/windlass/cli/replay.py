"""`windlass replay`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, print_table
from windlass.cli.run import finish, print_failure, print_run
from windlass.cli.run_options import Timeout, given
from windlass.cli.target_options import (
    RequestTimeout,
    TargetHeaders,
    TargetKey,
    TargetModel,
    TargetParameters,
    TargetUrl,
    read_target,
    require_built_in,
)
from windlass.cli.trace_filters import Environment, Release, SaidIn, Since, Status, Until, Where

if TYPE_CHECKING:
    from windlass.client import Client
    from windlass.evaluation.replay.answering import LiveTool
    from windlass.evaluation.replay.note import ReplayNote
    from windlass.evaluation.targets.spec import AgentSpec
    from windlass.sdk.asked import AgentTarget, FunctionAsked

_SHOWN = 20


def replay(
    dataset: Annotated[
        str, typer.Option("--dataset", help="The recordings: name@what; with filters, where they are drawn into.")
    ],
    candidate: Annotated[
        str | None,
        typer.Argument(
            help="A release, `name@what`; or a function that answers, `module:function`; or an agent by --target.",
            show_default=False,
        ),
    ] = None,
    target: TargetUrl = None,
    model: TargetModel = "",
    parameters: TargetParameters = "",
    key: TargetKey = "",
    header: TargetHeaders = None,
    request_timeout: RequestTimeout = 120.0,
    policy: Annotated[
        str, typer.Option("--policy", help="Where the candidate leaves the record: stop, simulate or live.")
    ] = "stop",
    simulator: Annotated[
        str, typer.Option("--simulator", help="simulate: the model that makes the tools' answers, openai:NAME.")
    ] = "",
    tools: Annotated[
        str, typer.Option("--tools", help="live: the MCP server whose tools are called.", show_default=False)
    ] = "",
    safe: Annotated[
        list[str] | None,
        typer.Option("--safe", help="live: a tool that may be called because it changes nothing; again for more."),
    ] = None,
    draw: Annotated[
        bool, typer.Option("--draw", help="First draw the traces that the filters mean into the dataset.")
    ] = False,
    sample: Annotated[
        float, typer.Option("--sample", help="How likely each trace is to be drawn, above 0 and up to 1.")
    ] = 1.0,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed draws the same traces.")] = None,
    where: Where = None,
    of_release: Release = None,
    environment: Environment = None,
    status: Status = None,
    text: SaidIn = None,
    since: Since = None,
    until: Until = None,
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="An evaluator's name; again for more. [default: all that fit]"),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="The name of the release that stands for the candidate.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=1000, help="Samples in flight at once.")
    ] = 8,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=1000, help="How often each is replayed.")] = 1,
    on_server: Annotated[
        bool, typer.Option("--on-server", help="Have the server ask the target, which must be allowed there.")
    ] = False,
    timeout: Timeout = None,
    data: Data = None,
) -> None:
    """Replay recorded traces against a candidate: tools answer from the record, up to where it leaves it.

    A release is asked by the server, a function and an agent from here. Nothing is called in earnest but the tools
    that `--safe` names, and those only with `--policy live`.
    """
    from windlass.evaluation.run_options import RunOptions
    from windlass.sdk.replaying import read_note, replay_on

    note = read_note(policy, simulator, safe or ())
    release = _release(candidate, target, tools, name)
    if release is None:
        asked = _asked(candidate, target, model, parameters, key, header, request_timeout)
        live = _live(note, tools)
    filters = {"release": of_release, "environment": environment, "status": status, "q": text}
    filters |= {"where": where, "from": since, "to": until}  # type: ignore[dict-item]  # a list is sent as such
    with connect(data) as client:
        if draw:
            dataset = _draw(client, dataset, filters, sample, seed)
        if release is not None or on_server:
            agent = _agent(asked) if release is None else None
            started = _start(client, release, agent, note, dataset, evaluator, concurrency, repeats, timeout)
            finish(client, started)
            _print_divergences(client, started["id"])
            return
        require_built_in(evaluator)
        run = replay_on(
            client,
            asked,
            note,
            live,
            dataset=dataset,
            evaluators=evaluator or None,
            name=name,
            concurrency=concurrency,
            repeats=repeats,
            options=RunOptions.model_validate(given(timeout_s=timeout)),
            begun=lambda run_id: print(f"{run_id} began: {client.url}/runs/{run_id}", file=sys.stderr),
        )
        finished = client.get(f"/runs/{run.id}")
        print_run(finished)
        print_failure(client, finished)
        _print_divergences(client, run.id)


def _asked(
    candidate: str | None,
    target: str | None,
    model: str,
    parameters: str,
    key: str,
    headers: list[str] | None,
    timeout_s: float,
) -> "AgentTarget | FunctionAsked":
    from windlass.errors import InputError
    from windlass.sdk.asked import AgentTarget, FunctionAsked

    if (candidate is None) == (target is None):
        raise InputError(
            "Name the candidate: a release as `name@what`, a function as `module:function`, or an agent with "
            "`--target URL`."
        )
    if target is not None:
        return AgentTarget(
            read_target(
                target, "openai", model=model, parameters=parameters, key=key, headers=headers, timeout_s=timeout_s
            )
        )
    return FunctionAsked(_load(str(candidate)))


def _release(candidate: str | None, target: str | None, tools: str, name: str | None) -> str | None:
    """Return the release that a candidate is, if it is one. Raises InputError for what it does not take."""
    from windlass.artifacts.references import parse_selector
    from windlass.errors import InputError

    # Neither sign is in the name of a function, nor the first colon of one in that of a release.
    if candidate is None or target is not None or not {"@", "/"} & {*candidate.partition(":")[0]}:
        return None
    if tools:
        raise InputError(
            "A release brings its tools; leave `--tools` out, and name those that are safe by `--safe`."
        )
    if name is not None:
        raise InputError("The candidate is a release already, which has its name; leave `--name` out.")
    selector = parse_selector(candidate, kind="release")
    return f"{selector.name}@{selector.what}"


def _start(
    client: "Client",
    release: str | None,
    agent: "AgentSpec | None",
    note: "ReplayNote",
    dataset: str,
    evaluators: list[str] | None,
    concurrency: int,
    repeats: int,
    timeout_s: float | None,
) -> dict[str, Any]:
    """Have the server replay a release, or an agent that it may ask."""
    from windlass.sdk.server_runs import start_run

    return start_run(
        client,
        release,
        dataset,
        evaluators=evaluators,
        concurrency=concurrency,
        repeats=repeats,
        target=agent,
        replay=note,
        options=given(timeout_s=timeout_s),
    )


def _agent(asked: "AgentTarget | FunctionAsked") -> "AgentSpec":
    """Return the agent that the server is to ask. Raises InputError for a function: only this process has it."""
    from windlass.errors import InputError
    from windlass.sdk.asked import AgentTarget

    if not isinstance(asked, AgentTarget):
        raise InputError("A function is replayed in this process; leave `--on-server` out, or name a `--target`.")
    return asked.spec


def _load(name: str) -> Any:
    """Import a function from the working folder, or from what is installed. Raises InputError."""
    from importlib import import_module

    from windlass.errors import InputError

    module, _, function = name.partition(":")
    if not module or not function:
        raise InputError(f"{name!r} names no function; write module:function, or name@what for a release.")
    sys.path.insert(0, str(Path.cwd()))
    try:
        return getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise InputError(f"The candidate {name} cannot be loaded: {error}.") from error
    finally:
        sys.path.pop(0)


def _live(note: "ReplayNote", url: str) -> "dict[str, LiveTool]":
    """Return the tools that may be called. Raises InputError for one that the MCP server has not."""
    import asyncio

    from windlass.errors import InputError

    if bool(url) != bool(note.live):
        raise InputError("Tools are called live by name: give both `--tools URL` and `--safe NAME`, or neither.")
    if not url:
        return {}
    from windlass.evaluation.replay.live import live_of_server
    from windlass.evaluation.targets.mcp_tool import MCPServer
    from windlass.evaluation.targets.spec import read_spec
    from windlass.evaluation.targets.wire import Wire

    server = MCPServer(Wire(read_spec({"protocol": "mcp", "url": url, "tool": note.live[0]})))
    asyncio.run(server.identify(note.live))
    return live_of_server(server, note.live)


def _draw(client: "Client", dataset: str, filters: dict[str, Any], sample: float, seed: int | None) -> str:
    """Draw the traces that are meant into the dataset; return its version."""
    from windlass.artifacts.references import parse_selector
    from windlass.errors import InputError

    name = parse_selector(dataset, kind="dataset").name
    body = {"sample": sample, "seed": seed, "recording": True}
    drawn = client.post(f"/datasets/{name}/from-traces", body, **filters)
    if drawn["version"] is None:
        raise InputError(f"No trace is meant or drawn ({drawn['matched']} meant), so there is nothing to replay.")
    print(f"{drawn['drawn']} of {drawn['matched']} traces drawn, {drawn['added']} new.", file=sys.stderr)
    return f"{name}@{drawn['version']['digest']}"


def _print_divergences(client: "Client", run_id: str) -> None:
    """Print where samples left their record, and what their tools' answers came from."""
    replays = [
        (sample["item"], sample["replay"])
        for sample in client.pages(f"/runs/{run_id}/samples", limit=200)
        if sample.get("replay")
    ]
    left = [(item, each) for item, each in replays if each["divergence"]]
    sources = [call["source"] for _, each in replays for call in each["calls"]]
    told = ", ".join(f"{sources.count(source)} {source}" for source in ("recorded", "simulated", "live"))
    unused = sum(each["unused"] for _, each in replays)
    print(
        f"{len(left)} of {len(replays)} replays left their record; tool calls: {told}; {unused} recorded not made"
    )
    if not left:
        return
    print_table(
        ("item", "call", "the record has", "the candidate called", ""),
        (
            (
                item,
                each["divergence"]["index"],
                _called(each["divergence"]["expected"]),
                _called(each["divergence"]["actual"]),
                "stopped" if each["stopped"] else "went on",
            )
            for item, each in left[:_SHOWN]
        ),
        right=("call",),
    )
    if len(left) > _SHOWN:
        print(f"… and {len(left) - _SHOWN} more.")


def _called(call: dict[str, Any] | None) -> str:
    if call is None:
        return MISSING
    return f"{call['tool']}({', '.join(f'{name}={value!r}' for name, value in sorted(call['arguments'].items()))})"
