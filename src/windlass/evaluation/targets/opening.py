"""An agent by URL made callable."""

from typing import Protocol

from windlass.evaluation.samples import Item, Prediction
from windlass.evaluation.targets.a2a import A2AAgent
from windlass.evaluation.targets.agent_engine import AgentEngine
from windlass.evaluation.targets.mcp_tool import MCPTool
from windlass.evaluation.targets.openai_chat import OpenAIChat
from windlass.evaluation.targets.spec import AgentSpec, Identity
from windlass.evaluation.targets.wire import Admit, Wire, anywhere
from windlass.models.calls.run_calls import RunCalls


class UrlTarget(Protocol):
    """A target of a run that is asked over HTTP."""

    async def identify(self) -> Identity:
        """Greet it, before a run is recorded: is it there, does it speak this, has it what is to be asked?

        Raises ProviderFailure, InputError, and ConfigurationError for a key that is not set.
        """
        ...

    async def __call__(self, item: Item) -> Prediction: ...


def open_target(spec: AgentSpec, *, admit: Admit = anywhere, calls: RunCalls | None = None) -> UrlTarget:
    """Return the agent that a description is of; nothing is sent before it is asked.

    ``admit`` decides which addresses may be called from here, also those that an agent's card names. Without
    ``calls`` an exchange goes by the limits of the run that it is part of, if there is one.
    """
    wire = Wire(spec, admit)
    match spec.protocol:
        case "openai":
            return OpenAIChat(wire, calls)
        case "a2a":
            return A2AAgent(wire, calls)
        case "agent-engine":
            return AgentEngine(wire, calls)
        case "mcp":
            return MCPTool(wire, calls)
