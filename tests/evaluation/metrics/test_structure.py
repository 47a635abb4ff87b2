"""Evaluators of answers that must be JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.metrics.structure import is_json, json_schema
from windlass.evaluation.samples import Judgement, Sample

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["lines"],
    "additionalProperties": False,
    "properties": {"lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/line"}}},
    "$defs": {
        "line": {
            "type": "object",
            "required": ["product", "count"],
            "properties": {"product": {"type": "string", "pattern": "^[A-Z]"}, "count": {"minimum": 1}},
        }
    },
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=5), below, max_size=4),
    max_leaves=10,
)


def sample(output: str) -> Sample:
    return Sample(item="a", input="?", reference=None, metadata={}, output=output)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ('{"a": 1}', 1),
        ('```json\n{"a": 1}\n```', 1),
        ("Here: {}", 0),
        ("", 0),
        ('{"a": 1', 0),
        ('{"이름": "배포"}', 1),
        ("NaN", 0),
        ('{"a": -Infinity}', 0),
        ("[" * 100_000, 0),
        ("```json  \n\n{}\n```", 1),
        ("```" + "\n" * 100_000, 0),
    ],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.usefixtures("no_collection")
def test_json_is_json(output: str, expected: float) -> None:
    assert is_json()(sample(output)).value == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ('{"lines": [{"product": "Tea", "count": 2}]}', Judgement(1.0)),
        ('```json\n{"lines": [{"product": "Tea", "count": 2}]}\n```', Judgement(1.0)),
        ("", Judgement(0.0, "", "the answer is not JSON: Expecting value: line 1 column 1 (char 0)")),
        ("NaN", Judgement(0.0, "", "the answer is not JSON: NaN is no number of JSON")),
        ("[]", Judgement(0.0, "", 'the answer: [] is not of type "object"')),
        (
            '{"lines": [{"product": "Tea", "count": 0}]}',
            Judgement(0.0, "", "/lines/0/count: 0 is less than the minimum of 1"),
        ),
        (
            '{"lines": [{"product": "차", "count": 1}]}',
            Judgement(0.0, "", '/lines/0/product: "차" does not match "^[A-Z]"'),
        ),
        ("{}", Judgement(0.0, "", 'the answer: "lines" is a required property')),
    ],
)
def test_the_first_fault_and_its_place_are_named(output: str, expected: Judgement) -> None:
    assert json_schema(ORDER)(sample(output)) == expected


@given(JSON)
def test_an_answer_conforms_to_its_own_value_and_to_no_schema_that_allows_nothing(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert json_schema({"const": value})(sample(text)).value == 1  # type: ignore[dict-item]
    assert json_schema({"not": {}})(sample(text)).value == 0


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50))
def test_a_number_conforms_when_it_is_within_the_bounds(value: int, low: int, high: int) -> None:
    schema = json_schema({"type": "integer", "minimum": low, "maximum": high})
    assert schema(sample(str(value))).value == (low <= value <= high)


@pytest.mark.parametrize("output", ["[" * 500 + "]" * 500, '["\\ud800"]'], ids=["nested", "half a character"])
def test_what_no_schema_can_be_held_against_is_a_wrong_answer_and_no_missing_score(output: str) -> None:
    judged = json_schema({"type": "object"})(sample(output))
    assert judged.value == 0
    assert judged.explanation.startswith("the answer cannot be held against a schema")


def test_a_long_fault_is_cut() -> None:
    judged = json_schema({"type": "string"})(sample(json.dumps(["x" * 10_000])))
    assert judged.value == 0
    assert len(judged.explanation) <= 500


def test_a_pattern_that_would_take_for_ever_elsewhere_takes_no_time() -> None:
    assert json_schema({"pattern": "^(a+)+$"})(sample(json.dumps("a" * 50_000 + "b"))).value == 0


def test_an_evaluators_file_gives_the_schema() -> None:
    made = make_evaluator("order", EvaluatorBody(function="json_schema", parameters={"schema": ORDER}))
    assert (made.name, made(sample("{}")).value) == ("order", 0)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (
            {"$ref": "https://example.com/a.json"},
            "The schema refers to https://example.com/a.json, and nothing is",
        ),
        ({"properties": {"a": {"$ref": "http://example.com/a"}}}, "refers to http://example.com/a,"),
        ({"$id": "https://example.com/b", "$ref": "a.json"}, "refers to https://example.com/a.json,"),
        ({"$dynamicRef": "http://example.com/a"}, "as a whole: .*http://example.com/a"),
        ({"$ref": "file:///etc/passwd"}, "refers to file:///etc/passwd,"),
        ({"$ref": "#/$defs/nothing"}, r"as a whole: .*/\$defs/nothing"),
        (
            {"properties": {"a": {"type": "strnig"}}},
            'no JSON Schema of draft 2020-12, /properties/a/type: "strnig"',
        ),
        ({"pattern": "("}, '"[(]" is not a "regex"'),
        ({"pattern": "(?=a)"}, 'a[)]" is not a "regex"'),
        ({"$schema": ["draft"]}, r"is of \['draft'\]"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "is of http://json-schema.org/draft-07/schema#"),
    ],
)
def test_a_schema_that_is_none_or_refers_elsewhere_is_refused(schema: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem) as refused:
        make_evaluator("order", EvaluatorBody(function="json_schema", parameters={"schema": schema}))
    assert refused.value.message.count("\n") == 0
    assert refused.value.message.endswith(".")
