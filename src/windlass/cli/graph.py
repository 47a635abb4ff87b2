"""`windlass graph`."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, dollars, plain, print_table, seconds, short, signed

ARROW = "→"

_EDGES = 40
_PATTERNS = 5
_FIGURES = ("count", "traces", "share", "failed", "p50", "p95", "cost")


def graph(
    release: Annotated[str, typer.Argument(help="The release: its name, digest, or name@what.")],
    against: Annotated[
        str | None, typer.Option("--against", help="Compare with this release, which comes first.")
    ] = None,
    conformance: Annotated[
        Path | None,
        typer.Option(
            "--conformance", help="A YAML file with what is allowed: allowed, forbidden, required, max_repeats."
        ),
    ] = None,
    environment: Annotated[str | None, typer.Option("--environment", help="Only traces of this one.")] = None,
    days: Annotated[float, typer.Option("--days", min=0.01, help="Traces that started in the last days.")] = 7.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the server answers.")] = False,
    data: Data = None,
) -> None:
    """Show what agents of a release do after what: exit 1 when --conformance finds a violation."""
    if against is not None and conformance is not None:
        raise typer.BadParameter("--against and --conformance ask different questions; give one of them.")
    until = datetime.now(UTC)
    period = {"from": (until - timedelta(days=days)).isoformat(), "to": until.isoformat()}
    asked = {"environment": environment, **period}
    with connect(data) as client:
        if against is not None:
            answer = client.get("/graph/difference", base=against, candidate=release, **asked)
        elif conformance is not None:
            from windlass.delivery.files import read_yaml

            answer = client.post(
                "/graph/conformance", {"spec": read_yaml(conformance), "release": release, **asked}
            )
        else:
            answer = client.get("/graph", release=release, **asked)
    if as_json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    elif against is not None:
        _print_difference(answer)
    elif conformance is not None:
        _print_conformance(answer)
    else:
        _print_graph(answer)
    if conformance is not None and answer["violations"]:
        raise typer.Exit(1)


def _print_graph(graph: Mapping[str, Any]) -> None:
    print(_scope(graph["scope"]))
    if not graph["edges"]:
        print("No trace of it has a step of an agent, a model, a tool, a retrieval or a memory.")
        return
    print_table(
        ("from", "to", *_FIGURES),
        (
            (
                _named(edge["source"]),
                _named(edge["target"]),
                edge["count"],
                edge["traces"],
                _rate(edge["probability"]),
                _rate(edge["failures"]),
                seconds(edge["duration_p50_s"]),
                seconds(edge["duration_p95_s"]),
                MISSING if edge["cost_usd"] is None else dollars(edge["cost_usd"]),
            )
            for edge in graph["edges"][:_EDGES]
        ),
        right=_FIGURES,
    )
    _say_rest(len(graph["edges"]) - _EDGES, "edges")
    _print_patterns(graph)


def _print_patterns(graph: Mapping[str, Any]) -> None:
    for loop in graph["loops"][:_PATTERNS]:
        times = f"up to {loop['longest']} times in a row, in {loop['traces']} traces"
        print(plain(f"loop: {_path(loop['steps'])}, {times}, such as {loop['examples'][0]}"))
    for retry in graph["retries"][:_PATTERNS]:
        outcome = f"{retry['count']} times after a failure, {retry['recovered']} of them with success"
        print(plain(f"retry: {_named(retry['step'])}, {outcome}, such as {retry['examples'][0]}"))
    for variant in graph["rare_variants"][:_PATTERNS]:
        share = f"{variant['traces']} traces, {variant['share']:.1%}"
        print(plain(f"rare: {_path(variant['steps'])} ({share}), such as {variant['examples'][0]}"))


def _print_difference(difference: Mapping[str, Any]) -> None:
    for name in ("base", "candidate"):
        print(f"{name}: {_scope(difference[name])}")
    moved = [edge for edge in difference["edges"] if edge["change"] != "same"]
    print_table(
        ("change", "from", "to", "base", "candidate", "difference", "95 % interval", "adjusted p"),
        (
            (
                edge["change"],
                _named(edge["source"]),
                _named(edge["target"]),
                _share(edge["base"]["probability"]),
                _share(edge["candidate"]["probability"]),
                signed(edge["difference"]),
                MISSING if edge["low"] is None else f"{signed(edge['low'])} to {signed(edge['high'])}",
                MISSING if edge["p_adjusted"] is None else f"{edge['p_adjusted']:.4f}",
            )
            for edge in moved[:_EDGES]
        ),
        right=("base", "candidate", "difference", "adjusted p"),
    )
    _say_rest(len(moved) - _EDGES, "edges")
    print(f"{len(difference['edges']) - len(moved)} edges are the same. This explores; a gate decides by runs.")


def _print_conformance(found: Mapping[str, Any]) -> None:
    print(_scope(found["scope"]))
    conforming = found["conforming"]
    if conforming is None:
        print("No trace has a step that could be held against what is allowed.")
        return
    print(f"{_rate(conforming)} of {conforming['n']} traces do only what is allowed.")
    print_table(
        ("rule", "what", "traces", "most in one", "such as"),
        (
            (
                violation["rule"].replace("_", " "),
                _path([step for step in (violation["source"], violation["target"]) if step]),
                violation["traces"],
                violation["most"],
                violation["examples"][0],
            )
            for violation in found["violations"]
        ),
        right=("traces", "most in one"),
    )


def _scope(scope: Mapping[str, Any]) -> str:
    name = short(scope["release"])
    if not scope["sampled"]:
        return f"{name}: {scope['traces']} traces"
    return f"{name}: the newest {scope['traces']} of {scope['matching']} traces"


def _say_rest(more: int, what: str) -> None:
    if more > 0:
        print(f"… and {more} more {what}; --json has all.")


def _path(steps: Iterable[str]) -> str:
    return f" {ARROW} ".join(map(_named, steps))


def _named(step: str) -> str:
    """Return a step as people say it: `tool search`, `start`."""
    kind, _, name = step.partition(":")
    return f"{kind.replace('_', ' ')} {name}".rstrip()


def _rate(rate: Mapping[str, Any] | None) -> str:
    return MISSING if rate is None else f"{rate['rate']:.1%} ({rate['low']:.0%}–{rate['high']:.0%})"


def _share(rate: Mapping[str, Any] | None) -> str:
    return MISSING if rate is None else f"{rate['rate']:.3f}"
