"""The words of verdicts and reports: whatever is said in English has its Korean, with the same figures in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import windlass
from windlass.evaluation.calibration.gating import JudgeOfMetric
from windlass.evaluation.gates.cautions import Caution, CautionKind
from windlass.evaluation.gates.checks import Outcome
from windlass.evaluation.gates.comparisons import Role
from windlass.evaluation.gates.regressions import Regression
from windlass.evaluation.gates.slices import SliceDifference
from windlass.evaluation.runs import RunState
from windlass.evaluation.sequential.report import SequentialCheck, SequentialReport
from windlass.evaluation.wording.ko_fields import KO_FIELDS
from windlass.evaluation.wording.language import CATALOGUES, preferred, say, say_count, speaking
from windlass.evaluation.wording.reasons import REASONS, reasons_line

KOREAN = CATALOGUES["ko"]

_SOURCES = Path(windlass.__file__).parent
_SAME = {"n", "p", "ID"}
"""Texts that are read the same in both languages."""


def said_texts() -> Iterator[tuple[str, str | None]]:
    """Give every text that the code says, and the form of it for one, where it has one."""
    for file in _SOURCES.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if "wording.language import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if node.func.id == "say" and constants:
                yield str(constants[0]), None
            elif node.func.id == "said":
                yield from ((str(each), None) for each in constants)
            elif node.func.id == "say_count":
                one, other = map(str, constants[-2:])
                yield other, one


def placeholders(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", text)))


def test_every_text_has_its_korean() -> None:
    texts = dict(said_texts())
    assert len(texts) > 200
    assert [text for text in texts if text not in KOREAN] == []
    # What is looked up by a name that is no literal: states, outcomes, roles, and fields of a verdict.
    names = {*get_args(RunState), *get_args(Outcome), *get_args(Role)}
    assert {name for name in names if name.replace("_", " ") not in KOREAN} == set()
    assert set(REASONS.values()) - set(KOREAN) == set()


def test_why_verdicts_are_missing_is_said_in_words_as_the_pages_say_it() -> None:
    why = {"unparsable": 1200, "no_quorum": 1, "no date": 2}
    assert reasons_line(why) == "1,200 no readable verdict, 1 no quorum of the jury, 2 no date"
    with speaking("ko"):
        assert reasons_line(why) == "1,200 읽을 수 없는 판정, 1 배심 정족수 미달, 2 no date"
    shown = (_SOURCES.parents[1] / "ui/src/i18n/en-shapes.ts").read_text(encoding="utf-8")
    assert dict(re.findall(r'"why\.(\w+)": "(.+)"', shown)) == dict(REASONS)


def test_nothing_is_translated_that_nobody_says() -> None:
    ones = {one for _, one in said_texts() if one}
    known = {*dict(said_texts()), *ones, *KO_FIELDS}
    named = {
        *(name.replace("_", " ") for name in (*get_args(RunState), *get_args(Outcome), *get_args(Role))),
        *REASONS.values(),
    }
    assert sorted(set(KOREAN) - known - named) == []


def test_every_text_fills_the_same_names_in_both_languages_and_is_korean() -> None:
    assert [text for text, korean in KOREAN.items() if placeholders(text) != placeholders(korean)] == []
    latin = [text for text, korean in KOREAN.items() if not re.search("[가-힣]", korean) and korean not in _SAME]
    # Figures and marks alone.
    assert [text for text in latin if re.search("[A-Za-z가-힣]", re.sub(r"\{\w+\}", "", KOREAN[text]))] == []


@pytest.mark.parametrize("model", [SequentialReport, SequentialCheck, SliceDifference, Regression, JudgeOfMetric])
def test_every_field_that_a_report_shows_as_it_stands_has_a_korean_name(model: type) -> None:
    fields: list[str] = list(model.model_fields)  # type: ignore[attr-defined]
    assert [name for name in fields if name.replace("_", " ") not in KOREAN] == []


def test_every_warning_is_said_in_both_languages() -> None:
    for kind in get_args(CautionKind):
        caution = Caution(kind=kind, there=3, items=40, allowed=0.05, ratio=1.5)
        english = caution.words
        with speaking("ko"):
            korean = caution.words
        assert english.isascii()
        assert re.search("[가-힣]", korean)
        assert set(re.findall(r"[\d.]+\d", english)) <= set(re.findall(r"[\d.]+\d", korean))


def test_a_language_is_spoken_within_and_no_further() -> None:
    with speaking("ko"):
        assert say("{n} items", n=3) == "항목 3개"
        assert say_count(1, "{n} item", "{n} items") == "항목 1개"
        assert say("a text of somebody's own {with braces}") == "a text of somebody's own {with braces}"
        with speaking("en"):
            assert say("better") == "better"
        assert say("better") == "개선"
    assert say_count(1, "{n} item", "{n} items") == "1 item"
    assert say_count(1200, "{n} item", "{n} items") == "1,200 items"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("ko", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-GB,ko;q=0.9", "en"),
        ("de,ko;q=0.5,en;q=0.3", "ko"),
        ("ko;q=0, en", "en"),
        ("de, fr;q=broken, *", "en"),
    ],
)
def test_the_language_is_the_one_that_a_reader_likes_best(header: str | None, language: str) -> None:
    assert preferred(header) == language
