import json
import tracemalloc
import unicodedata

import pytest

from windlass.canonical import digest_bytes
from windlass.errors import NotFound, Unavailable
from windlass.evaluation.item_edits import line_of_item
from windlass.evaluation.item_lines import ItemLines, LineItems
from windlass.evaluation.item_pages import ItemSearch, page_of_items
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs


def lines_of(blobs: Blobs, *items: Item) -> ItemLines:
    return ItemLines(blobs, blobs.put(b"".join(line_of_item(item) + b"\n" for item in items)))


def found(lines: ItemLines, q: str = "", split: str | None = None) -> list[str]:
    return [item.id for item in page_of_items(lines, ItemSearch(q, split), limit=50).items]


@pytest.fixture
def lines(blobs: Blobs) -> ItemLines:
    return lines_of(
        blobs,
        Item(id="en", input={"question": "Where is the Refund?"}, reference="on page 3", split="train"),
        Item(id="ko", input="환불은 어디에서 신청하나요?", reference=["설정", "계정"], split="test"),
        Item(id="ja", input="返品はどこですか", metadata={"tags": ["買い物", {"depth": 2}], "checked": True}),
        Item(id="nfd", input=unicodedata.normalize("NFD", "환불 규정"), split="test"),
    )


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("refund", ["en"]),
        ("REFUND page", ["en"]),
        ("refund train", []),
        ('"the refund"', ["en"]),
        ('"the ref', ["en"]),
        ('"refund the"', []),
        ("환불", ["ko", "nfd"]),
        ("신청하나", ["ko"]),
        ("品は", ["ja"]),
        ("買い", ["ja"]),
        ("true", ["ja"]),
        ("ko", ["ko"]),
        ("  ", ["en", "ko", "ja", "nfd"]),
    ],
)
def test_a_word_is_found_anywhere_in_an_item_in_any_case_and_script(
    lines: ItemLines, q: str, ids: list[str]
) -> None:
    assert found(lines, q) == ids


def test_a_search_keeps_to_a_split_and_those_in_none_have_the_empty_one(lines: ItemLines) -> None:
    assert found(lines, "환불", "test") == ["ko", "nfd"]
    assert found(lines, "환불", "train") == []
    assert found(lines, split="") == ["ja"]
    assert lines.splits == {"": 1, "test": 2, "train": 1}


def test_the_pages_of_a_search_are_the_whole_search_and_the_first_counts_it(blobs: Blobs) -> None:
    items = [Item(id=f"i{number}", input="odd" if number % 2 else "even") for number in range(25)]
    lines = lines_of(blobs, *items)
    search, start, pages = ItemSearch("odd"), 0, []
    while True:
        page = page_of_items(lines, search, limit=5, start=start)
        pages.append(page)
        if page.next is None:
            break
        start = int(page.next)
    assert [item.id for page in pages for item in page.items] == [f"i{number}" for number in range(1, 25, 2)]
    assert [page.matches for page in pages] == [12, None, None]


def test_an_item_is_found_by_its_id_and_not_by_text_that_looks_like_it(lines: ItemLines, blobs: Blobs) -> None:
    assert lines.find("ja").input == "返品はどこですか"
    said = lines_of(blobs, Item(id="a", input={"id": "b"}), Item(id="b", input="right"))
    assert said.find("b").input == "right"
    with pytest.raises(NotFound, match="no item 'c' in this version"):
        said.find("c")


def test_a_page_of_a_large_dataset_takes_the_memory_of_a_page(blobs: Blobs) -> None:
    text = "x" * 4_000
    content = b"".join(
        json.dumps({"id": f"i{number}", "input": text}, separators=(",", ":")).encode() + b"\n"
        for number in range(10_000)
    )
    digest = blobs.put(content)
    size = len(content)
    del content
    tracemalloc.start()
    lines = ItemLines(blobs, digest)
    page = page_of_items(lines, ItemSearch(), limit=50, start=9_900)
    searched = page_of_items(lines, ItemSearch("i9999"), limit=50)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [page.items[0].id, searched.items[0].id, searched.matches] == ["i9900", "i9999", 1]
    assert most < size / 4


def test_damage_is_told_and_not_shown_as_items(blobs: Blobs) -> None:
    digest = blobs.put(b'{"id":"a","input":"x"}\n')
    broken = blobs.put(b'{"id":"a","inp\n')
    with pytest.raises(Unavailable, match="damaged"):
        ItemLines(blobs, broken)
    with pytest.raises(NotFound):
        ItemLines(blobs, digest_bytes(b"never kept"))
    assert len(ItemLines(blobs, digest)) == 1


def test_many_items_are_read_as_they_are_asked_for_and_are_the_same(lines: ItemLines) -> None:
    items = LineItems(lines)
    one_by_one = [lines.item(number) for number in range(len(lines))]
    assert list(items) == one_by_one == list(items), "they can be gone through again"
    assert len(items) == len(one_by_one)
    assert (items[1], items[-1], items[1:3]) == (one_by_one[1], one_by_one[-1], one_by_one[1:3])
    with pytest.raises(IndexError):
        items[len(items)]
