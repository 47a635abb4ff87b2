"""Parquet, and the folders that Hugging Face `datasets` wrote (see record.py)."""

import sys
from datetime import date
from pathlib import Path
from shutil import copytree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.formats.files import read_items, write_items
from windlass.evaluation.formats.registry import FORMATS, format_of
from windlass.evaluation.samples import Item

DATA = Path(__file__).parent / "data"
PARQUET, FOLDER = FORMATS["parquet"], FORMATS["hugging-face"]
COLUMNS = {"input": "question", "reference": "answers.text"}


@pytest.mark.parametrize("name", ["hugging_face.saved", "hugging_face.hub"])
def test_splits_and_columns_of_hugging_face_become_those_of_items(name: str) -> None:
    assert format_of(DATA / name) is FOLDER
    items = {item.input: item for item in read_items(DATA / name, FOLDER, COLUMNS)}
    assert {question: item.split for question, item in items.items()} == {
        "Why?": "train",
        "어떻게?": "train",
        "When?": "test",
    }
    assert items["어떻게?"].reference == ["이렇게.", "저렇게."]
    assert items["When?"].metadata == {"answers": {"text": ["Now."], "answer_start": [0]}, "page": 3}


def test_one_saved_split_has_no_split_of_its_own() -> None:
    items = list(read_items(DATA / "hugging_face.saved" / "train", FOLDER, COLUMNS))
    assert [item.split for item in items] == ["", ""]


def test_a_missing_shard_or_file_is_named(tmp_path: Path) -> None:
    copytree(DATA, tmp_path / "data")
    hub, saved = tmp_path / "data" / "hugging_face.hub", tmp_path / "data" / "hugging_face.saved"
    (hub / "data" / "train-00001-of-00002.parquet").unlink()
    with pytest.raises(InputError, match="has 1 of the 2 files of the split 'train'"):
        list(read_items(hub, FOLDER, COLUMNS))
    (saved / "test" / "data-00000-of-00001.arrow").unlink()
    with pytest.raises(InputError, match=r"There is no file .*data-00000-of-00001\.arrow"):
        list(read_items(saved, FOLDER, COLUMNS))
    (saved / "test" / "state.json").write_text("{}")
    with pytest.raises(InputError, match="does not name the dataset's `_data_files`"):
        list(read_items(saved, FOLDER, COLUMNS))
    with pytest.raises(InputError, match="is no dataset of Hugging Face"):
        list(read_items(tmp_path, FOLDER))


def test_a_column_that_is_not_there_and_one_without_input_are_named() -> None:
    hub = DATA / "hugging_face.hub"
    with pytest.raises(InputError, match=r"it has question, answers, page\): say which one"):
        list(read_items(hub, FOLDER))
    with pytest.raises(InputError, match=r"parquet, row 1: there is no column 'answers\.label'"):
        list(read_items(hub, FOLDER, {**COLUMNS, "reference": "answers.label"}))


def test_columns_have_types_of_their_own_where_all_values_have_one(tmp_path: Path) -> None:
    file = tmp_path / "out.parquet"
    items = [
        Item(id="a", input="q", reference=["x", "y"], metadata={"page": 1, "sure": True, "mixed": 1}),
        Item(id="b", input="p", metadata={"page": 2, "mixed": "1", "share": 0.5}),
    ]
    write_items(items, file, PARQUET)
    schema = {field.name: str(field.type) for field in pq.read_schema(file)}
    assert schema.pop("reference") in {"list<element: string>", "list<item: string>"}
    assert schema == {
        "id": "string",
        "input": "string",
        "page": "int64",
        "sure": "bool",
        "mixed:json": "string",
        "share": "double",
    }
    assert list(read_items(file, PARQUET)) == items


def test_dates_are_text_and_bytes_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "in.parquet"
    pq.write_table(pa.table({"input": ["q"], "day": [date(2024, 1, 2)]}), file)
    (item,) = read_items(file, PARQUET)
    assert item.metadata == {"day": "2024-01-02"}
    pq.write_table(pa.table({"input": ["q"], "image": [b"x"]}), file)
    with pytest.raises(InputError, match="row 1: the column 'image' holds a bytes"):
        list(read_items(file, PARQUET))
    file.write_text("no parquet")
    with pytest.raises(InputError, match=r"in\.parquet cannot be read as Parquet"):
        list(read_items(file, PARQUET))


def test_without_pyarrow_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match=r"need pyarrow: pip install 'windlass\[server\]'"):
        list(read_items(DATA / "hugging_face.hub", FOLDER, COLUMNS))


def test_a_folder_is_written_once_with_a_file_a_split(tmp_path: Path) -> None:
    items = [
        Item(id="a", input="질문", metadata={"page": 1}, split="train"),
        Item(id="b", input="Why?", reference="So.", split="test"),
        Item(id="c", input="When?", split="train"),
    ]
    write_items(items, tmp_path / "questions", FOLDER)
    files = {file.name: pq.read_table(file) for file in (tmp_path / "questions" / "data").iterdir()}
    assert {name: table.num_rows for name, table in files.items()} == {
        "train-00000-of-00001.parquet": 2,
        "test-00000-of-00001.parquet": 1,
    }
    assert len({str(table.schema) for table in files.values()}) == 1
    with pytest.raises(InputError, match="is there already"):
        write_items(items, tmp_path / "questions", FOLDER)
    assert next(iter(read_items(tmp_path / "questions", FOLDER))) == items[1]


def test_splits_that_hugging_face_cannot_name_are_kept_beside(tmp_path: Path) -> None:
    splits = ["", "dev set", "dev_set", "시험", "train"]
    items = [Item(id=str(place), input="?", split=split) for place, split in enumerate(splits)]
    write_items(items, tmp_path / "odd", FOLDER)
    names = sorted(file.name.partition("-")[0] for file in (tmp_path / "odd" / "data").iterdir())
    assert names == ["_", "dev_set", "dev_set_2", "train", "train_2"]
    assert {item.id: item.split for item in read_items(tmp_path / "odd", FOLDER)} == {
        item.id: item.split for item in items
    }
    with pytest.raises(InputError, match="a name that this format keeps for itself"):
        write_items([Item(id="a", input="?", metadata={"windlass.split": 1})], tmp_path / "mine", FOLDER)
    assert not (tmp_path / "mine").exists()
