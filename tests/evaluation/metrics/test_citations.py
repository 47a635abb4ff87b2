"""What an answer cites."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.agents.assistant import format_passages
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.metrics.citations import citation_precision, citation_recall, has_citations, marks_of
from windlass.evaluation.samples import Context, Judgement, Sample
from windlass.retrieval.index import Hit

CONTEXTS = (
    Context("03-prompts.md", "Prompts as artifacts > Labels move", "text"),
    Context("docs/guide/04-releases.md", "Rollback", "text"),
    Context("휴가 규정", "연차", "text"),
)


def sample(output: str, contexts: tuple[Context, ...] = CONTEXTS, **metadata: object) -> Sample:
    return Sample(item="a", input="?", reference=None, metadata=metadata, output=output, contexts=contexts)


@pytest.mark.parametrize(
    ("output", "marks"),
    [
        ("", []),
        ("Labels move [1].", [("1", {0})]),
        ("Both[1][3] and 【2】 and a note[^2]", [("1", {0}), ("3", {2}), ("2", {1}), ("2", {1})]),
        (
            "[1, 3] [1;2] [2-3] [3–2]",
            [("1", {0}), ("3", {2}), ("1", {0}), ("2", {1}), *[("2", {1}), ("3", {2})] * 2],
        ),
        ("[4] [0]", [("4", set()), ("0", set())]),
        ("[03-prompts.md — Labels move]", [("03-prompts.md — Labels move", {0})]),
        ("[03-prompts.md – labels  MOVE]", [("03-prompts.md – labels  MOVE", {0})]),
        (
            "[04-releases.md - Rollback] [04-releases.md]",
            [("04-releases.md - Rollback", {1}), ("04-releases.md", {1})],
        ),
        ("[03-prompts.md — Rollback]", [("03-prompts.md — Rollback", set())]),
        ("휴가는 15일입니다【휴가 규정 — 연차】。", [("휴가 규정 — 연차", {2})]),
        ("[99-nothing.md]", [("99-nothing.md", set())]),
        # Links, notes at the foot, boxes to tick, words in brackets, arithmetic and code cite nothing.
        ("[03-prompts.md](https://example.com) [^1]: a note", []),
        ("- [ ] one\n- [x] two [sic] [a - b] [2024]", []),
        ("`row[1]` and\n```python\nrow[2]\n```\n", []),
        ("```\nnever closed [1]", []),
    ],
)
def test_marks(output: str, marks: list[tuple[str, set[int]]]) -> None:
    assert [(mark.text, set(mark.places)) for mark in marks_of(output, CONTEXTS)] == marks


def test_the_name_that_the_prompt_gives_a_passage_cites_it() -> None:
    hit = Hit("03-prompts.md#1", "03-prompts.md", "Labels move", "text", score=1.0, rank=1)
    heading = format_passages([hit]).splitlines()[0]
    (mark,) = marks_of(f"Labels move {heading}.", CONTEXTS)
    assert mark.places == {0}


def test_precision_is_the_share_of_marks_that_point_to_what_was_retrieved() -> None:
    assert citation_precision(sample("[1] [2] [2] [9]")) == Judgement(
        0.75, "", "points to no retrieved passage: 9"
    )
    assert citation_precision(sample("[1]")) == Judgement(1.0)
    assert citation_precision(sample("[1]", ())).value == 0


def test_an_answer_that_cites_nothing_has_no_precision_and_falls_in_the_other_two() -> None:
    silent = sample("Labels move.", page="03-prompts.md")
    assert citation_precision(silent) == Judgement(None, "undefined", "the answer cites nothing")
    assert has_citations(silent) == 0
    assert citation_recall(silent) == Judgement(0.0, "", "not cited: 03-prompts.md")
    assert has_citations(sample("A made-up one [9]")) == 1
    assert has_citations(sample("")) == 0


def test_recall_is_the_share_of_relevant_passages_that_are_cited_and_were_retrieved() -> None:
    relevant = [
        {"page": "03-prompts.md", "section": "Labels move"},
        {"page": "04-releases.md", "section": "Rollback"},
        {"page": "05-retrieval.md"},
    ]
    judged = citation_recall(sample("[1] [05-retrieval.md]", relevant=relevant))
    assert judged.value == pytest.approx(1 / 3)
    assert judged.explanation == "not cited: 04-releases.md Rollback | 05-retrieval.md"
    assert citation_recall(sample("[2]", page="04-releases.md", section="Rollback")) == Judgement(1.0)
    assert citation_recall(sample("[1]", page="04-releases.md", section="Rollback")).value == 0
    assert citation_recall(sample("[1]")) == Judgement(None, "undefined", "the item names no relevant passage")


@given(st.text(alphabet="[]【】^ 0129-–—.,;amd`\n(:", max_size=60))
def test_whatever_an_answer_holds_shares_are_shares(output: str) -> None:
    marks = marks_of(output, CONTEXTS)
    judged = citation_precision(sample(output))
    assert (judged.value is None) == (not marks)
    assert judged.value is None or 0 <= judged.value <= 1
    assert all(mark.places <= {0, 1, 2} for mark in marks)


def test_a_long_answer_takes_time_in_proportion() -> None:
    started = time.process_time()
    marks_of("[" * 100_000 + "`" * 100_001 + "[1 — " * 50_000 + "【" * 50_000 + "[1]" * 20_000, CONTEXTS)
    assert time.process_time() - started < 10


def test_they_are_known_by_name() -> None:
    assert BUILT_IN["citation_recall"].needs == ("metadata.page",)
    assert BUILT_IN["citation_precision"](sample("[1]")).value == 1
