import json

import pytest

from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import items_of, parse_items, require_columns
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Item


def test_lines_become_items_and_blank_ones_are_skipped() -> None:
    full = '{"id": "a", "input": "q", "reference": "r", "metadata": {"page": "x"}, "split": "test"}'
    text = full + '\n\n{"id": 7, "input": {"question": "p"}}\n'
    assert parse_items(text) == [
        Item(id="a", input="q", reference="r", metadata={"page": "x"}, split="test"),
        Item(id="7", input={"question": "p"}),
    ]


def test_an_item_without_an_id_is_named_by_its_content() -> None:
    first = parse_items('{"input": "q", "reference": "r"}\n{"input": "p"}')
    again = parse_items('{"input": "p"}\n{"reference": "r", "id": "", "input": "q"}')
    assert {item.id for item in first} == {item.id for item in again}
    assert len(first[0].id) == 12


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no items"),
        ("\n \n", "has no items"),
        ('{"input": "a"}\n{"input": ', r"questions\.jsonl, line 2: this is not JSON"),
        ('["input"]', "line 1: an item is a JSON object, this is a list"),
        ('{"reference": "r"}', "line 1: the item has no 'input'"),
        ('{"input": "a", "expected": "b"}', "unknown field 'expected'; an item has id, input, reference"),
        ('{"input": "a", "metadata": "page"}', "line 1: 'metadata' is wrong"),
        ('{"id": "x", "input": "a"}\n\n{"id": "x", "input": "b"}', "line 3: the id 'x' is already that of line 1"),
        ('{"input": "a"}\n{"input": "a"}', "line 2: the id .* is already that of line 1"),
    ],
)
def test_a_bad_dataset_is_refused_with_the_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_items(text, "questions.jsonl")


def test_a_line_may_hold_line_separators_of_other_scripts() -> None:
    text = json.dumps({"input": "one\u2028two\x85three"}, ensure_ascii=False)
    assert parse_items(text)[0].input == "one\u2028two\x85three"


def test_an_evaluator_that_lacks_its_column_is_refused_with_the_item() -> None:
    items = items_of([{"id": "a", "input": "q", "reference": "r"}, {"id": "b", "input": "q2"}])
    require_columns(items, BUILT_IN.select(["latency_s", "groundedness"]))
    with pytest.raises(InputError, match="'token_f1' needs 'reference', item 'b' has none \\(1 of 2"):
        require_columns(items, BUILT_IN.select(["latency_s", "token_f1"]))
    with pytest.raises(InputError, match=r"'recall_at_5' needs 'metadata\.page', item 'a' has none"):
        require_columns(items, BUILT_IN.select(["recall_at_5"]))
    with pytest.raises(InputError, match="not 'answer'"):
        require_columns(items, [Evaluator("mine", lambda sample: 1, needs=("answer",))])
