from pathlib import Path

import pytest

import windlass
from windlass.errors import InputError


def test_a_file_is_read_as_items_that_evaluate_takes(tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    file.write_text("id,question,reference,page\na,Why?,Because.,1\n")
    assert windlass.read_dataset(file, columns={"input": "question"}) == [
        {"id": "a", "input": "Why?", "reference": "Because.", "metadata": {"page": "1"}}
    ]
    (tmp_path / "data.txt").write_text('{"input": "q"}\n')
    assert windlass.read_dataset(str(tmp_path / "data.txt"), data_format="jsonl")[0]["input"] == "q"
    with pytest.raises(InputError, match=r"data\.txt: its name says no format"):
        windlass.read_dataset(tmp_path / "data.txt")
