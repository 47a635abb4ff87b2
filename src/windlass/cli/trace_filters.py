"""The options that say which traces are meant, of every command that reads some."""

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
