"""How one names a version: ``kind/name@what``, where what is a number, a digest, a label or an environment."""

import re
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, StringConstraints

from windlass.errors import InputError

Kind = Literal["prompt", "dataset", "index", "evaluator", "model", "tool", "release"]

KINDS: tuple[Kind, ...] = ("prompt", "dataset", "index", "evaluator", "model", "tool", "release")

_NAME = r"[a-z0-9][a-z0-9._-]{0,99}"
Name = Annotated[str, StringConstraints(pattern=f"^{_NAME}$")]
"""The name of an artifact, label or environment: lower-case letters, digits, dot, dash, underscore."""

Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class VersionReference(BaseModel):
    """Exactly one version, as bodies of other versions refer to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    name: Name
    digest: Digest

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}@{self.digest}"


class Selector(NamedTuple):
    """What a person wrote: a kind, a name, and what picks the version."""

    kind: Kind
    name: str
    what: str


def parse_selector(text: str, *, kind: Kind | None = None) -> Selector:
    """Read ``kind/name@what``: without ``@what`` it is ``latest``; where a kind is expected it may be left out.

    Raises InputError.
    """
    match = re.fullmatch(rf"(?:([a-z]+)/)?({_NAME})(?:@(\S+))?", text.strip())
    if match is None:
        raise InputError(
            f"{text!r} does not name a version; write {kind or 'kind'}/name@what, where what is a number, "
            "a digest, a label or an environment."
        )
    written, name, what = match.groups()
    if written is None and kind is None:
        raise InputError(
            f"{text!r} does not say its kind; write one of {', '.join(f'{k}/{name}' for k in KINDS)}."
        )
    found = written or kind
    if found not in KINDS:
        raise InputError(f"{found!r} in {text!r} is not a kind of artifact; the kinds are {', '.join(KINDS)}.")
    if kind is not None and found != kind:
        raise InputError(f"{text!r} is a {found}, but a {kind} is needed here.")
    return Selector(kind=found, name=name, what=what or "latest")


def check_name(text: str, what: str) -> str:
    """Return a name that is fit for an artifact, label or environment. Raises InputError."""
    if not re.fullmatch(_NAME, text):
        raise InputError(
            f"{text!r} is no name for {what}: it takes 1 to 100 lower-case letters, digits, dots, dashes and "
            "underscores, and begins with a letter or digit."
        )
    return text
