"""Evaluators of trajectories."""

from typing import Any

import pytest

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.datasets import items_of, require_columns
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.predictions import dump_prediction, load_prediction
from windlass.evaluation.samples import Prediction, Sample
from windlass.evaluation.trajectories import ToolCall


def sample(trajectory: tuple[ToolCall, ...] | None, *reference: dict[str, object]) -> Sample:
    [item] = items_of([{"input": "?", "metadata": {"reference_trajectory": list(reference)}}])
    return Sample.of(item, Prediction("done", trajectory=trajectory))


def test_a_sample_is_held_against_the_reference_of_its_item() -> None:
    made = (ToolCall("find", {"q": "gates"}), ToolCall("read", {"page": 8}))
    asked = sample(made, {"tool_name": "find", "tool_input": {"q": "gates"}})
    scores = {name: BUILT_IN[name](asked).value for name in BUILT_IN if name.startswith(("trajectory", "tool"))}
    assert scores == {
        "trajectory_exact_match": 0,
        "trajectory_in_order_match": 1,
        "trajectory_any_order_match": 1,
        "trajectory_precision": 0.5,
        "trajectory_recall": 1,
        "trajectory_f1": pytest.approx(2 / 3),
        "trajectory_edit_distance": 0.5,
        "tool_name_match": 0.5,
        "tool_parameter_key_match": 0.5,
        "tool_parameter_match": 0.5,
        "tool_choice_accuracy": 0.5,
    }


def test_a_target_that_says_nothing_of_its_calls_has_no_score() -> None:
    judged = BUILT_IN["trajectory_recall"](sample(None, {"name": "find"}))
    assert (judged.value, judged.explanation) == (None, "the target does not say which tools it called")


def test_recall_of_a_reference_without_calls_is_undefined() -> None:
    judged = BUILT_IN["trajectory_recall"](sample((ToolCall("find"),)))
    assert (judged.value, judged.label) == (None, "undefined")
    assert BUILT_IN["trajectory_precision"](sample((ToolCall("find"),))).value == 0


def test_a_dataset_may_say_that_no_tool_is_to_be_called_but_must_say_something() -> None:
    evaluator = BUILT_IN["trajectory_precision"]
    require_columns(items_of([{"input": "?", "metadata": {"reference_trajectory": []}}]), [evaluator])
    with pytest.raises(InputError, match=r"needs 'metadata\.reference_trajectory'"):
        require_columns(items_of([{"input": "?"}]), [evaluator])


def test_parameters_choose_how_calls_are_compared() -> None:
    made = (ToolCall("find", {"q": "a", "n": 99}), ToolCall("find", {"q": "a", "n": 99}))
    asked = sample(made, {"name": "find", "args": {"q": "a", "n": 100}})
    without = make_evaluator(
        "mine",
        EvaluatorBody(function="trajectory_precision", parameters={"ignore_args": True, "compat": "vertex"}),
    )
    near = make_evaluator("near", EvaluatorBody(function="tool_parameter_match", parameters={"tolerance": 0.05}))
    used = make_evaluator(
        "used", EvaluatorBody(function="trajectory_single_tool_use", parameters={"tool": "find"})
    )
    assert (without(asked).value, near(asked).value, used(asked).value) == (1, 0.5, 1)


FIND: dict[str, Any] = {
    "type": "object",
    "properties": {
        "q": {"type": "string"},
        "limit": {"type": "integer", "default": 10},
        "near": {"type": ["boolean", "null"], "default": False},
        "tags": {"type": "array", "items": {"type": "INTEGER"}},
        "where": {"type": "object", "properties": {"floor": {"type": "number"}}},
    },
}
MADE = (ToolCall("find", {"q": "gates", "limit": 10}),)


def of_tools(trajectory: tuple[ToolCall, ...], *tools: object, **args: object) -> Sample:
    metadata = {"reference_trajectory": [{"name": "find", "args": args}], "tools": list(tools)}
    [item] = items_of([{"input": "?", "metadata": metadata}])
    return Sample.of(item, Prediction("done", trajectory=trajectory))


@pytest.mark.parametrize(
    "definition",
    [
        {"name": "find", "parameters": FIND},
        {"type": "function", "function": {"name": "find", "parameters": FIND}},
        {"name": "find", "input_schema": FIND},
        {"name": "find", "inputSchema": FIND},
    ],
    ids=["plain", "openai", "anthropic", "mcp"],
)
def test_an_argument_that_is_not_given_is_the_default_of_the_tool_s_schema(definition: dict[str, Any]) -> None:
    told = of_tools(MADE, definition, q="gates")
    untold = of_tools(MADE, q="gates")
    for name in (
        "trajectory_exact_match",
        "trajectory_recall",
        "tool_parameter_match",
        "tool_parameter_key_match",
    ):
        assert BUILT_IN[name](told).value == 1
        assert BUILT_IN[name](untold).value != 1
    own = make_evaluator("own", EvaluatorBody(function="trajectory_f1", parameters={"tools": [definition]}))
    assert own(untold).value == 1


def test_vertex_and_adk_know_no_schemas() -> None:
    told = of_tools(MADE, {"name": "find", "parameters": FIND}, q="gates")
    for compat in ("vertex", "adk"):
        made = make_evaluator(
            compat, EvaluatorBody(function="trajectory_exact_match", parameters={"compat": compat})
        )
        assert made(told).value == 0


def test_the_tools_of_a_recording_are_known() -> None:
    recording = {"trace_id": "ab" * 16, "inputs": ["?"], "tools": [{"name": "find", "parameters": FIND}]}
    metadata = {"reference_trajectory": [{"name": "find", "args": {"q": "gates"}}], "recording": recording}
    [item] = items_of([{"input": "?", "metadata": metadata}])
    sample = Sample.of(item, Prediction("done", trajectory=(MADE[0], MADE[0])))
    assert BUILT_IN["trajectory_precision"](sample).value == 0.5
    repeated = Sample.of(item, Prediction("done", trajectory=(ToolCall("find", {"q": "gates"}), *MADE)))
    assert BUILT_IN["repeated_calls"](repeated).value == 1


@pytest.mark.parametrize(
    ("made", "wanted", "strict", "string", "schema"),
    [
        ({"limit": 7}, {"limit": 7.0}, 1, 1, 1),
        ({"limit": "7"}, {"limit": 7}, 0, 1, 1),
        ({"limit": "7.0"}, {"limit": 7}, 0, 0, 1),
        ({"limit": "seven"}, {"limit": 7}, 0, 0, 0),
        ({"limit": True}, {"limit": 1}, 0, 0, 0),
        ({"q": 7}, {"q": "7"}, 0, 1, 1),
        ({"q": "7.0"}, {"q": "7"}, 0, 0, 0),
        ({"q": " a "}, {"q": "a"}, 0, 1, 0),
        ({"near": "True"}, {"near": True}, 0, 0, 1),
        ({"tags": ["1", 2]}, {"tags": [1, 2]}, 0, 0, 1),
        ({"tags": "[1, 2]"}, {"tags": [1, 2]}, 0, 1, 1),
        ({"where": {"floor": "3"}}, {"where": {"floor": 3}}, 0, 0, 1),
    ],
)
def test_arguments_are_compared_as_json_as_texts_or_as_their_schema_has_them(
    made: dict[str, object], wanted: dict[str, object], strict: float, string: float, schema: float
) -> None:
    # Both sides say all that has a default, so that the one argument decides.
    full = {"limit": 1, "near": None}
    tool = {"name": "find", "parameters": FIND}
    sample = of_tools((ToolCall("find", {**full, **made}),), tool, **{**full, **wanted})
    scores = {}
    for match in ("strict", "string", "schema"):
        body = EvaluatorBody(function="tool_parameter_match", parameters={"match": match})
        scores[match] = float(make_evaluator(match, body)(sample).value == 1)
    assert scores == {"strict": strict, "string": string, "schema": schema}


@pytest.mark.parametrize(
    ("function", "parameters", "problem"),
    [
        ("trajectory_recall", {"tools": [{"parameters": {}}]}, "Definition 1 of the tools names no tool"),
        (
            "trajectory_recall",
            {"compat": "adk", "tools": [{"name": "find"}]},
            "`compat: adk` knows no schemas of tools",
        ),
        ("tool_parameter_match", {"match": "string", "tolerance": 0.1}, "texts, which have no tolerance"),
        ("tool_parameter_match", {"match": "loose"}, "match of tool_parameter_match is wrong: Input should be"),
        ("trajectory_recall", {"compat": "langsmith"}, "compat of trajectory_recall is wrong: Input should be"),
        ("trajectory_recall", {"k": 1}, "k of trajectory_recall is wrong: Unexpected keyword argument"),
        (
            "trajectory_single_tool_use",
            {},
            "tool of trajectory_single_tool_use is wrong: Missing required argument",
        ),
        ("tool_parameter_match", {"tolerance": -1}, "tolerance of tool_parameter_match is wrong"),
    ],
)
def test_a_wrong_parameter_is_refused(function: str, parameters: dict[str, object], problem: str) -> None:
    body = EvaluatorBody.model_validate({"function": function, "parameters": parameters})
    with pytest.raises(InputError, match=problem):
        make_evaluator("mine", body)


def test_a_prediction_keeps_its_trajectory() -> None:
    kept = Prediction("x", trajectory=(ToolCall("find", {"q": "a"}, "failed"),))
    assert load_prediction(dump_prediction(kept)) == kept
    assert load_prediction('{"output": "of an older version"}').trajectory is None
