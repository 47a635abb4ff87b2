"""Names of attributes with `*` and `?` in them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import re2

from windlass.telemetry.masking.detectors import compile_pattern

_KNOWN: Final = 1024
"""Names whose rule is remembered: a sender has few, and asks for them in every span."""
_LONGEST_KNOWN: Final = 200


class Names:
    """Some rules, each by the name that it means."""

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a name, with or without `*` and `?`, and the rule that it stands for."""
        self._exact: dict[str, str] = {}
        self._globs: list[tuple[Any, str]] = []
        for name, rule in rules:
            if "*" in name or "?" in name:
                self._globs.append((_compile(name), rule))
            else:
                self._exact.setdefault(name, rule)
        self._known = lru_cache(_KNOWN)(self._find)

    def __bool__(self) -> bool:
        return bool(self._exact or self._globs)

    def rule_of(self, name: str) -> str | None:
        """Return the rule that means a name."""
        if (rule := self._exact.get(name)) is not None:
            return rule
        return self._known(name) if len(name) <= _LONGEST_KNOWN else self._find(name)

    def may_reach_into(self, name: str) -> bool:
        """Tell whether a rule may mean something that nests in the value of a name."""
        return bool(self._globs) or any(exact.startswith(f"{name}.") for exact in self._exact)

    def _find(self, name: str) -> str | None:
        return next((rule for glob, rule in self._globs if glob.fullmatch(name)), None)


def _compile(glob: str) -> Any:
    pieces = (".*" if piece == "*" else "." if piece == "?" else re2.escape(piece) for piece in glob)
    return compile_pattern(f"(?s){''.join(pieces)}")
