"""Whatever a function is given or gives back, as JSON: what is compared and kept of a replay is nothing else."""

import dataclasses
import json
from typing import Any

from pydantic import BaseModel


def as_json(value: object) -> Any:
    """Return a value as JSON; what has no JSON of its own is its text."""
    try:
        return json.loads(json.dumps(value, default=_told))
    except (ValueError, TypeError, RecursionError):
        return str(value)


def _told(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)
