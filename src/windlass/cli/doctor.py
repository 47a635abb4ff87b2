"""`windlass doctor`."""

from pathlib import Path
from typing import Annotated

import typer

_MARKS = {"ok": "ok  ", "note": "note", "problem": "FAIL"}


def doctor(
    data: Annotated[Path | None, typer.Option("--data", help="The data folder [default: .windlass].")] = None,
) -> None:
    """Say what is installed, reachable and writable: exit 0 when windlass can run, 1 when something is wrong."""
    from windlass.delivery.doctor import examine

    findings = examine(data)
    for finding in findings:
        print(f"{_MARKS[finding.state]}  {finding.subject}: {finding.text}")
        if finding.advice:
            print(f"      {finding.advice}")
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(1)
