"""The digest of an object of very many members, one of which is in memory at a time."""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from windlass.canonical import canonical_json

T = TypeVar("T")


def digest_of_items(items: Mapping[str, T], value: Callable[[T], object]) -> str:
    """Return the digest of the canonical JSON of an object with the same keys and these values."""
    hashed = hashlib.sha256(b"{")
    # RFC 8785 has the members in the order of their names' UTF-16 code units.
    for number, key in enumerate(sorted(items, key=lambda name: name.encode("utf-16-be"))):
        comma = b"," if number else b""
        hashed.update(comma + canonical_json(key) + b":" + canonical_json(value(items[key])))
    hashed.update(b"}")
    return "sha256:" + hashed.hexdigest()
