"""What is known of an agent by URL before it is asked: where it is, what it speaks, and what proves who asks."""

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, Field, JsonValue, ValidationError, model_validator

from windlass.artifacts.endpoints import Endpoint
from windlass.canonical import digest
from windlass.errors import InputError

Protocol = Literal["openai", "a2a", "agent-engine", "mcp"]
PROTOCOLS: Final[tuple[str, ...]] = get_args(Protocol)

_OWN: Final[Mapping[str, frozenset[str]]] = {
    "openai": frozenset({"model", "parameters"}),
    "a2a": frozenset({"skill"}),
    "agent-engine": frozenset({"method", "arguments"}),
    "mcp": frozenset({"tool", "arguments"}),
}
"""Fields that one protocol has, or two, and the others have not."""


class AgentSpec(Endpoint):
    """An agent by URL."""

    protocol: Protocol
    url: str
    """OpenAI: the base URL, mostly ending in /v1; A2A: where its card lies; Agent Engine: the server; MCP: the
    endpoint."""
    model: str = ""
    """OpenAI: the name of the model or agent."""
    parameters: dict[str, JsonValue] = Field({})
    """OpenAI: further members of each request, such as `temperature` or `tools`."""
    skill: str = ""
    """A2A: a skill that the agent's card must have."""
    method: str = ""
    """Agent Engine: the method that is called; `query` by default."""
    tool: str = ""
    """MCP: the tool that is called."""
    arguments: dict[str, JsonValue] | None = None
    """MCP and Agent Engine: what is given; `{{ question }}` and the like stand for what an item has."""

    @model_validator(mode="after")
    def _fits_its_protocol(self) -> "AgentSpec":
        others = frozenset().union(*_OWN.values()) - _OWN[self.protocol]
        for name in sorted(others):
            if getattr(self, name):
                having = " and ".join(protocol for protocol, own in _OWN.items() if name in own)
                raise ValueError(f"{name} belongs to {having}, not to {self.protocol}")
        if self.protocol == "openai" and not self.model:
            raise ValueError("name the model that is asked there")
        if self.protocol == "mcp" and not self.tool:
            raise ValueError("name the tool that is called there")
        return self

    def known(self) -> dict[str, Any]:
        """Return what a run keeps of it: everything that was said."""
        return self.model_dump(exclude_defaults=True)


def read_spec(fields: Mapping[str, object]) -> AgentSpec:
    """Read what somebody says of an agent. Raises InputError naming what is wrong."""
    try:
        return AgentSpec.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"This is no target{f': {place}' if place else ''}: {message}.") from error


class Identity(BaseModel):
    """What an agent says of itself, where its protocol has it say something."""

    name: str = ""
    version: str = ""


def target_release(spec: AgentSpec, identity: Identity) -> tuple[str, dict[str, object]]:
    """Return the name and the body of a release that stands for an agent as it is known from outside.

    Its digest changes with what is asked of it and with the version it states; what changes behind its URL
    without that is not seen.
    """
    title = identity.name or spec.model or spec.tool or spec.host
    name = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in title.lower())[:80].strip("-")
    entry = f"{spec.protocol}:{spec.url}"
    if spec.model or spec.tool or spec.method:
        entry += f"#{spec.model or spec.tool or spec.method}"
    made_of = {"target": spec.known(), "identity": identity.model_dump()}
    return name or "agent", {"code": {"entry": entry, "digest": digest(made_of)}}
