"""The pytest plugin, in pytests of its own."""

import xml.etree.ElementTree as ET

import pytest

from tests.live import Project

TESTS = """
from pathlib import Path

import pytest

import windlass


def echo(question):
    return question


@pytest.fixture
def bound():
    return 0.5


@windlass.case(echo, dataset=Path("words.jsonl"), evaluators=["exact_match"])
def test_passes(bound, run):
    run.require("exact_match", at_least=bound)


@windlass.case(echo, dataset=Path("words.jsonl"), evaluators=["exact_match"], name="echo")
def test_fails(run):
    run.require("exact_match", at_most=0.2)


@windlass.case(echo, dataset=Path("words.jsonl"), evaluators=["exact_match"], concurrency=2)
def test_cannot_tell(run):
    run.require("exact_match", at_least=0.85)


def test_of_another_kind():
    pass
"""

WORDS = "".join(
    f'{{"input": "word {number}", "reference": "{"word" if number % 10 else "another"} {number}"}}\n'
    for number in range(60)
)


@pytest.fixture
def cases(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(test_words=TESTS)
    (pytester.path / "words.jsonl").write_text(WORDS, encoding="utf-8")
    return pytester


def test_a_case_has_three_outcomes_each_with_its_figures_in_the_terminal_and_in_junit(
    cases: pytest.Pytester, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINDLASS_URL", project.live.url)
    monkeypatch.setenv("WINDLASS_API_KEY", project.key)
    ended = cases.runpytest_subprocess("--junitxml=report.xml", "-rs", "--windlass-undecided=skip")
    ended.assert_outcomes(passed=2, failed=1, skipped=1)
    ended.stdout.fnmatch_lines(
        [
            "*NotShown: Fail: exact_match is 0.9 (95 % interval * to *; 60 items), not at most 0.2.",
            "*= windlass runs =*",
            f"  {project.live.url}/runs/run-*",
            "  exact_match 0.9 [[]*, *[]] n=60",
            "SKIPPED * Not enough data: exact_match is 0.9 *; about * items would.",
        ],
        consecutive=False,
    )
    told = {
        case.attrib["name"]: {each.attrib["name"]: each.attrib["value"] for each in case.iter("property")}
        for case in ET.parse(cases.path / "report.xml").iter("testcase")
    }
    assert told.pop("test_of_another_kind") == {}
    assert all(set(properties) == {"windlass.run", "windlass.exact_match"} for properties in told.values())
    runs = {properties["windlass.run"].rpartition("/")[2] for properties in told.values()}
    assert {run["id"] for run in project.client.get("/runs")["items"]} == runs
    assert len(runs) == 3


def test_without_a_server_one_is_started_and_what_is_undecided_fails(
    cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINDLASS_URL", raising=False)
    ended = cases.runpytest_subprocess("-k", "cannot_tell or another_kind", "--windlass-data=here")
    ended.assert_outcomes(passed=1, failed=1)
    ended.stdout.fnmatch_lines(["*NotShown: Not enough data: exact_match is 0.9 *"])
    assert (cases.path / "here").is_dir()
    assert not (cases.path / ".windlass").exists()


def test_workers_are_told_to_start_a_server(cases: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINDLASS_URL", raising=False)
    ended = cases.runpytest_subprocess("-k", "passes", "-n", "1")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["*UsageError: Workers of pytest-xdist *: start one with `windlass up`, or *"])
    assert not (cases.path / ".windlass").exists()


def test_a_case_without_the_argument_run_is_refused_when_it_is_collected(cases: pytest.Pytester) -> None:
    cases.makepyfile(
        test_words="import windlass\n@windlass.case(str, dataset=[], evaluators=[])\ndef test_it(): pass\n"
    )
    ended = cases.runpytest_subprocess()
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["*InputError: The test test_it takes no argument `run`: *"])
