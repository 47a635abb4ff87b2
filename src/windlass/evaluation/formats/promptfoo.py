"""Tests of promptfoo: `vars` are the input, `assert: equals` or a variable named for it is the reference.

What else a test has is in `metadata.promptfoo`; its assertions there, those with a twin among the evaluators of
windlass, say so under `evaluator`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import IO, Any, Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row, rows_of_lines
from windlass.evaluation.formats.contents import Fields, first_text
from windlass.evaluation.formats.exact import KEY, beside, restored
from windlass.evaluation.formats.format import Columns, load_json, opened
from windlass.evaluation.formats.promptfoo_assertions import TWIN, expected_trajectory, is_text, with_twin
from windlass.evaluation.formats.promptfoo_csv import tests_of_table
from windlass.evaluation.formats.promptfoo_yaml import dump_yaml, load_yaml
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.samples import Item

REFERENCE_VARIABLES: Final = (
    "reference",
    "expected",
    "expected_output",
    "expected_answer",
    "expectedAnswer",
    "reference_answer",
)
"""Variables that are the reference, where no `equals` says it; the first that a test has counts."""

_NAME: Final = "promptfoo"
_VARIABLE: Final = "reference_variable"
_NOT_EXPANDED: Final = "disableVarExpansion"
"""The option of a test by which a list is one value; else it is as many tests."""
_ONE_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")


def read_promptfoo(path: Path, _columns: Columns) -> Iterator[Row]:
    """Read a list of tests, JSON Lines or CSV of them, or a configuration with `tests` and a `defaultTest`."""
    for number, test in enumerate(_tests(path), start=1):
        place = f"test {number}"
        try:
            for each in _expanded(test):
                yield Row(place, read_test(each))
        except InputError as error:
            raise InputError(f"{path}, {place}: {error.message}") from error


def write_promptfoo(items: Iterable[Item], file: IO[bytes], _name: str) -> None:
    for item in items:
        file.write(dump_yaml([write_test(item)]).encode())


def read_test(test: object) -> Fields:
    """Return an item's fields. Raises InputError."""
    if isinstance(test, str):
        raise InputError(f"{test} stands for tests elsewhere: read that file by itself.")
    if not isinstance(test, Mapping):
        raise InputError(f"a test is an object with `vars`, this is a {type(test).__name__}.")
    metadata = test.get("metadata")
    return restored(_said_by(test), metadata.get(KEY) if isinstance(metadata, Mapping) else None)


def write_test(item: Item) -> Fields:
    """Return a test that promptfoo reads, and that `read_test` reads as the same item."""
    metadata = dict(item.metadata)
    kept = metadata.pop(_NAME, None)
    rest = dict(kept) if isinstance(kept, Mapping) else {}
    variables = _variables(item.input)
    asserted = _assertions(rest.pop("assert", None))
    variable, answer = rest.pop(_VARIABLE, None), first_text(item.reference)
    if isinstance(variable, str) and variable not in variables and answer:
        variables[variable] = item.reference
    elif answer and not (_says_reference(asserted) and str(asserted[0]["value"]) == answer):
        # An `equals` that says something else is of a reference edited since.
        asserted = [{"type": "equals", "value": answer}, *asserted[_says_reference(asserted) :]]
    if metadata.get(REFERENCE) == expected_trajectory(asserted):
        metadata.pop(REFERENCE, None)
    options = rest.pop("options", None)
    if _has_list(variables):
        options = {**(options if isinstance(options, Mapping) else {}), _NOT_EXPANDED: True}
    if options is not None:
        rest["options"] = options
    test: Fields = {"vars": variables, **({"assert": asserted} if asserted else {})}
    test = {**{name: value for name, value in rest.items() if name not in {*test, "metadata"}}, **test}
    said = _said_by({**test, "metadata": metadata})
    different = beside(item, said)
    everything = {**metadata, KEY: different} if different else metadata
    return {**test, "metadata": everything} if everything else test


def _tests(path: Path) -> Iterator[Any]:
    if path.suffix.lower() in {".csv", ".tsv"}:
        yield from tests_of_table(path)
        return
    if path.suffix.lower() in {".jsonl", ".ndjson"}:
        with opened(path, newline="\n") as file:
            yield from (row.fields for row in rows_of_lines(file, str(path)))
        return
    content = load_json(path) if path.suffix.lower() == ".json" else load_yaml(path)
    tests = content.get("tests") if isinstance(content, Mapping) else content
    default = content.get("defaultTest") if isinstance(content, Mapping) else None
    if not isinstance(tests, list):
        raise InputError(f"{path} has no list of tests: it is a list, or an object with a list as `tests`.")
    for test in tests:
        yield _with_defaults(test, default) if isinstance(test, Mapping) and isinstance(default, Mapping) else test


def _expanded(test: Any) -> Iterator[Any]:
    """Give a test for each value of the variables that are lists, as promptfoo runs them."""
    variables, options = (test.get(name) if isinstance(test, Mapping) else None for name in ("vars", "options"))
    if not isinstance(variables, Mapping) or (isinstance(options, Mapping) and options.get(_NOT_EXPANDED)):
        yield test
        return
    values = [value if isinstance(value, list) else [value] for value in variables.values()]
    for combination in product(*values):
        yield {**test, "vars": dict(zip(variables, combination, strict=True))}


def _with_defaults(test: Mapping[str, Any], default: Mapping[str, Any]) -> Fields:
    """Return a test with what the configuration says of every one, as promptfoo merges them."""
    merged = {**default, **test}
    for name in ("vars", "metadata", "options"):
        if isinstance(default.get(name), Mapping) and isinstance(test.get(name, {}), Mapping):
            merged[name] = {**default[name], **test.get(name, {})}
    if isinstance(default.get("assert"), list) and isinstance(test.get("assert", []), list):
        merged["assert"] = [*default["assert"], *test.get("assert", [])]
    return merged


def _said_by(test: Mapping[str, Any]) -> Fields:
    """Return an item's fields by what promptfoo reads of a test."""
    variables, asserted = test.get("vars"), test.get("assert") or []
    if not isinstance(variables, Mapping) or not variables:
        raise InputError("the test has no `vars`; they are what is asked.")
    if not isinstance(asserted, list):
        raise InputError("`assert` is a list of assertions.")
    variables = {str(name): value for name, value in variables.items()}
    rest = {name: value for name, value in test.items() if name not in {"vars", "assert", "metadata"}}
    options = rest.get("options")
    if _has_list(variables) and isinstance(options, Mapping) and options.get(_NOT_EXPANDED) is True:
        rest["options"] = {name: value for name, value in options.items() if name != _NOT_EXPANDED}
        rest = rest if rest["options"] else {name: value for name, value in rest.items() if name != "options"}
    fields: Fields = {}
    if _says_reference(asserted):
        fields["reference"] = str(asserted[0]["value"])
        if asserted[0] == {"type": "equals", "value": fields["reference"]}:
            asserted = asserted[1:]
    else:
        variable = _reference_variable(variables, asserted)
        if variable is not None:
            fields["reference"] = variables.pop(variable)
            rest[_VARIABLE] = variable
    only = variables.get("input") if len(variables) == 1 else None
    fields["input"] = only if isinstance(only, str) and only else variables
    if asserted:
        rest["assert"] = [with_twin(each, fields.get("reference")) for each in asserted]
    own = test.get("metadata")
    metadata = {str(name): value for name, value in own.items() if name != KEY} if isinstance(own, Mapping) else {}
    trajectory = expected_trajectory(asserted)
    if trajectory is not None:
        metadata.setdefault(REFERENCE, trajectory)
    if rest:
        metadata[_NAME] = rest
    return {**fields, "metadata": metadata}


def _has_list(variables: Mapping[str, object]) -> bool:
    return any(isinstance(value, list) for value in variables.values())


def _says_reference(asserted: list[Any]) -> bool:
    first = asserted[0] if asserted else None
    return isinstance(first, Mapping) and first.get("type") == "equals" and is_text(first.get("value"))


def _reference_variable(variables: Mapping[str, object], asserted: list[Any]) -> str | None:
    """Return the variable that is the reference, if there are others to ask."""
    first = asserted[0] if asserted and isinstance(asserted[0], Mapping) else {}
    named = _ONE_VARIABLE.fullmatch(str(first.get("value"))) if first.get("type") == "equals" else None
    candidates = (named[1], *REFERENCE_VARIABLES) if named else REFERENCE_VARIABLES
    return next(
        (
            name
            for name in candidates
            if len(variables) > 1 and variables.get(name) and isinstance(variables[name], str | list)
        ),
        None,
    )


def _variables(asked: object) -> Fields:
    if isinstance(asked, Mapping) and asked:
        return dict(asked)
    return {"input": asked if isinstance(asked, str) else json.dumps(asked, ensure_ascii=False)}


def _assertions(kept: object) -> list[Any]:
    """Return assertions as promptfoo has them."""
    return [
        {name: value for name, value in each.items() if name != TWIN} if isinstance(each, Mapping) else each
        for each in (kept if isinstance(kept, list) else [])
    ]
