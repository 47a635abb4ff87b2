"""What the definitions of tools say of calls: their arguments' types, and what one is that is not given."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from windlass.errors import InputError
from windlass.evaluation.trajectories import ToolCall

Schemas = Mapping[str, Mapping[str, Any]]
"""By tool: the JSON Schema of its arguments."""

TOOLS: Final = "tools"
"""The key of an item's metadata under which the definitions of its tools stand."""

_RECORDING: Final = "recording"
_SCHEMAS: Final = ("parameters", "input_schema", "inputSchema")
"""Where OpenAI and Google, Anthropic, and MCP have the schema of a tool's arguments."""
_NUMBERS: Final = frozenset({"number", "integer"})


def read_schemas(value: object) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of a list of definitions, as OpenAI, Anthropic, Google or MCP write them.

    Raises InputError naming the definition that is none.
    """
    if not isinstance(value, list | tuple):
        raise InputError(f"Definitions of tools are a list, this is a {type(value).__name__}.")
    found: dict[str, Mapping[str, Any]] = {}
    for place, each in enumerate(value, 1):
        function = each.get("function", each) if isinstance(each, Mapping) else None
        name = function.get("name") if isinstance(function, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(name, str) or not name:
            raise InputError(f"Definition {place} of the tools names no tool: give it a 'name' and 'parameters'.")
        schema: Mapping[str, Any] = next(
            (function[key] for key in _SCHEMAS if isinstance(function.get(key), Mapping)), {}
        )
        found[name] = schema
    return found


def schemas_of(metadata: Mapping[str, object]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas that an item says its tools have: of its `tools`, and of its recording.

    Raises InputError for `tools` that are no definitions.
    """
    recording = metadata.get(_RECORDING)
    recorded = recording.get(TOOLS) if isinstance(recording, Mapping) else None
    return {**read_schemas(recorded or ()), **read_schemas(metadata.get(TOOLS) or ())}


def defaults_of_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a JSON Schema of an object says of members that are not given."""
    return {name: each["default"] for name, each in _properties(schema) if "default" in each}


def with_defaults(calls: Iterable[ToolCall], schemas: Schemas) -> list[ToolCall]:
    """Return calls with the arguments that are not given as the schemas of their tools say."""
    return [_completed(call, defaults_of_schema(schemas.get(call.tool_name, {}))) for call in calls]


def as_typed(calls: Iterable[ToolCall], schemas: Schemas) -> list[ToolCall]:
    """Return calls with their arguments read as the types that the schemas of their tools give them.

    "7" is 7 where a number is meant, and 7 is "7" where a text is; what cannot be read so stays as it is.
    """
    typed = []
    for call in with_defaults(calls, schemas):
        types = dict(_properties(schemas.get(call.tool_name, {})))
        arguments = {name: _typed(value, types.get(name, {})) for name, value in call.tool_input.items()}
        typed.append(_with_input(call, arguments))
    return typed


def _completed(call: ToolCall, defaults: Mapping[str, Any]) -> ToolCall:
    return _with_input(call, {**defaults, **call.tool_input}) if defaults else call


def _with_input(call: ToolCall, arguments: Mapping[str, Any]) -> ToolCall:
    return ToolCall(call.tool_name, arguments, call.outcome, call.tool_output, call.agent)


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    properties = schema.get("properties")
    for name, each in properties.items() if isinstance(properties, Mapping) else ():
        if isinstance(each, Mapping):
            yield str(name), each


def _typed(value: object, schema: Mapping[str, Any]) -> object:
    kind = schema.get("type")
    # A union of types leaves the value to say itself which of them it is; `null` beside one type does not.
    named = {each.lower() for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)}
    kinds = named - {"null"}
    if len(kinds) != 1:
        return value
    wanted = kinds.pop()
    if isinstance(value, list) and wanted == "array" and isinstance(schema.get("items"), Mapping):
        return [_typed(each, schema["items"]) for each in value]
    if isinstance(value, Mapping) and wanted == "object":
        types = dict(_properties(schema))
        return {name: _typed(each, types.get(name, {})) for name, each in value.items()}
    if isinstance(value, str) and wanted != "string":
        return _read(value, wanted)
    if wanted == "string" and isinstance(value, int | float | bool):
        return json.dumps(value)
    return value


def _read(text: str, wanted: str) -> object:
    try:
        value = json.loads(text.strip().lower() if wanted == "boolean" else text)
    except ValueError:
        return text
    fits = {
        "boolean": isinstance(value, bool),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
        **dict.fromkeys(_NUMBERS, isinstance(value, int | float) and not isinstance(value, bool)),
    }
    return value if fits.get(wanted, False) else text
