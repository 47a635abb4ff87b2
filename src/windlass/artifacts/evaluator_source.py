"""An evaluator's own code, read without being run: one decorated Python function, and what its decorator says.

import windlass

@windlass.evaluator(needs=["reference"])
def brief(sample):
    \"\"\"Whether the answer is no longer than the reference.\"\"\"
    return len(sample.output) <= len(sample.reference)
"""

import ast
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from windlass.errors import InputError

MODULES: Final = frozenset(
    {
        "__future__",
        "abc",
        "array",
        "ast",
        "asyncio",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "cmath",
        "collections",
        "collections.abc",
        "contextlib",
        "copy",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "graphlib",
        "hashlib",
        "hmac",
        "heapq",
        "html",
        "html.entities",
        "html.parser",
        "io",
        "itertools",
        "json",
        "keyword",
        "math",
        "numbers",
        "operator",
        "random",
        "re",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "time",
        "tokenize",
        "types",
        "typing",
        "unicodedata",
        "urllib.parse",
        "uuid",
        "xml.etree.ElementTree",
        "zlib",
    }
)
"""What an evaluator may import: of the standard library what computes. Each is imported before the process is shut
in, so that what cannot be imported is known when the file is pushed and not at some sample."""

MAX_BYTES: Final = 65_536
_OPTIONS: Final = ("name", "higher_is_better", "needs", "description", "by_default")


class Declared(NamedTuple):
    """What a source says of its evaluator."""

    function: str
    name: str
    description: str
    higher_is_better: bool
    needs: tuple[str, ...]
    is_async: bool
    modules: tuple[str, ...]
    """What it imports, windlass aside."""


def read_source(source: str) -> Declared:
    """Read what an evaluator's source declares. Raises InputError, with the line where there is one."""
    if len(source.encode("utf-8", "replace")) > MAX_BYTES:
        raise InputError(f"The source of an evaluator has at most {MAX_BYTES // 1024} KiB.")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        place = f"Line {error.lineno} of the source" if error.lineno else "The source"
        raise InputError(f"{place} is not Python: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise InputError(f"The source cannot be read as Python: {error or 'it nests too deeply'}.") from error
    modules = tuple(dict.fromkeys(_imported(tree)))
    found = [each for each in tree.body if isinstance(each, _FUNCTIONS) and _decorators(each)]
    if len(found) != 1:
        names = ", ".join(each.name for each in found) or "none"
        raise InputError(
            f"The source of an evaluator has one function with @windlass.evaluator, this one has {names}."
        )
    return _declared(found[0], modules)


def declares_evaluator(source: str) -> bool:
    """Whether a file of Python has a function with the decorator; what else is wrong with it is said elsewhere."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(each, _FUNCTIONS) and _decorators(each) for each in tree.body)


_Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def _declared(function: _Function, modules: tuple[str, ...]) -> Declared:
    options = _options(function)
    documented = (ast.get_docstring(function) or "").strip().splitlines()
    return Declared(
        function=function.name,
        name=_text(options, "name", function) or function.name,
        description=_text(options, "description", function) or (documented[0] if documented else ""),
        higher_is_better=_truth(options, "higher_is_better", function),
        needs=_needs(options, function),
        is_async=isinstance(function, ast.AsyncFunctionDef),
        modules=modules,
    )


def _decorators(function: _Function) -> list[ast.expr]:
    """Return those of a function's decorators that are ours: `windlass.evaluator`, called or not."""
    return [each for each in function.decorator_list if _is_ours(each)]


def _is_ours(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(target, ast.Attribute):
        return target.attr == "evaluator" and isinstance(target.value, ast.Name) and target.value.id == "windlass"
    return isinstance(target, ast.Name) and target.id == "evaluator"


def _options(function: _Function) -> dict[str, Any]:
    decorator = _decorators(function)[0]
    if not isinstance(decorator, ast.Call):
        return {}
    if decorator.args:
        raise InputError(f"Line {decorator.lineno}: @windlass.evaluator takes options by name alone.")
    options: dict[str, Any] = {}
    for keyword in decorator.keywords:
        if keyword.arg not in _OPTIONS:
            raise InputError(
                f"Line {decorator.lineno}: @windlass.evaluator has no option {keyword.arg!r}; it has "
                f"{', '.join(_OPTIONS)}."
            )
        try:
            options[keyword.arg] = ast.literal_eval(keyword.value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
            raise InputError(
                f"Line {keyword.value.lineno}: {keyword.arg} is written out in the decorator, for it is read "
                "without running the code."
            ) from error
    return options


def _text(options: dict[str, Any], name: str, function: _Function) -> str:
    value = options.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"Line {function.lineno}: {name} of @windlass.evaluator is a text.")
    return value


def _truth(options: dict[str, Any], name: str, function: _Function) -> bool:
    value = options.get(name, True)
    if not isinstance(value, bool):
        raise InputError(f"Line {function.lineno}: {name} of @windlass.evaluator is True or False.")
    return value


def _needs(options: dict[str, Any], function: _Function) -> tuple[str, ...]:
    needs = options.get("needs", ())
    if not isinstance(needs, list | tuple) or not all(map(_is_column, needs)):
        raise InputError(
            f"Line {function.lineno}: needs is a list of columns that the items must have: 'reference', "
            "'metadata.<name>'."
        )
    return tuple(needs)


def _is_column(value: object) -> bool:
    return isinstance(value, str) and (
        value == "reference" or bool(value.removeprefix("metadata.") not in ("", value))
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    """Give the modules that a source imports anywhere. Raises InputError for one that it may not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [_imported_from(node)]
        else:
            continue
        for name in names:
            if name == "windlass":
                continue
            if name not in MODULES:
                raise InputError(
                    f"Line {node.lineno}: an evaluator of the registry cannot import {name!r}, only what computes "
                    "of the standard library (json, re, math, statistics and the like); one that needs more runs "
                    "in your own process, given to windlass.evaluate."
                )
            yield name


def _imported_from(node: ast.ImportFrom) -> str:
    module = f"{'.' * node.level}{node.module or ''}"
    # `from urllib import parse` imports what `import urllib.parse` does.
    inner = [f"{module}.{alias.name}" for alias in node.names]
    return inner[0] if module not in MODULES and len(inner) == 1 and inner[0] in MODULES else module
