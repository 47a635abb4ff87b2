"""Conditions on spans, as people write them: ``request_model=gpt-5``, ``attributes.tier!=free``, ``score.f1<0.5``.

A condition is a field, an operator and a value. Fields are the columns of a span, any attribute of the span or its
resource, and scores. What is parsed here becomes SQL whose values are bound, never written in.
"""

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from windlass.errors import InputError
from windlass.telemetry.conventions import COLUMNS, Column, is_derived

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
Scored = Literal["trace", "span"]
"""Whose scores a condition means: those of the trace and of any span in it, or those of the span itself."""

_WRITTEN: Final = re.compile(r"\s*([A-Za-z_][^\s=!<>~]*)\s*(!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)

_NUMERIC: Final = frozenset({"integer", "number"})

_TEXTS: Final = {
    "name": "name",
    "scope": "scope",
    "status_message": "status_message",
    "span": "lower(hex(span_id))",
    "parent": "if(reinterpretAsUInt64(parent_span_id) = 0, '', lower(hex(parent_span_id)))",
    "trace": "lower(hex(trace_id))",
    "kind": "['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'][kind + 1]",
    "status": "['unset', 'ok', 'error'][status + 1]",
    **{column.name: column.name for column in COLUMNS if column.type in {"name", "text", "names"}},
}
_NUMBERS: Final = {
    "duration_s": "duration / 1e9",
    **{column.name: column.name for column in COLUMNS if column.type in _NUMERIC},
}
_MAPS: Final = ("attributes", "resource")

_FILLING: Final = {source: column for column in COLUMNS for source in column.sources if not is_derived(source)}
"""The column that an attribute leaves the map for: who writes its name means what it said, wherever that is."""

_OF_TRACE: Final = """trace_id IN (
  SELECT toFixedString(unhex(trace_id), 16) FROM scores FINAL
  WHERE project = {{project:String}} AND NOT deleted AND name = {{{name}:String}} AND {test})"""
_OF_SPAN: Final = """(trace_id, span_id) IN (
  SELECT toFixedString(unhex(trace_id), 16), toFixedString(unhex(span_id), 8) FROM scores FINAL
  WHERE project = {{project:String}} AND NOT deleted AND span_id != '' AND name = {{{name}:String}} AND {test})"""
_SCORED: Final = {"trace": _OF_TRACE, "span": _OF_SPAN}


@dataclass(frozen=True)
class Condition:
    """What one span must be, or the scores of its trace."""

    field: str
    operator: Operator
    value: str
    words: tuple[str, ...] | None = None
    """Of ``~``, the words of an index that hold what is looked for, if they are known: see lookups.py."""

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Read ``FIELD OPERATOR VALUE``. Raises InputError that names the fields and operators there are."""
        match = _WRITTEN.fullmatch(text)
        if match is None:
            raise InputError(
                f"{text!r} is no condition; write a field, one of = != < <= > >= ~ (contains), and a value, "
                "as in request_model=gpt-5."
            )
        condition = cls(*match.groups())  # type: ignore[arg-type]  # the pattern allows no other operator
        condition.sql("check")
        return condition

    def sql(self, prefix: str, scored: Scored = "trace") -> tuple[str, dict[str, object]]:
        """Return the condition in SQL and its parameters, whose names begin with a prefix."""
        kind, _, rest = self.field.partition(".")
        if kind == "score" and rest:
            test, parameters = self._number("value", prefix) if self._is_number() else self._text("label", prefix)
            name = f"{prefix}_name"
            return _SCORED[scored].format(name=name, test=test), {**parameters, name: rest}
        if kind in _MAPS and rest:
            return self._of_map(kind, rest, prefix)
        if self.field in _NUMBERS:
            return self._number(_NUMBERS[self.field], prefix)
        if self.field in _TEXTS:
            return self._among_words(*self._text(_TEXTS[self.field], prefix), prefix)
        raise InputError(
            f"There is no field {self.field!r}; there are {', '.join(sorted({*_TEXTS, *_NUMBERS}))}, "
            "attributes.NAME, resource.NAME and score.NAME."
        )

    def _among_words(self, test: str, parameters: dict[str, object], prefix: str) -> tuple[str, dict[str, object]]:
        """Add to a test of a text what an index of words can tell without reading it."""
        if self.words is None:
            return test, parameters
        name = f"{prefix}_words"
        may = f"hasAnyTokens({self.field}, {{{name}:Array(String)}})"
        return f"({may} AND {test})", {**parameters, name: list(self.words)}

    def _of_map(self, column: str, key: str, prefix: str) -> tuple[str, dict[str, object]]:
        """A typed text begins with the letter of its type (see values.py), which nobody writes."""
        name = f"{prefix}_key"
        value = f"{column}[{{{name}:String}}]"
        plain = f"if({value} IN ('b0', 'b1'), if({value} = 'b1', 'true', 'false'), substring({value}, 2))"
        number = f"toFloat64OrNull(substring({value}, 2))"
        present = f"mapContains({column}, {{{name}:String}})"
        filled = _FILLING.get(key) if column == "attributes" else None
        as_text = self.operator in {"=", "!=", "~"}
        if filled is not None:
            plain, number = (
                f"if({present}, {of_map}, {of_column})"
                for of_map, of_column in ((plain, _text_of(filled)), (number, _number_of(filled, key)))
            )
            present = f"({present} OR {_is_said(filled)})"
            as_text = as_text and (filled.type not in _NUMERIC or self.operator == "~")
        if as_text:
            test, parameters = self._text(plain, prefix)
        else:
            test, parameters = self._number(number, prefix)
        return f"({present} AND {test})", {**parameters, name: key}

    def _number(self, expression: str, prefix: str) -> tuple[str, dict[str, object]]:
        if self.operator == "~":
            raise InputError(f"{self.field} is a number: compare it with = != < <= > or >=.")
        if not self._is_number():
            raise InputError(f"{self.field} is a number, and {self.value!r} is not.")
        return f"({expression} {self.operator} {{{prefix}:Float64}})", {prefix: float(self.value)}

    def _text(self, expression: str, prefix: str) -> tuple[str, dict[str, object]]:
        if self.operator == "~":
            return f"(positionCaseInsensitiveUTF8({expression}, {{{prefix}:String}}) > 0)", {prefix: self.value}
        if self.operator not in {"=", "!="}:
            raise InputError(f"{self.field} is text: compare it with = or !=, or with ~ for what it contains.")
        return f"({expression} {self.operator} {{{prefix}:String}})", {prefix: self.value}

    def _is_number(self) -> bool:
        try:
            return math.isfinite(float(self.value))
        except ValueError:
            return False


def _text_of(column: Column) -> str:
    return f"ifNull(toString({column.name}), '')" if column.type in _NUMERIC else column.name


def _number_of(column: Column, source: str) -> str:
    if column.type not in _NUMERIC:
        return f"toFloat64OrNull({column.name})"
    return f"{column.name} * 1000" if source in column.milliseconds else f"toFloat64({column.name})"


def _is_said(column: Column) -> str:
    return f"isNotNull({column.name})" if column.type in _NUMERIC else f"{column.name} != ''"
