"""What `windlass.evaluate` can ask: a function, recorded outputs, an agent by URL."""

import asyncio
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, Protocol

from windlass.canonical import digest_bytes
from windlass.errors import InputError
from windlass.evaluation.functions import predict
from windlass.evaluation.recorded import RecordedOutputs, recorded_release, require_outputs
from windlass.evaluation.samples import Item, Prediction, Target
from windlass.evaluation.targets.opening import UrlTarget, open_target
from windlass.evaluation.targets.spec import AgentSpec, Identity, read_spec, target_release

Answers = Callable[[Any], Any]


class Asked(Protocol):
    """What is evaluated, before it is known on what."""

    title: str
    """Names its release and its items, where nobody names them."""
    measures_latency: bool
    """Whether the time that it takes is its latency."""

    def check(self, items: Sequence[Item], repeats: int) -> None:
        """Find out before a run is recorded whether it can be asked. Raises what it would raise later."""
        ...

    def release(self, data: Mapping[str, Any], title: str) -> tuple[str, dict[str, object]]:
        """Return the name and body of a release that stands for it, on a version of a dataset."""
        ...

    def open(self) -> Target:
        """Return it as what a run asks."""
        ...

    def noted(self) -> dict[str, object]:
        """Return what the run's record says of it."""
        ...


class FunctionAsked:
    """A user's function."""

    measures_latency = True

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.title = name_of(function)

    def check(self, items: Sequence[Item], repeats: int) -> None:
        """Any function can be asked anything."""

    def release(self, data: Mapping[str, Any], title: str) -> tuple[str, dict[str, object]]:
        del data
        return code_release(title, self.function)

    def open(self) -> Target:
        return FunctionTarget(self.function)

    def noted(self) -> dict[str, object]:
        return {}


class RecordedAsked:
    """What stands in a column of the dataset."""

    title = "recorded"
    measures_latency = False

    def __init__(self, outputs: RecordedOutputs) -> None:
        self._outputs = outputs

    def check(self, items: Sequence[Item], repeats: int) -> None:
        require_outputs(items, self._outputs.column, repeats=repeats)

    def release(self, data: Mapping[str, Any], title: str) -> tuple[str, dict[str, object]]:
        del title
        return recorded_release(str(data["name"]), str(data["digest"]), self._outputs.column)

    def open(self) -> Target:
        return self._outputs

    def noted(self) -> dict[str, object]:
        return {}


class AgentTarget:
    """An agent by URL; `windlass.agent` makes one."""

    measures_latency = True

    def __init__(self, spec: AgentSpec) -> None:
        self.spec = spec
        self.title = target_release(spec, Identity())[0]
        self._identity = Identity()

    def check(self, items: Sequence[Item], repeats: int) -> None:
        del items, repeats
        self._identity = greet(open_target(self.spec))

    def release(self, data: Mapping[str, Any], title: str) -> tuple[str, dict[str, object]]:
        del data
        name, body = target_release(self.spec, self._identity)
        return (name if title == self.title else title), body

    def open(self) -> Target:
        return open_target(self.spec)

    def noted(self) -> dict[str, object]:
        return {"target": self.spec.known()}


def agent(
    url: str,
    *,
    protocol: Literal["openai", "a2a", "agent-engine", "mcp"],
    model: str = "",
    skill: str = "",
    method: str = "",
    tool: str = "",
    arguments: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    key_variable: str = "",
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 120.0,
) -> AgentTarget:
    """Name an agent by URL for `windlass.evaluate` and `windlass.replay`; it is asked from this process.

    Args:
        url: `openai`: the base URL, mostly ending in /v1; `a2a`: where its card lies; `agent-engine`: the server;
            `mcp`: the endpoint.
        protocol: What it speaks.
        model: `openai`: the model or agent that is asked there.
        skill: `a2a`: a skill that its card must have.
        method: `agent-engine`: the method that is called, `query` by default.
        tool: `mcp`: the tool that is called.
        arguments: `mcp`, `agent-engine`: what is given, with `{{ question }}` and the like for what an item has.
        parameters: `openai`: further members of each request, such as `temperature` or `tools`.
        key_variable: The environment variable whose value is sent as `Authorization: Bearer …`.
        headers: Further headers: the name of each, and the environment variable that holds its value.
        timeout_s: Longest seconds for one request.

    Raises InputError for what is no agent of this protocol.
    """
    given: dict[str, object] = {
        "model": model,
        "skill": skill,
        "method": method,
        "tool": tool,
        "arguments": arguments,
        "parameters": parameters,
        "key_variable": key_variable,
        "headers": headers,
    }
    said = {name: value for name, value in given.items() if value}
    return AgentTarget(read_spec({"url": url, "protocol": protocol, "timeout_s": timeout_s, **said}))


def asked_of(target: Answers | RecordedOutputs | AgentTarget) -> Asked:
    if isinstance(target, AgentTarget):
        return target
    return RecordedAsked(target) if isinstance(target, RecordedOutputs) else FunctionAsked(target)


def greet(target: UrlTarget) -> Identity:
    """Return what an agent says it is. Raises what ``identify`` raises."""
    # A thread of its own: the caller may be inside an event loop already, as in a notebook.
    with ThreadPoolExecutor(1, thread_name_prefix="windlass-greet") as pool:
        return pool.submit(lambda: asyncio.run(target.identify())).result()


class FunctionTarget:
    """A user's function as the target of a run."""

    def __init__(self, function: Answers) -> None:
        self._function = function

    async def __call__(self, item: Item) -> Prediction:
        return await predict(self._function, item.input)


def code_release(name: str, function: Callable[..., Any]) -> tuple[str, dict[str, object]]:
    """Return the name and body of a release of a function's own source. Raises InputError without it."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError) as error:
        raise InputError(
            f"The source of {function!r} cannot be read, so no release can be made of it: name one with release=."
        ) from error
    entry = f"{getattr(function, '__module__', '')}:{getattr(function, '__qualname__', name)}"
    return name, {"code": {"entry": entry, "digest": digest_bytes(source.encode())}}


def name_of(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._") or "target"
