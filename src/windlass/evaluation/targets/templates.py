"""Arguments made for each item: `{{ question }}` and the like stand for what the item has."""

import json
import re
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from windlass.errors import InputError
from windlass.evaluation.samples import Item

_PLACE: Final = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")


def fill_arguments(template: Mapping[str, JsonValue], item: Item) -> dict[str, object]:
    """Return a template with the item's values in their places.

    A text that is a place and nothing else becomes the value, of whatever type; within other text it is written
    out. Raises InputError for a place that the item has nothing for.
    """
    filled = _filled(dict(template), _values_of(item), item.id)
    assert isinstance(filled, dict)
    return filled


def _values_of(item: Item) -> dict[str, object]:
    values: dict[str, object] = {"input": item.input, "id": item.id, "metadata": item.metadata}
    if isinstance(item.input, str):
        return {**values, "question": item.input}
    return {**item.input, **values} if isinstance(item.input, dict) else values


def _filled(value: object, values: Mapping[str, object], item: str) -> object:
    if isinstance(value, dict):
        return {name: _filled(each, values, item) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values, item) for each in value]
    if not isinstance(value, str):
        return value
    whole = _PLACE.fullmatch(value.strip())
    if whole:
        return _find(whole[1], values, item)
    return _PLACE.sub(lambda place: _text(_find(place[1], values, item)), value)


def _find(path: str, values: Mapping[str, object], item: str) -> object:
    found: object = values
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise InputError(f"The item {item!r} has nothing for {{{{ {path} }}}}; it has {', '.join(values)}.")
        found = found[name]
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
