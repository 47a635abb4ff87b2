"""The options that say which traces or spans are meant, of every command that reads some."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final

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

_OPTIONS: Final[dict[str, Any]] = {
    "release": Release,
    "environment": Environment,
    "run": OfRun,
    "status": Status,
    "q": SaidIn,
    "where": Where,
    "from_": Since,
    "to": Until,
}
"""By the parameters of a list, and of its export, that they are."""

Command = Callable[..., None]
Filters = dict[str, object]


def takes_filters(command: Command) -> Command:
    """Give a command all of these options in place of its parameter ``filters``, which is what they say."""
    signature = inspect.signature(command)
    parameters: list[inspect.Parameter] = []
    for parameter in signature.parameters.values():
        if parameter.name == "filters":
            parameters += (
                parameter.replace(name=name, annotation=_OPTIONS[name], default=None) for name in _OPTIONS
            )
        else:
            parameters.append(parameter)

    @functools.wraps(command)
    def filtered(**given: Any) -> None:
        filters = {name.removesuffix("_"): given.pop(name) for name in _OPTIONS}
        command(**given, filters=filters)

    # What typer reads a command's options from.
    filtered.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    filtered.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return filtered
