"""`windlass judges watch`: anchors judged again, now or by a schedule."""

import re
from typing import Annotated, Any, Final

import typer

from windlass.cli.calibration_view import Judge, end, followed, named
from windlass.cli.connection import Data, connect
from windlass.cli.output import dollars, moment
from windlass.cli.run_options import MaxCost, MaxTokens, given
from windlass.errors import InputError

_HOURS: Final = {"h": 1, "d": 24, "w": 168}


def watch(
    judge: Judge,
    anchor: Annotated[
        str | None,
        typer.Option(
            "--anchor", help="The calibration whose items are judged again. [default: the newest that is no watch]"
        ),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option("--every", help="Have the server do it every 12h, 7d or 2w, and when the judge changed."),
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Have the server do it no more.")] = False,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    data: Data = None,
) -> None:
    """Judge frozen items again and compare the verdicts, item by item; exit codes are those of `calibrate`.

    With --every the server does it by itself, within the ceilings that are given, of each time.
    """
    name, what = named(judge)
    limits = given(max_cost_usd=max_cost, max_tokens=max_tokens)
    if every is None and limits:
        raise InputError("--max-cost and --max-tokens are for --every; now the ceilings of the calibration hold.")
    if ((every is not None or off) and anchor is not None) or (every is not None and off):
        raise InputError(
            "--every, --off and --anchor do not go together: by schedule the newest anchors are judged."
        )
    with connect(data) as client:
        if off:
            client.delete(f"/evaluators/{name}/anchor-schedule")
            print(f"The anchors of {name} are judged when somebody asks for it.")
        elif every is not None:
            body = {"every_hours": _hours(every), "ref": what, **limits}
            print(schedule_line(client.put(f"/evaluators/{name}/anchor-schedule", body)))
        else:
            end(followed(client, client.post(f"/evaluators/{name}/watch", {"ref": what, "anchor": anchor})))


def schedule_line(schedule: dict[str, Any]) -> str:
    """Say in one line when anchors are judged again, and why they were not the last time."""
    most = [] if schedule["max_cost_usd"] is None else [dollars(schedule["max_cost_usd"])]
    most += [] if schedule["max_tokens"] is None else [f"{schedule['max_tokens']:,} tokens"]
    failed = f" The last time it could not begin: {schedule['error']}" if schedule["error"] else ""
    return (
        f"Anchors are judged again by {schedule['evaluator']}@{schedule['ref']} every {_interval(schedule)}, for "
        f"at most {' and '.join(most)} each time; next {moment(schedule['due'])}.{failed}"
    )


def _interval(schedule: dict[str, Any]) -> str:
    hours: int = schedule["every_hours"]
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


def _hours(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", text.strip())
    if found is None:
        raise InputError(f"--every is a number of hours, days or weeks, such as 12h, 7d or 2w; {text!r} is not.")
    return int(found[1]) * _HOURS[found[2]]
