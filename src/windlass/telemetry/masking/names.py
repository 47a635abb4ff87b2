"""Names of attributes with `*` and `?` in them."""

from collections.abc import Iterable
from typing import Any

import re2

from windlass.telemetry.masking.detectors import compile_pattern


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

    def __bool__(self) -> bool:
        return bool(self._exact or self._globs)

    def rule_of(self, name: str) -> str | None:
        """Return the rule that means a name."""
        if (rule := self._exact.get(name)) is not None:
            return rule
        return next((rule for glob, rule in self._globs if glob.fullmatch(name)), None)

    def may_reach_into(self, name: str) -> bool:
        """Tell whether a rule may mean something that nests in the value of a name."""
        return bool(self._globs) or any(exact.startswith(f"{name}.") for exact in self._exact)


def _compile(glob: str) -> Any:
    pieces = (".*" if piece == "*" else "." if piece == "?" else re2.escape(piece) for piece in glob)
    return compile_pattern(f"(?s){''.join(pieces)}")
