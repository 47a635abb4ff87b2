import io
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items, write_items, write_to
from windlass.evaluation.formats.registry import FORMATS, format_of
from windlass.evaluation.samples import Item

CSV = FORMATS["csv"]


def read(tmp_path: Path, text: str, *, name: str = "data.csv", **columns: str) -> list[Item]:
    file = tmp_path / name
    file.write_bytes(text.encode())
    return list(read_items(file, format_of(file), {each.replace("_", "."): of for each, of in columns.items()}))


def test_columns_become_fields_an_input_of_parts_and_metadata(tmp_path: Path) -> None:
    text = (
        "\ufeffid,input.question,input.tone,reference,split,page,쪽\r\n"
        'a,"둘\n줄, ""그리고"" 쉼표",kind,답,test,1,셋\r\n\r\nb,q,,,,,\r\n'
    )
    assert read(tmp_path, text) == [
        Item(
            id="a",
            input={"question": '둘\n줄, "그리고" 쉼표', "tone": "kind"},
            reference="답",
            metadata={"page": "1", "쪽": "셋"},
            split="test",
        ),
        Item(id="b", input={"question": "q"}),
    ]


def test_a_json_column_holds_values_of_any_type(tmp_path: Path) -> None:
    (item,) = read(tmp_path, 'id,input,reference:json,k:json\na,q,"[""x"", ""y""]",null\n')
    assert (item.reference, item.metadata) == (["x", "y"], {"k": None})


def test_columns_of_other_names_are_named(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "question;answer;input\nq;a;other\n", input="question", reference="answer")
    assert (item.input, item.reference, item.metadata) == ("q", "a", {"input": "other"})
    (item,) = read(tmp_path, "q\ta\n1\t2\n", name="data.tsv", input_question="q", metadata_answer="a")
    assert (item.input, item.metadata) == ({"question": "1"}, {"answer": "2"})


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", {}, "FILE has no column 'input' (it has none): say which"),
        ("input,a\n", {}, "FILE has no items"),
        ("id,question,answer\n1,q,a\n", {}, "as `--column input=question`."),
        ("input,a,a\nq,1,2\n", {}, "FILE: two columns are named 'a'"),
        ('input,a\n"two\nlines",1\nq\n', {}, "FILE, line 4: the header has 2 columns, and this row 1; a cell"),
        ("input,a\nq,1,2\n", {}, "FILE, line 2: the header has 2 columns, and this row 3"),
        ('input,a\nq,1\n"open,2\n', {}, "FILE, line 3: the row that begins here is not CSV"),
        ("input,a\n,1\n", {}, "FILE, line 2: the item has no 'input'"),
        ("input,id\nq,1\np,1\n", {}, "FILE, line 3: the id '1' is already that of line 2"),
        ("input,k:json\nq,{\n", {}, "FILE, line 2: the column 'k:json' holds JSON, and this cell does not"),
        ("input,input.a\nq,1\n", {}, "FILE, line 2: `input` and `input.NAME` are both there"),
        (
            "input\nq\n",
            {"reference": "answer"},
            "FILE, line 2: there is no column 'answer'; the columns are input.",
        ),
        ("input\nq\n", {"answer": "input"}, "An item has no 'answer' to take from a column"),
    ],
)
def test_a_bad_table_is_one_sentence_with_its_line(
    tmp_path: Path, text: str, columns: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, **columns)
    assert message.replace("FILE", str(tmp_path / "data.csv")) in caught.value.message
    assert len(caught.value.message.splitlines()) == 1


def test_a_table_in_another_encoding_says_so(tmp_path: Path) -> None:
    file = tmp_path / "excel.csv"
    file.write_bytes("input\n질문\n".encode("cp949"))
    with pytest.raises(InputError, match=r"excel\.csv is not UTF-8 text .*: save it as UTF-8"):
        list(read_items(file, CSV))


def test_what_is_written_is_a_plain_table(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    items = [
        Item(id="a", input={"question": "질문, 하나"}, reference="답", metadata={"page": 1}, split="test"),
        Item(id="b", input={"question": "q"}, metadata={"id": "x"}),
    ]
    write_items(items, file, CSV)
    assert file.read_text(encoding="utf-8").splitlines() == [
        "id,input.question,reference,split,page:json,metadata.id",
        'a,"질문, 하나",답,test,1,',
        "b,q,,,,x",
    ]


def test_a_file_that_fails_half_way_is_not_there(tmp_path: Path) -> None:
    def failing() -> Iterator[Item]:
        yield Item(id="a", input="q")
        raise InputError("the server went away.")

    (tmp_path / "out.jsonl").write_text("before", encoding="utf-8")
    with pytest.raises(InputError, match="went away"):
        write_items(failing(), tmp_path / "out.jsonl", FORMATS["jsonl"])
    assert [file.read_text() for file in tmp_path.iterdir()] == ["before"]
    with pytest.raises(InputError, match=r"a file of csv is named \*\.csv"):
        write_items([], tmp_path / "out.json", CSV)
    with pytest.raises(InputError, match="hugging-face is a folder, which `windlass pull"):
        write_to([], io.BytesIO(), FORMATS["hugging-face"])
    with pytest.raises(InputError, match=r"out\.csv cannot be written"):
        write_items([], tmp_path / "none" / "out.csv", CSV)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("jsonl", lambda n: f'{{"id": "{n}", "input": "{n} {"x" * 1000}", "metadata": {{"page": {n}}}}}\n'),
        ("csv", lambda n: f'{n},"{n} {"x" * 1000}",{n}\n'),
    ],
)
def test_200_000_items_are_read_without_being_in_memory(
    tmp_path: Path, name: str, line: Callable[[int], str]
) -> None:
    file = tmp_path / f"big.{name}"
    with file.open("w") as out:
        out.write("id,input,page\n" if name == "csv" else "")
        out.writelines(map(line, range(200_000)))
    began = time.monotonic()
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_items(file, FORMATS[name]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 200_000
    # The file has 200 MB; what is remembered are ids and places.
    assert peak < 50 * 2**20
    print(f"{name}: {peak / 2**20:.0f} MiB, {time.monotonic() - began:.0f} s")
