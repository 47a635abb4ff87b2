"""Tests of promptfoo in CSV: a row is a test, columns are its variables, and those that begin with `__` say more.

`__expected` (and `__expected1` and so on) is an assertion in short: `contains: Seoul`, `rouge-n(0.6): a text`. A
text alone is what the output has to equal.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from windlass.evaluation.formats.delimited import header_of, read_cells

_EXPECTED: Final = re.compile(r"__expected\d*")
_METADATA: Final = "__metadata:"
_SETTING: Final = "__config:"
_OPTIONS: Final = {"__prefix": "prefix", "__suffix": "suffix"}
_FIELDS: Final = {"__description": "description", "__providerOutput": "providerOutput"}
_METRIC, _THRESHOLD = "__metric", "__threshold"

_TYPES: Final = """
answer-relevance bleu classifier contains contains-all contains-any contains-html contains-json
contains-sql contains-xml context-faithfulness context-recall context-relevance
conversation-relevance cost equals factuality finish-reason g-eval gleu guardrails icontains
icontains-all icontains-any is-html is-json is-refusal is-sql is-valid-function-call
is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript latency levenshtein
llm-rubric meteor model-graded-closedqa model-graded-factuality moderation perplexity
perplexity-score pi python regex rouge-n ruby search-rubric similar starts-with tool-call-f1
trajectory:goal-success trajectory:step-count trajectory:tool-used webhook word-count
"""
"""By their names there, as far as they can be written in short."""
_SHORT: Final = re.compile(
    rf"(?P<type>(?:not-)?(?:{'|'.join(sorted(map(re.escape, _TYPES.split()), key=len, reverse=True))}))"
    r"(?:\((?P<threshold>\d+(?:\.\d+)?)\))?(?::(?P<value>.*))?",
    re.DOTALL,
)
_OLDER: Final = {"fn": "javascript", "eval": "javascript", "grade": "llm-rubric"}
"""What some assertions were called before."""
_LISTS: Final = ("-all", "-any")


def has_tests(path: Path) -> bool:
    """Tell by its header whether a table holds tests of promptfoo."""
    return any(_EXPECTED.fullmatch(name) for name in header_of(path))


def tests_of_table(path: Path) -> Iterator[dict[str, Any]]:
    """Give the tests of a CSV file as promptfoo reads them. Raises InputError."""
    for _, cells in read_cells(path):
        yield _test(cells)


def _test(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a test with what its row says of it, and nothing of what its cells leave empty."""
    fields = {
        **{field: cells.get(name) for name, field in _FIELDS.items()},
        "assert": _assertions(cells),
        "options": {option: cells[name] for name, option in _OPTIONS.items() if cells.get(name)},
        "metadata": dict(
            _metadata(name, cell) for name, cell in cells.items() if name.startswith(_METADATA) and cell
        ),
        "threshold": _number(cells.get(_THRESHOLD, "")),
    }
    variables = {name: cell for name, cell in cells.items() if not _says_more(name)}
    return {"vars": variables, **{field: value for field, value in fields.items() if value}}


def _says_more(name: str) -> bool:
    return (
        _EXPECTED.fullmatch(name) is not None
        or name in {*_OPTIONS, *_FIELDS, _METRIC, _THRESHOLD}
        or name.startswith((_METADATA, _SETTING))
    )


def _assertions(cells: Mapping[str, str]) -> list[dict[str, Any]]:
    return [_assertion(name, cells) for name, cell in cells.items() if _EXPECTED.fullmatch(name) and cell.strip()]


def _assertion(name: str, cells: Mapping[str, str]) -> dict[str, Any]:
    assertion = assertion_of(cells[name])
    threshold = _number(cells.get(f"{_SETTING}{name}:threshold", ""))
    return {
        **assertion,
        **({"threshold": threshold} if threshold is not None else {}),
        **({"metric": cells[_METRIC]} if cells.get(_METRIC) else {}),
    }


def assertion_of(short: str) -> dict[str, Any]:
    """Return an assertion that is written in short; what is none is a text that the output has to equal."""
    before, colon, after = short.partition(":")
    if colon and before in _OLDER:
        return {"type": _OLDER[before], "value": after.strip()}
    if short.startswith("file://"):
        return {"type": "python" if ".py" in short else "javascript", "value": short}
    match = _SHORT.fullmatch(short.strip())
    if match is None:
        return {"type": "equals", "value": short}
    kind, value, threshold = match["type"], match["value"], match["threshold"]
    assertion: dict[str, Any] = {"type": kind}
    if value is not None and value.strip():
        listed = kind.endswith(_LISTS)
        assertion["value"] = [each.strip() for each in value.split(",")] if listed else value.strip()
    if threshold is not None:
        assertion["threshold"] = float(threshold)
    return assertion


def _metadata(name: str, cell: str) -> tuple[str, object]:
    """Return a field of metadata; one whose name ends in [] is a list, with commas between."""
    field = name.removeprefix(_METADATA)
    if not field.endswith("[]"):
        return field, cell
    parts = re.split(r"(?<!\\),", cell)
    return field.removesuffix("[]"), [part.replace("\\,", ",").strip() for part in parts]


def _number(cell: str) -> float | None:
    try:
        value = json.loads(cell)
    except ValueError:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
