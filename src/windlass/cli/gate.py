"""`windlass gate`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, number, print_table, signed, written
from windlass.cli.run_evidence import whose_word
from windlass.cli.run_options import MaxCost, MaxTokens, Tools, given

if TYPE_CHECKING:
    from windlass.client import Client

EXIT_CODES = {"pass": 0, "fail": 1, "not_enough_data": 3}

_DISCOVERY = 0.05
_MOST_SLICES = 8
_MOST_ITEMS = 5


def gate(
    candidate: Annotated[
        str | None, typer.Option("--candidate", help="The release (name@what) or run to decide on.")
    ] = None,
    baseline: Annotated[str | None, typer.Option("--baseline", help="The release or run to compare with.")] = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Only runs on this dataset (name@what) count.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", help="A YAML file with the rule: primary, guardrails, slices, alpha and more."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Write the verdict with its evidence to this file, signed; see `verdicts`."),
    ] = None,
    until_decided: Annotated[
        bool,
        typer.Option(
            "--until-decided",
            help="Evaluate both releases side by side on the dataset, and stop as soon as it is decided.",
        ),
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            help="Go on with a gate until decided (gate-…) that was cancelled, failed or came to its budget, or "
            "follow one that is under way.",
        ),
    ] = None,
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
    tools: Tools = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    data: Data = None,
) -> None:
    """Decide whether a release may go live: exit 0 pass, 1 fail, 3 not enough data, 2 for an error.

    With --until-decided no run needs to be there: budgets hold for each of the two.
    """
    ceilings = given(max_cost_usd=max_cost, max_tokens=max_tokens)
    evaluating = given(
        evaluators=evaluator or None,
        concurrency=concurrency,
        repeats=repeats if repeats > 1 else None,
        tools=tools,
    )
    named = given(candidate=candidate, baseline=baseline, dataset=dataset, config=config)
    with connect(data) as client:
        if resume is not None:
            _refuse_other_options({**named, **evaluating})
            verdict = _go_on(client, resume, ceilings)
        elif until_decided:
            verdict = _evaluate(client, {**_request(named), **evaluating, **ceilings})
        else:
            verdict = _decide(client, _request(named), {**evaluating, **ceilings})
        if output is not None:
            write_signed(client, verdict["id"], output)
    print_verdict(verdict)
    raise typer.Exit(EXIT_CODES[verdict["outcome"]])


def _decide(client: "Client", request: dict[str, Any], options: Mapping[str, object]) -> dict[str, Any]:
    from windlass.errors import InputError

    if options:
        raise InputError(f"{', '.join(options)} is for evaluating: add `--until-decided`, or leave it out.")
    verdict: dict[str, Any] = client.post("/gates", request)
    return verdict


def _request(named: Mapping[str, object]) -> dict[str, Any]:
    from windlass.delivery.files import read_yaml
    from windlass.errors import InputError

    if not {"candidate", "baseline"} <= set(named):
        raise InputError("Name both releases or runs: `--candidate` and `--baseline`.")
    request = dict(named)
    config = request.pop("config", None)
    if isinstance(config, Path):
        rule = read_yaml(config)
        rule.pop("kind", None)
        request["rule"] = rule
    return request


def _refuse_other_options(options: Mapping[str, object]) -> None:
    from windlass.errors import InputError

    if options:
        raise InputError(
            f"{', '.join(options)}: a gate that is resumed keeps what it was started with, but for `--max-cost` "
            "and `--max-tokens`; leave it out."
        )


def _evaluate(client: "Client", request: dict[str, Any]) -> dict[str, Any]:
    """Start a live gate, follow it to its end and return its verdict. Raises ProviderError for one without."""
    from windlass.errors import InputError

    if "dataset" not in request:
        raise InputError("Name the dataset that both are evaluated on: `--dataset NAME@WHAT`.")
    return _followed(client, client.post("/gates/live", request))


def _go_on(client: "Client", gate_id: str, ceilings: Mapping[str, object]) -> dict[str, Any]:
    """Resume a live gate, or find it under way; follow it to its end and return its verdict."""
    gate = client.get(f"/gates/live/{gate_id}")
    if gate["state"] not in {"running", "decided"} or ceilings:
        gate = client.post(f"/gates/live/{gate_id}/resume", dict(ceilings))
    return _followed(client, gate)


def _followed(client: "Client", started: dict[str, Any]) -> dict[str, Any]:
    from windlass.delivery.live_gates import follow_gate
    from windlass.errors import ProviderError

    again = f"`windlass gate --resume {started['id']}`"
    try:
        gate = follow_gate(client, started["id"])
    except KeyboardInterrupt:
        where = f"{client.url}/runs/{started['candidate']}"
        print(f"{started['id']} goes on with its server: {where}; {again} follows it.", file=sys.stderr)
        raise
    if gate["verdict"] is None:
        why = gate["error"] or f"somebody ended it; what is finished of its runs stays, and {again} goes on."
        raise ProviderError(f"The gate {gate['id']} is {gate['state']}: {why}")
    verdict: dict[str, Any] = client.get(f"/verdicts/{gate['verdict']}")
    return verdict


def write_signed(client: "Client", verdict: str, file: Path | None) -> None:
    """Write the signed file of a verdict. Raises InputError for a file that cannot be written."""
    from windlass.access.envelopes import Envelope

    envelope = Envelope.model_validate(client.get(f"/verdicts/{verdict}/attestation"))
    with written(file) as output:
        output.write(envelope.to_json().encode())


def print_verdict(verdict: dict[str, Any]) -> None:
    """Print a verdict: its sentence, then its evidence."""
    print(verdict["sentence"])
    print_table(
        ("metric", "rule", "baseline", "candidate", "difference", "interval", "n", "needed", ""),
        (
            (
                _subject(check) + whose_word(check),
                asked(check),
                number(check["baseline_mean"]),
                number(check["candidate_mean"]),
                signed(check["difference"]),
                _interval(check),
                check["n"],
                check["needed_n"] or "",
                check["outcome"].replace("_", " ") + ("" if check.get("blocking", True) else ", no say"),
            )
            for check in verdict["checks"]
        ),
        right=("baseline", "candidate", "difference", "n", "needed"),
    )
    _print_slices(verdict.get("slices", []))
    _print_worst(verdict.get("worst", []))
    print(f"verdict {verdict['id']} ({verdict['outcome'].replace('_', ' ')})")


def asked(check: dict[str, Any]) -> str:
    """Say in a few words what a check asks for."""
    kind = check["kind"].replace("_", " ")
    if check.get("bound") is not None:
        percentile = f" at p{check['percentile']:g}" if check.get("percentile") else ""
        return f"{kind} {check['bound']:g}{percentile}"
    margin = f"{check['margin_ratio'] * 100:.4g} %" if check.get("margin_ratio") else f"{check['margin']:g}"
    if check["kind"] == "non_inferiority":
        return f"non-inferiority within {margin}"
    return f"{kind} by {margin}" if check["margin"] or check.get("margin_ratio") else kind


def _subject(check: dict[str, Any]) -> str:
    of = check.get("slice")
    return f"{check['metric']} on {of['field']}={of['value']}" if of else str(check["metric"])


def _interval(check: dict[str, Any]) -> str:
    shown = check.get("level") or check.get("ratio")
    if shown is None:
        return f"{signed(check['low'])} to {signed(check['high'])}"
    ends = f"{number(shown['low'])} to {number(shown['high'])}"
    return ends if check.get("level") else f"{ends} ×"


def _print_slices(slices: list[dict[str, Any]]) -> None:
    """Print the slices that lost most, exploratory as they are; the rest is in the verdict."""
    losses = [row for row in slices if (row["difference"] < 0) == row["higher_is_better"] and row["difference"]]
    losses.sort(key=lambda row: 1.0 if row["adjusted_p"] is None else row["adjusted_p"])
    if not losses:
        return
    print(f"\nslices with losses, of {len(slices)} looked at (exploratory: p adjusted over all of them)")
    print_table(
        ("slice", "metric", "difference", "95 % interval", "n", "adjusted p", ""),
        (
            (
                f"{row['field']}={row['value']}",
                row["metric"],
                signed(row["difference"]),
                f"{signed(row['low'])} to {signed(row['high'])}",
                row["n"],
                MISSING if row["adjusted_p"] is None else f"{row['adjusted_p']:.3f}",
                "worse" if row["adjusted_p"] is not None and row["adjusted_p"] <= _DISCOVERY else "unclear",
            )
            for row in losses[:_MOST_SLICES]
        ),
        right=("difference", "n", "adjusted p"),
    )


def _print_worst(worst: list[dict[str, Any]]) -> None:
    if not worst:
        return
    print("\nworst items")
    first = [each for each in worst if each["metric"] == worst[0]["metric"]]
    print_table(
        ("item", "metric", "baseline", "candidate", "difference"),
        (
            (
                each["item"],
                each["metric"],
                number(each["baseline"]),
                number(each["candidate"]),
                signed(each["difference"]),
            )
            for each in first[:_MOST_ITEMS]
        ),
        right=("baseline", "candidate", "difference"),
    )
