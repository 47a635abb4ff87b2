"""Evaluators of an answer's text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.metrics.texts import contains, matches, numeric_match, rouge_l, rouge_n
from windlass.evaluation.samples import Sample

ROUGE = json.loads((Path(__file__).parents[1] / "adk" / "rouge.json").read_text(encoding="utf-8"))
WORDS = st.lists(st.sampled_from(["a", "b", "c", "배", "포"]), max_size=12).map(" ".join)


def sample(output: str, reference: object = None) -> Sample:
    return Sample(item="a", input="?", reference=reference, metadata={}, output=output)


def test_rouge_is_that_of_the_library_in_240_cases() -> None:
    evaluators = {"rouge1": rouge_n(1), "rouge2": rouge_n(2), "rougeL": rouge_l()}
    for case in ROUGE["cases"]:
        for name, evaluator in evaluators.items():
            judged = evaluator(sample(case["answer"], case["reference"]))
            assert judged.value == pytest.approx(case["scores"][name], abs=1e-12), (name, case)


def test_rouge_knows_hangul_and_takes_the_best_reference() -> None:
    assert rouge_n(1)(sample("배포 승인", "배포 거절")).value == 0.5
    assert rouge_l()(sample("release two", ["nothing", "release one"])).value == 0.5


@given(WORDS, WORDS)
def test_the_longest_common_sequence_is_that_of_the_plain_recursion(answer: str, reference: str) -> None:
    some, others = answer.split(), reference.split()
    table = [[0] * (len(others) + 1) for _ in range(len(some) + 1)]
    for i, one in enumerate(some, 1):
        for j, other in enumerate(others, 1):
            table[i][j] = table[i - 1][j - 1] + 1 if one == other else max(table[i - 1][j], table[i][j - 1])
    longest = table[-1][-1]
    expected = 2 * longest / (len(some) + len(others)) if longest else 0
    assert rouge_l()(sample(answer, reference)).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("want", "output", "expected"),
    [
        ("all", "The GATE passed; promote it.", 1),
        ("all", "The gate failed.", 0),
        ("any", "The gate failed.", 1),
        ("none", "The gate failed.", 0),
        ("none", "Nothing of it: investigate.", 1),
    ],
)
def test_contains_looks_for_words_and_not_for_letters(want: str, output: str, expected: float) -> None:
    made = make_evaluator(
        "mine", EvaluatorBody(function="contains", parameters={"texts": ["gate", "passed"], "want": want})
    )
    assert made(sample(output)).value == expected


def test_contains_wants_words() -> None:
    with pytest.raises(InputError, match="has no word: use `matches`"):
        contains(["!?"])


def test_a_pattern_is_one_of_re2_and_a_bad_one_is_refused() -> None:
    assert matches(r"(?i)order \d{3}")(sample("Your ORDER 123 is here")).value == 1
    assert matches(r"^\d+$")(sample("no")).value == 0
    with pytest.raises(InputError, match="is none of RE2"):
        matches("(")
    # It would take for ever in an engine that goes back.
    assert matches("(a+)+$")(sample("a" * 50_000 + "b")).value == 0


@pytest.mark.parametrize(
    ("output", "reference", "tolerance", "expected"),
    [
        ("So 3 + 4 = 7.", "7", 0.0, 1),
        ("It costs $1,234.50", "1234.5", 0.0, 1),
        ("about 101", "100", 0.0, 0),
        ("about 101", "100", 0.01, 1),
        ("-5e3", ["1", "-5000"], 0.0, 1),
        ("none", "7", 0.0, 0),
        ("7", "seven", 0.0, None),
    ],
)
def test_the_last_numbers_agree_or_not(
    output: str, reference: object, tolerance: float, expected: float | None
) -> None:
    assert numeric_match(tolerance)(sample(output, reference)).value == expected
