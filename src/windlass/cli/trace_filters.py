"""The options that say which traces or spans are meant, of every command that reads some."""

from typing import Annotated

import typer

Release = Annotated[
    str | None,
    typer.Option("--release", help="Only of this release: its digest or name."),
]
Environment = Annotated[str | None, typer.Option("--environment", help="Only of this environment.")]
OfRun = Annotated[str | None, typer.Option("--run", help="Only of this run.")]
Status = Annotated[str | None, typer.Option("--status", help="Only ok or error.")]
SaidIn = Annotated[
    str | None,
    typer.Option("--text", help="Only with this in a name, an input or an output; or a trace id."),
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only with such a span: 'request_model=gpt-5', 'score.f1<0.5'; repeatable."),
]
Since = Annotated[str | None, typer.Option("--from", help="Only started at this time or later.")]
Until = Annotated[str | None, typer.Option("--to", help="Only started at this time or before.")]


def query_of(
    release: str | None,
    environment: str | None,
    run: str | None,
    status: str | None,
    text: str | None,
    where: list[str] | None,
    since: str | None,
    until: str | None,
) -> dict[str, object]:
    """Return the parameters of a list, or of its export, that these options are."""
    return {
        "release": release,
        "environment": environment,
        "run": run,
        "status": status,
        "q": text,
        "where": where,
        "from": since,
        "to": until,
    }
