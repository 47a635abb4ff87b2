"""The body of a tool: what a model is told of it, what calling it does, and where it is reached."""

import re
from typing import Final, Literal

from pydantic import Field, JsonValue, field_validator, model_validator

from windlass.artifacts.endpoints import Endpoint
from windlass.artifacts.json_schemas import validator_of
from windlass.errors import ConfigurationError

Effect = Literal["read", "write", "egress"]
"""What a call does: ``read`` changes nothing, ``write`` changes something, ``egress`` carries something out."""

_FUNCTION: Final = re.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""A name that every provider takes."""


class Tool(Endpoint):
    """A tool that releases bind and their models call."""

    protocol: Literal["mcp", "http"]
    """How it is reached: a tool of an MCP server, or a POST of the arguments as JSON."""
    function: str = ""
    """The name that models call it by, and traces have; the artifact's name by default."""
    description: str
    """What models are told of it."""
    parameters: dict[str, JsonValue] = Field({"type": "object", "properties": {}})
    """The JSON Schema of its arguments."""
    effect: Effect
    tool: str = ""
    """MCP: its name there; by default what models call it."""
    timeout_s: float = Field(default=30.0, gt=0, le=600)
    """Longest seconds for one call."""

    @field_validator("function")
    @classmethod
    def _can_be_called(cls, name: str) -> str:
        if name and not _FUNCTION.fullmatch(name):
            raise ValueError(
                f"models cannot call {name!r}: a name takes 1 to 64 letters, digits, dashes and underscores, and "
                "begins with a letter or an underscore"
            )
        return name

    @field_validator("description")
    @classmethod
    def _is_described(cls, description: str) -> str:
        if not description.strip():
            raise ValueError("say what the tool does and when to call it: it is all that a model knows of it")
        return description

    @field_validator("parameters")
    @classmethod
    def _is_a_schema_of_arguments(cls, schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if schema.get("type") != "object":
            raise ValueError("arguments have names, so their schema is of `type: object`")
        try:
            validator_of(schema)
        except ConfigurationError:
            # Who pushes need not have what the server has, which checks it once more.
            return schema
        return schema

    @model_validator(mode="after")
    def _fits_its_protocol(self) -> "Tool":
        if self.tool and self.protocol != "mcp":
            raise ValueError("`tool` is the name at an MCP server; a tool over http is all that its URL is")
        return self

    def named(self, artifact: str) -> str:
        """Return what models call it, under the name of its artifact."""
        return self.function or re.sub(r"[^a-z0-9_-]", "_", artifact)[:64]
