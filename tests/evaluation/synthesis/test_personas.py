"""Files of personas."""

import pytest

from windlass.errors import InputError
from windlass.evaluation.synthesis.personas import parse_personas


def test_personas_are_read_of_csv_and_json_lines() -> None:
    table = parse_personas('name,description\nAda,"An auditor, strict"\nBo,In a hurry\n', "people.csv")
    lines = parse_personas('{"description": "An auditor, strict", "name": "Ada"}\n\n', "people.jsonl")
    assert [persona.name for persona in table] == ["Ada", "Bo"]
    assert lines == table[:1]


@pytest.mark.parametrize(
    ("text", "source", "sentence"),
    [
        ("name,age\nAda,4\n", "p.csv", "p.csv: a persona has no 'age'; its columns are name and description."),
        (
            "name\nAda\n",
            "p.csv",
            "p.csv: the column 'description' is missing; a persona has name and description.",
        ),
        ("name,description\nAda,\n", "p.csv", "p.csv, line 2: the persona has no description."),
        ("name,description\n", "p.csv", "p.csv has no personas; each is a row with name and description."),
        ('{"name": "Ada", "tone": "dry"}', "p.jsonl", "p.jsonl, line 1: a persona has no 'tone'; its columns are"),
        ("[1]", "p.jsonl", "p.jsonl, line 1: a persona is a JSON object."),
        ("no", "p.jsonl", "p.jsonl, line 1: this is not JSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(text: str, source: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_personas(text, source)
    assert raised.value.message.startswith(sentence)
