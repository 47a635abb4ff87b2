from pathlib import Path
from typing import Any

import pytest

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.promptfoo import read_test, write_test
from windlass.evaluation.formats.promptfoo_csv import assertion_of
from windlass.evaluation.formats.promptfoo_yaml import load_yaml
from windlass.evaluation.formats.registry import FORMATS, format_of
from windlass.evaluation.samples import Item

PROMPTFOO = FORMATS["promptfoo"]

CONFIGURATION = """
description: A suite
prompts: ["Answer {{question}}"]
defaultTest:
  vars: {tone: kind}
  assert: [{type: latency, threshold: 1000}]
tests:
  - description: Basic
    vars: {question: "한국의 수도는?", since: 2024-01-01, sure: yes, zip: 01234}
    assert:
      - {type: icontains, value: 서울}
      - {type: llm-rubric, value: Is polite}
    metadata: {page: geo.md}
"""


def read(path: Path, text: str) -> list[Item]:
    path.write_text(text, encoding="utf-8")
    assert format_of(path) is PROMPTFOO
    return list(read_items(path, PROMPTFOO))


def test_vars_are_the_input_and_assertions_are_kept_with_their_twins(tmp_path: Path) -> None:
    (item,) = read(tmp_path / "promptfooconfig.yaml", CONFIGURATION)
    assert item.input == {
        "tone": "kind",
        "question": "한국의 수도는?",
        "since": "2024-01-01",
        "sure": "yes",
        "zip": "01234",
    }
    assert item.metadata == {
        "page": "geo.md",
        "promptfoo": {
            "description": "Basic",
            "assert": [
                {"type": "latency", "threshold": 1000, "evaluator": {"function": "latency_s"}},
                {
                    "type": "icontains",
                    "value": "서울",
                    "evaluator": {"function": "contains", "parameters": {"texts": ["서울"], "want": "all"}},
                },
                {"type": "llm-rubric", "value": "Is polite"},
            ],
        },
    }


@pytest.mark.parametrize(
    ("test", "asked", "reference"),
    [
        ({"vars": {"q": "a"}, "assert": [{"type": "equals", "value": "b"}]}, {"q": "a"}, "b"),
        ({"vars": {"q": "a"}, "assert": [{"type": "equals", "value": 4}]}, {"q": "a"}, "4"),
        ({"vars": {"q": "a", "x": "b"}, "assert": [{"type": "equals", "value": "{{ x }}"}]}, {"q": "a"}, "b"),
        ({"vars": {"q": "a", "expected": "b"}}, {"q": "a"}, "b"),
        (
            {"vars": {"q": "a", "reference": ["b", "c"]}, "options": {"disableVarExpansion": True}},
            {"q": "a"},
            ["b", "c"],
        ),
        ({"vars": {"input": "a"}}, "a", None),
        ({"vars": {"expected": "a"}}, {"expected": "a"}, None),
        ({"vars": {"q": "a"}, "assert": [{"type": "equals", "value": "file://x.txt"}]}, {"q": "a"}, None),
        ({"vars": {"q": "a"}, "assert": [{"type": "contains", "value": "b"}]}, {"q": "a"}, None),
    ],
)
def test_the_reference_is_what_equals_or_a_variable_named_for_it_says(
    test: dict[str, Any], asked: object, reference: object
) -> None:
    fields: dict[str, Any] = read_test(test)
    assert (fields["input"], fields.get("reference")) == (asked, reference)
    back = write_test(Item(id="x", **{name: value for name, value in fields.items() if name != "id"}))
    assert {**back, "metadata": None} == {**test, "metadata": None}


TWINS = [
    ({"type": "contains-any", "value": ["a", 1]}, "contains", {"texts": ["a", "1"], "want": "any"}),
    ({"type": "not-icontains", "value": "a"}, "contains", {"texts": ["a"], "want": "none"}),
    ({"type": "regex", "value": "a+"}, "matches", {"pattern": "a+"}),
    ({"type": "is-json"}, "is_json", {}),
    ({"type": "cost", "threshold": 0.1}, "cost_usd", {}),
    ({"type": "rouge-n", "value": "right", "threshold": 0.5}, "rouge_n", {"n": 1}),
    ({"type": "trajectory:tool-used", "value": "find"}, "trajectory_single_tool_use", {"tool": "find"}),
    (
        {"type": "trajectory:tool-sequence", "value": {"steps": ["find", "book"]}},
        "trajectory_in_order_match",
        {"ignore_args": True},
    ),
    (
        {"type": "trajectory:tool-sequence", "value": {"mode": "exact", "steps": ["find"]}},
        "trajectory_exact_match",
        {"ignore_args": True},
    ),
]


@pytest.mark.parametrize(("assertion", "function", "parameters"), TWINS)
def test_a_twin_is_an_evaluator_that_windlass_can_make(
    assertion: dict[str, Any], function: str, parameters: dict[str, Any]
) -> None:
    test = {"vars": {"q": "a"}, "assert": [{"type": "equals", "value": "right"}, assertion]}
    metadata: Any = read_test(test)["metadata"]
    (kept,) = metadata["promptfoo"]["assert"]
    twin = kept.pop("evaluator")
    assert kept == assertion
    assert (twin["function"], twin.get("parameters", {})) == (function, parameters)
    assert make_evaluator("mine", EvaluatorBody.model_validate(twin)).name == "mine"


def test_a_sequence_of_tools_is_the_reference_trajectory() -> None:
    steps = {"type": "trajectory:tool-sequence", "value": {"steps": ["find", "book"]}}
    metadata: Any = read_test({"vars": {"q": "a"}, "assert": [steps]})["metadata"]
    assert metadata["reference_trajectory"] == [
        {"tool_name": "find", "tool_input": {}},
        {"tool_name": "book", "tool_input": {}},
    ]


@pytest.mark.parametrize(
    "assertion",
    [
        {"type": "contains", "value": "{{x}}"},
        {"type": "contains-all", "value": "a,b"},
        {"type": "is-json", "value": {"type": "object"}},
        {"type": "javascript", "value": "output.length < 9"},
        {"type": "trajectory:tool-used", "value": {"pattern": "find*", "min": 2}},
        {"type": "assert-set", "assert": [{"type": "contains", "value": "a"}]},
    ],
)
def test_an_assertion_without_a_twin_is_kept_as_it_is(assertion: dict[str, Any]) -> None:
    metadata: Any = read_test({"vars": {"q": "a"}, "assert": [assertion]})["metadata"]
    assert metadata["promptfoo"]["assert"] == [assertion]


def test_a_list_in_vars_is_as_many_tests_unless_the_test_says_not(tmp_path: Path) -> None:
    text = "- vars: {q: [a, b], n: [1, 2]}\n"
    inputs = [item.input for item in read(tmp_path / "tests.yaml", text)]
    assert inputs == [{"q": "a", "n": 1}, {"q": "a", "n": 2}, {"q": "b", "n": 1}, {"q": "b", "n": 2}]
    (item,) = read(tmp_path / "tests.yaml", text + "  options: {disableVarExpansion: true}\n")
    assert (item.input, item.metadata) == ({"q": ["a", "b"], "n": [1, 2]}, {})
    assert write_test(item)["options"] == {"disableVarExpansion": True}


def test_json_and_json_lines_are_read_too(tmp_path: Path) -> None:
    (array,) = read(tmp_path / "tests.json", '[{"vars": {"q": "a"}}]')
    (line,) = read(tmp_path / "tests.jsonl", '\n{"vars": {"q": "a"}}\n')
    assert array == line


def test_an_edited_reference_replaces_the_assertion_that_said_the_old_one(tmp_path: Path) -> None:
    fields = read_test({"vars": {"q": "a"}, "assert": [{"type": "equals", "value": 4}]})
    item = Item(id="x", input=fields["input"], reference="5", metadata=fields["metadata"], split="test")  # type: ignore[arg-type]
    write_items([item], tmp_path / "out.yaml", PROMPTFOO)
    content: Any = load_yaml(tmp_path / "out.yaml")
    assert content[0]["assert"] == [{"type": "equals", "value": "5"}]
    assert list(read_items(tmp_path / "out.yaml", PROMPTFOO)) == [item]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- vars: [", "FILE, line 1: this is not YAML"),
        ("a: 1", "FILE has no list of tests"),
        ("tests: file://more.yaml", "FILE has no list of tests"),
        ("tests: [file://more.yaml]", "FILE, test 1: file://more.yaml stands for tests elsewhere"),
        ("- [1]", "FILE, test 1: a test is an object with `vars`, this is a list."),
        ("- {vars: {q: a}}\n- {assert: []}", "FILE, test 2: the test has no `vars`"),
        ("- {vars: {q: a}, assert: x}", "FILE, test 1: `assert` is a list"),
        ("- {vars: {q: .inf}}", "FILE, test 1: The number at $.input.q is inf"),
        ("- {vars: {q: a}}\n- {vars: {q: a}}", "FILE, test 2: the id "),
    ],
)
def test_bad_tests_are_one_sentence_with_their_number(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        list(read_items(file, PROMPTFOO))
    assert caught.value.message.startswith(message.replace("FILE", str(file)))


HEADER = (
    "question,tone,__expected1,__expected2,__expected3,__metric,__threshold,__description,__prefix,"
    "__metadata:page,__metadata:tags[],__config:__expected2:threshold"
)
TABLE = rf"""{HEADER}
한국의 수도는?,kind,서울,"contains-any: 서울, Seoul",rouge-n(0.6): 서울,facts,0.5,City,Please:,g.md,"a,b\,c",0.7
Why?,,fn: output.length < 9,not-icontains: sorry,latency(1000),,,,,,,
"""


def test_a_table_of_tests_is_read_as_promptfoo_reads_it(tmp_path: Path) -> None:
    first, second = read(tmp_path / "tests.csv", TABLE)
    assert (first.input, first.reference) == ({"question": "한국의 수도는?", "tone": "kind"}, "서울")
    kept = first.metadata["promptfoo"]
    assert isinstance(kept, dict)
    assert (first.metadata["page"], first.metadata["tags"]) == ("g.md", ["a", "b,c"])
    assert (kept["description"], kept["threshold"], kept["options"]) == ("City", 0.5, {"prefix": "Please:"})
    any_of = {"function": "contains", "parameters": {"texts": ["서울", "Seoul"], "want": "any"}}
    assert kept["assert"][1:] == [
        {
            "type": "contains-any",
            "value": ["서울", "Seoul"],
            "threshold": 0.7,
            "metric": "facts",
            "evaluator": any_of,
        },
        {
            "type": "rouge-n",
            "value": "서울",
            "threshold": 0.6,
            "metric": "facts",
            "evaluator": {"function": "rouge_n", "parameters": {"n": 1}},
        },
    ]
    asked = second.metadata["promptfoo"]
    assert isinstance(asked, dict)
    assert (second.input, second.reference) == ({"question": "Why?", "tone": ""}, None)
    assert [(each["type"], each.get("value"), each.get("threshold")) for each in asked["assert"]] == [
        ("javascript", "output.length < 9", None),
        ("not-icontains", "sorry", None),
        ("latency", None, 1000.0),
    ]


@pytest.mark.parametrize(
    ("short", "assertion"),
    [
        ("Paris", {"type": "equals", "value": "Paris"}),
        ("Note: Paris", {"type": "equals", "value": "Note: Paris"}),
        ("equals: Paris", {"type": "equals", "value": "Paris"}),
        ("is-json", {"type": "is-json"}),
        ("grade: is polite", {"type": "llm-rubric", "value": "is polite"}),
        ("similar(0.9):a: b", {"type": "similar", "value": "a: b", "threshold": 0.9}),
        ("trajectory:tool-used: find", {"type": "trajectory:tool-used", "value": "find"}),
        ("file://check.py:score", {"type": "python", "value": "file://check.py:score"}),
        ("containsall: a", {"type": "equals", "value": "containsall: a"}),
    ],
)
def test_an_assertion_in_short_is_one_in_full(short: str, assertion: dict[str, Any]) -> None:
    assert assertion_of(short) == assertion


def test_a_table_that_is_no_test_of_promptfoo_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("input,expected\n1,2\n", encoding="utf-8")
    assert format_of(tmp_path / "plain.csv").name == "csv"
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    assert format_of(tmp_path / "empty.csv").name == "csv"
    (tmp_path / "short.csv").write_text("a,__expected\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2: the header has 2 columns, and this row 1"):
        list(read_items(tmp_path / "short.csv", PROMPTFOO))
