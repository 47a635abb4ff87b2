"""Criteria of ADK's EvalConfig, read and written back."""

import io
import json
from typing import Any

import pytest

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.portable.adk_config import evaluators_of_config, is_eval_config, write_eval_config
from windlass.evaluation.portable.portable import PortableEvaluator, parameters_of
from windlass.evaluation.samples import Sample
from windlass.evaluation.trajectories import ToolCall

CONFIG: dict[str, Any] = {
    "criteria": {
        "tool_trajectory_avg_score": {"threshold": 1.0, "match_type": "IN_ORDER", "ignore_args": True},
        "response_match_score": 0.8,
        "final_response_match_v2": {
            "threshold": 0.5,
            "judge_model_options": {"judge_model": "gemini-2.5-flash", "num_samples": 5},
        },
        "rubric_based_tool_use_quality_v1": {
            "threshold": 0.7,
            "judgeModelOptions": {"judgeModel": "gemini-2.5-pro"},
            "rubrics": [{"rubricId": "r", "rubricContent": {"textProperty": "It searches before it answers."}}],
        },
        "hallucinations_v1": {"threshold": 0.9, "judge_model_options": {"judge_model": "gemini-2.5-flash"}},
        "multi_turn_task_success_v1": {"threshold": 0.6, "judge_model_options": {"judge_model": "g"}},
        "safety_v1": {"threshold": 1, "judge_model_options": {"judge_model": "gemini-2.5-flash"}},
    }
}


def written(evaluators: list[PortableEvaluator]) -> dict[str, Any]:
    file = io.BytesIO()
    write_eval_config(evaluators, file)
    content: dict[str, Any] = json.loads(file.getvalue())
    return content


def test_criteria_become_evaluators_that_can_be_made_and_thresholds_what_is_required() -> None:
    assert is_eval_config(CONFIG)
    read = evaluators_of_config(CONFIG, "test_config.json")
    assert read.left_out == {}
    assert {each.name: (each.body["function"], each.at_least) for each in read.evaluators} == {
        "tool_trajectory_avg_score": ("trajectory_in_order_match", 1.0),
        "response_match_score": ("rouge_n", 0.8),
        "final_response_match_v2": ("rubric", 0.5),
        "rubric_based_tool_use_quality_v1": ("checklist", 0.7),
        "hallucinations_v1": ("claims", 0.9),
        "multi_turn_task_success_v1": ("goal_completion", 0.6),
        "safety_v1": ("rubric", 1.0),
    }
    for each in read.evaluators:
        made = make_evaluator(each.name, EvaluatorBody.model_validate(each.body), lambda *_: _never_asked)
        assert made.name == each.name


async def _never_asked(*_: object) -> Any:
    raise AssertionError


def test_a_trajectory_is_matched_as_adk_does() -> None:
    (read, *_) = evaluators_of_config(CONFIG, "x").evaluators
    made = make_evaluator(read.name, EvaluatorBody.model_validate(read.body))
    calls = (ToolCall("a", {"x": 1}), ToolCall("between"), ToolCall("b"))
    reference = [{"tool_name": "a", "tool_input": {"x": 2}}, {"tool_name": "b"}]
    sample = Sample("i", "?", None, {"reference_trajectory": reference}, "", trajectory=calls)
    assert made(sample).value == 1.0


def test_what_was_read_is_written_and_read_as_the_same() -> None:
    read = evaluators_of_config(CONFIG, "x").evaluators
    again = evaluators_of_config(written(read), "x").evaluators
    assert [(each.name, each.body, each.at_least) for each in again] == [
        (each.name, each.body, each.at_least) for each in read
    ]
    plain = written(read)["criteria"]
    assert plain["response_match_score"] == 0.8
    assert plain["tool_trajectory_avg_score"] == {"threshold": 1.0, "match_type": "IN_ORDER", "ignore_args": True}


def test_a_model_that_is_named_takes_the_place_of_theirs() -> None:
    read = evaluators_of_config(CONFIG, "x", "openai:gpt-5-mini").evaluators
    asked = [parameters_of(each.body).get("model") for each in read]
    assert {model for model in asked if model} == {"openai:gpt-5-mini"}
    # ADK knows models of Google by name: another is left for ADK to choose.
    assert written([read[2]])["criteria"] == {"final_response_match_v2": 0.5}


def test_what_windlass_has_nothing_for_is_said() -> None:
    config = {
        "criteria": {"per_turn_user_simulator_quality_v1": 1.0, "mine": 0.5, "response_match_score": 1},
        "custom_metrics": {"mine": {"code_config": {"name": "a.b"}}},
    }
    read = evaluators_of_config(config, "x")
    assert [each.name for each in read.evaluators] == ["response_match_score"]
    assert read.left_out == {
        "per_turn_user_simulator_quality_v1": "windlass has nothing of this meaning",
        "mine": "a function of your own: give it to windlass.evaluate, or push it as an evaluator with code",
    }


@pytest.mark.parametrize(
    ("criteria", "problem"),
    [
        ([], "is no EvalConfig"),
        ({"response_match_score": "0.8"}, "x, response_match_score: a criterion of ADK is a threshold"),
        ({"response_match_score": True}, "a criterion of ADK is a threshold"),
        ({"tool_trajectory_avg_score": {"threshold": 1, "match_type": "SOME"}}, "no match type 'SOME'"),
        ({"final_response_match_v2": 0.5}, "asks a model and names none"),
        ({"rubric_based_final_response_quality_v1": {"threshold": 1}}, "it has no `rubrics`"),
    ],
)
def test_a_broken_config_says_where(criteria: object, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        evaluators_of_config({"criteria": criteria}, "x")


def test_what_adk_has_no_place_for_is_not_written() -> None:
    for body, at_least, problem in (
        ({"function": "rouge_1", "parameters": {}}, None, "needs the least that its mean may be"),
        ({"function": "pii", "parameters": {}}, 0.5, "is nothing that ADK has"),
        ({"function": "trajectory_exact_match", "parameters": {}}, 0.5, "is nothing that ADK has"),
    ):
        with pytest.raises(InputError, match=problem):
            written([PortableEvaluator("mine", body, at_least)])
    twice = PortableEvaluator("a", {"function": "rouge_1"}, 0.5)
    with pytest.raises(InputError, match="the second response_match_score"):
        written([twice, twice])
