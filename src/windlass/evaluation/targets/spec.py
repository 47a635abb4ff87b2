"""What is known of an agent by URL before it is asked: where it is, what it speaks, and what proves who asks."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator, model_validator

from windlass.canonical import digest
from windlass.errors import InputError

Protocol = Literal["openai", "a2a", "agent-engine", "mcp"]
PROTOCOLS: Final[tuple[str, ...]] = get_args(Protocol)

_VARIABLE: Final = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_HEADER: Final = re.compile("[A-Za-z0-9-]+")
_OWN: Final[Mapping[str, frozenset[str]]] = {
    "openai": frozenset({"model", "parameters"}),
    "a2a": frozenset({"skill"}),
    "agent-engine": frozenset({"method", "arguments"}),
    "mcp": frozenset({"tool", "arguments"}),
}
"""Fields that one protocol has, or two, and the others have not."""


class AgentSpec(BaseModel):
    """An agent by URL. It names the variables of the environment that hold keys, and never holds one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    protocol: Protocol
    url: str
    """OpenAI: the base URL, mostly ending in /v1; A2A: where its card lies; Agent Engine: the server; MCP: the
    endpoint."""
    model: str = ""
    """OpenAI: the name of the model or agent."""
    parameters: dict[str, JsonValue] = {}
    """OpenAI: further members of each request, such as `temperature` or `tools`."""
    skill: str = ""
    """A2A: a skill that the agent's card must have."""
    method: str = ""
    """Agent Engine: the method that is called; `query` by default."""
    tool: str = ""
    """MCP: the tool that is called."""
    arguments: dict[str, JsonValue] | None = None
    """MCP and Agent Engine: what is given; `{{ question }}` and the like stand for what an item has."""
    key_variable: str = ""
    """The variable of the environment whose value is sent as `Authorization: Bearer …`."""
    headers: dict[str, str] = {}
    """Further headers: the name of each, and the variable that holds its value."""
    timeout_s: float = Field(default=120.0, gt=0, le=3600)
    """Longest seconds for one request."""

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        check_url(url)
        return url.rstrip("/")

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
        for header, variable in self.headers.items():
            if not _HEADER.fullmatch(header):
                raise ValueError(f"{header!r} is no name of a header")
            _check_variable(variable)
        if self.key_variable:
            _check_variable(self.key_variable)
        return self

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the environment that are sent to it."""
        return frozenset({*self.headers.values(), self.key_variable} - {""})

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

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


def check_url(url: str) -> None:
    """Raise ValueError for what is no plain address: without a host, or with a password in it."""
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(f"{url!r} is no URL") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_one:
        raise ValueError(f"{url!r} is no URL of an agent; it begins with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a password in it would be stored; name a variable of the environment instead")
    if parts.fragment or "\\" in url or not url.isprintable() or " " in url:
        raise ValueError(f"{url!r} is no address of an agent; leave out what follows # and blanks")


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


def _check_variable(name: str) -> None:
    if not _VARIABLE.fullmatch(name):
        raise ValueError("a key is given by the name of a variable of the environment, not by its value")
