"""Real tools for a replay beyond its record: those that somebody named, and no others."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from windlass.evaluation.functions import call_in_thread
from windlass.evaluation.replay.answering import LiveTool
from windlass.evaluation.targets.mcp_tool import MCPServer


def live_functions(functions: Mapping[str, Callable[..., Any]]) -> dict[str, LiveTool]:
    """Return functions, sync or async, as tools."""
    return {name: _live(function) for name, function in functions.items()}


def live_of_server(server: MCPServer, names: Sequence[str]) -> dict[str, LiveTool]:
    """Return some of the tools of an MCP server."""

    def live(name: str) -> LiveTool:
        async def call(arguments: dict[str, Any]) -> object:
            return await server.call(name, arguments)

        return call

    return {name: live(name) for name in names}


def _live(function: Callable[..., Any]) -> LiveTool:
    async def call(arguments: dict[str, Any]) -> object:
        if inspect.iscoroutinefunction(function):
            return await function(**arguments)
        result = await call_in_thread(function, **arguments)
        return await result if inspect.isawaitable(result) else result

    return call
