"""Masking rules: what a project lets nobody store."""

from typing import Annotated, Literal, get_args

import re2
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from windlass.telemetry.masking.contents import Content
from windlass.telemetry.masking.detectors import Detector, compile_pattern

Place = Literal["span", "event", "link", "resource", "scope", "log", "metric"]

_LONGEST_PATTERN = 2_000


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _is_pattern(pattern: str) -> str:
    try:
        compiled = compile_pattern(pattern)
    except re2.error as error:
        problem = error.args[0]
        said = problem.decode(errors="replace") if isinstance(problem, bytes) else str(problem)
        raise ValueError(
            f"{pattern!r} cannot be used: {said} (patterns are RE2's: no look-around, no back-references)"
        ) from error
    if compiled.search("") is not None:
        raise ValueError(
            f"{pattern!r} matches the empty text, and so everywhere; let it match at least a character"
        )
    return pattern


class DeniedAttribute(_Rule):
    """An attribute that is taken out wherever it is found."""

    name: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f]+$")
    """The attribute's name; `*` stands for any characters, `?` for one. What nests has the path as its name,
    joined by dots: `*.password` means every password within something, in JSON texts too."""
    places: tuple[Place, ...] = Field(default=get_args(Place), min_length=1)


class PatternRule(_Rule):
    """A regular expression, and what is written in place of what it matches."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")
    pattern: Annotated[str, Field(min_length=1, max_length=_LONGEST_PATTERN), AfterValidator(_is_pattern)]
    """In the syntax of RE2, which takes linear time for every text."""
    replacement: str = Field(default="[masked]", max_length=200)
    """`\\1` stands for what the first group matched."""

    @model_validator(mode="after")
    def _refers_to_groups_that_exist(self) -> "PatternRule":
        compiled = compile_pattern(self.pattern)
        try:
            # A match of our own making: only its groups count.
            next(iter(compile_pattern(f"(?:{self.pattern})|\\z").finditer(b""))).expand(self.replacement.encode())
        except (IndexError, KeyError, ValueError, re2.error) as error:
            raise ValueError(
                f"the replacement {self.replacement!r} names a group that the pattern does not have "
                f"(it has {compiled.groups})"
            ) from error
        return self


class MaskingRules(_Rule):
    """What a project lets nobody store."""

    attributes: tuple[DeniedAttribute, ...] = Field(default=(), max_length=500)
    patterns: tuple[PatternRule, ...] = Field(default=(), max_length=100)
    detectors: tuple[Detector, ...] = ()
    drop: tuple[Content, ...] = ()
    """Contents of which nothing is stored."""

    @model_validator(mode="after")
    def _names_each_pattern_once(self) -> "MaskingRules":
        names = [rule.name for rule in self.patterns]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two patterns have the name {twice!r}; what each masked is counted by its name")
        return self

    @property
    def is_empty(self) -> bool:
        return not (self.attributes or self.patterns or self.detectors or self.drop)
