"""A tool of an MCP server as a target, over streamable HTTP."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

import httpx2
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from windlass.artifacts.endpoints import Endpoint
from windlass.errors import ConfigurationError, InputError, WindlassError
from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.governing import Governor
from windlass.evaluation.targets.refusals import failure_of_status, failure_on_the_way, one_line, unreadable
from windlass.evaluation.targets.spec import AgentSpec, Identity
from windlass.evaluation.targets.templates import fill_arguments
from windlass.evaluation.targets.wire import Wire
from windlass.evaluation.trajectories import ToolCall
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Message, Usage
from windlass.models.connections import certificates
from windlass.models.failures import ProviderFailure

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult, ErrorData

_NO_JSON_RPC: Final = -32700
_TELLING: Final = frozenset({401, 403, 429, 500, 502, 503, 504, 529})
"""Statuses that say what is the matter; others are part of finding out which version of the protocol is spoken."""


class MCPTool:
    """Calls one tool of a server; each call in a session of its own."""

    def __init__(self, wire: Wire[AgentSpec], calls: RunCalls | None = None) -> None:
        self._session = MCPServer(wire)
        self._spec = wire.spec
        self._governor = Governor(wire.spec, calls)

    async def identify(self) -> Identity:
        """Greet the server. Raises InputError where it has no such tool, ProviderFailure where it is none."""
        return await self._session.identify([self._spec.tool])

    async def __call__(self, item: Item) -> Prediction:
        arguments = self._arguments_of(item)

        async def exchange() -> tuple[object, Usage | None]:
            return await self._session.call(self._spec.tool, arguments), None

        done = await self._governor.make(exchange, [Message("user", json.dumps(arguments, default=str))])
        output = done.value if isinstance(done.value, str) else json.dumps(done.value, ensure_ascii=False)
        call = ToolCall(self._spec.tool, arguments, tool_output=done.value)
        return Prediction(output=output, latency_s=done.latency_s, trajectory=(call,))

    def _arguments_of(self, item: Item) -> dict[str, Any]:
        if self._spec.arguments is not None:
            return fill_arguments(self._spec.arguments, item)
        if isinstance(item.input, dict):
            return {str(name): value for name, value in item.input.items()}
        raise InputError(
            f"The item {item.id!r} is a text: say which argument of {self._spec.tool} it is, "
            'for example {"query": "{{ question }}"}.'
        )


class MCPServer:
    """The tools of an MCP server by URL."""

    def __init__(self, wire: Wire[Endpoint]) -> None:
        self._wire = wire

    async def identify(self, tools: list[str]) -> Identity:
        """Greet the server and return what it is. Raises InputError for a tool that it has not."""
        async with self._connected() as client:
            there = [tool.name for tool in (await client.list_tools()).tools]
            info = client.server_info
        for tool in tools:
            if tool not in there:
                known = ", ".join(there) or "none"
                raise InputError(
                    f"The MCP server at {self._wire.spec.host} has no tool {tool!r}; its tools are {known}."
                )
        return Identity(name=getattr(info, "name", "") or "", version=getattr(info, "version", "") or "")

    async def call(self, tool: str, arguments: dict[str, Any]) -> object:
        """Call a tool and return its result as JSON. Raises ProviderFailure for one that failed."""
        async with self._connected() as client:
            result = await client.call_tool(tool, arguments)
        value = _value_of(result)
        if result.is_error:
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            raise ProviderFailure(
                f"The tool {tool} failed: {one_line(self._wire.without_secrets(said))}", charged=True
            )
        return value

    @contextlib.asynccontextmanager
    async def _connected(self) -> "AsyncIterator[Client]":
        try:
            from mcp import Client, MCPError
            from mcp.client.streamable_http import streamable_http_client
        except ImportError as error:
            raise ConfigurationError("MCP targets need its SDK: pip install 'windlass[mcp]'.") from error
        headers = self._wire.headers()
        TraceContextTextMapPropagator().inject(headers)
        await self._wire.client(self._wire.spec.url)
        refused: list[httpx2.Response] = []

        async def note(response: httpx2.Response) -> None:
            if response.status_code in _TELLING or 300 <= response.status_code < 400:
                refused.append(response)

        timeout = httpx2.Timeout(self._wire.spec.timeout_s, connect=10)
        verify = False if self._wire.spec.url.startswith("http://") else certificates()
        hooks = {"response": [note]}
        http = httpx2.AsyncClient(headers=headers, timeout=timeout, event_hooks=hooks, verify=verify)
        try:
            async with http:
                transport = streamable_http_client(self._wire.spec.url, http_client=http)
                async with Client(transport, read_timeout_seconds=self._wire.spec.timeout_s) as client:
                    yield client
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is becomes one sentence
            cause = _first(error)
            if isinstance(cause, WindlassError) or not isinstance(cause, Exception):
                raise cause from None
            answered = cause.error if isinstance(cause, MCPError) else None
            raise self._failure(cause, refused, answered) from None

    def _failure(
        self, error: Exception, refused: list[httpx2.Response], answered: "ErrorData | None"
    ) -> ProviderFailure:
        """Return what went wrong: the SDK wraps it in groups of errors, and says less than the status did."""
        who = self._wire.who
        if refused:
            return failure_of_status(who, refused[-1], "", self._wire.spec)
        if isinstance(error, httpx2.HTTPError):
            return failure_on_the_way(who, error, self._wire.spec.timeout_s)
        if isinstance(error, TimeoutError):
            return ProviderFailure(f"{who} did not answer in time.", retryable=True, charged=True)
        if answered is not None and answered.code == _NO_JSON_RPC:
            return unreadable(who, "JSON-RPC message", "what it sent is none")
        said = one_line(self._wire.without_secrets(answered.message if answered else str(error)))
        if answered is not None:
            return ProviderFailure(f"{who} answered with an error of MCP: {said}", charged=True)
        return ProviderFailure(f"{who} does not answer as an MCP server: {said}")


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _value_of(result: "CallToolResult") -> object:
    """Return what a tool answered: its structured content, else its text."""
    structured = result.structured_content
    if structured is not None:
        # A tool that returns no object has its value wrapped in one.
        return structured["result"] if set(structured) == {"result"} else structured
    return "\n".join(part.text for part in result.content if part.type == "text")
