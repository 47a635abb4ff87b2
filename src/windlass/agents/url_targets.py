"""Agents by URL as a server asks them: those that an administrator allowed."""

import asyncio

from windlass.access.principals import Principal
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version
from windlass.evaluation.targets.addresses import Addresses
from windlass.evaluation.targets.opening import UrlTarget, open_target
from windlass.evaluation.targets.spec import AgentSpec, target_release
from windlass.models.calls.run_calls import RunCalls


class UrlTargets:
    """Opens agents under a server's own settings."""

    def __init__(self, registry: Registry, addresses: Addresses) -> None:
        self._registry = registry
        self._addresses = addresses

    def open(self, spec: AgentSpec, calls: RunCalls | None = None) -> UrlTarget:
        """Return an agent as the target of a run. Raises Denied for one that is not allowed."""
        self._addresses.admit_endpoint(spec)
        return open_target(spec, admit=self._addresses.admit, calls=calls)

    def release(self, principal: Principal, spec: AgentSpec) -> Version:
        """Greet an agent, and return the release that stands for it. Blocks.

        Raises Denied, ProviderError and InputError for one that cannot be asked, ConfigurationError for its key.
        """
        identity = asyncio.run(self.open(spec).identify())
        name, body = target_release(spec, identity)
        return self._registry.push(principal, "release", name, body).version
