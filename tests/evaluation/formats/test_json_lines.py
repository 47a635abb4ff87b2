from pathlib import Path

import pytest

from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.registry import FORMATS, format_of, format_to_write
from windlass.evaluation.samples import Item


def read(file: Path, text: str, columns: dict[str, str] | None = None) -> list[Item]:
    file.write_text(text, encoding="utf-8")
    return list(read_items(file, format_of(file), columns))


def test_lines_and_an_array_hold_the_same_items(tmp_path: Path) -> None:
    lines = read(tmp_path / "a.jsonl", '\ufeff{"id": "a", "input": "질문\u2028"}\r\n\r\n{"id": 7, "input": ["q"]}')
    array = read(tmp_path / "a.json", '[{"id": "a", "input": "질문\u2028"}, {"id": 7, "input": ["q"]}]')
    assert lines == array == [Item(id="a", input="질문\u2028"), Item(id="7", input=["q"])]


def test_what_is_written_has_an_item_a_line_and_only_what_it_has(tmp_path: Path) -> None:
    items = [Item(id="a", input="질문"), Item(id="b", input="q", split="test")]
    write_items(items, tmp_path / "a.json", FORMATS["json"])
    lines = ['[\n{"id": "a", "input": "질문"}', '{"id": "b", "input": "q", "split": "test"}\n]\n']
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == ",\n".join(lines)


def test_with_columns_they_are_tables_and_without_an_unknown_field_is_a_mistake(tmp_path: Path) -> None:
    text = '{"question": "q", "answers": {"text": ["a"]}, "page": 1}'
    (item,) = read(tmp_path / "a.jsonl", text, {"input": "question", "reference": "answers.text"})
    assert (item.input, item.reference) == ("q", ["a"])
    assert item.metadata == {"answers": {"text": ["a"]}, "page": 1}
    with pytest.raises(InputError, match="line 1: unknown field 'page'"):
        read(tmp_path / "a.jsonl", '{"input": "q", "page": 1}')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "FILE: a JSON array of items is needed, this is a dict."),
        ('[{"input": "q"},\n{]', "FILE, line 2: this is not JSON: "),
        ('[{"input": "q"}, 1]', "FILE, item 2: an item is a JSON object, this is a int."),
        ('[{"input": "q", "metadata": {"n": 1e999}}]', "FILE, item 1: The number at "),
        ("[" * 100_000, "FILE: this is nested too deeply"),
        ("[]", "FILE has no items"),
    ],
    ids=["object", "broken", "number", "too great", "nested", "empty"],
)
@pytest.mark.usefixtures("no_collection")
def test_a_bad_array_is_one_sentence_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path / "a.json", text)
    assert caught.value.message.startswith(message.replace("FILE", str(tmp_path / "a.json")))


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.JSON", '[{"input": "q"}]', "json"),
        ("a.json", '{"tests": []}', "promptfoo"),
        ("a.json", '[{"vars": {}}]', "promptfoo"),
        ("a.json", '[{"query": "q"}]', "adk"),
        ("a.json", '[{"name": "a", "data": []}]', "adk"),
        ("a.json", '{"eval_set_id": "a"}', "adk"),
        ("a.json", '{"eval_cases": [{"evalId": "a"}]}', "adk"),
        ("a.json", '{"evalCases": [{"prompt": {}}]}', "vertex"),
        ("a.jsonl", "{broken", "jsonl"),
        ("a.ndjson", '{"vars": {}, "input": "q"}', "jsonl"),
        ("a.yml", "", "promptfoo"),
    ],
)
def test_the_format_is_that_of_the_name_and_the_content(tmp_path: Path, name: str, text: str, form: str) -> None:
    (tmp_path / name).write_text(text)
    assert format_of(tmp_path / name).name == form


def test_the_name_of_a_file_to_write_says_its_format() -> None:
    names = {"a.csv": "csv", "a.evalset.json": "adk", "a.json": "json", "a.yaml": "promptfoo", "a.txt": "jsonl"}
    assert {name: format_to_write(Path(name)).name for name in names} == names
