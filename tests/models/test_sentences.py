import pytest

from windlass.models.sentences import split_sentences

PAGE = """\
# A heading

A release binds versions. It is immutable,
and it has a digest.

```bash
windlass push release.yaml
```

| column | other |
|---|---|
| cell one | cell two |

- First item without a full stop
- Second item. It has two sentences.

> A quoted line is prose too.

[04-releases.md — Labels and environments]
See [the page](03-prompts.md) on prompts, e.g. for roles. `windlass pull` fetches one.
"""


def test_only_prose_is_quoted() -> None:
    assert split_sentences(PAGE) == [
        "A release binds versions.",
        "It is immutable, and it has a digest.",
        "First item without a full stop",
        "Second item.",
        "It has two sentences.",
        "A quoted line is prose too.",
        "See the page on prompts, e.g. for roles.",
        "`windlass pull` fetches one.",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("배포 전에 평가합니다. 결과를 기록합니다.", ["배포 전에 평가합니다.", "결과를 기록합니다."]),
        ("先评估再发布。然后记录结果。", ["先评估再发布。", "然后记录结果。"]),
        (
            "It took 3.5 s on version 2.1 of it. Good enough!",
            ["It took 3.5 s on version 2.1 of it.", "Good enough!"],
        ),
        ('He said "stop." Then he left us.', ['He said "stop."', "Then he left us."]),
        ("~~~\ncode. More code.\n```\nstill code.\n~~~\nProse after it.", ["Prose after it."]),
        ("[1] 03-prompts.md > Roles\nA role is a part.", ["A role is a part."]),
        ("<document name='x'>\nText within a tag.\n</document>", ["Text within a tag."]),
        ("", []),
        ("Yes. No.", []),
    ],
    ids=["korean", "chinese", "numbers", "quotes", "fences", "numbered source", "tags", "empty", "too short"],
)
def test_sentences_end_where_a_reader_says(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences
