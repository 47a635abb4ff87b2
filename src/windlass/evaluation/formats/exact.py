"""What another format cannot say of an item, kept beside what it says, so that a round trip changes nothing.

Under the key `windlass` of a case stands, for each field that would come back otherwise, its value and what the
case says in its stead: ``{"reference": {"value": ["4", "four"], "instead_of": "4"}}``, without `value` for a field
that is not there. Once somebody has edited the case it says something else, and then the edit holds.
"""

from collections.abc import Mapping
from typing import Final

from windlass.evaluation.formats.format import fields_of
from windlass.evaluation.samples import Item

KEY: Final = "windlass"

_METADATA: Final = "metadata."
_FIELDS: Final = ("id", "input", "reference", "split")


def beside(item: Item, said: Mapping[str, object]) -> dict[str, object]:
    """Return what must be kept of an item beside the fields that its case says."""
    wanted, others = _flat(fields_of(item)), _flat(said)
    return {
        name: _entry(wanted, others, name)
        for name in {**wanted, **others}
        if not (name in wanted and name in others and _same(wanted[name], others[name]))
    }


def restored(said: Mapping[str, object], kept: object) -> dict[str, object]:
    """Return an item's fields from those that its case says and what was kept beside it."""
    fields = _flat(said)
    for name, entry in kept.items() if isinstance(kept, Mapping) else ():
        if isinstance(entry, Mapping) and (name in _FIELDS or str(name).startswith(_METADATA)):
            unedited = (
                _same(entry["instead_of"], fields.get(name)) if "instead_of" in entry else name not in fields
            )
            if unedited and "value" in entry:
                fields[name] = entry["value"]
            elif unedited:
                fields.pop(name, None)
    return _deep(fields)


def _entry(wanted: Mapping[str, object], others: Mapping[str, object], name: str) -> dict[str, object]:
    value = {"value": wanted[name]} if name in wanted else {}
    return {**value, "instead_of": others[name]} if name in others else value


def _flat(fields: Mapping[str, object]) -> dict[str, object]:
    metadata = fields.get("metadata")
    own = {name: value for name, value in fields.items() if name != "metadata" and value is not None}
    named = metadata if isinstance(metadata, Mapping) else {}
    return own | {f"{_METADATA}{name}": value for name, value in named.items()}


def _deep(fields: Mapping[str, object]) -> dict[str, object]:
    own = {name: value for name, value in fields.items() if not name.startswith(_METADATA)}
    metadata = {
        name.removeprefix(_METADATA): value for name, value in fields.items() if name.startswith(_METADATA)
    }
    return {**own, "metadata": metadata} if metadata else own


def _same(value: object, other: object) -> bool:
    """Whether two JSON values are the same; true is not 1, and 1.0 not 1."""
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return value.keys() == other.keys() and all(_same(value[key], other[key]) for key in value)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    return type(value) is type(other) and value == other
