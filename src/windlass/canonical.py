"""Canonical JSON (RFC 8785) and the digests made of it: the identity of every version."""

import hashlib
import math
from collections.abc import Mapping, Sequence

import rfc8785

from windlass.errors import InputError

_JSON_TYPES = "null, true, false, numbers, text, lists and objects with text keys"

_LARGEST_EXACT_INTEGER = 2**53 - 1


def canonical_json(value: object) -> bytes:
    """Return the RFC 8785 serialisation of a JSON value.

    Raises InputError for a value that has no canonical form: NaN and infinities, integers beyond
    ±(2**53 − 1) (which other languages cannot read exactly), types that are not JSON, and nesting of hundreds
    of levels.
    """
    try:
        return rfc8785.dumps(_plain(value, "$"))  # type: ignore[arg-type]
    except RecursionError as error:
        raise InputError("This value is nested too deeply for canonical JSON; make it flatter.") from error
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise InputError(f"This value has no canonical JSON form: {error}.") from error


def digest(value: object) -> str:
    """Return ``sha256:…`` of the canonical JSON of a value."""
    return digest_bytes(canonical_json(value))


def digest_bytes(data: bytes) -> str:
    """Return ``sha256:…`` of bytes as they are."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _plain(value: object, path: str) -> object:
    """Check a value and turn its mappings and sequences into plain ones, naming the place of what is wrong."""
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > _LARGEST_EXACT_INTEGER:
                raise InputError(f"The integer at {path} is beyond ±(2^53 − 1); write it as text.")
            return value
        case float():
            if not math.isfinite(value):
                raise InputError(f"The number at {path} is {value}; JSON has no such number, use null.")
            return value
        case Mapping():
            return {_key(key, path): _plain(item, f"{path}.{key}") for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [_plain(item, f"{path}[{position}]") for position, item in enumerate(value)]
        case _:
            raise InputError(f"The value at {path} is a {type(value).__name__}; JSON knows {_JSON_TYPES}.")


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise InputError(f"The key {key!r} at {path} is a {type(key).__name__}; JSON keys are text.")
    return key
