"""A judge that grades on a described scale."""

from collections.abc import Sequence

import pytest

from windlass.errors import InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.rubric import rubric
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer

from .asking import asking, judge_server, judged, sample

SCORES = {"1": "names the city", "0": "names no city,\nor another", "0.5": "names the country"}


def grader(server: ScriptedServer, **more: object) -> Evaluator:
    parameters: dict[str, object] = {"inputs": ["input", "reference", "output"], **more}
    return rubric(asking(server), "Does it say where?", SCORES, **parameters)  # type: ignore[arg-type]


@pytest.fixture
def seen() -> list[Sequence[Message]]:
    return []


def test_a_grade_is_a_number_with_the_reasoning_behind_it(seen: list[Sequence[Message]]) -> None:
    def half(messages: Sequence[Message]) -> object:
        seen.append(messages)
        return {"reasoning": "It says France.", "score": "0.5"}

    with judge_server(half) as server:
        found = judged(grader(server).judge(sample("In France.")))
        (call,) = server.calls
    assert (found.value, found.label, found.explanation, found.source) == (0.5, "", "It says France.", "judge")
    system, user = seen[0]
    assert '- "0": names no city, or another\n- "0.5": names the country\n- "1": names the city' in system.content
    assert system.content.index('"input"') < system.content.index('"reference"') < system.content.index('"output"')
    assert user.content == (
        '{"input": "Where is the Eiffel Tower?", "reference": "Paris", "output": "In France."}'
    )
    assert call.body["temperature"] == 0
    wanted = call.body["response_format"]
    assert isinstance(wanted, dict)
    assert (wanted["type"], wanted["json_schema"]["strict"]) == ("json_schema", True)
    schema = wanted["json_schema"]["schema"]
    assert list(schema["properties"]) == ["reasoning", "score"]
    assert schema["additionalProperties"] is False


def test_a_judge_that_cannot_tell_abstains_which_is_no_score() -> None:
    with judge_server(lambda _: {"reasoning": "There is no answer.", "score": None}) as server:
        found = judged(grader(server).judge(sample("")))
    assert (found.value, found.label) == (None, "abstain")


@pytest.mark.parametrize(
    "said",
    [
        "1",
        "I give it a 1.",
        '```json\n{"reasoning": "", "score": "1"}\n```',
        {"reasoning": "", "score": "2"},
        {"reasoning": "", "score": 1},
        {"reasoning": "", "score": "1", "note": "certain"},
        {"score": "1"},
        {"reasoning": "", "score": "1 "},
    ],
    ids=str,
)
def test_what_is_no_verdict_of_the_form_is_asked_for_again_and_then_counted_as_missing(said: object) -> None:
    with judge_server(lambda _: said) as server:
        found = judged(grader(server).judge(sample("Paris")))
        assert len(server.calls) == 3
    assert (found.value, found.label, found.source) == (None, "unparsable", "judge")
    assert found.explanation.startswith("No answer in the form asked for: ")


def test_a_verdict_after_failures_counts() -> None:
    with judge_server(lambda _: {"reasoning": "", "score": "1"}) as server:
        server.fail("500", "malformed")
        found = judged(grader(server).judge(sample("Paris")))
        assert len(server.calls) == 3
    assert found.value == 1.0


def test_a_refused_key_is_not_tried_again_and_says_so() -> None:
    with judge_server(lambda _: {"reasoning": "", "score": "1"}) as server:
        server.fail("401")
        found = judged(grader(server).judge(sample("Paris")))
        assert len(server.calls) == 1
    assert (found.value, found.label) == (None, "error")
    assert "refused the key" in found.explanation


@pytest.mark.parametrize(
    ("scores", "more", "problem"),
    [
        ({"1": "good"}, {}, "at least two scores"),
        ({"1": "good", "bad": "bad"}, {}, "a number, as text; 'bad' is none"),
        ({"1": "good", "nan": "bad"}, {}, "'nan' is none"),
        (SCORES, {"criteria": " "}, "needs criteria"),
        (
            SCORES,
            {"inputs": ["answer"]},
            "cannot be shown 'answer': its inputs are, each once, of input, reference",
        ),
        (SCORES, {"inputs": ["output", "output"]}, "each once"),
        (SCORES, {"inputs": []}, "cannot be shown nothing"),
    ],
)
def test_a_rubric_that_cannot_be_used_is_refused(
    scores: dict[str, str], more: dict[str, object], problem: str
) -> None:
    with judge_server(lambda _: "") as server, pytest.raises(InputError, match=problem):
        rubric(asking(server), **{"criteria": "c", "scores": scores, **more})  # type: ignore[arg-type]


def test_what_is_shown_must_be_in_the_dataset() -> None:
    with judge_server(lambda _: "") as server:
        assert grader(server).needs == ("reference",)
        assert grader(server, inputs=["output", "metadata.tone"]).needs == ("metadata.tone",)
