"""How calibrations are printed, and followed to their end."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.output import MISSING, moment, number, print_table
from windlass.errors import ProviderError

if TYPE_CHECKING:
    from windlass.client import Client

Judge = Annotated[str, typer.Argument(help="The judge: its name, or name@what.")]

_POLL_S: Final = 0.25
_EXIT_CODES: Final = {"pass": 0, "fail": 1, "not_enough_data": 3}
_MEASURES: Final = (
    "accuracy",
    "balanced_accuracy",
    "kappa",
    "linear_kappa",
    "quadratic_kappa",
    "ac1",
    "alpha",
    "spearman",
)

STATES: Final = {
    "calibrated": "calibrated",
    "drifted": "not calibrated any more: it drifted",
    "failed": "not calibrated: it failed",
    "not_enough_data": "not calibrated: not enough labels to tell",
    "none": "not calibrated",
}
"""What is said of how a judge stands."""


def named(text: str) -> tuple[str, str]:
    """Return the name of a judge, and which version of it."""
    from windlass.artifacts.references import parse_selector

    _, name, what = parse_selector(text, kind="evaluator")
    return name, what


def followed(client: "Client", calibration: dict[str, Any]) -> dict[str, Any]:
    """Wait until a calibration has ended; return it as it then stands."""
    while calibration["state"] == "running":
        time.sleep(_POLL_S)
        calibration = client.get(f"/evaluators/{calibration['evaluator']}/calibrations/{calibration['id']}")
    return calibration


def end(calibration: dict[str, Any]) -> None:
    """Print what came of a calibration, and exit as a gate does. Raises ProviderError for one that failed."""
    if calibration["state"] == "failed":
        raise ProviderError(f"{calibration['id']}: {calibration['error']}")
    print_whole(calibration)
    raise typer.Exit(_EXIT_CODES[calibration["outcome"]])


def print_whole(calibration: dict[str, Any]) -> None:
    """Print a calibration with all its figures."""
    if calibration["content"] is None:
        print(f"{calibration['id']} is {calibration['state']}. {calibration['error'] or ''}".rstrip())
        return
    content, result = calibration["content"], calibration["content"]["result"]
    print(result["sentence"])
    measures, people = result["agreement"]["measures"], result["people"]
    ceilings = people["people"] if people else {}
    rows = [(name.replace("_", " "), measures[name], ceilings.get(name)) for name in _MEASURES if name in measures]
    print_table(
        ("measure", "judge", "95 % interval", "people", "n"),
        (
            (name, number(judge["value"]), _interval(judge), number(ceiling and ceiling["value"]), judge["n"])
            for name, judge, ceiling in [*rows, ("coverage", result["coverage"], None), *_biases(result)]
        ),
        right=("judge", "people", "n"),
    )
    for warning in result["warnings"]:
        print(f"Note: {warning}")
    data = content["data"]
    at = f"@{data['number']}" if data["number"] else ""
    print(f"{calibration['id']} of {_judge(content)} on {data['kind']}/{data['name']}{at}")


def _biases(result: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any], None]]:
    for part, field, name in (
        ("position", "first_preference", "position bias (P1 − 0.5)"),
        ("position", "order_consistency", "order consistency"),
        ("verbosity", "excess", "excess preference for the longer"),
        ("verbosity", "coefficient", "length coefficient"),
        ("consistency", "flip_rate", "flip rate"),
        ("null_answer", "rate", "wins of an empty answer"),
    ):
        if result[part] is not None and result[part][field]["value"] is not None:
            yield name, result[part][field], None


def line_of(calibration: dict[str, Any]) -> tuple[object, ...]:
    """Return a calibration as a row: id, judge, labels, kappa, coverage, outcome, finished."""
    content = calibration["content"]
    result = content and content["result"]
    kappa = result and result["agreement"]["measures"].get("kappa")
    return (
        calibration["id"],
        _judge(content) if content else calibration["evaluator"],
        f"{content['data']['kind']}/{content['data']['name']}" if content else MISSING,
        number(kappa and kappa["value"]),
        number(result and result["coverage"]["value"]),
        _outcome(calibration),
        moment(calibration["finished"]) if calibration["finished"] else MISSING,
    )


def _outcome(calibration: dict[str, Any]) -> str:
    outcome = str(calibration["outcome"] or calibration["state"]).replace("_", " ")
    return f"{outcome}, a watch" if calibration["anchor"] else outcome


def _judge(content: dict[str, Any]) -> str:
    judge = content["judge"]
    return (
        f"{judge['evaluator']}@{judge['number']}" if judge["number"] else f"{judge['evaluator']}, from elsewhere"
    )


def _interval(figure: dict[str, Any]) -> str:
    return MISSING if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
