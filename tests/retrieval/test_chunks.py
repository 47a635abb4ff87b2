from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from windlass.retrieval.chunks import Chunk, split_document, split_sections
from windlass.retrieval.documents import Document

PAGE = """\
---
title: front matter is no text
---
Before any heading.

# Releases

What a release is.

## Rolling back ##

One command.

```bash
# not a heading
windlass rollback guide
```

### Who may

Editors may.

## Empty

## Last
The end.
"""


def words(text: str) -> int:
    return len(text.split())


def split(text: str, tokens: int = 1000, overlap: int = 0, level: int = 2) -> list[Chunk]:
    return split_document(
        Document(name="page.md", text=text),
        chunk_tokens=tokens,
        overlap_tokens=overlap,
        section_level=level,
        count_tokens=words,
    )


def test_sections_are_cut_at_headings_and_know_the_titles_above() -> None:
    assert [(chunk.id, chunk.headings, chunk.section) for chunk in split(PAGE)] == [
        ("page.md#0", (), ""),
        ("page.md#1", ("Releases",), "Releases"),
        ("page.md#2", ("Releases", "Rolling back"), "Rolling back"),
        ("page.md#3", ("Releases", "Last"), "Last"),
    ]


def test_code_is_not_cut_and_deeper_headings_stay_in_the_text() -> None:
    text = split(PAGE)[2].text
    assert text.startswith("One command.\n\n```bash\n# not a heading")
    assert text.endswith("### Who may\n\nEditors may.")


def test_the_level_of_sections_is_a_setting() -> None:
    assert split(PAGE, level=3)[3].headings == ("Releases", "Rolling back", "Who may")
    assert [chunk.headings for chunk in split(PAGE, level=0)] == [()]


def test_a_skipped_level_does_not_mix_up_the_titles() -> None:
    sections = list(split_sections("# A\n### B\nb\n## C\nc\n# D\nd", 3))
    assert [section.headings for section in sections] == [("A", "B"), ("A", "C"), ("D",)]


def test_a_fence_is_closed_by_its_own_kind_only() -> None:
    sections = list(split_sections("# A\n````\n```\n# no\n~~~\n````\n# B\nb", 2))
    assert [section.headings for section in sections] == [("A",), ("B",)]


def test_the_titled_text_is_below_its_headings() -> None:
    assert split("# A\n## B\ntext")[0].titled_text == "A > B\n\ntext"
    assert split("text")[0].titled_text == "text"


def test_long_sections_are_cut_to_size_with_overlap() -> None:
    text = "# A\n" + " ".join(f"w{number}" for number in range(100))
    chunks = split(text, tokens=20, overlap=5)
    assert all(words(chunk.text) <= 20 for chunk in chunks)
    for before, after in pairwise(chunks):
        assert after.text.split()[0] in before.text.split()
    plain = split(text, tokens=20)
    assert " ".join(chunk.text for chunk in plain).split() == text.split()[2:]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab #\n`~-.가나한，。", max_size=300), st.integers(8, 40))
def test_no_text_is_lost_and_no_chunk_is_too_long(text: str, tokens: int) -> None:
    chunks = split(text, tokens, level=0)
    assert all(words(chunk.text) <= tokens and chunk.text for chunk in chunks)
    assert [chunk.id for chunk in chunks] == [f"page.md#{number}" for number in range(len(chunks))]
    if not text.startswith("---"):
        assert "".join("".join(chunk.text for chunk in chunks).split()) == "".join(text.split())
