import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from windlass.retrieval.search import FusionWeights, Ranked, TextSearch, fuse, search_vectors

TEXTS = [
    "A rollback moves the environment to the release that ran before.",
    "Datasets hold items with a question and a reference answer.",
    "평가 결과가 나쁘면 배포를 되돌립니다. 롤백은 명령 하나입니다.",
    "데이터셋은 질문과 기준 답변을 담습니다.",
    "評価が悪ければリリースを元に戻します。",
    "如果评估结果不好，就回滚发布。",
    "The metric token_f1 compares words; ｆｕｌｌｗｉｄｔｈ letters count too.",
]
SEARCH = TextSearch(TEXTS)


def found(query: str) -> list[int]:
    return [hit.position for hit in SEARCH.search(query, 10)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("rolling back: how does the rollback move environments?", 0),
        ("dataset item questions", 1),
        ("배포", 2),
        ("롤백하는 방법", 2),
        ("기준 답변은 어디에?", 3),
        (unicodedata.normalize("NFD", "데이터셋"), 3),
        ("評価が悪い", 4),
        ("评估 回滚", 5),
        ("token_f1", 6),
        ("F1", 6),
        ("fullwidth", 6),
    ],
)
def test_words_of_every_script_are_found(query: str, first: int) -> None:
    assert found(query)[0] == first


def test_korean_words_of_two_syllables_do_not_find_other_texts() -> None:
    assert found("질문") == [3]


@pytest.mark.parametrize(
    "query",
    ['"', "AND", "NEAR(a b)", "terms:x", "a* OR", "(((", "-", "'; DROP TABLE passages", "\x00", "^x", "{a}:b"],
)
def test_no_query_is_read_as_syntax(query: str) -> None:
    SEARCH.search(query, 10)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_query_is_safe(query: str) -> None:
    hits = SEARCH.search(query, 10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score > 0 for hit in hits)


def test_a_very_long_query_is_answered() -> None:
    assert found("release " + " ".join(f"word{number}" for number in range(20_000)))[0] == 0


def test_the_nearest_vectors_come_first_and_ties_in_order() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, 1], [-1, 0]], np.float32)
    query = np.array([0, 1], np.float32)
    assert [hit.position for hit in search_vectors(vectors, query, 3)] == [1, 3, 2]
    assert [hit.position for hit in search_vectors(vectors, query, 99)] == [1, 3, 2, 0, 4]


def test_ranks_are_fused_by_their_reciprocals() -> None:
    text = [Ranked(7, 9.0), Ranked(1, 8.0)]
    vector = [Ranked(1, 0.9), Ranked(2, 0.5)]
    assert fuse(text, vector, FusionWeights(), 10) == [
        Ranked(1, 1 / 62 + 1 / 61),
        Ranked(7, 1 / 61),
        Ranked(2, 1 / 62),
    ]
    assert [hit.position for hit in fuse(text, vector, FusionWeights(text=3), 2)] == [1, 7]
    assert [hit.position for hit in fuse(text, vector, FusionWeights(text=0.1, vector=2), 2)] == [1, 2]
