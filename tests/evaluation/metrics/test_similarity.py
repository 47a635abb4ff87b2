"""Similarity of an answer to its reference, in letters and in meaning."""

import math
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.metrics.similarity import LARGEST, edit_distance, embedding_similarity, fuzzy_match
from windlass.evaluation.samples import Judgement, Sample

LETTERS = st.text(alphabet="ab가나漢か ", max_size=70)


def sample(output: str, reference: object) -> Sample:
    return Sample(item="a", input="?", reference=reference, metadata={}, output=output)


def plain_distance(some: str, others: str) -> int:
    """Levenshtein's recursion, row by row."""
    row = list(range(len(others) + 1))
    for i, one in enumerate(some, 1):
        above, row = row, [i]
        for j, other in enumerate(others, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (one != other)))
    return row[-1]


@given(LETTERS, LETTERS)
def test_the_edit_distance_is_that_of_the_recursion(some: str, others: str) -> None:
    assert edit_distance(some, others) == plain_distance(some, others)


@given(LETTERS, LETTERS)
def test_similarity_is_symmetric_between_0_and_1_and_1_for_what_is_the_same(some: str, others: str) -> None:
    one, other = fuzzy_match()(sample(some, others)).value, fuzzy_match()(sample(others, some)).value
    assert one == other
    assert one is not None
    assert 0 <= one <= 1
    assert fuzzy_match()(sample(some, some)).value == 1
    assert (one == 1) == (some.split() == others.split())


@pytest.mark.parametrize(
    ("output", "reference", "expected"),
    [
        ("kitten", "sitting", 4 / 7),
        ("", "", 1),
        (" \n", "", 1),
        ("", "Paris", 0),
        ("Paris", "", 0),
        ("Paris", ["Rome", "Pariser", "paris  "], 1),
        ("ＰＡＲＩＳ", "paris", 1),
        ("Straße", "STRASSE", 1),
        ("two\n\n words", "two words", 1),
        ("배포 승인", "배포 거절", 3 / 5),
        (unicodedata.normalize("NFD", "배포 승인"), "배포 승인", 1),
        ("東京都", "東京", 2 / 3),
        ("ｶﾀｶﾅ", "カタカナ", 1),
    ],
)
def test_fuzzy_match(output: str, reference: object, expected: float) -> None:
    assert fuzzy_match()(sample(output, reference)).value == pytest.approx(expected)


def test_a_threshold_makes_it_yes_or_no_and_says_how_near() -> None:
    made = make_evaluator("near", EvaluatorBody(function="fuzzy_match", parameters={"threshold": 0.9}))
    assert made(sample("abcdefghij", "abcdefghiX")) == Judgement(1.0, "", "similarity 0.900")
    assert made(sample("abcdefgh", "abcdefgX")) == Judgement(0.0, "", "similarity 0.875")
    with pytest.raises(InputError, match="threshold of fuzzy_match is wrong"):
        make_evaluator("near", EvaluatorBody(function="fuzzy_match", parameters={"threshold": 1.5}))


def test_texts_up_to_the_bound_are_compared_in_little_time_and_longer_ones_are_undefined() -> None:
    side = math.isqrt(LARGEST)
    long, other, endless = ("ab가c" * side)[:side], ("b가cd" * side)[:side], "ab가c" * 100_000
    started = time.process_time()
    assert fuzzy_match()(sample(long, other)).value == pytest.approx(0.75, abs=0.001)
    assert fuzzy_match()(sample(endless, long[:1000])).value == pytest.approx(1000 / 400_000)
    assert time.process_time() - started < 10
    judged = fuzzy_match()(sample(long + "x", other))
    assert judged == Judgement(None, "undefined", "too long to compare: 20,001 and 20,000 characters")


def test_embedding_similarity_follows_the_meaning() -> None:
    evaluator = embedding_similarity()
    reference = "A release can be rolled back to the one before."

    def of(output: str, reference: object = reference) -> float:
        value = evaluator(sample(output, reference)).value
        assert value is not None
        return value

    assert of(reference) == pytest.approx(1, abs=1e-5)
    assert of("You may return to the previous version.") > of("Bananas grow in warm countries.")
    assert -1 <= of("Bananas grow in warm countries.") < 0.3
    assert of("Bananas are yellow.", [reference, "Bananas are yellow."]) == pytest.approx(1, abs=1e-5)
    assert of(" ") == 0
    assert of("words", ["", "  "]) == 0
    assert of("", ["", "words"]) == 1
    assert of("word " * 5_000) <= 1
