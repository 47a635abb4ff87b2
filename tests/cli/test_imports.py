"""Runs of other tools, brought to a server by `windlass import`."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Windlass
from tests.live import Project

TEST_DATA = Path(os.environ.get("WINDLASS_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def real(name: str) -> Path:
    file = TEST_DATA / name
    if not file.exists():
        pytest.skip(f"the real data are not there: {file} (set WINDLASS_TEST_DATA)")
    return file


def only_run(project: Project) -> dict[str, Any]:
    (run,) = project.client.get("/runs")["items"]
    found: dict[str, Any] = project.client.get(f"/runs/{run['id']}")
    return found


def test_tau_bench_s_runs_are_traces_with_its_rewards_and_pass_k(windlass: Windlass, project: Project) -> None:
    file = real("tau_bench/gpt-4o-airline.json")
    done = windlass("import", "tau-bench", file, "--model", "gpt-4o", "--evaluator", "trajectory_recall")
    assert (done.code, done.err) == (0, "")
    run = only_run(project)
    assert (run["state"], run["items"], run["repeats"], run["finished_items"]) == ("finished", 50, 4, 200)
    reward = run["metrics"]["reward"]
    assert (reward["n"], reward["repeats"]["missing"]) == (50, 0)
    passes = {each["k"]: each["pass_hat"] for each in reward["repeats"]["passes"]}
    assert [round(passes[k]["mean"], 3) for k in (1, 2, 3, 4)] == [0.42, 0.273, 0.22, 0.2]
    assert all(rate["low"] < rate["mean"] < rate["high"] for rate in passes.values())
    assert run["metrics"]["trajectory_recall"]["n"] > 0
    sample = next(iter(project.client.pages(f"/runs/{run['id']}/samples")))
    trace = project.client.get(f"/traces/{sample['trace_id']}")
    spans = trace["spans"]
    assert [span["operation"] for span in spans[:3]] == ["", "invoke_agent", "chat"]
    tools = [span for span in spans if span["operation"] == "execute_tool"]
    assert (tools[0]["tool"], tools[0]["input"]) == ("get_user_details", '{"user_id":"mia_li_3668"}')
    assert '"first_name":"Mia"' in tools[0]["output"].replace(": ", ":")
    chats = [span for span in spans if span["operation"] == "chat"]
    assert (chats[0]["request_model"], chats[0]["input_messages"][0]["role"]) == ("gpt-4o", "user")
    assert chats[0]["system_instructions"]
    scores = {score["name"]: score for score in trace["scores"]}
    assert (scores["reward"]["author"], scores["reward"]["source"]) == ("tau-bench", "code")
    assert scores["trajectory_recall"]["author"] == ""
    again = windlass("import", "tau-bench", file, "--model", "gpt-4o", "--evaluator", "trajectory_recall")
    assert "nothing is new" in again.out
    assert only_run(project) == run
