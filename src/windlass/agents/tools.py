"""The tools of a release, bound: what its model is told of them, and how this server calls them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from windlass.artifacts.json_schemas import place_of, validator_of
from windlass.artifacts.kinds import Release
from windlass.artifacts.registry import Registry
from windlass.artifacts.tools import Effect, Tool
from windlass.artifacts.versions import Version
from windlass.errors import InputError
from windlass.evaluation.targets.addresses import Addresses
from windlass.evaluation.targets.mcp_tool import MCPServer
from windlass.evaluation.targets.wire import Wire
from windlass.models.completion import OfferedTool


class BoundTool:
    """One tool. It may be called from many tasks at once."""

    def __init__(self, name: str, body: Tool, digest: str, addresses: Addresses) -> None:
        """``name`` is what models call it."""
        self.name = name
        self.effect: Effect = body.effect
        self.digest = digest
        self.offered = OfferedTool(name, body.description, body.parameters)
        self._body = body
        self._addresses = addresses
        self._wire = Wire(body, addresses.admit, who=f"The tool {name} at {body.host}")
        self._mcp = MCPServer(self._wire) if body.protocol == "mcp" else None
        self._validator = validator_of(body.parameters)

    def admit(self) -> None:
        """Raise Denied where this server may not call it, ConfigurationError for a key that is not set."""
        self._addresses.admit_endpoint(self._body)
        self._wire.headers()

    async def greet(self) -> None:
        """Find out whether it is there, without calling it. Raises InputError, ProviderFailure, as ``admit``."""
        self.admit()
        if self._mcp is not None:
            await self._mcp.identify([self._there])
        else:
            await self._wire.reach(self._body.url)

    async def call(self, arguments: Mapping[str, Any]) -> object:
        """Call it and return its result as JSON. Raises ProviderFailure for one that failed, and as ``admit``."""
        self.admit()
        if self._mcp is not None:
            return await self._mcp.call(self._there, dict(arguments))
        reply = await self._wire.post(self._body.url, dict(arguments))
        try:
            value: object = json.loads(reply.body)
        except (ValueError, RecursionError):
            # What a tool says need not be JSON: a model reads text as well.
            return reply.body.decode(errors="replace")
        return value

    def fault_of(self, arguments: Mapping[str, Any]) -> str | None:
        """Return what is wrong with arguments, the first fault and its place; None for nothing."""
        try:
            fault = next(iter(self._validator.iter_errors(dict(arguments))), None)
        except ValueError as error:
            return str(error)
        return None if fault is None else f"{place_of(fault.instance_path, 'the whole')}: {fault.message}"

    @property
    def _there(self) -> str:
        """Its name at its MCP server."""
        return self._body.tool or self.name


def bind_tools(
    registry: Registry, project: str, release: Version, body: Release, addresses: Addresses
) -> tuple[BoundTool, ...]:
    """Return the tools that a release binds. Raises InputError where two of them would have one name."""
    bound = [
        BoundTool(
            Tool.model_validate(version.body).named(version.name),
            Tool.model_validate(version.body),
            version.digest,
            addresses,
        )
        for version in (registry.get(project, str(reference)) for reference in body.tools or ())
    ]
    twice = _first_twice([tool.name for tool in bound])
    if twice is not None:
        raise InputError(
            f"release/{release.name} binds two tools that its model would call {twice!r}: give one of them "
            "another `function`."
        )
    return tuple(bound)


def greet_tools(tools: Sequence[BoundTool]) -> None:
    """Find out whether tools are there, before a run needs them. Blocks; raises as ``BoundTool.greet``."""

    async def greet() -> None:
        # One after the other: the first that is not there is the one to tell of.
        for tool in tools:
            await tool.greet()

    asyncio.run(greet())


def _first_twice(names: Sequence[str]) -> str | None:
    return next((name for place, name in enumerate(names) if name in names[:place]), None)
