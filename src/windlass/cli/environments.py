"""`windlass promote`, `rollback` and `environments`."""

from typing import Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, print_table, short


def promote(
    release: Annotated[str, typer.Argument(help="The release: name@what.")],
    to: Annotated[str, typer.Option("--to", help="The environment, for example production.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit chain.")] = "",
    verdict: Annotated[str | None, typer.Option("--verdict", help="The verdict that allows it.")] = None,
    expected: Annotated[
        str | None, typer.Option("--expected", help="The digest that must still run there; `none` for nothing.")
    ] = None,
    data: Data = None,
) -> None:
    """Let a release run in an environment, unless somebody else changed what runs there meanwhile."""
    from windlass.artifacts.references import parse_selector
    from windlass.delivery.deployments import running_digest

    name = parse_selector(release, kind="release").name
    with connect(data) as client:
        running = running_digest(client, to, name)
        deployment = client.post(
            f"/environments/{to}/promote",
            {
                "release": release,
                "expected": running if expected is None else None if expected == "none" else expected,
                "reason": reason,
                "verdict_id": verdict,
            },
        )
    print(f"{name} {deployment['number']} ({short(deployment['digest'])}) runs in {to}.")


def roll_back(
    name: Annotated[str, typer.Argument(help="The release's name.")],
    environment: Annotated[str, typer.Option("--environment", help="Where to roll back.")] = "production",
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit chain.")] = "",
    data: Data = None,
) -> None:
    """Bring back what ran in an environment before."""
    from windlass.delivery.deployments import running_digest

    with connect(data) as client:
        deployment = client.post(
            f"/environments/{environment}/rollback",
            {"name": name, "expected": running_digest(client, environment, name), "reason": reason},
        )
    print(f"{name} {deployment['number']} ({short(deployment['digest'])}) runs in {environment} again.")


def list_environments(data: Data = None) -> None:
    """List which release runs in each environment, since when, and on which verdict."""
    with connect(data) as client:
        found = client.get("/environments")["items"]
    print_table(
        ("environment", "release", "digest", "since", "by", "verdict", "reason"),
        (
            (
                environment["name"],
                f"{each['release']}@{each['number']}",
                short(each["digest"]),
                moment(each["since"]),
                each["by"],
                each["verdict_id"] or MISSING,
                each["reason"],
            )
            for environment in found
            for each in environment["deployments"]
        ),
    )
