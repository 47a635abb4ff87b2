"""BLEU and chrF against sacrebleu itself."""

import contextlib
import time
from typing import Any

import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.tokenizers.tokenizer_base import BaseTokenizer

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.metrics.translation import bleu, chrf
from windlass.evaluation.samples import Sample

OFFERED = ("13a", "intl", "zh", "char", "none")
TEXTS = st.text(alphabet="abc. 가나漢字か", max_size=40)
REFERENCES = st.lists(TEXTS, min_size=1, max_size=3)


def sample(output: str, reference: object) -> Sample:
    return Sample(item="a", input="?", reference=reference, metadata={}, output=output)


@given(TEXTS, REFERENCES, st.sampled_from(OFFERED))
def test_bleu_is_that_of_sacrebleu_over_100(answer: str, references: list[str], tokenize: str) -> None:
    expected = sacrebleu.sentence_bleu(answer, references, tokenize=tokenize).score / 100
    judged = bleu(tokenize=tokenize)(sample(answer, references))
    assert judged.value == pytest.approx(min(1, expected))
    assert judged.value is not None
    assert 0 <= judged.value <= 1


@given(TEXTS, REFERENCES, st.sampled_from([0, 1, 2]))
def test_chrf_is_that_of_sacrebleu_over_100(answer: str, references: list[str], word_order: int) -> None:
    expected = sacrebleu.sentence_chrf(answer, references, word_order=word_order).score / 100
    judged = chrf(word_order=word_order)(sample(answer, references))
    assert judged.value == pytest.approx(min(1, expected))
    assert judged.value is not None
    assert 0 <= judged.value <= 1


@pytest.mark.parametrize(
    ("reference", "tokenizer"),
    [
        ("The gate passed the release.", "13a"),
        ("게이트가 릴리스를 통과시켰습니다.", "char"),
        ("门通过了发布。", "zh"),
        ("ゲートはリリースを通した。", "char"),
    ],
)
def test_the_tokenizer_is_chosen_by_the_script_and_named(reference: str, tokenizer: str) -> None:
    judged = bleu()(sample(reference, reference))
    assert judged.value == pytest.approx(1)
    assert f"tok:{tokenizer}|" in judged.explanation
    assert f"version:{sacrebleu.__version__}" in judged.explanation


def test_scripts_without_spaces_have_partial_scores() -> None:
    for answer, reference in [
        ("发布已经回滚到前一个", "发布已经回滚到上一个"),
        ("배포를 승인했습니다", "배포를 거절했습니다"),
    ]:
        partial = bleu()(sample(answer, reference)).value
        assert partial is not None
        assert 0.1 < partial < 0.9


@pytest.mark.parametrize("evaluator", [bleu(), chrf()])
def test_an_empty_side_scores_nothing(evaluator: object) -> None:
    assert callable(evaluator)
    for answer, reference in [("", "a b c"), ("a b c", [""]), ("", [""]), (" ", "a")]:
        assert evaluator(sample(answer, reference)).value == 0


def test_the_closest_reference_counts_and_case_may_be_left_aside() -> None:
    assert chrf()(sample("release two", ["nothing", "release two"])).value == pytest.approx(1)
    assert bleu(lowercase=True)(sample("THE GATE HAS PASSED", "the gate has passed")).value == pytest.approx(1)
    assert bleu()(sample("THE GATE HAS PASSED", "the gate has passed")).value == 0


@pytest.mark.parametrize(
    ("tokenize", "problem"),
    [
        ("flores200", "'flores200' downloads a model and is not offered; there are auto, 13a"),
        ("ja-mecab", "'ja-mecab' needs MeCab"),
        ("words", "There is no tokenizer 'words'; there are auto, 13a"),
    ],
)
def test_a_tokenizer_that_would_download_or_does_not_exist_is_refused(tokenize: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        make_evaluator("mine", EvaluatorBody(function="bleu", parameters={"tokenize": tokenize}))


def test_every_tokenizer_of_sacrebleu_is_offered_or_refused_with_a_reason() -> None:
    for name in sacrebleu.BLEU.TOKENIZERS:
        offered = contextlib.nullcontext() if name in OFFERED else pytest.raises(InputError, match="not offered")
        with offered:
            assert bleu(tokenize=name)(sample("a b", "a b")).value == pytest.approx(1)


def test_long_texts_take_time_in_proportion() -> None:
    text = "the gate passed and 배포 " * 10_000
    started = time.process_time()
    assert bleu()(sample(text, text)).value == pytest.approx(1)
    assert chrf()(sample(text, text)).value == pytest.approx(1)
    assert time.process_time() - started < 30


@pytest.mark.parametrize("tokenize", OFFERED)
def test_no_text_is_kept(tokenize: str) -> None:
    assert bleu(tokenize=tokenize)(sample("what an answer said", "what a reference says")).value is not None
    caches = [
        each.__call__.cache_info() for each in subclasses(BaseTokenizer) if hasattr(each.__call__, "cache_info")
    ]
    assert caches
    assert all(cache.currsize == 0 for cache in caches)


def subclasses(kind: Any) -> list[Any]:
    return [each for below in kind.__subclasses__() for each in (below, *subclasses(below))]
