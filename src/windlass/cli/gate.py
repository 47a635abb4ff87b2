"""`windlass gate`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import number, print_table, signed
from windlass.cli.run_options import MaxCost, MaxTokens, given

if TYPE_CHECKING:
    from windlass.client import Client

EXIT_CODES = {"pass": 0, "fail": 1, "not_enough_data": 3}


def gate(
    candidate: Annotated[str, typer.Option("--candidate", help="The release (name@what) or run to decide on.")],
    baseline: Annotated[str, typer.Option("--baseline", help="The release or run to compare with.")],
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only runs on this dataset (name@what) count.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="A YAML file with the rule: primary, guardrails, confidence.")
    ] = None,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided",
            help="Evaluate both releases side by side on the dataset, and stop as soon as it is decided.",
        ),
    ] = False,
    evaluator: Annotated[
        list[str] | None,
        typer.Option(
            "--evaluator",
            help="With --until-decided: an evaluator; again for more. [default: the rule's, and all that fit]",
        ),
    ] = None,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, max=1000, help="With --until-decided: samples in flight at once."),
    ] = None,
    repeats: Annotated[
        int, typer.Option("--repeats", min=1, max=1000, help="With --until-decided: how often each item is asked.")
    ] = 1,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    data: Data = None,
) -> None:
    """Decide whether a release may go live: exit 0 pass, 1 fail, 3 not enough data, 2 for an error.

    With --until-decided no run needs to be there: budgets hold for each of the two.
    """
    from windlass.delivery.files import read_yaml

    request: dict[str, Any] = {"candidate": candidate, "baseline": baseline}
    if dataset is not None:
        request["dataset"] = dataset
    if config is not None:
        rule = read_yaml(config)
        rule.pop("kind", None)
        request["rule"] = rule
    options = given(
        evaluators=evaluator or None,
        concurrency=concurrency,
        repeats=repeats if repeats > 1 else None,
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
    )
    with connect(data) as client:
        verdict = _evaluate(client, {**request, **options}) if until_decided else _decide(client, request, options)
    print_verdict(verdict)
    raise typer.Exit(EXIT_CODES[verdict["outcome"]])


def _decide(client: "Client", request: dict[str, Any], options: Mapping[str, object]) -> dict[str, Any]:
    from windlass.errors import InputError

    if options:
        raise InputError(f"{', '.join(options)} is for evaluating: add `--until-decided`, or leave it out.")
    verdict: dict[str, Any] = client.post("/gates", request)
    return verdict


def _evaluate(client: "Client", request: dict[str, Any]) -> dict[str, Any]:
    """Start a live gate, follow it to its end and return its verdict. Raises ProviderError for one without."""
    from windlass.delivery.live_gates import follow_gate
    from windlass.errors import InputError, ProviderError

    if "dataset" not in request:
        raise InputError("Name the dataset that both are evaluated on: `--dataset NAME@WHAT`.")
    started = client.post("/gates/live", request)
    try:
        gate = follow_gate(client, started["id"])
    except KeyboardInterrupt:
        where = f"{client.url}/runs/{started['candidate']}"
        print(f"{started['id']} goes on with its server: {where}", file=sys.stderr)
        raise
    if gate["verdict"] is None:
        why = gate["error"] or "somebody ended it; what is finished of its runs stays."
        raise ProviderError(f"The gate {gate['id']} is {gate['state']}: {why}")
    verdict: dict[str, Any] = client.get(f"/verdicts/{gate['verdict']}")
    return verdict


def print_verdict(verdict: dict[str, Any]) -> None:
    """Print a verdict: its sentence, then its evidence."""
    print(verdict["sentence"])
    print_table(
        ("metric", "rule", "baseline", "candidate", "difference", "95 % interval", "n", ""),
        (
            (
                check["metric"],
                check["kind"].replace("_", "-") + (f" within {check['margin']:g}" if check["margin"] else ""),
                number(check["baseline_mean"]),
                number(check["candidate_mean"]),
                signed(check["difference"]),
                f"{signed(check['low'])} to {signed(check['high'])}",
                check["n"],
                check["outcome"].replace("_", " "),
            )
            for check in verdict["checks"]
        ),
        right=("baseline", "candidate", "difference", "n"),
    )
    print(f"verdict {verdict['id']} ({verdict['outcome'].replace('_', ' ')})")
