"""The options that name an agent by URL, of every command that asks one."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from windlass.evaluation.targets.spec import AgentSpec

TargetUrl = Annotated[
    str | None, typer.Option("--target", help="An agent by URL that is asked.", show_default=False)
]
TargetProtocol = Annotated[
    str, typer.Option("--protocol", help="What it speaks: openai, a2a, agent-engine or mcp.")
]
TargetModel = Annotated[str, typer.Option("--model", help="openai: the model or agent that is asked there.")]
TargetSkill = Annotated[str, typer.Option("--skill", help="a2a: a skill that its card must have.")]
TargetMethod = Annotated[
    str,
    typer.Option("--method", help="agent-engine: the method that is called. [default: query]", show_default=False),
]
TargetTool = Annotated[str, typer.Option("--tool", help="mcp: the tool that is called.")]
TargetArguments = Annotated[
    str,
    typer.Option(
        "--arguments", help="""mcp, agent-engine: what is given, as JSON: '{"message": "{{ question }}"}'."""
    ),
]
TargetParameters = Annotated[
    str, typer.Option("--parameters", help="""openai: further members of each request: '{"temperature": 0}'.""")
]
TargetKey = Annotated[
    str, typer.Option("--key", help="The environment variable whose value is sent as its bearer key.")
]
TargetHeaders = Annotated[
    list[str] | None,
    typer.Option("--header", help="Another header from an environment variable: 'X-Tenant=TENANT'; repeatable."),
]
RequestTimeout = Annotated[float, typer.Option("--request-timeout", help="Longest seconds for one request to it.")]


def read_target(
    url: str,
    protocol: str,
    *,
    model: str = "",
    skill: str = "",
    method: str = "",
    tool: str = "",
    arguments: str = "",
    parameters: str = "",
    key: str = "",
    headers: list[str] | None = None,
    timeout_s: float = 120.0,
) -> "AgentSpec":
    """Return the agent that a command's options name. Raises InputError."""
    from windlass.evaluation.targets.spec import read_spec

    said: Mapping[str, object] = {
        "model": model,
        "skill": skill,
        "method": method,
        "tool": tool,
        "arguments": _json("--arguments", arguments),
        "parameters": _json("--parameters", parameters),
        "key_variable": key,
        "headers": dict(map(_header, headers or ())),
    }
    given = {name: value for name, value in said.items() if value}
    return read_spec({"url": url, "protocol": protocol, "timeout_s": timeout_s, **given})


def require_built_in(evaluators: list[str] | None) -> None:
    """Raise InputError for evaluators that only a server has."""
    from windlass.errors import InputError
    from windlass.evaluation.built_in import BUILT_IN

    others = [name for name in evaluators or () if name not in BUILT_IN]
    if others:
        raise InputError(
            f"{others[0]!r} is no built-in evaluator: those of your project take part in runs of the server, with "
            "`--on-server`."
        )


def _json(option: str, text: str) -> Any:
    from windlass.errors import InputError

    try:
        value = json.loads(text or "null")
    except ValueError as error:
        raise InputError(f"{option} is a JSON object, and this is none: {error}.") from error
    if value is not None and not isinstance(value, dict):
        raise InputError(f"{option} is a JSON object, not {text}.")
    return value


def _header(text: str) -> tuple[str, str]:
    from windlass.errors import InputError

    name, separator, variable = text.partition("=")
    if not separator:
        raise InputError(f"--header {text!r} names no variable; write Name=VARIABLE.")
    return name.strip(), variable.strip()
