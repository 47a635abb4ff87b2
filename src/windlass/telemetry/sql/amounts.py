"""How much a statement of read-only SQL may make of nothing, and what it may look for in it.

The engine looks at the clock between blocks of rows, never within a call of a function. A text or an array that a
statement makes itself is a single value however long it is, and costs nothing to repeat: a function that looks
through it for each row, or for each item of another such array, runs on long after its time. So the length of what
is made is written out and bounded, and what is made is not looked through for a value of each row.
"""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

from windlass.errors import InputError

Node = dict[str, Any]

MOST: Final = 10_000
"""Items or characters that one call may make."""

_LENGTHS: Final = MappingProxyType(
    {
        "range": (0, 1, 2),
        "repeat": (1,),
        "space": (0,),
        "leftpad": (1,),
        "leftpadutf8": (1,),
        "lpad": (1,),
        "rightpad": (1,),
        "rightpadutf8": (1,),
        "rpad": (1,),
        "arrayresize": (1,),
        "arraywithconstant": (0,),
        "tofixedstring": (1,),
    }
)
"""Functions that make something, and which of their arguments say how much."""

_PATTERNS: Final = MappingProxyType(
    {
        "countmatches": 1,
        "countmatchescaseinsensitive": 1,
        "extract": 1,
        "extractall": 1,
        "extractallgroups": 1,
        "extractallgroupshorizontal": 1,
        "extractallgroupsvertical": 1,
        "extractgroups": 1,
        "match": 1,
        "matchcaseinsensitive": 1,
        "multifuzzymatchallindices": 2,
        "multifuzzymatchany": 2,
        "multifuzzymatchanyindex": 2,
        "multimatchallindices": 1,
        "multimatchany": 1,
        "multimatchanyindex": 1,
        "notmatch": 1,
        "notmatchcaseinsensitive": 1,
        "regexp_extract": 1,
        "regexp_instr": 1,
        "regexp_matches": 1,
        "regexp_replace": 1,
        "regexp_substr": 1,
        "regexpextract": 1,
        "regexpinstr": 1,
        "regexpposition": 1,
        "replaceregexpall": 1,
        "replaceregexpone": 1,
        "splitbyregexp": 0,
        "json_value": 1,
    }
)
"""Functions with a pattern, which the engine makes ready anew for each other one, and where it stands."""

_SEARCHES: Final = re.compile(
    "has|hasall|hasany|hassubstr|hassubsequence.*|hastoken.*|hasphrase|hasalltokens?|hasanytokens?|notHas|indexof"
    "|countequal|arrayelement|arrayelementornull|arrayintersect|arrayexcept|array_?remove|map_?contains.*"
    "|position.*|locate|instr|countsubstrings.*|multisearch.*|jsonhas|jsonextract.*|simplejson.*|substringindex.*"
    "|substringutf8|leftutf8|rightutf8|ngram(distance|search).*|extracturlparameters?|transform|like|ilike|notlike"
    "|notilike|comparesubstrings|mismatches|bytehammingdistance|stringjaccardindex.*",
    re.IGNORECASE,
)
"""Functions whose work is the length of one argument for each value of another."""

_FIXED: Final = re.compile(r"fixedstring\s*\(\s*(\d+)", re.IGNORECASE)
_EXACT: Final = "kolmogorovsmirnovtest"


class Amounts:
    """What is checked of each call, knowing what the statement calls what."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._meant: dict[str, list[Node]] = {}
        for node in nodes:
            if alias := node.get("alias"):
                self._meant.setdefault(str(alias), []).append(node)

    def check(self, call: Node) -> None:
        """Raise InputError for a call that no clock could stop."""
        name = str(call.get("name"))
        arguments = _children(call.get("arguments"))
        known = name.lower()
        self._check_lengths(name, [arguments[at] for at in _LENGTHS.get(known, ()) if at < len(arguments)])
        if known in _PATTERNS and len(arguments) > _PATTERNS[known]:
            self._check_pattern(name, arguments[_PATTERNS[known]])
        if known == "cast" and arguments:
            self._check_type(_literal(arguments[-1]))
        if _SEARCHES.fullmatch(name):
            self._check_search(name, arguments)
        if known.startswith(_EXACT):
            _check_method(name, _children(call.get("parameters")))

    def _check_lengths(self, name: str, lengths: Sequence[Node]) -> None:
        for length in lengths:
            value = _literal(length)
            if not isinstance(value, int) or abs(value) > MOST:
                raise InputError(
                    f"What the function {name!r} makes may be no longer than {MOST}, and the length must be "
                    "written out as a number."
                )

    def _check_pattern(self, name: str, pattern: Node) -> None:
        texts = [_literal(node) for node in self._written(pattern)]
        if not all(isinstance(text, str | list) for text in texts):
            raise InputError(f"The pattern of the function {name!r} must be written out as a text.")
        if name.lower() == "json_value" and any("*" in str(text) or " to " in str(text) for text in texts):
            raise InputError(
                f"The path of the function {name!r} may name no more than one value: no * and no range."
            )

    def _written(self, node: Node) -> Iterator[Node]:
        """Give what is written for a node: of a name what it stands for, of a list its items."""
        if node["type"] == "Identifier" and str(node.get("name")) in self._meant:
            for meant in self._meant[str(node["name"])]:
                yield from _items(meant)
        else:
            yield from _items(node)

    def _check_type(self, text: object) -> None:
        if any(int(length) > MOST for length in _FIXED.findall(str(text))):
            raise InputError(f"A FixedString may be no longer than {MOST} here.")

    def _check_search(self, name: str, arguments: Sequence[Node]) -> None:
        others = [argument for argument in arguments if argument["type"] != "Literal"]
        if len(others) > 1 and any(self._is_made(argument) for argument in others):
            raise InputError(
                f"The function {name!r} may not look through what the statement makes itself for a value of each "
                "row; use IN (SELECT …) or a JOIN."
            )

    def _is_made(self, node: Node) -> bool:
        """Tell whether a value has something in it that is made, or comes from a subquery."""
        waiting, seen = [node], set[str]()
        while waiting:
            found = waiting.pop()
            name = str(found.get("name"))
            if found["type"] == "Subquery" or (found["type"] == "Function" and name.lower() in _LENGTHS):
                return True
            if found["type"] == "Identifier" and name not in seen:
                seen.add(name)
                waiting.extend(self._meant.get(name.rpartition(".")[2], []))
            waiting.extend(_children(found.get("arguments")))
        return False


def _check_method(name: str, parameters: Sequence[Node]) -> None:
    if any(_literal(each) is None or str(_literal(each)).lower() == "exact" for each in parameters):
        raise InputError(f"The function {name!r} may not compute exactly here; its method is 'asymp' or 'auto'.")


def _items(node: Node) -> Iterator[Node]:
    if node["type"] == "Function" and node.get("name") in {"array", "tuple"}:
        yield from _children(node.get("arguments"))
    else:
        yield node


def _children(expressions: object) -> list[Node]:
    children = expressions.get("children", []) if isinstance(expressions, dict) else []
    return [child for child in children if isinstance(child, dict)]


def _literal(node: Node) -> object:
    """Return the value of a literal; None for anything else."""
    value = node.get("value") if node["type"] == "Literal" else None
    return value.get("value") if isinstance(value, dict) else None
