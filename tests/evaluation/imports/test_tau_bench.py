import json
from pathlib import Path
from typing import Any

import pytest

from windlass.errors import InputError
from windlass.evaluation.imports.imported import ImportedRun, ImportOptions
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.trajectories import ToolCall

TASK = {"user_id": "mia", "instruction": "Cancel it.", "actions": [{"name": "cancel", "kwargs": {"id": "A1"}}]}
TRAJECTORY = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "function": {"name": "cancel", "arguments": '{"id": "A1"}'}}],
    },
    {"role": "tool", "tool_call_id": "c", "name": "cancel", "content": "done"},
    {"role": "assistant", "content": "It is cancelled."},
]


def result(task: int, trial: int, reward: float = 1.0, **more: Any) -> dict[str, Any]:
    info = {"task": TASK, "reward_info": {"reward": reward, "info": {"r_actions": reward, "gt_data_hash": "x"}}}
    return {"task_id": task, "trial": trial, "reward": reward, "info": info, "traj": TRAJECTORY, **more}


def read(tmp_path: Path, content: object, **options: Any) -> ImportedRun:
    file = tmp_path / "gpt-4o-airline.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    (run,) = read_runs("tau-bench", file, ImportOptions(**options))
    return run


def test_a_task_is_an_item_and_a_trial_a_repeat(tmp_path: Path) -> None:
    run = read(tmp_path, [result(0, 1, 0.0), result(3, 0), result(0, 0)])
    assert (run.release, run.dataset, run.repeats) == ("gpt-4o-airline", "tau-bench-gpt-4o-airline", 2)
    assert [item.id for item in run.items] == ["0", "3"]
    assert run.items[0].input == "Cancel it."
    assert run.items[0].metadata == {
        REFERENCE: [{"tool_name": "cancel", "tool_input": {"id": "A1"}}],
        "user_id": "mia",
    }
    assert [(each.item, each.repeat, each.scores["reward"].value) for each in run.samples] == [
        ("0", 2, 0.0),
        ("3", 1, 1.0),
        ("0", 1, 1.0),
    ]
    assert run.metrics == {"reward": True, "r_actions": True}


def test_the_answer_and_the_calls_are_those_of_the_messages(tmp_path: Path) -> None:
    (sample,) = read(tmp_path, [result(0, 0)], model="gpt-4o").samples
    assert sample.prediction is not None
    assert sample.prediction.output == "It is cancelled."
    assert sample.prediction.trajectory == (ToolCall("cancel", {"id": "A1"}),)
    assert {place: step.model for place, step in sample.models.items()} == {2: "gpt-4o", 4: "gpt-4o"}


def test_trials_that_are_not_told_apart_are_repeats_by_their_order(tmp_path: Path) -> None:
    run = read(tmp_path, [result(0, 0), result(0, 0), result(0, 0)])
    assert [sample.repeat for sample in run.samples] == [1, 2, 3]


def test_a_run_that_broke_off_is_a_failed_sample_with_the_reward_that_the_tool_gave(tmp_path: Path) -> None:
    broken = {"task_id": 0, "trial": 1, "reward": 0.0, "info": {"error": "rate limit"}, "traj": []}
    run = read(tmp_path, [broken, result(0, 0), {**broken, "task_id": 1}])
    assert [item.input for item in run.items] == ["Cancel it.", "task 1"]
    assert (run.samples[0].prediction, run.samples[0].error) == (None, "rate limit")
    assert run.samples[0].scores["reward"].value == 0.0


def test_the_same_content_has_the_same_digest(tmp_path: Path) -> None:
    assert read(tmp_path, [result(0, 0)]).digest == read(tmp_path, [result(0, 0)]).digest
    assert read(tmp_path, [result(0, 0)]).digest != read(tmp_path, [result(0, 0, 0.0)]).digest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, "results of tau-bench are a list of runs"),
        ([], "results of tau-bench are a list of runs"),
        ([result(0, 0), {"task_id": 1}], "run 2: 'reward' is wrong"),
        (
            [{**result(0, 0), "info": {"task": {"instruction": "x", "actions": [{}]}}}],
            "task 0: `actions` is a list",
        ),
    ],
    ids=["object", "empty", "reward", "actions"],
)
def test_what_is_no_result_is_refused_with_its_place(tmp_path: Path, content: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(tmp_path, content)


def test_options_that_mean_nothing_and_unknown_tools_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`--column` means nothing for tau-bench"):
        read(tmp_path, [result(0, 0)], columns={"verdict": "x"})
    with pytest.raises(InputError, match="There is no import of 'charm'; there are tau-bench, inspect, promptfoo"):
        read_runs("charm", tmp_path, ImportOptions())
    with pytest.raises(InputError, match="There is no file"):
        read_runs("tau-bench", tmp_path / "none.json", ImportOptions())
