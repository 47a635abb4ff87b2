"""The sandbox in which prompt templates run: no attributes that lead out, no functions, bounded sizes.

A template comes from whoever may push a prompt and runs in the server: it may neither reach Python's insides
nor fill the memory with a few characters.
"""

import functools
import re
from collections.abc import Callable, Iterable
from types import BuiltinMethodType
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import do_format
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_RENDERED_CHARACTERS = 2_000_000
"""A rendered message, or a text on the way to it, that is longer than this is refused."""

_MAX_WIDTH = 10_000
# A width of five digits, or one that comes from an argument.
_WIDE_FORMAT = re.compile(r"[0-9]{5}|%[^a-zA-Z%]*\*|\{[^}]*\{")

_FILTERS_WITH_A_WIDTH = ("batch", "center", "indent", "round", "slice", "tojson", "truncate", "wordwrap")


def _checked_size(result: Any) -> Any:
    if isinstance(result, str | list | tuple) and len(result) > MAX_RENDERED_CHARACTERS:
        raise SecurityError(f"a text or list in it is longer than {MAX_RENDERED_CHARACTERS:,}")
    return result


def _bounded_join(pieces: Iterable[str]) -> str:
    joined: str = _checked_size("".join(pieces))
    return joined


class _BoundedCode(CodeGenerator):
    """Compiles `a ~ b` to a join that looks at the size of what it makes."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.concat(map(str, (")
        for piece in node.nodes:
            self.visit(piece, frame)
            self.write(", ")
        self.write(")))")


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 for prompts. What it refuses is raised as SecurityError."""

    code_generator_class = _BoundedCode
    concat = staticmethod(_bounded_join)
    # Intercepted, they are also not evaluated when a template is read.
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
        # range() and the like can be made to run for hours; a prompt loops over its variables only.
        self.globals.clear()
        self.filters |= {name: _of_bounded_width(self.filters[name]) for name in _FILTERS_WITH_A_WIDTH}
        self.filters["format"] = _format

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if numbers and max(abs(left), abs(right)) > 2**53:
            raise SecurityError("numbers are of up to 2^53")
        if operator == "**" and abs(right) > 64:
            raise SecurityError("an exponent is at most 64")
        if operator != "+" and not numbers:
            raise SecurityError(f"{operator} is for numbers")
        return _checked_size(super().call_binop(context, operator, left, right))

    def call(self, context: Context, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(function, BuiltinMethodType) and isinstance(function.__self__, str):
            _check_widths((*args, *kwargs.values()))
        return _checked_size(super().call(context, function, *args, **kwargs))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped


def _of_bounded_width(function: Callable[..., Any]) -> Callable[..., Any]:
    # Some filters are given Jinja's context before the value.
    first_argument = 2 if hasattr(function, "jinja_pass_arg") else 1

    # wraps() keeps the mark by which Jinja knows them.
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        _check_widths((*args[first_argument:], *kwargs.values()))
        return _checked_size(function(*args, **kwargs))

    return call


def _format(value: Any, *args: Any, **kwargs: Any) -> str:
    _check_format(str(value))
    return do_format(str(value), *args, **kwargs)


def _check_format(text: str) -> None:
    if _WIDE_FORMAT.search(text):
        raise SecurityError(f"a width in a format is a number of at most {_MAX_WIDTH:,}")


def _check_widths(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, int | float) and not abs(value) <= _MAX_WIDTH:
            raise SecurityError(f"a width or count is at most {_MAX_WIDTH:,}")
