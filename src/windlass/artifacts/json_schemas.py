"""JSON Schemas of draft 2020-12, made ready to hold values against."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from pydantic import JsonValue

from windlass.errors import ConfigurationError, InputError

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def validator_of(schema: Mapping[str, JsonValue]) -> Any:
    """Return the validator of a schema.

    Patterns are those of an engine of linear time, without look-around: values are anybody's. Raises InputError
    for a schema that is none, is of another draft, or refers to one elsewhere.
    """
    try:
        import jsonschema_rs
    except ImportError as error:
        raise ConfigurationError("JSON Schemas need jsonschema-rs: pip install 'windlass[server]'.") from error
    if schema.get("$schema", _DRAFT) not in (_DRAFT, f"{_DRAFT}#"):
        raise InputError(f"The schema is of {schema['$schema']}; what is read is draft 2020-12, {_DRAFT}.")
    elsewhere: list[str] = []

    def stay_here(uri: str) -> NoReturn:
        elsewhere.append(uri)
        raise ValueError(uri)

    try:
        return jsonschema_rs.Draft202012Validator(
            dict(schema), retriever=stay_here, pattern_options=jsonschema_rs.RegexOptions()
        )
    except jsonschema_rs.ValidationError as error:
        if elsewhere:
            raise InputError(
                f"The schema refers to {elsewhere[0]}, and nothing is fetched: put that under its $defs."
            ) from error
        place = place_of(error.instance_path, "as a whole")
        raise InputError(f"This is no JSON Schema of draft 2020-12, {place}: {error.message}.") from error


def place_of(path: list[str | int], whole: str) -> str:
    """Return a path as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path) or whole
