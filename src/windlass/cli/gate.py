"""`windlass gate`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import number, print_table, signed
from windlass.cli.run_evidence import whose_word

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
    data: Data = None,
) -> None:
    """Decide whether a release may go live: exit 0 pass, 1 fail, 3 not enough data, 2 for an error."""
    from windlass.delivery.files import read_yaml

    request: dict[str, Any] = {"candidate": candidate, "baseline": baseline}
    if dataset is not None:
        request["dataset"] = dataset
    if config is not None:
        rule = read_yaml(config)
        rule.pop("kind", None)
        request["rule"] = rule
    with connect(data) as client:
        verdict = client.post("/gates", request)
    print_verdict(verdict)
    raise typer.Exit(EXIT_CODES[verdict["outcome"]])


def print_verdict(verdict: dict[str, Any]) -> None:
    """Print a verdict: its sentence, then its evidence."""
    print(verdict["sentence"])
    print_table(
        ("metric", "rule", "baseline", "candidate", "difference", "95 % interval", "n", ""),
        (
            (
                check["metric"] + whose_word(check),
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
