"""An evaluator as another tool's file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from windlass.errors import InputError

Body: TypeAlias = Mapping[str, Any]
"""What the file of an evaluator has: `function`, `parameters`, `description`."""


@dataclass(frozen=True)
class PortableEvaluator:
    """One evaluator, and what its file asks of its mean."""

    name: str
    body: Body
    at_least: float | None = None
    notes: tuple[str, ...] = ()
    """What of it means something else here, a sentence each."""


@dataclass(frozen=True)
class PortableFile:
    """The evaluators of a file, and what of it windlass has nothing for."""

    evaluators: list[PortableEvaluator]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Names of metrics, with why."""


def parameters_of(body: Body) -> Mapping[str, Any]:
    parameters = body.get("parameters") or {}
    return parameters if isinstance(parameters, Mapping) else {}


def model_of(name: object, model: str | None, place: str) -> str:
    """Return the reference of a judge's model: what is said, else Google's of that name. Raises InputError."""
    if model is not None:
        return model
    if not isinstance(name, str) or not name:
        raise InputError(f"{place} asks a model and names none: say which with `--model provider:name`.")
    return name if ":" in name else f"google:{name.rpartition('/')[2]}"


def google_name(reference: object) -> str | None:
    """Return what Google's tools call a model; None for one of another provider."""
    provider, _, name = str(reference).partition(":")
    return name if provider == "google" and name else None
